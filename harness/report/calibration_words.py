"""How good a judge is, at the terminal: what it may be used for, and the figures behind that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from harness.analysis.answer_account import AnswerAccount
from harness.analysis.answer_usable import RULE as ANSWER_RULE
from harness.analysis.judge_account import Account
from harness.analysis.judge_usable import RULE, Verdict
from harness.plans.prose_ledger import ACTS
from harness.records.calibration import Calibration
from harness.report.answer_calibration_words import answer_counts, print_answers
from harness.report.calibration_figures import NOTE, cell, headline, of
from harness.report.tables import print_table, shown

if TYPE_CHECKING:
    from rich.console import Console

KINDS: Final[Mapping[str, str]] = {
    "soft_opening": "soft opening",
    "inflated_opening": "inflated opening",
    "single_large": "single large concession",
    "salami": "one slice after another",
    "hypothetical": "hypothetical",
    "conditional": "conditional",
    "reciprocated": "answered by the other side",
    "retracted": "retracted",
    "only_in_words": "only in words",
    "none": "no concession",
    "pretended": "pretended",
    "reversed_wording": "reversed wording",
}
"""Kind of planted transcript -> what it is called."""
LEANINGS: Final[Mapping[str, str]] = {
    "label": "concessions too many of the party of one name, less those of the other",
    "order": "the same of the party that is named first",
    "speaker": "the same of the party that speaks first",
    "early": "recall in the first half of the talks, less that in the second",
    "label_changes": "share of lists that change when names are exchanged",
    "order_changes": "share of lists that change with the order of issues and parties",
    "paraphrase_recall": "recall in other words, less that as written",
    "paraphrase_precision": "precision in other words, less that as written",
    "verbosity_recall": "recall with talk that changes nothing, less that as written",
    "verbosity_precision": "precision with such talk, less that as written",
}
"""Leaning -> what it is of; the first three in concessions a transcript."""
SIGNED: Final = frozenset(LEANINGS) - {"label_changes", "order_changes"}
"""Those that may be on either side of 0."""
COMMITMENT: Final[Mapping[str, str]] = {
    "commitment": "share of the moves that are found whose commitment is right"
}
AGREEMENT: Final[Mapping[str, str]] = {
    "kappa": "Cohen's kappa: whether a party does a thing on an issue",
    "alpha": "Krippendorff's alpha (nominal) of the same",
    "alpha_counts": "Krippendorff's alpha (interval) of how many concessions",
}
STABILITY: Final[Mapping[str, str]] = {
    "same": "share of readings of the same words with the same list",
    "overlap": "share of events in common between two such readings",
    "alpha": "Krippendorff's alpha (nominal) of such readings",
}


def print_calibration(
    found: Calibration,
    account: Account | AnswerAccount,
    verdicts: Mapping[str, Verdict],
    console: Console,
) -> None:
    """Print what a judge may be used for, and how good it is. Words of others are never taken as
    markup."""
    console.print(shown(headline(found), "bold"))
    if isinstance(account, AnswerAccount):
        console.print(shown(answer_counts(account)))
        _print_verdicts(verdicts, ANSWER_RULE, console)
        print_answers(account, console)
    else:
        console.print(shown(counts(found, account)))
        _print_verdicts(verdicts, RULE, console)
        _print_events(account, console)
    console.print(shown(NOTE))


def _print_verdicts(verdicts: Mapping[str, Verdict], rule: str, console: Console) -> None:
    console.print()
    rows = [[name, one.usable, one.why] for name, one in verdicts.items()]
    print_table(console, ["may it be used for", "", "why"], rows, names=(0, 1))
    console.print(shown(rule))
    console.print()


def _print_events(account: Account, console: Console) -> None:
    print_table(
        console,
        ["", "recall", "precision", "right answer", "says so where it is so", "silent where not"],
        families(account),
        names=(0,),
    )
    console.print()
    print_table(
        console,
        ["planted", "recall", "precision", "finds what is not there"],
        kinds(account),
        names=(0,),
    )
    console.print()
    others = [
        *of(account.events, COMMITMENT),
        *of(account.agreement, AGREEMENT),
        *of(account.bias, LEANINGS, SIGNED),
        *of(account.stability, STABILITY),
    ]
    print_table(console, ["agreement, leaning, stability", ""], others, names=(1,))


def counts(found: Calibration, account: Account) -> str:
    """What is missing, in a sentence."""
    return (
        f"{account.read:,} with a usable first reading as written; {found.unusable:,} readings "
        f"unusable, {found.abstained:,} entries of which it cannot tell, {account.rejected:,} "
        "thrown away. What is missing is neither error nor success; what is thrown away is missed."
    )


def families(account: Account) -> list[list[str]]:
    """A row for all events, and one for each sort."""
    names = {"": "all", **{f".{key}": words for key, words in ACTS.items()}}
    columns = ("recall", "precision", "exact", "sensitivity", "specificity")
    return [
        [words, *(cell(account.events.get(f"{column}{key}")) for column in columns)]
        for key, words in names.items()
    ]


def kinds(account: Account) -> list[list[str]]:
    """A row for each manner, and for each kind."""
    names = {"plain": "plain talk", "devious": "devious talk", **KINDS}
    return [
        [words, *(cell(own[name]) for name in ("recall", "precision", "false"))]
        for mark, words in names.items()
        if (own := account.per_kind.get(mark)) is not None
    ]
