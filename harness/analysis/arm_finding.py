"""What is found of one arm: how its dialogues went, and what they measured."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from harness.analysis.summaries import Summary
from harness.analysis.values import Values
from harness.suite.suite import Suite


class ArmFinding(BaseModel):
    """One arm: how its dialogues went and what they measured.

    Attributes:
        arm: Name in the suite.
        title: The suite's words for it; the name where it has none.
        track: Preset it is built of.
        dialogues: Finished ones: ``done`` + ``void`` + ``failed``.
        endings: ``deal``, ``no_deal``, ``walk_out`` -> number of ``done`` dialogues.
        void_by_seat: Seat whose replies made a dialogue void -> number. A failed endpoint is
            nobody's at the table.
        void_reasons: Reason of a void or failed dialogue -> number, the most frequent first.
        failed_kinds: Kind of the reason of a failed dialogue -> number.
        warnings: What makes dialogues doubtful, though they were played -> number.
        repairs_by_seat: Seat -> unusable replies that were asked again.
        unanswered_debriefs: Seat -> debriefs without a usable answer.
        measures: ``evaluator.measure`` -> summary.
    """

    model_config = ConfigDict(frozen=True)

    arm: str
    title: str
    track: str
    dialogues: int
    done: int
    void: int
    failed: int
    endings: dict[str, int]
    void_by_seat: dict[str, int]
    void_reasons: dict[str, int]
    failed_kinds: dict[str, int]
    warnings: dict[str, int] = {}
    repairs_by_seat: dict[str, int]
    unanswered_debriefs: dict[str, int]
    measures: dict[str, Summary]

    def summary(self, measure: str) -> Summary | None:
        """None for a measure that this finding does not hold."""
        return self.measures.get(measure)


def arm_finding(
    arm: str, suite: Suite, values: Values, summaries: dict[str, Summary]
) -> ArmFinding:
    """What is found of an arm.

    Args:
        arm: Its name.
        summaries: ``evaluator.measure`` -> what it comes to in the arm.
    """
    went = values.proceedings[arm]
    written = suite.arms.get(arm)
    return ArmFinding(
        arm=arm,
        title=(written.title if written else "") or arm,
        track=(written.track or "") if written else "",
        dialogues=went.dialogues,
        done=went.done,
        void=went.void,
        failed=went.failed,
        endings=dict(went.endings.most_common()),
        void_by_seat=dict(went.void_by_seat.most_common()),
        void_reasons=dict(went.void_reasons.most_common()),
        failed_kinds=dict(went.failed_kinds.most_common()),
        warnings=dict(went.warnings.most_common()),
        repairs_by_seat=dict(went.repairs_by_seat.most_common()),
        unanswered_debriefs=dict(went.unanswered_debriefs.most_common()),
        measures=summaries,
    )
