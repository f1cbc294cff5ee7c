"""Which turns people are asked about: half of those in which a judge found something, half others.

What a judge finds is rare, and what it overlooks is rarer. A plain draw would show a person little
of either. So each half is drawn by itself, with the same chance for every turn of it. Within a half
the draw goes evenly over arms and scenarios: turns stand in a row by these, in random order within
each, and every k-th is taken from a random start (systematic sampling).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.seeds import stream


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
    drawn = [*_systematic(there, first, seed, "found"), *_systematic(others, second, seed, "rest")]
    order = {(one.record, one.turn): number for number, one in enumerate(turns)}
    return sorted(drawn, key=lambda one: order[one.turn.record, one.turn.turn])


def shuffled(drawn: Sequence[Drawn], seed: int, who: str) -> list[Drawn]:
    """The order in which a person is asked: random, and another one for each person. Whoever stops
    early has answered a random part."""
    random = stream(seed, "labels", "order", who)
    return [drawn[place] for place in random.permutation(len(drawn))]


def _systematic(turns: Sequence[Turn], count: int, seed: int, half: str) -> list[Drawn]:
    if not count:
        return []
    random = stream(seed, "labels", half)
    keys = random.random(len(turns))
    cells = dict.fromkeys(sorted({(one.arms, one.scenario) for one in turns}), 0.0)
    for cell in cells:
        cells[cell] = float(random.random())
    row = sorted(
        range(len(turns)), key=lambda n: (cells[turns[n].arms, turns[n].scenario], keys[n])
    )
    step = len(turns) / count
    start = float(random.random()) * step
    taken = [min(int(start + number * step), len(turns) - 1) for number in range(count)]
    return [Drawn(turns[row[place]], count / len(turns)) for place in taken]
