"""What became of a judgement: how much of it stands. ``detail`` has its answers; evaluators of what
was judged make figures of them.
"""

from __future__ import annotations

from harness.evaluators.base import Found, Measure, void
from harness.evaluators.case import Case
from harness.records.judgement import JUDGEMENT, JudgementRecord


class Judged:
    """How much of a judgement stands."""

    name = "judged"
    version = 1
    kind = JUDGEMENT
    record = JudgementRecord
    fooled_by = (
        (
            "A judge that never abstains has 0 `undecided`, and may be wrong throughout: neither "
            "measure says that a verdict is right."
        ),
        "A judge that paraphrases has many quotes `rejected`, though its reading may be right.",
        (
            "A rubric that asks for few quotes has few to reject, and a long list of entries has "
            "more. Compare within one rubric."
        ),
    )
    measures = (
        Measure(
            name="undecided",
            title="questions without a verdict",
            definition="Share of the rubric's questions, or of the entries of a list, on which a "
            "judge gave no verdict: it abstained, or an answer that needs a quote had none that "
            "occurs; 0 where nothing was listed",
            range="0..1",
            undefined="void: the judge refused, or gave no usable answer",
        ),
        Measure(
            name="rejected",
            title="quotes thrown away",
            definition="Number of a judge's quotes that do not occur in what it read, or where its "
            "entry says that they do, or whose entry is of nothing that there is",
            range="0..",
            undefined="as for judged.undecided",
        ),
    )

    def score(self, case: Case) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`."""
        record = case.record
        assert isinstance(record, JudgementRecord)
        who = {"rubric": record.spec.rubric.id, "judge": record.spec.judge.model}
        if record.spec.variant is not None:
            who["swapped"] = record.spec.variant.swapped
        found = void(self, case)
        if found is None:
            verdicts = record.body.verdicts
            found = Found()
            missing = [one for one in verdicts if one.answer is None]
            found.put("undecided", len(missing) / len(verdicts) if verdicts else 0.0)
            found.put("rejected", float(sum(len(one.rejected) for one in verdicts)))
            if record.spec.rubric.listed is None:
                found.detail["answers"] = {one.item: one.answer for one in verdicts}
            else:  # an item may stand on a list several times
                found.detail["listed"] = [[one.item, one.answer] for one in verdicts]
            found.detail["undecided"] = {one.item: one.problem for one in missing}
        found.detail |= who
        return found
