"""What the real talks that followed settled (claim C13), measured as any talks are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from harness.evaluators.acceptability import Acceptability
from harness.evaluators.base import Evaluator, Found, Measure, nothing
from harness.evaluators.case import Case
from harness.evaluators.chain import CHAIN, stage
from harness.evaluators.red_lines import RedLines
from harness.evaluators.settlement import Settlement
from harness.records.later import LATER, LaterRecord

_FROM: Final[Mapping[Evaluator, tuple[str, ...]]] = {
    Settlement(): (
        "skew",
        "normalised_gap",
        "signs_disagree",
        "no_deal_skew",
        "agreement",
        "over_agreement",
        "gain_o",
        "gain_u",
        "gain_share_o",
        "gain_share_u",
        "frontier_distance",
    ),
    RedLines(): ("crossed_o", "crossed_u", "crossed_absent", "crossed_all"),
    Acceptability(): (
        "signable",
        "share_accepting",
        "absent_accept",
        "worst_margin",
        "accepts_o",
        "accepts_u",
        "over_concession_o",
        "over_concession_u",
    ),
}
"""Evaluators of talks, and those of their measures that later talks are measured by."""
_HEADLINE: Final = frozenset(
    {"skew", "normalised_gap", "agreement", "gain_o", "gain_u", "signable"}
)
_NO_LATER: Final = "this arm has no later talks"
_NOT_HEARD: Final = "the later talks heard no readers"


def _measures() -> Iterator[Measure]:
    for evaluator, names in _FROM.items():
        own = {measure.name: measure for measure in evaluator.measures}
        for name in names:
            one = own[name]
            yield replace(
                one,
                title=f"later talks: {one.title}",
                definition=f"{one.definition}. Of the later real talks",
                undefined=f"{one.undefined}; no later talks, or void",
                source=one.source if "C13" in one.source else f"C13; {one.source}".rstrip("; "),
                headline=name in _HEADLINE,
            )
    yield Measure(
        name="heard",
        title="later talks: advising readers that were heard",
        definition="Number of the readers that advise seat u's principal and have answered before "
        "and after. Where a quorum of them is not reached the later talks are not played",
        range="0, 1, ...",
        undefined="the later talks heard no readers, no later talks, or void",
        source="C13",
    )
    yield Measure(
        name="unheard",
        title="later talks: advising readers that are missing",
        definition="Number of the readers that advise seat u's principal and have not answered "
        "before and after. They count as no opinion",
        range="0, 1, ...",
        undefined="as for heard",
        source="C13",
    )


class Later:
    """Settlement, red lines and acceptability of the later real talks of an episode.

    Every later dialogue counts; no deal is a gain of 0. The measures are named as in the families
    they come from.
    """

    name = "later"
    kind = CHAIN
    version = 1
    fooled_by = (
        "All that fools settlement, red lines and acceptability fools these measures as well.",
        (
            "With both links off the later talks are one dialogue, the same in every arm. A "
            "difference of exactly 0 there is by design, and no finding."
        ),
        (
            "With scripts, `persuadable` and `caution` are set as numbers: that readers and a "
            "revealed hand cost something is put in."
        ),
        (
            "Where too few readers have answered, the later talks are void and missing. Read "
            "`unheard` and the voids beside every mean."
        ),
        "A smaller gain may be fewer deals and not worse terms. `later.agreement` says.",
    )
    measures = tuple(_measures())

    def score(self, case: Case) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`. ``detail`` names the readers that are
        missing."""
        record = stage(case, LATER, LaterRecord)
        if record is None:
            return nothing(self.measures, _NO_LATER)
        if record.status != "done":
            reason = "" if record.void is None else record.void.detail
            return nothing(self.measures, f"{record.status}: {reason or 'no result'}")
        talks = Case(record.transcript, case.scenario, record.spec.talks)
        found = Found()
        for evaluator, names in _FROM.items():
            of_talks = evaluator.score(talks)
            for name in names:
                found.put(name, of_talks.values.get(name), of_talks.why_null.get(name, ""))
        body = record.body
        found.put("heard", body.heard, _NOT_HEARD)
        missing = None if body.unheard is None else len(body.unheard)
        found.put("unheard", missing, _NOT_HEARD)
        if body.unheard:
            found.detail["unheard"] = list(body.unheard)
        return found
