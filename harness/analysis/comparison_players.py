"""Who is compared, and what has to be the same for a comparison of them to be one."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic_core import from_json, to_json

from harness.records.placement import SCRIPTED
from harness.records.spec import DialogueSpec, RecordedSeat, TalksSpec
from harness.suite.parts import SeatSpec
from harness.suite.suite import Suite
from harness.visible import shortened, visible_line

_WHO_PLAYS: Final = frozenset({"kind", "model", "tactic", "source", "environ", "sitting"})
"""Fields of a seat that say who plays it: what is compared."""
_TOLD: Final = frozenset({"brief", "home", "members"})
"""Fields of a seat that only somebody who is shown text has."""
SETTINGS: Final = "settings of seat "
"""How the part begins that says how a model is sampled: it may differ where the model is the same,
and is then what is compared."""
MOST_NAMED: Final = 4
"""Settings that a label names."""
_VALUE: Final = 40
"""Characters of a setting that a label has."""


@dataclass(frozen=True, slots=True)
class Player:
    """Who played a seat.

    Attributes:
        model: Address of a model, name of a delegation of the user's own, or ``scripted``.
        detail: What tells two of that name apart: the tactic of a script, the version of a
            delegation of the user's own. Empty for a model.
        settings: How a model is sampled, and what a delegation of the user's own read from its
            environment, as JSON. Empty for a script, and where arms of the suite set it apart.
    """

    model: str
    detail: str = ""
    settings: str = ""

    @property
    def bare(self) -> tuple[str, str]:
        """Who played, with whatever settings."""
        return self.model, self.detail


def player_of(seat: SeatSpec | RecordedSeat, name: str, suite: Suite) -> Player:
    """Who played a seat, of which it is known what ``name`` they go by."""
    if not isinstance(seat, SeatSpec):
        return Player(name)
    return Player(name, _detail(seat), _settings(seat, suite))


def confounded(one: Player, other: Player) -> bool:
    """Whether two players differ in who they are and in how they are sampled, so that a difference
    between them can be put down to neither."""
    if one.bare == other.bare or SCRIPTED in (one.model, other.model):
        return False
    return sampling_of(one) != sampling_of(other)


def why_confounded(one: Player, other: Player) -> str:
    """Why two players are not compared, in words."""
    both = f"{apart(one, [other])} against {apart(other, [one])}"
    return f"who plays and how it is sampled both differ ({both})"


Table = tuple[tuple[str, Player], ...]
"""Who sits in which seat."""


def table_of(players: Mapping[str, Player]) -> Table:
    """Who sits in which seat, as a key."""
    return tuple(players.items())


def settles(one: Table, other: Table) -> bool:
    """Whether settings leave two tables comparable: where they differ, it is in one seat alone and
    who plays there is the same; or each player meets itself."""
    seats = dict(other)
    changed = [(who, seats[seat]) for seat, who in one if seat in seats and seats[seat] != who]
    if any(confounded(*both) for both in changed):
        return False
    if len(changed) < 2 or all(before.bare != after.bare for before, after in changed):
        return True
    return all(len({who.bare for _, who in table}) == 1 for table in (one, other))


def sampling_of(player: Player) -> dict[str, Any] | None:
    """Settings of a player's model that are set, by name; None where the suite sets them."""
    if not player.settings:
        return None
    found: dict[str, Any] = from_json(player.settings)["settings"]
    return found


def apart(player: Player, others: Iterable[Player]) -> str:
    """What of a player's settings is not the same in all others, in words: ``effort low``; empty
    where nothing is."""
    own = _leaves(player)
    all_of_them = [own, *map(_leaves, others)]
    names = dict.fromkeys(name for one in all_of_them for name in one)
    differing = [name for name in names if len({one.get(name) for one in all_of_them}) > 1]
    said = [f"{name} {own[name]}" if name in own else f"{name} not set" for name in differing]
    more = len(said) - MOST_NAMED
    return ", ".join([*said[:MOST_NAMED], *([f"{more} more"] if more > 0 else [])])


def _leaves(player: Player) -> dict[str, str]:
    """Settings and environment by name, as they are written."""
    document = from_json(player.settings) if player.settings else {}
    fields = dict(document.get("settings", {}))
    named = {**fields, **fields.pop("extra", {}), **document.get("environ", {})}
    named.pop("extra", None)
    return {
        name: shortened(visible_line(v if isinstance(v, str) else to_json(v).decode()), _VALUE)
        for name, v in named.items()
    }


def _detail(seat: SeatSpec) -> str:
    if seat.kind == "scripted":
        tactic = seat.tactic or "no tactic named"
        return tactic if isinstance(tactic, str) else to_json(tactic).decode()
    return (seat.source or "")[:12]


def _settings(seat: SeatSpec, suite: Suite) -> str:
    """How the player of a seat is set; empty for a script, and where the suite sets it arm by arm,
    since it then says nothing of the player."""
    if seat.kind == "scripted":
        return ""
    changes = [arm.o if seat.seat == "o" else arm.u for arm in suite.arms.values()]
    if any(change.settings is not None for change in changes):
        return ""
    document: dict[str, Any] = {"settings": _sampled(seat)}
    if seat.environ:
        document["environ"] = seat.environ
    return _canonical(document)


def _sampled(seat: SeatSpec) -> dict[str, Any]:
    return seat.settings.model_dump(mode="json", exclude_none=True)


def same_in(spec: DialogueSpec) -> dict[str, Hashable]:
    """What has to be the same in dialogues that are compared, part by part."""
    found: dict[str, Hashable] = {"scenario": spec.scenario_hash}
    if not isinstance(spec, TalksSpec):
        return found
    found["rules of talks"] = spec.version
    found["protocol"] = spec.protocol.model_dump_json()
    found["seed"] = spec.seed
    found["who opens"] = spec.opener
    # What is changed from there on is who plays, or stands in the seats.
    fork = None if spec.fork is None else spec.fork.model_dump(mode="json", exclude={"changes"})
    found["where it forks off"] = None if fork is None else _canonical(fork)
    for seat in spec.seats:
        document = seat.model_dump(mode="json", exclude=set(_WHO_PLAYS | _TOLD | {"settings"}))
        found[f"profile of seat {seat.seat}"] = _canonical(document)
        if seat.kind != "scripted":
            told = seat.model_dump(mode="json", include=set(_TOLD))
            found[f"briefing of seat {seat.seat}"] = _canonical(told)
            found[f"{SETTINGS}{seat.seat}"] = _canonical(_sampled(seat))
    if any(seat.kind != "scripted" for seat in spec.seats):
        found["prompts"] = _canonical(spec.templates)
    return found


def _canonical(document: Mapping[str, Any]) -> str:
    return to_json(dict(sorted(document.items()))).decode()
