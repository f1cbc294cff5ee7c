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
_BY: Final = "; by the judge, uncalibrated"


def by_judge(measure: Measure, undefined: str) -> Measure:
    """A measure that says whose figure it is.

    Args:
        undefined: When no judge's figure is there, as the beginning of a list.
    """
    return replace(
        measure,
        definition=f"{measure.definition}{_BY}",
        undefined=f"{undefined}{measure.undefined}",
    )


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
