"""An evaluator that reads questions: what was answered, and about how much."""

from __future__ import annotations

from harness.evaluators.base import Found, Measure, void
from harness.evaluators.case import Case
from tests.support.question_record import QuestionRecord


class Answers:
    """What was answered, and about how much talk."""

    name = "answers"
    version = 1
    kind = "question"
    record = QuestionRecord
    measures = (
        Measure(
            name="said",
            title="who is said to have given more",
            definition="the answer: o, u or equal",
            range="a seat",
            undefined="without an answer",
            words=True,
        ),
        Measure(
            name="moves",
            title="moves read",
            definition="public statements of the talks that were asked about",
            range="0, 1, ...",
            undefined="without an answer",
        ),
    )

    def score(self, case: Case) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`."""
        if (nothing := void(self, case)) is not None:
            return nothing
        found = Found()
        assert isinstance(case.record, QuestionRecord)
        found.put("said", case.record.body.gave_more)
        found.put("moves", sum(turn.kind == "statement" for turn in case.talks.turns))
        return found
