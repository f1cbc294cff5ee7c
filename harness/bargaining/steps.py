"""DANS step classes: what a move does to both sides (Hindriks, Jonker & Tykhonov 2007).

A step is the change between two consecutive offers of one bidder: ``own`` in the bidder's utility,
``other`` in the counterpart's utility *of the same two offers*. The classes partition the plane:

    own \\ other   worse          same        better
    better        selfish        selfish     fortunate
    same          unfortunate    silent      nice
    worse         unfortunate    concession  concession
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import pairwise
from math import isnan
from typing import Final

from harness.errors import UsageError

EXACT: Final = 1e-9
"""A change at most this large is no change: rounding."""
COARSE: Final = 0.05
"""A change at most this large would not be noticed; classes are reported at both thresholds."""
NOTICEABLE: Final = 0.02
"""Difference of two whole concessions, on the scale of u, up to which both gave the same."""


class Step(StrEnum):
    """Class of one step."""

    FORTUNATE = "fortunate"
    SELFISH = "selfish"
    CONCESSION = "concession"
    UNFORTUNATE = "unfortunate"
    NICE = "nice"
    SILENT = "silent"


_MINDED: Final = (Step.FORTUNATE, Step.NICE, Step.CONCESSION)
"""Steps that mind the other side. All others do not."""
_CLASSES: Final = {
    (+1, +1): Step.FORTUNATE,
    (+1, 0): Step.SELFISH,
    (+1, -1): Step.SELFISH,
    (0, +1): Step.NICE,
    (0, 0): Step.SILENT,
    (0, -1): Step.UNFORTUNATE,
    (-1, +1): Step.CONCESSION,
    (-1, 0): Step.CONCESSION,
    (-1, -1): Step.UNFORTUNATE,
}


def classify(own: float, other: float, eps: float = EXACT) -> Step:
    """Class of a step worth ``own`` to the bidder and ``other`` to its counterpart.

    Args:
        own: Change in the bidder's utility between two of its offers.
        other: Change in the counterpart's utility between the same two offers.
        eps: Changes of at most this size count as none; >= 0.

    Raises:
        UsageError: A change that is not a number, or a negative ``eps``.
    """
    if isnan(own) or isnan(other) or not eps >= 0:
        raise UsageError(f"a step needs numbers and a threshold >= 0, not {own}, {other} and {eps}")
    return _CLASSES[(own > eps) - (own < -eps), (other > eps) - (other < -eps)]


def steps(own: Sequence[float], other: Sequence[float], eps: float = EXACT) -> list[Step]:
    """Classes of the steps between one bidder's consecutive offers, in order.

    Args:
        own: The bidder's utility of each of its offers.
        other: The counterpart's utility of the same offers.
        eps: As in :func:`classify`.

    Returns:
        One class fewer than there are offers; none for fewer than two.

    Raises:
        UsageError: Sequences of different length.
    """
    if len(own) != len(other):
        raise UsageError(f"{len(own)} own values for {len(other)} values to the counterpart")
    return [
        classify(after[0] - before[0], after[1] - before[1], eps)
        for before, after in pairwise(zip(own, other, strict=True))
    ]


def counts(classes: Iterable[Step]) -> dict[Step, int]:
    """How often each class occurs; every class is present."""
    found = Counter(classes)
    return {step: found[step] for step in Step}


def sensitivity(classes: Iterable[Step]) -> float | None:
    """(fortunate + nice + concession) / (selfish + unfortunate + silent), in [0, inf).

    Above 1 the bidder minds the counterpart's preferences. None where the denominator is 0.
    """
    found = list(classes)
    minded = sum([step in _MINDED for step in found])
    ignored = len(found) - minded
    return minded / ignored if ignored else None
