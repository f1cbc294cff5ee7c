"""Holds a judgement that was kept against what was asked and what was read: a file may have been
edited, or come from somebody else."""

from __future__ import annotations

from harness.judging.passages import of_text, stands_in
from harness.records.judgement import JudgedItem, JudgementRecord, Verdict


def fits(record: JudgementRecord) -> bool:
    """Whether a judgement of a text answers the questions of its rubric, one verdict each, with
    words that stand in the text.

    Args:
        record: By a rubric that is not listed.
    """
    items, verdicts = record.spec.rubric.items, record.body.verdicts
    if record.status != "done":
        return not verdicts
    passages = {one.at: one for one in of_text(record.spec.text or "")}
    return [one.item for one in verdicts] == [one.id for one in items] and all(
        _answers(item, verdict)
        and all(
            one.at in passages and stands_in(one.text, passages[one.at]) for one in verdict.quotes
        )
        for item, verdict in zip(items, verdicts, strict=True)
    )


def _answers(item: JudgedItem, verdict: Verdict) -> bool:
    """Whether it is one of the answers of the item, with a quote where it needs one; or none."""
    if verdict.answer is None:
        return True
    answers = {one.id: one.quoted for one in item.answers}
    return verdict.answer in answers and bool(verdict.quotes or not answers[verdict.answer])
