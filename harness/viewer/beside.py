"""Two dialogues side by side: which turns belong together, and how their numbers differ.

Turns are aligned by round, by who spoke, and by which turn of that delegation in the round it was:
so the same dialogue under two arms, or played by two models, is read move against move.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.report.reading import Entry, Reading, Round
from harness.report.wording import plain, signed
from harness.viewer.turns import Shown, shown

Key = tuple[int, str, int, str, int]
"""Round, seat, step, what kind of turn it is, and which of those that are alike so far."""


@dataclass(frozen=True)
class Pair:
    """Turns that belong together: what one dialogue has there, and the other; at least one."""

    left: Shown | None
    right: Shown | None


@dataclass(frozen=True)
class PairedRound:
    """A round: what had happened before it in either dialogue, and its turns."""

    number: int
    left: tuple[str, ...]
    right: tuple[str, ...]
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Difference:
    """One number of both dialogues.

    Attributes:
        label: What it is.
        left: Its value in the one, as people read it; ``right`` in the other.
        difference: The other less the one, with a sign; empty where one of them is missing.
        note: What qualifies either.
    """

    label: str
    left: str
    right: str
    difference: str
    note: str


def aligned(left: Reading, right: Reading) -> tuple[PairedRound, ...]:
    """The turns of both dialogues, round by round; each stands once, in the order of its own."""
    rounds = sorted({round_.number for one in (left, right) for round_ in one.rounds})
    return tuple(_round(left, right, number) for number in rounds)


def merged(left: Sequence[Key], right: Sequence[Key]) -> list[tuple[int | None, int | None]]:
    """Pairs of places in two sequences of keys: equal keys together, every place once, each
    sequence in its own order. Where the orders contradict one another, as many stay together as
    can.

    Args:
        left, right: Keys; none stands twice in a sequence.
    """
    found: list[tuple[int | None, int | None]] = []
    at = other = 0
    for i, j in [*_common(left, right), (len(left), len(right))]:
        found += [(place, None) for place in range(at, i)]
        found += [(None, place) for place in range(other, j)]
        if i < len(left):
            found.append((i, j))
        at, other = i + 1, j + 1
    return found


def _common(left: Sequence[Key], right: Sequence[Key]) -> list[tuple[int, int]]:
    """Places of a longest common subsequence. No key stands twice, so that it is a longest rising
    one of the places in ``right`` (Fredman 1975)."""
    places = {key: place for place, key in enumerate(right)}
    pairs = [(place, places[key]) for place, key in enumerate(left) if key in places]
    ends: list[int] = []  # the least place at which a rising sequence of each length ends
    ending: list[int] = []  # index of its last pair
    before: list[int | None] = []
    for index, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        before.append(ending[length - 1] if length else None)
        ends[length : length + 1] = [place]
        ending[length : length + 1] = [index]
    found, at = list[tuple[int, int]](), ending[-1] if ending else None
    while at is not None:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]


def _round(left: Reading, right: Reading, number: int) -> PairedRound:
    one, other = (_of(reading, number) for reading in (left, right))
    pairs = []
    for i, j in merged(_keys(one, number), _keys(other, number)):
        here = None if i is None else one.entries[i]
        there = None if j is None else other.entries[j]
        differs = () if here is None or there is None else _differing(here, there)
        pairs.append(
            Pair(
                None if here is None else shown(left, here),
                None if there is None else shown(right, there, differs=differs),
            )
        )
    return PairedRound(number, one.realities, other.realities, tuple(pairs))


def _of(reading: Reading, number: int) -> Round:
    return next((one for one in reading.rounds if one.number == number), Round(number, (), ()))


def _keys(round_: Round, number: int) -> list[Key]:
    alike = Counter[tuple[str, int, str]]()
    keys = []
    for entry in round_.entries:
        # What was private is never beside what was said to the other side.
        kind = "private" if entry.private else "said"
        alike[entry.seat, entry.step, kind] += 1
        keys.append((number, entry.seat, entry.step, kind, alike[entry.seat, entry.step, kind]))
    return keys


def _differing(left: Entry, right: Entry) -> tuple[str, ...]:
    """Issues on which two turns that name terms name other ones."""
    one, other = (
        {term.issue: term.option for term in entry.package or entry.terms}
        for entry in (left, right)
    )
    return tuple(issue for issue in one if issue in other and one[issue] != other[issue])


def differences(left: Reading, right: Reading) -> list[Difference]:
    """The numbers of both: what was measured, and what the endings are worth to each principal."""
    return [*_worths(left, right), *_numbers(left, right)]


def _worths(left: Reading, right: Reading) -> Iterator[Difference]:
    """A dialogue without a deal leaves a principal what no deal is worth to it."""
    others = {worth.who: worth for worth in right.worths}
    for worth in left.worths:
        other = others.get(worth.who)
        if other is None:
            continue
        values = [one.no_deal if one.value is None else one.value for one in (worth, other)]
        texts = [
            f"{plain(one.no_deal)} (no deal)"
            if one.value is None
            else plain(one.value) + (" (below no deal)" if one.below else "")
            for one in (worth, other)
        ]
        no_deal = f"no deal {plain(worth.no_deal)}"
        if worth.no_deal != other.no_deal:
            no_deal += f" and {plain(other.no_deal)}"
        label = f"worth to {worth.who}" + ("" if worth.seat else " (not at the table)")
        yield Difference(label, texts[0], texts[1], signed(values[1] - values[0]), no_deal)


def _numbers(left: Reading, right: Reading) -> Iterator[Difference]:
    others = {number.label: number for number in right.numbers}
    for number in left.numbers:
        other = others.get(number.label)
        if other is None:
            continue
        difference = ""
        if number.value is not None and other.value is not None:
            difference = signed(other.value - number.value)
        note = number.note
        if number.note != other.note:
            own = (("A", number.note), ("B", other.note))
            note = "; ".join(f"{mark}: {said}" for mark, said in own if said)
        yield Difference(number.label, number.text, other.text, difference, note)
