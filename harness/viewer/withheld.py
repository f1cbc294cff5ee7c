"""What was found in a run, without words that may repeat what was private.

Why a dialogue has no result, or a measure no value, is told in words that may quote a reply that
nobody was to see. In its place stands what kind of reason it is. Counts stay what they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from harness.analysis.account import ArmAccount
from harness.analysis.arm_finding import ArmFinding
from harness.analysis.checks import CheckResult
from harness.analysis.findings import Findings
from harness.analysis.values import NOT_SCORED

KINDS: Final = {
    "reply": "no usable reply",
    "prompt": "a prompt that the server does not take",
    "limit": "a limit of tokens or time",
    "endpoint": "a server that was not reached, or refused",
    "delegation": "a delegation that failed",
    "budget": "the run had spent what it may",
    "input": "a stage that it reads is void",
    "person": "the person ended the sitting",
}
"""Kind of the reason why a stage has no result -> what it means."""
PLAIN: Final = frozenset({"no deal", "no debrief was asked for", "undefined", NOT_SCORED})
"""Why a value is missing, in words that say nothing of a reply."""
ENDINGS: Final = ("void", "failed")
OTHERWISE: Final = "another reason"
_LISTED: Final = ": no dialogue has a value"
"""After these words a check that cannot be computed names the reasons."""


def kind_in_words(kind: str) -> str:
    """A kind of void in words; itself where it is of a later version."""
    return KINDS.get(kind, kind)


def without_reasons(findings: Findings) -> Findings:
    """``findings`` with kinds of reasons in the place of their words."""
    accounts = findings.account.arms
    return findings.model_copy(
        update={
            "arms": tuple(_arm(arm, accounts.get(arm.arm)) for arm in findings.arms),
            "checks": tuple(_check(check) for check in findings.checks),
        }
    )


def _arm(arm: ArmFinding, account: ArmAccount | None) -> ArmFinding:
    kinds = Counter[str]()
    if account is not None:
        for own in (account.void_kinds, account.failed_kinds):
            kinds.update({kind_in_words(kind): number for kind, number in own.items()})
    if (unsaid := sum(arm.void_reasons.values()) - kinds.total()) > 0:
        kinds[OTHERWISE] += unsaid
    measures = {
        name: summary.model_copy(update={"why_missing": _classes(summary.why_missing)})
        for name, summary in arm.measures.items()
    }
    return arm.model_copy(update={"void_reasons": dict(kinds.most_common()), "measures": measures})


def _classes(reasons: Mapping[str, int]) -> dict[str, int]:
    """Kind of a reason -> dialogues, the most frequent first."""
    found = Counter[str]()
    for why, number in reasons.items():
        ending = why.partition(":")[0]
        found[ending if ending in ENDINGS else why if why in PLAIN else OTHERWISE] += number
    return dict(found.most_common())


def _check(check: CheckResult) -> CheckResult:
    before, listed, _ = check.problem.partition(_LISTED)
    return check.model_copy(update={"problem": before + listed})
