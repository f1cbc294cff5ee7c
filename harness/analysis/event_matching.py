"""Holds the events that a judge lists against those that are there, one to one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from harness.analysis.agreement import Agreed
from harness.analysis.intervals import ALPHA, t_quantile


@dataclass(frozen=True, slots=True)
class Event:
    """Something that is said.

    Attributes:
        at: Number of the turn.
        by: Id of the party whose delegation says it.
        item: What it is, as the rubric names it.
        answer: What is said of that, such as the option to which it goes.
        commitment: How far the words commit; empty where that is not told. Events that differ in it
            alone are the same.
    """

    at: int
    by: str
    item: str
    answer: str
    commitment: str = field(default="", compare=False)

    @property
    def family(self) -> str:
        """What it is, whatever the issue."""
        return self.item.partition(".")[0]


@dataclass(frozen=True)
class Matched:
    """How a list stands to the truth.

    Attributes:
        hits: True events with the listed ones that are taken for them: the same turn, party and
            item.
        missed: True events that are not listed.
        false: Listed events that are not true.
    """

    hits: tuple[tuple[Event, Event], ...]
    missed: tuple[Event, ...]
    false: tuple[Event, ...]

    @property
    def exact(self) -> int:
        """Hits whose answer is right as well."""
        return sum(true.answer == listed.answer for true, listed in self.hits)


def matched(truth: Sequence[Event], listed: Sequence[Event]) -> Matched:
    """Match lists of events, each with one of the other at most. An event with the right answer is
    preferred to another of the same turn, party and item."""
    left = list(listed)
    found: dict[int, Event] = {}
    for exact in (True, False):
        for number, true in enumerate(truth):
            if number in found:
                continue
            same = next((one for one in left if _same(true, one, exact=exact)), None)
            if same is not None:
                left.remove(same)
                found[number] = same
    return Matched(
        hits=tuple((truth[number], one) for number, one in sorted(found.items())),
        missed=tuple(true for number, true in enumerate(truth) if number not in found),
        false=tuple(left),
    )


def _same(true: Event, one: Event, *, exact: bool) -> bool:
    place = (true.at, true.by, true.item) == (one.at, one.by, one.item)
    return place and (not exact or true.answer == one.answer)


_LEAST: Final = 2
"""Clusters below which a share has no interval."""


def ratio(parts: Sequence[tuple[int, int]]) -> Agreed:
    """A share over clusters of unequal size, with a 95 % interval inside [0, 1].

    Wilson's score interval (1927) with Student's quantile, for as many independent cases as the
    spread between clusters is worth (linearisation, Cochran 1977, chapter 6), held between the
    clusters and the cases. Where the spread is 0 it is the clusters.

    Args:
        parts: For each cluster, how many of how many; those of none are left out.
    """
    held = [(some, of) for some, of in parts if of]
    n = sum(of for _, of in held)
    if not n:
        return Agreed(None, None, None, 0)
    share, clusters = sum(some for some, _ in held) / n, len(held)
    if clusters < _LEAST:
        return Agreed(share, None, None, n)
    squares = math.fsum((some - share * of) ** 2 for some, of in held)
    spread = squares * clusters / ((clusters - 1) * n**2)
    free = share * (1 - share)
    worth = clusters if spread == 0 or free == 0 else min(max(free / spread, clusters), n)
    square = t_quantile(1 - ALPHA / 2, clusters - 1) ** 2
    centre = (share + square / (2 * worth)) / (1 + square / worth)
    half = math.sqrt(square * (free / worth + square / (4 * worth**2))) / (1 + square / worth)
    return Agreed(
        share, min(share, max(0.0, centre - half)), max(share, min(1.0, centre + half)), n
    )
