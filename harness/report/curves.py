"""Own values that seats proposed over the talks, added up turn by turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_AT_ONCE: Final = 4_096
"""Proposers of dialogues that are added together: enough for numpy, and little memory."""


@dataclass
class Curve:
    """Own value that a seat proposed, turn by turn, summed over dialogues.

    ``total`` and ``n`` have one entry a turn of a delegation, all rounds in a row. A seat that
    makes no new proposal stands by its last one, also after the talks have ended, so that early
    deals do not drop out of the mean.
    """

    total: Floats
    n: Floats
    reached: int = 0
    reservation: float = 0.0
    dialogues: int = 0

    def mean(self, length: int) -> Floats:
        """``(length,)`` means; NaN where no dialogue had a proposal yet."""
        known = np.where(self.n > 0, self.n, np.nan)[:length]
        means: Floats = self.total[:length] / known
        return means


class Put(NamedTuple):
    """What a seat proposed: ``values`` are (turn of the delegation, from 0, and its own value);
    ``length`` is how many such turns there are at most; ``reservation`` its value of no deal."""

    seat: str
    length: int
    values: tuple[tuple[int, float], ...]
    reservation: float


class Puts(NamedTuple):
    """The same of many dialogues, in their order.

    Attributes:
        seats: Seat, length and reservation, each once.
        dialogue: ``(m,)`` row of the dialogue in which one of them proposed.
        seat: ``(m,)`` which of ``seats`` that was.
        counts: ``(m,)`` how many proposals it made.
        turns, values: Of each proposal, all in a row.
    """

    seats: Sequence[tuple[str, int, float]]
    dialogue: Ints
    seat: Ints
    counts: Ints
    turns: Ints
    values: Floats

    def only(self, chosen: Ints) -> Puts:
        """Those at these places among the ``m``, in this order."""
        counts = self.counts[chosen]
        firsts = (np.cumsum(self.counts) - self.counts)[chosen]
        places = _spread(firsts, counts)
        dialogue, seat = self.dialogue[chosen], self.seat[chosen]
        return Puts(self.seats, dialogue, seat, counts, self.turns[places], self.values[places])


class Adding:
    """A curve under way: lists, since numpy takes longer for the few turns of a dialogue.

    Raises:
        ValueError: It has no length.
    """

    def __init__(self, length: int) -> None:
        if length < 0:
            raise ValueError(f"a curve of {length} turns")
        self._total, self._n = [0.0] * length, [0.0] * length
        self._reached = self._dialogues = 0
        self._reservation = 0.0

    def add(self, put: Put) -> None:
        """Add what a seat proposed in a dialogue."""
        total, n = self._total, self._n
        standing = [(position, value) for position, value in put.values if position < len(total)]
        ends = [position for position, _ in standing[1:]] + [len(total)]
        for (position, value), end in zip(standing, ends, strict=False):
            self._reached = max(self._reached, position + 1)
            for turn in range(position, end):
                total[turn] += value
                n[turn] += 1
        self._reserve(put.reservation)

    def add_all(self, puts: Puts) -> None:
        """Add what a seat proposed in many dialogues: the same, to the last digit, as one after
        another."""
        places = np.arange(len(puts.counts))
        for first in range(0, len(places), _AT_ONCE):
            self._add_turns(puts.only(places[first : first + _AT_ONCE]))
        for seat in puts.seat.tolist():
            self._reserve(puts.seats[seat][2])

    def _add_turns(self, puts: Puts) -> None:
        length = len(self._total)
        owner = np.repeat(np.arange(len(puts.counts)), puts.counts)
        within = puts.turns < length
        owner, turns, values = owner[within], puts.turns[within], puts.values[within]
        if not len(turns):
            return
        ends = np.append(turns[1:], length)
        ends[np.append(owner[1:] != owner[:-1], True)] = length
        standing = np.maximum(ends - turns, 0)
        cells, total = _spread(turns, standing), np.array(self._total)
        np.add.at(total, cells, np.repeat(values, standing))  # in this very order
        self._total = total.tolist()
        self._n = (np.array(self._n) + np.bincount(cells, minlength=length)).tolist()
        self._reached = max(self._reached, int(turns.max()) + 1)

    def _reserve(self, reservation: float) -> None:
        self._reservation += (reservation - self._reservation) / (self._dialogues + 1)
        self._dialogues += 1

    def curve(self) -> Curve:
        """What was added up."""
        total, n = np.array(self._total), np.array(self._n)
        return Curve(total, n, self._reached, self._reservation, self._dialogues)


def _spread(firsts: Ints, counts: Ints) -> Ints:
    """Whole numbers in a row from each of ``firsts``, so many as ``counts`` says, all in one."""
    before = np.cumsum(counts) - counts
    places: Ints = np.arange(counts.sum()) + np.repeat(firsts - before, counts)
    return places
