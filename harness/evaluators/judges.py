"""Judgements as evaluators read them: which of a case count, and whose figures they are.

Several judges are never averaged. They may disagree for a reason, and a mean would hide it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from harness.evaluators.base import Found, Measure, nothing
from harness.evaluators.case import Case
from harness.records.judgement import JudgementRecord

SEVERAL: Final = "several judges judged it, and none speaks for the others; see detail"
UNCALIBRATED: Final = "; by the judge, uncalibrated"
"""How the definition of a measure ends that a judge gives, where nothing is known of its errors."""
_TITLE: Final = " (by a judge, uncalibrated)"
_CORRECTED: Final = "; by the judge, and not corrected; corrected figures stand beside it"
_CORRECTED_TITLE: Final = " (by a judge, uncorrected)"


def by_judge(measure: Measure, undefined: str) -> Measure:
    """A measure that says whose figure it is.

    Args:
        undefined: When no judge's figure is there. What the measure itself says follows it: empty,
            or beginning with a semicolon.
    """
    return replace(
        measure,
        title=f"{measure.title}{_TITLE}",
        definition=f"{measure.definition}{UNCALIBRATED}",
        undefined=f"{undefined}{measure.undefined}",
    )


def of_reading(measure: Measure, undefined: str) -> Measure:
    """A measure of the reading itself, as how many entries were thrown away: it is counted, and no
    judge says it, so that nothing of it is uncalibrated.

    Args:
        undefined: As of :func:`by_judge`.
    """
    return replace(measure, undefined=f"{undefined}{measure.undefined}")


def with_errors_known(measure: Measure) -> Measure:
    """A measure of :func:`by_judge` where the errors of its judge are known, and corrected figures
    stand beside its own."""
    return replace(
        measure,
        title=f"{measure.title.removesuffix(_TITLE)}{_CORRECTED_TITLE}",
        definition=f"{measure.definition.removesuffix(UNCALIBRATED)}{_CORRECTED}",
    )


def plain_title(measure: Measure) -> str:
    """The title of a measure of :func:`by_judge`, without whose figure it is."""
    return measure.title.removesuffix(_TITLE).removesuffix(_CORRECTED_TITLE)


def whose(measure: Measure) -> str | None:
    """What is known of the judge whose figure a measure is: ``uncalibrated``, or ``uncorrected``
    where corrected figures stand beside it; None where no judge gives it."""
    if measure.definition.endswith(UNCALIBRATED):
        return "uncalibrated"
    return "uncorrected" if measure.definition.endswith(_CORRECTED) else None


def judgements_by(case: Case, rubric: str) -> list[JudgementRecord]:
    """The judgements of a case by a rubric, one of each judge. Of a judge that was asked again in
    other words, as by a later version of the rubric, it is the last that can be used. What was
    asked once more with names or the order exchanged only tests the judge, and is left out."""
    found: dict[str, JudgementRecord] = {}
    for record in case.inputs.values():
        if not isinstance(record, JudgementRecord) or record.spec.rubric.id != rubric:
            continue
        if record.spec.variant is not None:
            continue
        judge = record.spec.judge.model_dump_json()
        if judge not in found or record.status == "done" or found[judge].status != "done":
            found[judge] = record
    return list(found.values())


def usable(judged: Sequence[JudgementRecord]) -> list[JudgementRecord]:
    """Those with an answer."""
    return [one for one in judged if one.status == "done"]


def why_none(judged: Sequence[JudgementRecord], not_judged: str) -> str | None:
    """Why there is no figure of a single judge; None where there is one.

    Args:
        judged: Of :func:`judgements_by`.
        not_judged: What is said where there are none.
    """
    if not judged:
        return not_judged
    count = len(usable(judged))
    if count == 1:
        return None
    if count > 1:
        return SEVERAL
    reasons = [one.void.detail for one in judged if one.void is not None]
    return f"no judge gave a usable answer: {'; '.join(dict.fromkeys(reasons))}"


def of_judges(
    measures: Sequence[Measure],
    judged: Sequence[JudgementRecord],
    not_judged: str,
    figures: Callable[[JudgementRecord], Found],
) -> Found:
    """The figures of the only judge, and in ``detail`` those of each.

    Args:
        measures: One of them is ``unusable``, the share of judgements without an answer.
        judged: Of :func:`judgements_by`.
        not_judged: Why there is no figure where nobody judged.
        figures: What a judgement with an answer comes to.
    """
    if not judged:
        return nothing(measures, not_judged)
    by_judge = [(one.spec.judge.model, figures(one)) for one in usable(judged)]
    if (why := why_none(judged, not_judged)) is None:
        ((_, only),) = by_judge
        found = Found(dict(only.values), dict(only.why_null))
    else:
        found = nothing([one for one in measures if one.name != "unusable"], why)
    found.put("unusable", (len(judged) - len(by_judge)) / len(judged))
    found.detail["judges"] = [
        {"judge": judge, **one.values, "why_null": one.why_null, **one.detail}
        for judge, one in by_judge
    ]
    found.detail["unusable"] = unusable(judged)
    return found


def unusable(judged: Sequence[JudgementRecord]) -> list[dict[str, str]]:
    """Judgements without an answer, for a detail: whose, and why."""
    return [
        {"judge": one.spec.judge.model, "why": "" if one.void is None else one.void.detail}
        for one in judged
        if one.status != "done"
    ]
