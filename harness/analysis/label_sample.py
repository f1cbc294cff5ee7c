"""Which turns people are asked about, and which whole records.

Of turns, half are of those in which a judge found something, half are others. What a judge finds is
rare, and what it overlooks is rarer. A plain draw would show a person little of either. So each
half is drawn by itself, with the same chance for every turn of it. Within a half the draw goes
evenly over arms and scenarios: turns stand in a row by these, in random order within each, and
every k-th is taken from a random start (systematic sampling).

A question about a whole record has an answer in every one of them. So records are drawn arm by arm,
with the same chance for every record of an arm, and evenly over its scenarios. Those that arms have
in common are drawn by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from harness.seeds import stream

T = TypeVar("T")


@dataclass(frozen=True)
class Turn:
    """A turn that may be asked about.

    Attributes:
        record: Id of its talks.
        turn: Its index.
        arms: Of its talks.
        scenario: Of its talks.
        found: Whether a judge found anything in it; False where nobody has judged it.
    """

    record: str
    turn: int
    arms: tuple[str, ...]
    scenario: str
    found: bool


@dataclass(frozen=True)
class Drawn:
    """A turn that was drawn, and the chance that it had."""

    turn: Turn
    chance: float


@dataclass(frozen=True)
class Readable:
    """A record that may be asked about.

    Attributes:
        record: Its id.
        arms: Of it; arms may have records in common.
        scenario: Of it.
    """

    record: str
    arms: tuple[str, ...]
    scenario: str


@dataclass(frozen=True)
class DrawnRecord:
    """A record that was drawn, and the chance that it had."""

    of: Readable
    chance: float


def draw(turns: Sequence[Turn], count: int, seed: int) -> list[Drawn]:
    """Turns to be asked about, in the order of the run.

    Args:
        turns: All that there are.
        count: How many; all of them where there are no more.
        seed: The same gives the same turns.
    """
    there = [one for one in turns if one.found]
    others = [one for one in turns if not one.found]
    half = count // 2
    first = min(len(there), max(half, count - len(others)))
    second = min(len(others), count - first)
    drawn = [*_half(there, first, seed, "found"), *_half(others, second, seed, "rest")]
    order = {(one.record, one.turn): number for number, one in enumerate(turns)}
    return sorted(drawn, key=lambda one: order[one.turn.record, one.turn.turn])


def _half(turns: Sequence[Turn], count: int, seed: int, half: str) -> list[Drawn]:
    taken = _systematic(turns, count, lambda one: (one.arms, one.scenario), seed, half)
    return [Drawn(one, count / len(turns)) for one in taken]


def draw_records(records: Sequence[Readable], count: int, seed: int) -> list[DrawnRecord]:
    """Records to be asked about, in the order of the run: as many of each set of arms as of every
    other, as far as there are so many.

    Args:
        records: All that there are.
        count: How many of all arms together; all records where there are no more.
        seed: The same gives the same records.
    """
    by_arms: dict[tuple[str, ...], list[Readable]] = {}
    for one in records:
        by_arms.setdefault(one.arms, []).append(one)
    drawn: list[DrawnRecord] = []
    left = count
    smallest_first = sorted(by_arms, key=lambda arms: (len(by_arms[arms]), arms))
    for number, arms in enumerate(smallest_first):
        own = by_arms[arms]
        share = min(len(own), -(-left // (len(by_arms) - number)))
        left -= share
        taken = _systematic(own, share, lambda one: one.scenario, seed, "records", *arms)
        drawn += [DrawnRecord(one, share / len(own)) for one in taken]
    order = {one.record: number for number, one in enumerate(records)}
    return sorted(drawn, key=lambda one: order[one.of.record])


def shuffled(drawn: Sequence[T], seed: int, who: str) -> list[T]:
    """The order in which a person is asked: random, and another one for each person. Whoever stops
    early has answered a random part."""
    random = stream(seed, "labels", "order", who)
    return [drawn[place] for place in random.permutation(len(drawn))]


def _systematic(
    of: Sequence[T], count: int, cell: Callable[[T], Any], seed: int, *names: str
) -> list[T]:
    """So many of a list, evenly over its cells.

    Args:
        cell: Which one each is in; cells can be put in an order.
        names: Of the stream of random numbers.
    """
    if not count:
        return []
    random = stream(seed, "labels", *names)
    keys = random.random(len(of))
    cells = dict.fromkeys(sorted({cell(one) for one in of}), 0.0)
    for name in cells:
        cells[name] = float(random.random())
    row = sorted(range(len(of)), key=lambda n: (cells[cell(of[n])], keys[n]))
    step = len(of) / count
    start = float(random.random()) * step
    taken = [min(int(start + number * step), len(of) - 1) for number in range(count)]
    return [of[row[place]] for place in taken]
