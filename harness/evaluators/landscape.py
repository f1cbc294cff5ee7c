"""The bargaining landscape of a dispute in one round, shared by all its dialogues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from harness.bargaining.frontier import Frontier
from harness.bargaining.position import Position, locate
from harness.bargaining.solutions import Solutions, solve
from harness.bargaining.space import OutcomeSpace
from harness.disputes.scenario import Package, Scenario
from harness.evaluators.base import SEATS
from harness.evaluators.case import Case
from harness.incentives.stake import true_contributions
from harness.memo import once_per_object

Floats = NDArray[np.float64]
_Pairs = tuple[tuple[str, str], ...]
"""Seat and principal, in the order of the columns."""


@dataclass(frozen=True, eq=False)
class Landscape:
    """True values of every package to the seated principals, and what follows from them.

    Attributes:
        scenario: The dispute.
        space: Packages as option indices.
        u: ``(packages, seats)`` true values in [0, 1], one column a seat: o, u, then the others.
        r: ``(seats,)`` values of no deal.
        frontier: Pareto frontier of seats o and u alone; lambda = 1 is best for seat o.
        solutions: Solution points and zone of possible agreement over *all* seats.
        seats: Seat names, in the order of the columns.
    """

    scenario: Scenario
    space: OutcomeSpace
    u: Floats
    r: Floats
    frontier: Frontier
    solutions: Solutions
    seats: tuple[str, ...]
    _positions: dict[int | None, Position] = field(default_factory=dict, repr=False)

    @cached_property
    def _numbers(self) -> list[tuple[str, dict[str, int]]]:
        """Per issue, in agenda order, the number of each option."""
        issues = self.scenario.issues
        return [
            (i.id, dict(zip(i.option_ids(), range(len(i.options)), strict=True))) for i in issues
        ]

    @property
    def deal_possible(self) -> bool:
        """Whether some package is at least as good as no deal for every seat (Raiffa 1982)."""
        return self.solutions.zopa_size > 0

    def values(self, package: Mapping[str, str]) -> Floats:
        """``(seats,)`` true values of a package."""
        row: Floats = self.u[self._row(package)]
        return row

    def position(self, package: Mapping[str, str] | None) -> Position:
        """Where a deal lies; None is no deal, which lies at ``r``. Worked out once a package."""
        return self.position_of(None if package is None else self._row(package))

    def position_of(self, row: int | None) -> Position:
        """As :meth:`position`, of the package in ``row``."""
        if row not in self._positions:
            self._positions[row] = locate(
                None if row is None else self.u[row],
                self.u,
                self.r,
                self.frontier,
                self.solutions,
            )
        return self._positions[row]

    def _row(self, package: Mapping[str, str]) -> int:
        return self.space.index([numbers[package[issue]] for issue, numbers in self._numbers])


def landscape(scenario: Scenario, seats: Mapping[str, str], round_: int) -> Landscape:
    """The landscape of a dispute under the realities of ``round_`` (from 1).

    Args:
        seats: Seat -> the principal it acts for; ``o`` and ``u`` among them.
    """
    order = (*SEATS, *(seat for seat in seats if seat not in SEATS))
    pairs = tuple((seat, seats[seat]) for seat in order)
    known = _known(scenario)
    if (pairs, round_) not in known:
        known[pairs, round_] = _landscape(scenario, pairs, round_)
    return known[pairs, round_]


def deal(case: Case) -> Package | None:
    """The package that was agreed; None where the talks ended without a deal."""
    outcome = case.talks.outcome
    return outcome.package if outcome.kind == "deal" else None


def outcome_values(case: Case) -> tuple[Landscape, Floats, bool]:
    """The landscape at the end, the ``(seats,)`` values at which the outcome enters, and whether
    it is a deal. No deal enters at the reservation values of the round it ended in."""
    land = landscape(case.scenario, case.seats, case.talks.outcome.round)
    package = deal(case)
    return land, land.r if package is None else land.values(package), package is not None


@once_per_object
def _known(scenario: Scenario) -> dict[tuple[_Pairs, int], Landscape]:
    """The landscapes of a scenario that have been worked out; filled by :func:`landscape`."""
    return {}


def _landscape(scenario: Scenario, pairs: _Pairs, round_: int) -> Landscape:
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
