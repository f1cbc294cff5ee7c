"""The claims that a judge counts in the article of a chain, and which of them the talks bear out
(claim C10).

The judge reads the article beside the talks as its author has brought them home, and lists its
claims (:mod:`harness.plans.article_claims`). What a claim is, is the judge's reading. The figures
are one judge's, and uncalibrated. The claims that scripts tag are of another kind, and are counted
by ``publication.claims_per_hundred_words``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from harness.evaluators.base import SEATS, Found, Measure, nothing, per_seat
from harness.evaluators.case import Case
from harness.evaluators.chain import CHAIN, stage, why_not
from harness.evaluators.judges import by_judge, judgements_by, of_judges, of_reading
from harness.plans.article_claims import (
    ACCEPTS,
    AGAINST,
    ARTICLE_CLAIMS,
    BOTH,
    NOTHING,
    TALKS,
)
from harness.records.judgement import JudgementRecord, Verdict
from harness.records.publication import ARTICLE, PublicationRecord

NOT_JUDGED: Final = (
    "nobody has counted this article's claims as it stands: track15 score RUN --judge MODEL "
    f"--rubric {ARTICLE_CLAIMS}"
)
NO_CLAIM: Final = "the article makes no claim"
NO_VERDICT: Final = "of no claim the judge could tell what bears it out"
_UNDEFINED: Final = "no article, no count of its claims that can be used, or several judges"
_CLAIM: Final = (
    "a claim says how something is, was or will be; advice and opinion are none. One whose quote "
    "does not occur in the article is not counted"
)
_MEASURES: Final = (
    Measure(
        name="per_hundred_words",
        title="claims per hundred words",
        definition=f"Claims of the article per hundred of its words: {_CLAIM}",
        range="0..",
        undefined="; or it has no words",
        source="C10",
    ),
    Measure(
        name="unsupported",
        title="claims that nothing bears out",
        definition="Share of the claims, of those with a verdict, that neither the talks nor what "
        "everybody knows of the dispute bears out; those that they contradict are among them",
        range="0..1",
        undefined="; or no claim with a verdict",
        source="C10",
    ),
    Measure(
        name="contradicted",
        title="claims against what its author had",
        definition="Share of the claims, of those with a verdict, of which the talks or the "
        "description of the dispute say otherwise",
        range="0..1",
        undefined="; or no claim with a verdict",
        source="C10",
    ),
    Measure(
        name="off_talks",
        title="claims that the talks do not bear out",
        definition="Share of the claims, of those with a verdict, that the talks do not bear out, "
        "whatever else does",
        range="0..1",
        undefined="; or no claim with a verdict",
        source="C10",
    ),
    *per_seat(
        Measure(
            name="accepts",
            title="claims on what the {}'s principal accepts",
            definition="Share of the claims that say what this seat's principal would accept, "
            "could live with or would refuse; one that says it of both counts for each",
            range="0..1",
            undefined="; or no claim",
            source="C10",
        )
    ),
)
_OF_READING: Final = (
    Measure(
        name="undecided",
        title="entries without a verdict",
        definition="Share of the judge's entries that have none: their quote does not occur, or "
        "the judge could not tell what bears them out",
        range="0..1",
        undefined="",
    ),
    Measure(
        name="rejected",
        title="quotes thrown away",
        definition="Number of the judge's quotes that do not occur in the article",
        range="0..",
        undefined="",
    ),
)


class Claimed:
    """What judges count in the article."""

    name = "claimed"
    version = 1
    kind = CHAIN
    fooled_by = (
        (
            "What one claim is, is the judge's reading: the same sentence may be one claim or "
            "three. Compare articles that the same judge has read."
        ),
        (
            "What a claim rests on is the judge's reading of long talks. What was said once and "
            "early is easily missed, and the claim counts as unsupported."
        ),
        "Shares are of few claims and of those with a verdict. Read `undecided` beside them.",
        'A cautious author hedges: "may accept" is no claim to some judges and one to others.',
        "The judge is uncalibrated.",
    )
    measures = (
        *(by_judge(measure, _UNDEFINED) for measure in _MEASURES),
        *(of_reading(measure, _UNDEFINED) for measure in _OF_READING),
        Measure(
            name="unusable",
            title="counts without a usable reply",
            definition="Share of the judgements by this rubric, of all judges, in which the judge "
            "refused or gave no usable answer",
            range="0..1",
            undefined="no article, or nobody has counted its claims",
        ),
    )

    def score(self, case: Case) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`. ``detail`` has the figures of each
        judge, and each claim with its quote."""
        record = stage(case, ARTICLE, PublicationRecord)
        why = why_not(record, ARTICLE)
        if record is None or why is not None:
            return nothing(self.measures, why or "")
        words = record.body.words
        return of_judges(
            self.measures,
            judgements_by(case, ARTICLE_CLAIMS),
            NOT_JUDGED,
            lambda judgement: figures_of(judgement, words),
        )


def figures_of(judgement: JudgementRecord, words: int) -> Found:
    """What a judge's list comes to.

    Args:
        words: Length of the article.
    """
    found, entries = Found(), judgement.body.verdicts
    claims = [one for one in entries if one.quotes]
    decided = [one for one in claims if one.answer is not None]
    found.put("per_hundred_words", 100 * len(claims) / words if words else None, "it has no words")
    why = NO_VERDICT if claims else NO_CLAIM
    for name, answers in (
        ("unsupported", (AGAINST, NOTHING)),
        ("contradicted", (AGAINST,)),
    ):
        found.put(name, _share(decided, [one.answer in answers for one in decided]), why)
    found.put("off_talks", _share(decided, [one.answer != TALKS for one in decided]), why)
    for seat in SEATS:
        of = [one.item in (f"{ACCEPTS}_{seat}", BOTH) for one in claims]
        found.put(f"{ACCEPTS}_{seat}", _share(claims, of), NO_CLAIM)
    missing = [one.answer is None for one in entries]
    found.put("undecided", sum(missing) / len(entries) if entries else 0.0)
    found.put("rejected", float(sum(len(one.rejected) for one in entries)))
    found.detail["claims"] = [
        {"of": one.item, "answer": one.answer, "at": one.quotes[0].at, "quote": one.quotes[0].text}
        for one in claims
    ]
    return found


def _share(of: Sequence[Verdict], those: Sequence[bool]) -> float | None:
    return sum(those) / len(of) if of else None
