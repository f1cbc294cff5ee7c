"""What differs between runs that are to be compared, besides who played.

A pair says something about two delegations only where everything else is the same. This finds what
is not, part by part, over all dialogues that would be paired, and says how to see it.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from pydantic_core import from_json

from harness.analysis.comparison_players import SETTINGS, Table, settles, table_of
from harness.analysis.comparison_rows import Meeting, Meetings, cells
from harness.records.reader import RunFolder
from harness.visible import shortened, visible_line

LISTED: Final = 6
"""Differences that a refusal lists; the rest are counted."""
_SHOWN: Final = 60
"""Characters of a value that are shown."""
_SERVED: Final = "what serves"
_SEE_SERVED: Final = "jq .served run.json, in both run folders"


@dataclass(frozen=True)
class Mismatch:
    """Something that differs between dialogues that stand on the same place.

    Attributes:
        part: What differs: ``protocol``, ``profile of seat u``, ``prompts``, ...
        where: The arm or the scenario, in words; the address of a model; empty where that says
            nothing.
        detail: In which field, and what it is in both: ``deal_reward is 0.1 in A and 0.3 in B``.
        places: Pairs of dialogues that it is in; 0 where it is no matter of single dialogues.
        example: (run, dialogue) of both, to look at; None where no dialogue shows it.
        see: What to type to see it, where that is no dialogue.
    """

    part: str
    where: str
    detail: str
    places: int
    example: tuple[tuple[str, str], tuple[str, str]] | None = None
    see: str = ""

    @property
    def sentence(self) -> str:
        """What differs, in one line."""
        found = f"{self.part}{f' ({self.where})' if self.where else ''}: {self.detail}"
        if self.places:
            found += f"; {self.places:,} {'pair' if self.places == 1 else 'pairs'}"
        return found

    @property
    def how_to_see(self) -> str:
        """What to type to see it."""
        if self.example is None:
            return self.see
        (run, dialogue), (other, opposite) = self.example
        show = "track15 show {} {} --json | jq .spec"
        return f"{show.format(run, dialogue)}, and {show.format(other, opposite)}"


def mismatches(meetings: Meetings, *, all_settings: bool = False) -> tuple[Mismatch, ...]:
    """What differs in dialogues of the same scenario, twin, epoch and arm, each difference once;
    in what served a model that several runs have; and in the evaluators that scored them.

    How a model is sampled may differ where nothing else does: that is then compared. Where two
    models are sampled differently, or a counterpart is, it is a mismatch, unless each can be
    compared with somebody else; then the two alone are no pair.

    Args:
        all_settings: It is a mismatch in any case.
    """
    first: dict[tuple[str, str, int, str], dict[Hashable, Meeting]] = {}
    found: dict[tuple[str, str, str], list[tuple[Meeting, Meeting]]] = {}
    alone = None if all_settings else _alone(meetings)
    for meeting in meetings.rows:
        for cell in cells(meeting):
            known = first.setdefault(cell, {})
            for part, value in meeting.same.items():
                for other in _differing(known, part, value, meeting, alone):
                    detail = _detail(part, other, meeting, meetings.names)
                    key = (part, _where(part, meeting, cell[3]), detail)
                    found.setdefault(key, []).append((other, meeting))
    listed = [
        Mismatch(part, where, detail, len(pairs), _example(pairs[0], meetings.names))
        for (part, where, detail), pairs in found.items()
    ]
    served = _served(meetings.runs, meetings.names, _spoken(meetings))
    return (*listed, *served, *_scored(meetings))


def _differing(
    known: dict[Hashable, Meeting],
    part: str,
    value: Hashable,
    meeting: Meeting,
    alone: Collection[Table] | None,
) -> list[Meeting]:
    """Dialogues on the place of another in which a part is not the same, and should be.

    Args:
        known: The first dialogue on this place with each part, of settings with each value and
            table. This one is entered.
        alone: As of :func:`_alone`; None where every two tables are held against each other.
    """
    if not part.startswith(SETTINGS):
        other = known.setdefault(part, meeting)
        return [other] if other is not meeting and other.same[part] != value else []
    key = (part, value, table_of(meeting.players))
    if key in known:
        return []
    others = [one for held, one in known.items() if isinstance(held, tuple) and held[0] == part]
    known[key] = meeting
    seat = part.removeprefix(SETTINGS)
    return [one for one in others if one.same[part] != value and _counts(one, meeting, seat, alone)]


def _counts(one: Meeting, other: Meeting, seat: str, alone: Collection[Table] | None) -> bool:
    """Whether settings of a seat that differ between two dialogues are a mismatch."""
    if one.players[seat] == other.players[seat]:
        return True  # arms have settings of their own, and these are not the same
    tables = table_of(one.players), table_of(other.players)
    return not settles(*tables) and (alone is None or any(table in alone for table in tables))


def _alone(meetings: Meetings) -> set[Table]:
    """Tables that can be compared with no other for the settings of those who sit at them."""
    tables = dict.fromkeys(table_of(meeting.players) for meeting in meetings.rows)
    return {
        table
        for table in tables
        if not any(settles(table, other) for other in tables if other != table)
    }


def _example(
    pair: tuple[Meeting, Meeting], names: Sequence[str]
) -> tuple[tuple[str, str], tuple[str, str]]:
    one, other = pair
    return (names[one.run], one.id), (names[other.run], other.id)


def _where(part: str, meeting: Meeting, arm: str) -> str:
    if part in ("scenario", "seed", "who opens"):
        return meeting.scenario
    return f"arm {arm}" if part.startswith(("profile", "briefing", SETTINGS)) else ""


def _detail(part: str, one: Meeting, other: Meeting, names: Sequence[str]) -> str:
    a, b = names[one.run], names[other.run]
    if a == b:
        a, b = f"{a} {one.id}", f"{b} {other.id}"
    before, after = one.same[part], other.same[part]
    if part in ("seed", "who opens"):  # it differs from dialogue to dialogue
        return f"not the same in {a} and in {b}"
    if part == "scenario":
        return f"its text is {before} in {a} and {after} in {b} (hashes)"
    leaves = list(_leaves(_read(before), _read(after)))
    if part == "prompts":
        changed = ", ".join(sorted(name for name, _, _ in leaves)[:LISTED])
        return f"not the same in {a} and in {b}: {changed}"
    said = [
        f"{f'{name} is ' if name else ''}{_shown(left)} in {a} and {_shown(right)} in {b}"
        for name, left, right in leaves[:LISTED]
    ]
    return "; ".join(said) + (f"; {len(leaves) - LISTED} more" if len(leaves) > LISTED else "")


def _read(value: Hashable) -> Any:
    return from_json(value) if isinstance(value, str) and value.startswith("{") else value


def _leaves(one: Any, other: Any, name: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Fields that differ: name, and the values of both; None for one that is absent."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in dict.fromkeys((*one, *other)):
            below = f"{name}.{key}" if name else str(key)
            yield from _leaves(one.get(key), other.get(key), below)
    elif one != other:
        yield name, one, other


def _shown(value: object) -> str:
    return shortened(visible_line("not set" if value is None else str(value)), _SHOWN)


def _spoken(meetings: Meetings) -> list[set[str]]:
    """Models that sat at the tables of each run."""
    found: list[set[str]] = [set() for _ in meetings.runs]
    for meeting in meetings.rows:
        found[meeting.run].update(player.model for player in meeting.players.values())
    return found


def _served(
    runs: Sequence[RunFolder], names: Sequence[str], spoken: Sequence[set[str]]
) -> Iterator[Mismatch]:
    """Models that several runs have, and that were not the same in all of them."""
    for (i, one), (j, other) in combinations(enumerate(runs), 2):
        for address in sorted(spoken[i] & spoken[j]):
            changes = {
                name: values
                for before in one.info.served.get(address, ())
                for after in other.info.served.get(address, ())
                for name, values in before.differences(after).items()
            }
            if changes:
                said = "; ".join(
                    f"{name} is {_shown(before)} in {names[i]} and {_shown(after)} in {names[j]}"
                    for name, (before, after) in changes.items()
                )
                yield Mismatch(_SERVED, address, said, 0, see=_SEE_SERVED)


def _scored(meetings: Meetings) -> Iterator[Mismatch]:
    """Evaluators whose scores are of other versions in some runs: a measure may have changed its
    meaning between them."""
    names = meetings.names
    first: dict[str, int] = {}
    for (run, evaluator), versions in meetings.versions.items():
        other = first.setdefault(evaluator, run)
        before = meetings.versions[other, evaluator]
        if before != versions:
            said = f"{_numbers(before)} in {names[other]} and {_numbers(versions)} in {names[run]}"
            see = f"track15 score {names[other]} and track15 score {names[run]} make them alike"
            yield Mismatch("version of the evaluator", evaluator, said, 0, see=see)


def _numbers(versions: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(versions)))
