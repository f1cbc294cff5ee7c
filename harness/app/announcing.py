"""Says what a run may take before its first request is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from harness.errors import counted
from harness.orchestrator.estimate import Estimate, ModelCost, estimate
from harness.orchestrator.session import Session

WHOLE = 2_000
"""Dialogues up to which all are counted; of a longer plan the first epoch is, for all of them."""


@dataclass(frozen=True)
class Takes:
    """Upper bounds of a run, whatever of it is finished already.

    Attributes:
        usd: None where a price is not known.
        by_model: The same of each model, where several take turns in a seat.
    """

    calls: int
    prompt_tokens: int
    completion_tokens: int
    usd: float | None
    by_model: Mapping[str, Takes] = field(default_factory=dict)

    def __str__(self) -> str:
        text = (
            f"At most {counted(self.calls, 'model call')}, about {rounded(self.prompt_tokens)} "
            f"prompt and {rounded(self.completion_tokens)} reply tokens"
        )
        return text if self.usd is None else f"{text}, ${self.usd:,.2f}"


def takes(session: Session) -> Takes:
    """What the whole plan of a session takes at most: every turn used, nothing asked again."""
    plan = session.plan
    sized = plan
    if plan.dialogues > WHOLE and plan.limit is None and plan.suite.epochs > 1:
        sized = replace(plan, suite=plan.suite.model_copy(update={"epochs": 1}))
    bounds = estimate(sized, session.prompts, session.wire.endpoints)
    times = plan.dialogues / max(1, sized.dialogues)
    by_model = {one.model: _times(one, times) for one in bounds.by_model}
    return replace(_times(bounds, times), by_model=by_model)


def _times(bounds: Estimate | ModelCost, times: float) -> Takes:
    return Takes(
        calls=round(bounds.calls * times),
        prompt_tokens=round(bounds.prompt_tokens * times),
        completion_tokens=round(bounds.completion_tokens * times),
        usd=None if bounds.cost is None else bounds.cost * times,
    )


def announcement(session: Session, played: Mapping[str, str]) -> str | None:
    """The sentence before the first request; None where no model is asked, or nothing is left.

    Args:
        played: Status of each stage that is on record, by id.
    """
    plan = session.plan
    if session.recording is not None or not plan.plays_models:
        return None
    settled = ("done",) if session.retry_void else ("done", "void")
    finished = any(status in settled for status in played.values())
    if finished and all(played.get(node.id) in settled for node in plan.stages()):
        return None
    whole = takes(session)
    if not whole.calls:
        return None
    done = ", including what is already finished" if finished else ""
    said = (
        f"{whole} for {counted(plan.dialogues, 'dialogue')}{done}: every turn used, repairs not "
        "counted. Ctrl-C keeps what is finished."
    )
    return "\n".join([said, *(f"  {model}: {its}" for model, its in whole.by_model.items())])


def rounded(tokens: int) -> str:
    """Three digits are more than an estimate is worth: ``49.4 million``, ``310 thousand``."""
    if tokens >= 1_000_000:
        return f"{tokens / 1_000_000:,.1f} million"
    if tokens >= 10_000:
        return f"{round(tokens, -3) // 1_000} thousand"
    return f"{tokens:,}"
