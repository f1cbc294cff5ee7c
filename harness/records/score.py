"""Scores: what evaluators found, one line of ``scores.jsonl`` an evaluator and dialogue."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from harness.records.transcript import Record


class Score(Record):
    """What one evaluator found in one dialogue.

    ``values`` maps a measure to its value; null where undefined, with the reason in ``why_null``.
    Scenario, twin, epoch, arms and models are those of the dialogue, so that scores can be read
    alone; scores of earlier versions lack them.
    """

    id: str
    scenario: str | None = None
    twin: str | None = None
    epoch: int | None = None
    arms: tuple[str, ...] = ()
    models: dict[str, str] = Field(
        default_factory=dict, description="Who played: seat -> address of the model, or 'scripted'."
    )
    evaluator: str
    version: int
    values: dict[str, float | bool | str | None]
    why_null: dict[str, str] = Field(default_factory=dict)
    detail: dict[str, object] = Field(default_factory=dict)


def merged(scores: Iterable[Score]) -> dict[str, Score]:
    """Evaluator -> what it found in a dialogue, in all of its lines together."""
    found = dict[str, Score]()
    for score in scores:
        if (known := found.get(score.evaluator)) is not None:
            both = {
                name: {**getattr(known, name), **getattr(score, name)}
                for name in ("values", "why_null", "detail")
            }
            score = score.model_copy(update=both)
        found[score.evaluator] = score
    return found
