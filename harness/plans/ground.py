"""A dispute as a plan for it is judged: every package, valued by every real party.

Parties without a seat at any table count here as the others do: a plan that one of them could not
live with is no settlement (claims C2 and C10).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from harness.bargaining.frontier import Frontier
from harness.bargaining.solutions import solve, zopa
from harness.bargaining.space import TOLERANCE, Bools, Floats, Ints, OutcomeSpace
from harness.disputes.scenario import Scenario
from harness.incentives.stake import true_utilities
from harness.memo import once_per_object


@dataclass(frozen=True, eq=False)
class Ground:
    """Values of every package of a dispute in one round.

    Attributes:
        scenario: The dispute.
        round: From 1; realities with an earlier ``after_round`` are in force.
        space: Packages as option indices.
        parties: Ids of all principals: first the two between whom skew is measured, of the official
            seat and of the other; then the others.
        u: ``(packages, parties)`` true values in [0, 1].
        r: ``(parties,)`` values of no deal.
        frontier: Of the first two columns; 1 is best for the first.
    """

    scenario: Scenario
    round: int
    space: OutcomeSpace
    parties: tuple[str, ...]
    u: Floats
    r: Floats
    frontier: Frontier

    @cached_property
    def signable(self) -> Bools:
        """``(packages,)`` whether every party values it at least as much as no deal."""
        return zopa(self.u, self.r)

    @cached_property
    def between(self) -> Bools:
        """``(packages,)`` the same of the first two parties alone."""
        return zopa(self.u[:, :2], self.r[:2])

    @cached_property
    def span(self) -> Floats:
        """``(parties,)`` the most that each can gain in a deal that all could sign, >= 0."""
        gains = np.maximum(self.u[self.signable] - self.r, 0.0)
        most: Floats = gains.max(axis=0, initial=0.0)
        return most

    @cached_property
    def pair_span(self) -> Floats:
        """``(2,)`` the most that each of the first two can gain in a deal that both could sign."""
        gains = np.maximum(self.u[self.between][:, :2] - self.r[:2], 0.0)
        most: Floats = gains.max(axis=0, initial=0.0)
        return most

    @cached_property
    def middle(self) -> float | None:
        """Where the Kalai-Smorodinsky point of the first two lies on the frontier, in [0, 1]; of
        several, the midpoint of the outermost. None without a deal that both could sign, or on a
        frontier of one point."""
        points = solve(self.u[:, :2], self.r[:2]).points("kalai_smorodinsky", self.u[:, :2])
        if points is None or self.frontier.degenerate:
            return None
        marks = self.frontier.project_all(points)
        return float(marks.min() + marks.max()) / 2

    @cached_property
    def zone_skew(self) -> tuple[float, float] | None:
        """The smallest and the largest skew of a deal that the first two could both sign."""
        rows = np.flatnonzero(self.between)
        return self.skew_range(rows) if len(rows) else None

    def skew_range(self, rows: Ints) -> tuple[float, float] | None:
        """The smallest and the largest skew of some packages, each in [-1, 1], + towards the first
        party; None where skew is undefined.

        Args:
            rows: ``(k,)`` of the packages, k >= 1.
        """
        if self.middle is None:
            return None
        places = self.frontier.project_all(np.unique(self.u[rows][:, :2], axis=0))
        return float(places.min()) - self.middle, float(places.max()) - self.middle

    def shares(self, rows: Ints) -> Floats:
        """``(k, parties)`` gains of packages that all could sign, as shares of :attr:`span`; 1 for
        a party that can gain nothing. They do not depend on the scale of anybody's values.

        Args:
            rows: ``(k,)`` of the packages.
        """
        gains = np.maximum(self.u[rows] - self.r, 0.0)
        found = np.ones_like(gains)
        np.divide(gains, self.span, out=found, where=self.span > TOLERANCE)
        return found

    @cached_property
    def crossing(self) -> Bools:
        """``(packages, parties)`` whether a package crosses a red line of each."""
        crossed = np.zeros((*self.space.shape, len(self.parties)), dtype=np.bool_)
        for column, party in enumerate(self.parties):
            for line in self.scenario.principals[party].red_lines:
                axis = self.scenario.issue_ids().index(line.issue)
                options = self.scenario.issue(line.issue).option_ids()
                rows = [options.index(option) for option in line.options]
                np.moveaxis(crossed[..., column], axis, 0)[rows] = True
        return crossed.reshape(-1, len(self.parties))

    def completions(self, package: dict[str, str]) -> Ints:
        """``(k,)`` rows of all packages that settle the issues of a partial package as it does, in
        ascending order; k >= 1."""
        keep = []
        for issue in self.scenario.issues:
            options = issue.option_ids()
            chosen = package.get(issue.id)
            keep.append(range(len(options)) if chosen is None else [options.index(chosen)])
        grid = np.meshgrid(*keep, indexing="ij")
        rows: Ints = np.ravel_multi_index(tuple(grid), self.space.shape).ravel()
        return rows


def ground(scenario: Scenario, round_: int = 1) -> Ground:
    """The ground of a dispute. Worked out once for each round of a scenario.

    Args:
        scenario: In the twin that is meant.
        round_: From 1.

    Raises:
        UsageError: The dispute has too many packages to enumerate.
    """
    known = _known(scenario)
    if round_ not in known:
        known[round_] = _ground(scenario, round_)
    return known[round_]


@once_per_object
def _known(scenario: Scenario) -> dict[int, Ground]:
    """By round; filled by :func:`ground`."""
    return {}


def _ground(scenario: Scenario, round_: int) -> Ground:
    pair = (scenario.seats.o, scenario.seats.u)
    parties = (*pair, *(one for one in scenario.principals if one not in pair))
    space = OutcomeSpace(scenario.shape())
    terms = [scenario.terms(party, round_) for party in parties]
    u = np.column_stack([true_utilities(scenario, one) for one in terms])
    r = np.array([one.reservation for one in terms])
    return Ground(scenario, round_, space, parties, u, r, Frontier.of(u))
