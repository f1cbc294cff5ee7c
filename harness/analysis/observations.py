"""The row that every statistic starts from: one measure of one dialogue."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harness.errors import UsageError
from harness.evaluators.course import Course

Floats = NDArray[np.float64]

ROUNDING: Final = 1e-12
"""Differences up to this size are floating-point noise. Measures are of the order of 1."""


@dataclass(slots=True, unsafe_hash=True)
class Observation:
    """The value of one measure in one dialogue. Nobody changes one: it is not frozen because that
    would take three times as long to make, and findings make dozens a dialogue.

    Attributes:
        scenario: The cluster; twins and epochs of a scenario share it.
        pair: What the arms of a scenario have in common, such as "twin/epoch". At most one
            dialogue a scenario, pair and arm.
        arm: The condition.
        value: Finite; None where the measure is undefined or the dialogue void.
        played: Whether the dialogue came to its end: it is neither void nor failed.
        course: What its seats had to answer, reply by reply; None where it was not looked at.

    Raises:
        UsageError: The value is NaN or infinite.
    """

    scenario: str
    pair: str
    arm: str
    value: float | None
    played: bool = True
    course: Course | None = None

    def __post_init__(self) -> None:
        if self.value is not None and not math.isfinite(self.value):
            raise UsageError(
                f"the value {self.value} is not a number to average",
                where=f"scenario {self.scenario!r}, pair {self.pair!r}, arm {self.arm!r}",
                fix="write null where a measure is undefined",
            )


def finite_vector(values: ArrayLike, what: str) -> Floats:
    """``values`` as a vector ``(n,)``, n >= 0.

    Raises:
        UsageError: Not one-dimensional, or not all finite; ``what`` names it in the message.
    """
    try:
        vector = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        vector = None
    if vector is None or vector.ndim != 1:
        raise UsageError(f"{what} must be a list of numbers")
    if not np.isfinite(vector).all():
        raise UsageError(
            f"{what} must be finite", fix="drop missing values, and count them, beforehand"
        )
    return vector
