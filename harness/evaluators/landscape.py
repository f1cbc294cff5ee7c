"""The bargaining landscape of a dispute in one round, shared by all its dialogues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from harness.bargaining.frontier import Frontier
from harness.bargaining.solutions import Solutions, solve
from harness.bargaining.space import OutcomeSpace
from harness.records.spec import DialogueSpec
from harness.records.transcript import Transcript
from harness.scenario import Scenario
from harness.stake import true_contributions

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Landscape:
    """True values of every package to the seated principals, and what follows from them.

    Attributes:
        space: Packages as option indices.
        u: ``(packages, seats)`` true values, one column a seat, seat o first and seat u second.
        r: ``(seats,)`` values of no deal.
        frontier: Pareto frontier of seats o and u; lambda = 1 is best for seat o.
        solutions: Over all seats.
        seats: Seat names, in the order of the columns.
    """

    scenario: Scenario
    space: OutcomeSpace
    u: Floats
    r: Floats
    frontier: Frontier
    solutions: Solutions
    seats: tuple[str, ...]

    def values(self, package: Mapping[str, str]) -> Floats:
        """``(seats,)`` true values of a package."""
        row: Floats = self.u[self.space.index(self.scenario.indices(package))]
        return row


def landscape(scenario: Scenario, spec: DialogueSpec, round_: int) -> Landscape:
    """The landscape of a dialogue's dispute under the realities of ``round_``."""
    pairs = tuple((seat.seat, seat.principal) for seat in spec.seats)
    # Twins differ from each other by name or seat only; both are part of the key.
    return _landscape(_Keyed(scenario, f"{spec.scenario_hash}/{spec.twin.value}"), pairs, round_)


def outcome_values(transcript: Transcript, scenario: Scenario) -> tuple[Landscape, Floats, bool]:
    """The landscape at the end, the values at which the outcome enters, and whether it is a deal.

    No deal enters at the reservation values of the round it ended in.
    """
    outcome = transcript.talks.outcome
    land = landscape(scenario, transcript.spec, outcome.round)
    if outcome.kind == "deal" and outcome.package is not None:
        return land, land.values(outcome.package), True
    return land, land.r, False


@dataclass(frozen=True)
class _Keyed:
    """A scenario that is compared by its hash: comparing thousands of values would cost more than
    the cache saves."""

    scenario: Scenario
    key: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Keyed) and other.key == self.key

    def __hash__(self) -> int:
        return hash(self.key)


@lru_cache(maxsize=128)
def _landscape(keyed: _Keyed, pairs: tuple[tuple[str, str], ...], round_: int) -> Landscape:
    scenario = keyed.scenario
    terms = [scenario.terms(principal, round_) for _, principal in pairs]
    space = OutcomeSpace(scenario.shape())
    u = np.column_stack([space.utilities(true_contributions(scenario, t)) for t in terms])
    r = np.array([t.reservation for t in terms])
    return Landscape(
        scenario=scenario,
        space=space,
        u=u,
        r=r,
        frontier=Frontier.of(u, 0, 1),
        solutions=solve(u, r),
        seats=tuple(seat for seat, _ in pairs),
    )
