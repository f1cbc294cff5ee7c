"""Where void talks stood when they broke off, beside talks that were at the same turn.

If a reply is more likely to be missing when the offer before it is good, or bad, for the seat that
was to answer, then what is missing follows how the talks went, and what is left is a selection. So
at every reply by which a dialogue broke off, what it had to answer is compared with what all others
had to answer that were as far at that time (as events are with the risk set in the score test of a
proportional-hazards model; Cox 1972). Talks that drag on have more replies that can be missing; by
this they do not count as a difference.

Worth differs between disputes and falls or rises in the course of talks. Both are taken out
first, as additive effects of the scenario with the principal and of the turn, in each arm and seat.
Under the null hypothesis that a reply is missing with the same chance whatever was to be answered,
any of those at the same turn could as well have broken off. So the test draws these at random, and
compares ranks, since a few offers are worth very little. The seats of all arms are tested together
by the largest of their differences (max-T; Westfall and Young 1993), so that one p is right for
each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from harness.analysis.observations import ROUNDING, Floats, Observation

DRAWS: Final = 2_000
"""Random draws of what could as well have broken off. The least p is 1 / 2,001."""
SWEEPS: Final = 10
"""Of taking out the two additive effects in turn; after three nothing changes in three digits."""
_CHUNK: Final = 1 << 20
"""Random numbers held at a time."""
_Ints = NDArray[np.intp]
Key = TypeVar("Key", bound=Hashable)


class SeatBroke(BaseModel):
    """The replies of a seat by which dialogues of an arm broke off.

    Attributes:
        arm: Name of the arm.
        seat: Whose replies.
        replies: By which a dialogue broke off, with an offer to answer, and with another dialogue
            at the same turn to compare it with; >= 1.
        difference: How much more the offers before them were worth to the own principal than those
            before all replies of that turn, of the same arm; mean, in units of value.
        sd: The same in SDs of replies of the same turn.
        p: That a difference as large, of any seat and arm, is chance; two-sided, in (0, 1].
    """

    model_config = ConfigDict(frozen=True)

    arm: str
    seat: str
    replies: int
    difference: float
    sd: float
    p: float


class BrokeOff(BaseModel):
    """Where the void talks of a comparison broke off.

    Attributes:
        seats: Of all arms that are compared, those with anything to compare.
        uncompared: Dialogues that broke off with nothing to compare: by nobody's reply, before any
            offer, or with no other dialogue as far.
    """

    model_config = ConfigDict(frozen=True)

    seats: tuple[SeatBroke, ...]
    uncompared: int = 0

    @property
    def p(self) -> float | None:
        """Of the largest difference; None where there is nothing to compare."""
        return min((one.p for one in self.seats), default=None)


@dataclass(frozen=True)
class Replies:
    """Every reply to an offer, in the arms that are compared.

    Attributes:
        group: ``(n,)`` number of arm and seat.
        turn: ``(n,)`` number of group and turn: who could be compared.
        worth: ``(n,)`` what lay before it, without what scenario, principal and turn explain.
        broke: Numbers of the replies by which a dialogue broke off.
        names: (arm, seat) of each group.
    """

    group: _Ints
    turn: _Ints
    worth: Floats
    broke: _Ints
    names: tuple[tuple[str, str], ...]


def broke_off(rows: Sequence[Observation], arms: Sequence[str]) -> BrokeOff | None:
    """Whether void talks broke off where the offer to be answered was unlike those of others.

    Args:
        rows: Of one measure; only the courses of their dialogues are read, of ``arms`` alone.
        arms: That are compared.

    Returns:
        None where the course of no void dialogue is known.
    """
    own = sorted(
        (row for row in rows if row.arm in arms and row.course is not None),
        key=lambda row: (arms.index(row.arm), row.scenario, row.pair),
    )
    void = sum(not row.played for row in own)
    if not void:
        return None
    replies = replies_of(own)
    seats = () if replies is None else _tested(replies)
    return BrokeOff(seats=seats, uncompared=void - sum(one.replies for one in seats))


class Kept:
    """Says where void talks broke off; what it has worked out once it says again. Of dialogues that
    are always the same: what is asked first counts."""

    def __init__(self) -> None:
        self._found: list[BrokeOff | None] = []

    def __call__(self, rows: Sequence[Observation], arms: Sequence[str]) -> BrokeOff | None:
        if not self._found:
            self._found.append(broke_off(rows, arms))
        return self._found[0]


Breaking = Callable[[Sequence[Observation], Sequence[str]], BrokeOff | None]
"""Says where the void talks of observations broke off, of the arms compared."""


def replies_of(rows: Sequence[Observation]) -> Replies | None:
    """The replies of these dialogues; None where there are none."""
    groups = _Numbers[tuple[str, str]]()
    turns, cells = _Numbers[tuple[int, int, int]](), _Numbers[tuple[int, str, str]]()
    known: dict[tuple[str, str, int], _Ints] = {}  # few dialogues differ in when replies were due
    numbers, worth, broke = list[_Ints](), list[float](), list[int]()
    for row in rows:
        course = row.course
        if course is None or not course.asked:
            continue
        key = (row.arm, row.scenario, id(course.asked))
        if key not in known:
            found = []
            for asked in course.asked:
                group = groups.of((row.arm, asked.seat))
                turn = turns.of((group, asked.round, asked.step))
                cell = cells.of((group, row.scenario, asked.principal))
                found.append((group, turn, cell))
            known[key] = np.array(found, dtype=np.intp)
        numbers.append(known[key])
        worth += course.worth
        if course.broke_off:
            broke.append(len(worth) - 1)
    if not numbers:
        return None
    group, turn, cell = np.ascontiguousarray(np.concatenate(numbers).T)
    return Replies(
        group=group,
        turn=turn,
        worth=_without(np.array(worth), (cell, turn)),
        broke=np.array(broke, dtype=np.intp),
        names=tuple(groups),
    )


class _Numbers(dict[Key, int]):
    """Different keys, each with its number in the order of their first."""

    def of(self, key: Key) -> int:
        return self.setdefault(key, len(self))


def _without(values: Floats, effects: Sequence[_Ints]) -> Floats:
    """What is left of values when the means of each grouping are taken out, in turn."""
    left, counts = values, [np.bincount(effect) for effect in effects]
    for _ in range(SWEEPS):
        for effect, count in zip(effects, counts, strict=True):
            left = left - (np.bincount(effect, left) / count)[effect]
    return left


def _ranks(values: Floats, groups: _Ints) -> Floats:
    """The rank of each value within its group, from 0 to 1; those that are tied share theirs."""
    order = np.lexsort((values, groups))
    count = np.bincount(groups)
    start = np.concatenate(([0], np.cumsum(count)[:-1]))
    ahead = np.diff(values[order], prepend=np.nan) > ROUNDING
    ahead[start] = True
    tie = np.cumsum(ahead) - 1
    place = np.arange(len(values)) - start[groups[order]] + 0.5
    shared = (np.bincount(tie, place) / np.bincount(tie))[tie] / count[groups[order]]
    ranks = np.empty(len(values))
    ranks[order] = shared
    return ranks


@dataclass(frozen=True)
class _Spread:
    """Mean and variance ``(turns,)`` of the replies of each turn, and how many there are."""

    count: _Ints
    mean: Floats
    variance: Floats

    @classmethod
    def of(cls, values: Floats, turn: _Ints) -> _Spread:
        count = np.bincount(turn)
        mean = np.bincount(turn, values) / count
        square = np.bincount(turn, (values - mean[turn]) ** 2) / count
        return cls(count, mean, square)


def _tested(replies: Replies) -> tuple[SeatBroke, ...]:
    """The difference of each seat and arm, and its p among all of them."""
    worth = _Spread.of(replies.worth, replies.turn)
    broke = replies.broke[worth.variance[replies.turn[replies.broke]] > ROUNDING]
    if not len(broke):
        return ()
    turn = replies.turn[broke]
    groups, column = np.unique(replies.group[broke], return_inverse=True)
    p = _chance(replies, broke, column)
    beyond = replies.worth[broke] - worth.mean[turn]
    number = np.bincount(column)
    difference = np.bincount(column, beyond) / number
    sd = np.bincount(column, beyond / np.sqrt(worth.variance[turn])) / number
    return tuple(
        SeatBroke(
            arm=replies.names[group][0],
            seat=replies.names[group][1],
            replies=int(number[k]),
            difference=float(difference[k]),
            sd=float(sd[k]),
            p=float(p[k]),
        )
        for k, group in enumerate(groups.tolist())
    )


def _chance(replies: Replies, broke: _Ints, column: _Ints, seed: int = 0) -> Floats:
    """The p of each group: how often any group would be as far from what is expected."""
    ranks, turn = _ranks(replies.worth, replies.turn), replies.turn[broke]
    expected = _Spread.of(ranks, replies.turn)
    start = np.concatenate(([0], np.cumsum(expected.count)[:-1]))
    in_turn = ranks[np.lexsort((ranks, replies.turn))]
    size = np.sqrt(np.bincount(column, expected.variance[turn]))
    weight = np.zeros((len(broke), len(size)))
    weight[np.arange(len(broke)), column] = 1 / size[column]
    observed = np.abs((ranks[broke] - expected.mean[turn]) @ weight)
    larger = np.zeros(len(size))
    generator = np.random.Generator(np.random.PCG64(seed))
    step = max(1, _CHUNK // len(broke))
    for done in range(0, DRAWS, step):
        drawn = generator.random((min(step, DRAWS - done), len(broke)))
        chosen = in_turn[start[turn] + (drawn * expected.count[turn]).astype(np.intp)]
        largest = np.abs((chosen - expected.mean[turn]) @ weight).max(axis=1)
        larger += (largest[:, None] >= observed - ROUNDING).sum(axis=0)
    found: Floats = (1 + larger) / (1 + DRAWS)
    return found
