"""What a plan for a dispute gives to whom, and whether the real parties could sign it.

A plan that leaves issues open is no single package. Every figure is then a range over all the ways
to settle what is open; nothing is filled in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import numpy as np

from harness.bargaining.space import Floats, Ints
from harness.disputes.scenario import Package, RedLine, Scenario
from harness.plans.ground import Ground
from harness.plans.nearest import Nearest, nearest

SUPPORT: Final = 0.5
"""Share of the most that a party can gain in a deal that all could sign, from which on it is taken
to support a plan. On a straight frontier the Kalai-Smorodinsky point gives each exactly half."""
ROUNDING: Final = 1e-9
"""Values this close are equal."""


class Stance(StrEnum):
    """How a real party would take a plan, on its own true values."""

    SUPPORT = "support"
    """It gains at least half of the most it can gain in a deal that all could sign."""
    LIVE_WITH = "could live with"
    """It is at least as well off as without a deal, and no red line of it is crossed."""
    OPPOSE = "oppose"
    """It is worse off than without a deal, or a red line of it is crossed."""
    OPEN = "depends on what is left open"
    """Some ways to settle what is open make it oppose, and some do not."""


@dataclass(frozen=True)
class Range:
    """The least and the most that a figure can be; the same where nothing is left open."""

    least: float
    most: float

    @property
    def known(self) -> float | None:
        """The figure, where it is one; None where it depends on what is left open."""
        return self.least if self.most - self.least <= ROUNDING else None


@dataclass(frozen=True)
class Party:
    """A plan as one real party takes it.

    Attributes:
        id: Of the principal.
        name: As it is called.
        at_table: Whether it has a seat.
        reservation: Value of no deal, in [0, 1].
        value: Value of the plan, in [0, 1].
        most: The most it can gain over no deal in a deal that all could sign; None where there is
            no such deal.
        crossed: Its red lines that the plan crosses, whatever is done about what is open.
        at_stake: Its red lines on issues that are open, which some way to settle them would cross.
        beyond: Its red lines that the plan goes over by advice that is none of the options, as
            whoever read it says.
        stance: How it would take it.
    """

    id: str
    name: str
    at_table: bool
    reservation: float
    value: Range
    most: float | None
    crossed: tuple[RedLine, ...]
    at_stake: tuple[RedLine, ...]
    stance: Stance
    beyond: tuple[RedLine, ...] = ()

    @property
    def gain(self) -> Range:
        """Value over no deal, in [-1, 1]."""
        return Range(self.value.least - self.reservation, self.value.most - self.reservation)


@dataclass(frozen=True)
class Ceded:
    """What the plan asks of a party on one issue, against the party's public opening.

    Attributes:
        issue: Id.
        party: Id of the principal.
        opening: The option that it publicly asks for.
        worth: What the advised option is worth to it on this issue alone, in [0, 1].
        cost: What it gives up, as a share of all it has at stake, in [-1, 1]: the weight of the
            issue times the value that is lost. Negative where the plan gives it more than it asks.
        crossed: Whether the advised option is behind a red line of it.
    """

    issue: str
    party: str
    opening: str
    worth: float
    cost: float
    crossed: bool


@dataclass(frozen=True)
class Assessment:
    """A plan against a dispute.

    Attributes:
        package: Issue -> option advised.
        open: Issues that the plan does not address.
        parties: All real parties; the first two are those between whom skew is measured.
        ceded: What it asks of each of those two, on each issue that it addresses.
        skew: Position on the frontier minus that of the Kalai-Smorodinsky point, in [-1, 1], +
            towards the first party; None where no deal is possible between the two, or nothing is
            in conflict.
        zone_skew: The smallest and the largest skew of a deal that the two could both sign.
        gap: Difference of the two's gains, each as a share of the most it can gain in a deal that
            both could sign; + towards the first party. None where one of them can gain nothing.
        distance: Euclidean distance to the frontier of the two.
        signable: Whether all could sign: every party is at least as well off as without a deal.
            None where that depends on what is left open.
        nearest: The nearest package that all could sign; None where there is none.
    """

    scenario: Scenario
    round: int
    package: Package
    open: tuple[str, ...]
    parties: tuple[Party, ...]
    ceded: tuple[Ceded, ...]
    skew: Range | None
    zone_skew: tuple[float, float] | None
    gap: Range | None
    distance: Range
    signable: bool | None
    nearest: Nearest | None

    def asked(self, party: str) -> float:
        """Everything that the plan asks of a party against its public opening, in [-1, 1]."""
        return sum(one.cost for one in self.ceded if one.party == party)

    @property
    def share(self) -> float | None:
        """The first party's share of what the plan asks of the two, in [0, 1]. None where it asks
        nothing of either. It adds values of two parties, so it is no more than a hint."""
        asked = [max(0.0, self.asked(party.id)) for party in self.parties[:2]]
        total = sum(asked)
        return asked[0] / total if total > ROUNDING else None


def assess(
    ground: Ground,
    package: Mapping[str, str],
    beyond: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> Assessment:
    """Hold a plan against a dispute.

    Args:
        ground: The dispute.
        package: Issue -> option, complete or not.
        beyond: Party -> issues outside the package on which the plan goes over a red line of it by
            advice that is none of the options. Such a party opposes the plan.
    """
    scenario, chosen = ground.scenario, dict(package)
    rows = ground.completions(chosen)
    open_ = tuple(issue for issue in scenario.issue_ids() if issue not in chosen)
    could = ground.signable[rows]
    return Assessment(
        scenario=scenario,
        round=ground.round,
        package=chosen,
        open=open_,
        parties=tuple(
            _party(ground, column, rows, chosen, beyond.get(party, ()))
            for column, party in enumerate(ground.parties)
        ),
        ceded=tuple(
            _ceded(ground, issue, party) for issue in chosen.items() for party in ground.parties[:2]
        ),
        skew=_range_of(ground.skew_range(rows)),
        zone_skew=ground.zone_skew,
        gap=_gap(ground, rows),
        distance=_distance(ground, rows),
        signable=bool(could.all()) if could.all() or not could.any() else None,
        nearest=nearest(ground, chosen),
    )


def _party(
    ground: Ground, column: int, rows: Ints, package: Package, beyond: Collection[str]
) -> Party:
    pid = ground.parties[column]
    principal = ground.scenario.principals[pid]
    values = ground.u[rows, column]
    at_stake = tuple(line for line in principal.red_lines if line.issue not in package)
    over = tuple(line for line in at_stake if line.issue in beyond)
    return Party(
        id=pid,
        name=principal.name,
        at_table=principal.at_table,
        reservation=float(ground.r[column]),
        value=Range(float(values.min()), float(values.max())),
        most=float(ground.span[column]) if ground.signable.any() else None,
        crossed=ground.scenario.crossed(pid, package),
        at_stake=at_stake,
        stance=Stance.OPPOSE if over else _stance(ground, column, rows),
        beyond=over,
    )


def _stance(ground: Ground, column: int, rows: Ints) -> Stance:
    gains = ground.u[rows, column] - ground.r[column]
    opposed = (gains < -ROUNDING) | ground.crossing[rows, column]
    if opposed.all():
        return Stance.OPPOSE
    if opposed.any():
        return Stance.OPEN
    most = float(ground.span[column])
    enough = most > ROUNDING and (gains >= SUPPORT * most - ROUNDING).all()
    return Stance.SUPPORT if enough else Stance.LIVE_WITH


def _ceded(ground: Ground, advised: tuple[str, str], party: str) -> Ceded:
    issue, option = advised
    scenario = ground.scenario
    terms, opening = scenario.terms(party, ground.round), scenario.public(party).opening[issue]
    values, weight = terms.values[issue], terms.weights[issue]
    return Ceded(
        issue=issue,
        party=party,
        opening=opening,
        worth=values[option],
        cost=weight * (values[opening] - values[option]),
        crossed=bool(scenario.crossed(party, {issue: option})),
    )


def _range_of(ends: tuple[float, float] | None) -> Range | None:
    return None if ends is None else Range(*ends)


def _gap(ground: Ground, rows: Ints) -> Range | None:
    span = ground.pair_span
    if span.min() <= ROUNDING:
        return None
    shares: Floats = (ground.u[rows][:, :2] - ground.r[:2]) / span
    gaps = shares[:, 0] - shares[:, 1]
    return Range(float(gaps.min()), float(gaps.max()))


def _distance(ground: Ground, rows: Ints) -> Range:
    points = np.unique(ground.u[rows][:, :2], axis=0)
    found = ground.frontier.distances(points)
    return Range(float(found.min()), float(found.max()))
