"""The bargaining landscape of a dispute in one round, shared by all its dialogues.

A reality may leave a round without any zone of agreement. What such a round ends in is then held
against the fair point of another round, so that talks which drag on do not leave every mean: see
``Landscape.reference``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from harness.bargaining.frontier import Frontier
from harness.bargaining.position import Position, locate
from harness.bargaining.solutions import Solutions, solve, zopa
from harness.bargaining.space import OutcomeSpace
from harness.disputes.scenario import Package, Scenario
from harness.evaluators.base import SEATS
from harness.evaluators.case import Case, once_per_case_and
from harness.evaluators.recurring import ByPackage
from harness.incentives.stake import true_utilities
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
        reference: The solution points that positions are held against: those of this round where
            it has a zone of agreement, else of the nearest round that has one, the last before it
            first. They are packages, valued as this round values them. Empty where no round has a
            zone.
        reference_round: The round of ``reference``.
        span: ``(seats,)`` the most that each seat can gain over no deal within the zone of
            agreement of the reference round, >= 0; 0 without a zone.
        surplus: The largest joint gain over no deal in that zone, >= 0; None without a zone.
    """

    scenario: Scenario
    space: OutcomeSpace
    u: Floats
    r: Floats
    frontier: Frontier
    solutions: Solutions
    seats: tuple[str, ...]
    reference: Solutions
    reference_round: int
    span: Floats
    surplus: float | None
    _zone: NDArray[np.bool_] = field(repr=False)
    _positions: dict[int | None, Position] = field(default_factory=dict, repr=False)

    @cached_property
    def _steps(self) -> list[tuple[str, dict[str, int]]]:
        """Per issue, what each option adds to the row of a package that has it."""
        rest, steps = self.space.size, []
        for issue in self.scenario.issues:
            rest //= len(issue.options)
            steps.append((issue.id, {o: n * rest for n, o in enumerate(issue.option_ids())}))
        return steps

    @property
    def deal_possible(self) -> bool:
        """Whether some package is at least as good as no deal for every seat (Raiffa 1982)."""
        return self.solutions.zopa_size > 0

    def values(self, package: Mapping[str, str]) -> Floats:
        """``(seats,)`` true values of a package."""
        row: Floats = self.u[self._row(package)]
        return row

    def value(self, package: Mapping[str, str], seat: str) -> float:
        """True value of a package to the principal of a seat, in [0, 1]."""
        return float(self.u.item(self._row(package), self._column[seat]))

    def pair(self, package: Mapping[str, str], seat: str, other: str) -> tuple[float, float]:
        """As :meth:`value`, to two seats."""
        worth, column = self._worths.of(package), self._column
        return worth[column[seat]], worth[column[other]]

    @cached_property
    def _worths(self) -> ByPackage[list[float]]:
        """:meth:`values` as plain numbers."""
        return ByPackage(self.scenario.issue_ids(), lambda package: self.values(package).tolist())

    @cached_property
    def _column(self) -> dict[str, int]:
        return {seat: column for column, seat in enumerate(self.seats)}

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
                self.reference,
            )
        return self._positions[row]

    @cached_property
    def skew_range(self) -> tuple[float, float] | None:
        """The smallest and the largest skew of any package in the zone of agreement that positions
        are held against, each in [-1, 1]: what skew can be while everybody at the table prefers the
        deal to none. None without a zone, or on a frontier of one point."""
        fair = self.reference.points("kalai_smorodinsky", self.u)
        if fair is None or self.frontier.degenerate:
            return None
        marks = self.frontier.project_all(fair[:, :2])
        middle = float(marks.min() + marks.max()) / 2
        places = self.frontier.project_all(self.u[self._zone][:, :2])
        return float(places.min()) - middle, float(places.max()) - middle

    def _row(self, package: Mapping[str, str]) -> int:
        return sum([steps[package[issue]] for issue, steps in self._steps])


