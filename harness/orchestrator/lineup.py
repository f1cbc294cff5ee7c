"""Who sits where in the talks of an arm: the suite's seats with the models of a line-up in them.

A run with several models of a seat has several line-ups. Each of them plays the whole suite: models
are compared on the same dialogues, and each takes the same seat in every arm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from harness.records.placement import SCRIPTED
from harness.suite.parts import SeatSpec
from harness.suite.suite import Arm, Suite

if TYPE_CHECKING:
    from harness.delegations.plugins import UserDelegation

Player = TypeVar("Player")
SEAT_OF_ROLE: Final = {"official": "o", "unofficial": "u"}


@dataclass(frozen=True)
class Lineup:
    """Who plays each role.

    Attributes:
        models: Role -> address, or name of a delegation of the user's own; a script plays a role
            that is left out.
        sampling: Role -> settings of its model that go before the suite's.
    """

    models: Mapping[str, str]
    sampling: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    @property
    def seated(self) -> dict[str, str]:
        """Who plays each of the two seats, scripts included."""
        return {role: self.models.get(role, SCRIPTED) for role in SEAT_OF_ROLE}


def in_common(lineups: Iterable[Lineup]) -> dict[str, str]:
    """Role -> who plays it, of the roles that the same one plays in all line-ups."""
    first, *others = [lineup.models for lineup in lineups]
    return {
        role: model
        for role, model in first.items()
        if all(other.get(role) == model for other in others)
    }


def taking_turns(lineups: Iterable[Lineup]) -> frozenset[str]:
    """Whoever plays in some line-ups and not in all; nobody where there is one line-up."""
    played = [frozenset(lineup.seated.values()) for lineup in lineups]
    return frozenset().union(*played) - frozenset.intersection(*played) if played else frozenset()


def officials(players: Mapping[str, Player]) -> dict[str, Player]:
    """Who sits in the two seats where officials meet: whoever plays the official, in both. Nobody
    where a script plays it."""
    own = players.get("official")
    return {} if own is None else dict.fromkeys(SEAT_OF_ROLE, own)


def placed_seats(
    suite: Suite,
    arm: Arm,
    o: str,
    u: str,
    lineup: Lineup,
    delegations: Mapping[str, UserDelegation],
) -> tuple[SeatSpec, ...]:
    """Who sits where in an arm.

    Args:
        o, u: Principals in the two chairs.
        delegations: Role -> delegation of the user's own.
    """
    placed = []
    for spec in suite.seats_of(arm, o, u):
        # Further delegations are officials of their own principal.
        role = next((r for r, s in SEAT_OF_ROLE.items() if s == spec.seat), "official")
        model = lineup.models.get(role, SCRIPTED)
        own = delegations.get(role)
        if model == SCRIPTED:
            placed.append(spec)
            continue
        sampling = {} if own is not None else dict(lineup.sampling.get(role, {}))
        update: dict[str, object] = {
            "kind": "model",
            "model": model,
            "tactic": None,
            "settings": spec.settings.model_copy(update=sampling),
            "brief": arm.brief or suite.brief,
        }
        if own is not None:
            read = dict(own.environ) or None
            update |= {"kind": own.kind, "source": own.source, "environ": read}
            if own.kind == "custom":
                update["brief"] = None  # it is shown numbers, and no text
        placed.append(spec.model_copy(update=update))
    return tuple(placed)
