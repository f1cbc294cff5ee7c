"""Who is compared, and with whom: entries, and the pairs of dialogues that two of them have.

An entry is one player in one seat. A pair is two dialogues of the same scenario, twin, epoch and
arm, against the same counterpart, in which two entries sat in the same seat. Where a player meets
itself in every dialogue, as when one model plays both seats, no two of them have a counterpart in
common; such dialogues are paired too, and it is said that both delegations differ.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from harness.analysis.comparison_players import Player, apart
from harness.analysis.comparison_rows import Meeting, Meetings, cells
from harness.analysis.observations import Observation
from harness.evaluators.base import SEATS
from harness.records.placement import SCRIPTED
from harness.records.spec import UNNAMED

WHOEVER: Final = "whoever spoke"
"""What somebody who is not named is called beside somebody else of whom that is so."""


@dataclass(frozen=True)
class Standing:
    """One player in one seat, and the dialogues in which it sat there.

    Attributes:
        id: ``u1``, ``u2``, ...: the seat, and a number.
        run: The only run that is meant, where the player stands there more than once; else None.
        rows: Numbers of its dialogues.
    """

    id: str
    seat: str
    player: Player
    run: int | None
    rows: tuple[int, ...]


def standings(meetings: Meetings) -> tuple[Standing, ...]:
    """The entries of both seats, the official one first, in the order in which they were read.
    Those whom no run names are not taken for the same in two runs."""
    found: dict[tuple[str, Player, int | None], list[int]] = {}
    twice = {seat: _twice(meetings, seat) | {Player(UNNAMED)} for seat in SEATS}
    several = len({meeting.run for meeting in meetings.rows}) > 1
    for row, meeting in enumerate(meetings.rows):
        for seat in SEATS:
            if (player := meeting.players.get(seat)) is not None:
                run = meeting.run if several and player in twice[seat] else None
                found.setdefault((seat, player, run), []).append(row)
    listed = sorted(found.items(), key=lambda item: SEATS.index(item[0][0]))
    numbers = dict.fromkeys(SEATS, 0)
    result = []
    for (seat, player, run), rows in listed:
        numbers[seat] += 1
        result.append(Standing(f"{seat}{numbers[seat]}", seat, player, run, tuple(rows)))
    return tuple(result)


def _twice(meetings: Meetings, seat: str) -> set[Player]:
    """Players that sat in a seat in two dialogues that stand on the same place, against the same
    counterpart: in two runs, which are then told apart."""
    first: dict[Hashable, int] = {}
    found = set()
    for meeting in meetings.rows:
        if (player := meeting.players.get(seat)) is None:
            continue
        for cell in cells(meeting):
            if first.setdefault((cell, player, meeting.others(seat)), meeting.run) != meeting.run:
                found.add(player)
    return found


def labels(found: Sequence[Standing], names: Sequence[str]) -> dict[str, str]:
    """Id of an entry -> what it is called, unlike any other in its seat. The place of a model is
    left out where nothing is lost by it."""
    bare: dict[str, set[tuple[str, str]]] = defaultdict(set)
    alike: dict[tuple[str, str, str], set[Player]] = defaultdict(set)
    for one in found:
        bare[_bare(one.player)].add(one.player.bare)
        alike[one.seat, *one.player.bare].add(one.player)
    said = {}
    for one in found:
        player, label = one.player, _bare(one.player)
        if len(bare[label]) > 1:
            label = player.model + (f" ({player.detail})" if player.detail else "")
        if differing := apart(player, alike[one.seat, *player.bare]):
            label += f" ({differing})"
        if one.run is not None:
            run = names[one.run]
            label = f"{WHOEVER if player.model == UNNAMED else label} in {run}"
        said[one.id] = label
    return said


def _bare(player: Player) -> str:
    if player.model == SCRIPTED:
        return f"{SCRIPTED} ({player.detail})" if player.detail else SCRIPTED
    return player.model.partition("@")[0]


@dataclass(frozen=True)
class Pairs:
    """The dialogues of two entries of a seat that are compared.

    Attributes:
        rows: Numbers of the dialogues of the first and of the second.
        itself: Each met itself: both delegations differ between the two dialogues of a pair.
    """

    one: Standing
    other: Standing
    rows: tuple[tuple[int, int], ...]
    itself: bool


def pairs_of(meetings: Meetings, one: Standing, other: Standing) -> Pairs:
    """The pairs of two entries of the same seat. Dialogues that several arms share are one pair."""
    rows = _matched(meetings, one, other, lambda meeting: meeting.others(one.seat))
    if rows:
        return Pairs(one, other, rows, itself=False)
    alone, opposite = (_against_itself(meetings, standing) for standing in (one, other))
    rows = _matched(meetings, alone, opposite, lambda meeting: ())
    return Pairs(one, other, rows, itself=bool(rows))


def _against_itself(meetings: Meetings, standing: Standing) -> Standing:
    """The entry with only those dialogues in which the same player sat opposite."""
    rows = tuple(
        row
        for row in standing.rows
        if {who.bare for _, who in meetings.rows[row].others(standing.seat)}
        == {standing.player.bare}
    )
    return Standing(standing.id, standing.seat, standing.player, standing.run, rows)


def _matched(
    meetings: Meetings,
    one: Standing,
    other: Standing,
    against: Callable[[Meeting], Hashable],
) -> tuple[tuple[int, int], ...]:
    places = [_places(meetings, standing, against) for standing in (one, other)]
    common = [place for place in places[0] if place in places[1]]
    return tuple(dict.fromkeys((places[0][place], places[1][place]) for place in common))


def _places(
    meetings: Meetings, standing: Standing, against: Callable[[Meeting], Hashable]
) -> dict[Hashable, int]:
    found: dict[Hashable, int] = {}
    for row in standing.rows:
        meeting = meetings.rows[row]
        for cell in cells(meeting):
            found.setdefault((cell, against(meeting)), row)
    return found


@dataclass(frozen=True)
class Placed:
    """Dialogues as rows of a comparison, before they have a value: the same for every column.

    Attributes:
        seat: Whose values are compared.
        rows: Numbers of the dialogues.
        places: Scenario, pair and arm of each.
    """

    seat: str
    rows: tuple[int, ...]
    places: tuple[tuple[str, str, str], ...]

    def observations(self, meetings: Meetings, column: str) -> list[Observation]:
        """The same with the values of a column."""
        values = meetings.column(column, self.seat)[list(self.rows)].tolist()
        return [
            Observation(
                scenario=scenario,
                pair=pair,
                arm=arm,
                value=None if math.isnan(value) else value,
                played=meetings.rows[row].status == "done",
                course=meetings.rows[row].course,
            )
            for row, (scenario, pair, arm), value in zip(
                self.rows, self.places, values, strict=True
            )
        ]


def placed_pairs(meetings: Meetings, pairs: Pairs) -> Placed:
    """Rows of a comparison of two entries: its pairs, and what has no counterpart, so that it is
    counted. The arms are the ids of the entries."""
    found: list[tuple[int, str, str]] = []
    paired: tuple[set[int], set[int]] = (set(), set())
    for number, both in enumerate(pairs.rows):
        for standing, row, seen in zip((pairs.one, pairs.other), both, paired, strict=True):
            seen.add(row)
            found.append((row, f"pair {number}", standing.id))
    for standing, seen in zip((pairs.one, pairs.other), paired, strict=True):
        left = (row for row in standing.rows if row not in seen)
        found += [(row, f"dialogue {row}", standing.id) for row in left]
    return _placed(meetings, pairs.one.seat, found)


def placed_by_arm(
    meetings: Meetings, standing: Standing, arms: Iterable[str], runs: Collection[int]
) -> Placed:
    """Rows of a comparison of arms within one entry, against the same counterpart in the same run.

    Args:
        runs: Those that are meant.
    """
    wanted = set(arms)
    opposite: dict[Hashable, int] = {}
    found: list[tuple[int, str, str]] = []
    for row in standing.rows:
        meeting = meetings.rows[row]
        own = [arm for arm in meeting.arms if arm in wanted]
        if own and meeting.run in runs:
            against = opposite.setdefault(meeting.others(standing.seat), len(opposite))
            pair = f"{meeting.twin}/{meeting.epoch}/{meeting.run}/{against}"
            found += [(row, pair, arm) for arm in own]
    return _placed(meetings, standing.seat, found)


def _placed(meetings: Meetings, seat: str, found: Sequence[tuple[int, str, str]]) -> Placed:
    return Placed(
        seat,
        tuple(row for row, _, _ in found),
        tuple((meetings.rows[row].scenario, pair, arm) for row, pair, arm in found),
    )


def observations(meetings: Meetings, pairs: Pairs, column: str) -> list[Observation]:
    """:func:`placed_pairs` with the values of a column."""
    return placed_pairs(meetings, pairs).observations(meetings, column)


def by_arm(
    meetings: Meetings,
    standing: Standing,
    arms: Iterable[str],
    column: str,
    runs: Collection[int],
) -> list[Observation]:
    """:func:`placed_by_arm` with the values of a column."""
    return placed_by_arm(meetings, standing, arms, runs).observations(meetings, column)