def landscape(
    scenario: Scenario, seats: Mapping[str, str], round_: int, rounds: int | None = None
) -> Landscape:
    """The landscape of a dispute under the realities of ``round_`` (from 1).

    Args:
        seats: Seat -> the principal it acts for; ``o`` and ``u`` among them.
        rounds: How many were to be played, where that is known. Where neither this round nor an
            earlier one has a zone of agreement, a later one among them may serve as reference.
    """
    order = (*SEATS, *(seat for seat in seats if seat not in SEATS))
    pairs = tuple((seat, seats[seat]) for seat in order)
    own = _kept(scenario, pairs, round_)
    if own.reference.zopa_size or rounds is None:
        return own
    known, later = _known(scenario), (reality.after_round + 1 for reality in scenario.realities)
    for other in sorted({number for number in later if round_ < number <= rounds}):
        if (pairs, round_, other) in known:
            return known[pairs, round_, other]
        if (after := _kept(scenario, pairs, other)).reference.zopa_size:
            known[pairs, round_, other] = _held_against(own, after)
            return known[pairs, round_, other]
    return own


@once_per_case_and
def landscape_in(case: Case, round_: int) -> Landscape:
    """The landscape of the dispute of a case in a round."""
    return landscape(case.scenario, case.seats, round_)


def deal(case: Case) -> Package | None:
    """The package that was agreed; None where the talks ended without a deal."""
    outcome = case.talks.outcome
    return outcome.package if outcome.kind == "deal" else None


def outcome_values(case: Case) -> tuple[Landscape, Floats, bool]:
    """The landscape at the end, the ``(seats,)`` values at which the outcome enters, and whether
    it is a deal. No deal enters at the reservation values of the round it ended in."""
    rounds = None if case.spec is None else case.spec.protocol.rounds
    land = landscape(case.scenario, case.seats, case.talks.outcome.round, rounds)
    package = deal(case)
    return land, land.r if package is None else land.values(package), package is not None


@once_per_object
def _known(scenario: Scenario) -> dict[tuple[_Pairs, int, int], Landscape]:
    """The landscapes of a scenario that have been worked out, by seats, round and round that may
    serve as reference; filled by :func:`landscape`."""
    return {}


def _kept(scenario: Scenario, pairs: _Pairs, round_: int) -> Landscape:
    """The landscape of a round; without a zone of agreement it is held against the last earlier
    round that has one."""
    known = _known(scenario)
    if (pairs, round_, round_) in known:
        return known[pairs, round_, round_]
    land = _landscape(scenario, pairs, round_)
    earlier = {1, *(reality.after_round + 1 for reality in scenario.realities)}
    for other in sorted((number for number in earlier if number < round_), reverse=True):
        if land.reference.zopa_size:
            break
        if (before := _kept(scenario, pairs, other)).reference.zopa_size:
            land = _held_against(land, before)
    known[pairs, round_, round_] = land
    return land


def _held_against(land: Landscape, other: Landscape) -> Landscape:
    """A landscape whose positions are held against the solution points of another round."""
    return replace(
        land,
        reference=other.reference,
        reference_round=other.reference_round,
        span=other.span,
        surplus=other.surplus,
        _zone=other._zone,
        _positions={},
    )


def _landscape(scenario: Scenario, pairs: _Pairs, round_: int) -> Landscape:
    terms = [scenario.terms(principal, round_) for _, principal in pairs]
    space = OutcomeSpace(scenario.shape())
    u = np.column_stack([true_utilities(scenario, t) for t in terms])
    r = np.array([t.reservation for t in terms])
    solutions, zone = solve(u, r), zopa(u, r)
    gains = np.maximum(u[zone] - r, 0.0)
    return Landscape(
        scenario=scenario,
        space=space,
        u=u,
        r=r,
        frontier=Frontier.of(u, 0, 1),
        solutions=solutions,
        seats=tuple(seat for seat, _ in pairs),
        reference=solutions,
        reference_round=round_,
        span=gains.max(axis=0, initial=0.0),
        surplus=float(gains.sum(axis=1).max()) if len(gains) else None,
        _zone=zone,
    )
