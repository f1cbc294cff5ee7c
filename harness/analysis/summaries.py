"""What is said of one measure in one arm: whole, and in short."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Summary(BaseModel):
    """One measure in one arm. None is "no dialogue has a value", never 0.

    Attributes:
        mean: Mean of the scenarios' means, so every scenario weighs the same; a yes/no measure
            gives a share.
        interval: 95 %, over scenarios: t, or of a share that of a yes/no measure. None for fewer
            than two scenarios.
        n: Dialogues with a value.
        missing: Dialogues without one.
        scenarios: (scenario, mean of its dialogues), by name.
        total: Sum over dialogues; the count of "yes" of a yes/no measure.
        why_missing: Reason -> dialogues, the most frequent first.
    """

    model_config = ConfigDict(frozen=True)

    mean: float | None
    interval: tuple[float, float] | None
    n: int
    missing: int
    scenarios: tuple[tuple[str, float], ...]
    total: float | None
    why_missing: dict[str, int]


class Brief(BaseModel):
    """One measure in one arm, in short.

    Attributes:
        mean: As of :class:`Summary`; None for a measure in words too.
        interval: Likewise.
        n: Dialogues with a value.
        missing: Dialogues without one.
        words: Of a measure in words: value -> dialogues, the most frequent first.
    """

    model_config = ConfigDict(frozen=True)

    mean: float | None
    interval: tuple[float, float] | None
    n: int
    missing: int
    words: dict[str, int] = Field(default={}, exclude_if=lambda words: not words)
