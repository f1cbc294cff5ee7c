"""How a dispute is balanced: what it is worth to whom, what the public believes, and whether it
helps to speak first.

Enumerates all packages, and plays a scripted Track 1 in both speaking orders. Figures are given for
the official seat and the other one, as the seats stand in the scenario. Exchanging the chairs
negates every skew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

import numpy as np

from harness.bargaining.frontier import Frontier
from harness.bargaining.position import skew as skew_of
from harness.bargaining.position import skews as skews_of
from harness.bargaining.solutions import SolutionName, Solutions, solve, zopa
from harness.bargaining.space import TOLERANCE, Floats
from harness.bargaining.tactics import tactic_from
from harness.delegations.scripted import ScriptedDelegation
from harness.disputes.scenario import Scenario, Terms, Twin
from harness.incentives.tracks import TRACKS
from harness.records.spec import TalksSpec
from harness.suite.parts import Protocol, SeatSpec
from harness.talks.table import Table

TURNS: Final = 8
"""Turns a side in the scripted talks, as in the shipped suites."""
TALKS: Final = 4
"""Scripted talks in each speaking order; ties between packages fall differently in each."""

Pair = tuple[float, float]
"""A figure of the official seat and one of the other seat."""


@dataclass(frozen=True)
class Bargain:
    """One dispute in one round. Values are on the scale of u_P, [0, 1].

    Attributes:
        worst: Value of the worst package of all to each.
        best: Value of the best.
        signable: Value to each of the best package that the other prefers to no deal.
        zone: How many packages both prefer to no deal.
        packages: How many there are.
        surplus: Largest gain over no deal within the zone.
        nash: Values of the Nash point; None without a zone, as are those below.
        fair: Values of the Kalai-Smorodinsky point.
        fair_share: Its gains as shares of ``surplus``, in [0, 1]; None too where a side can gain
            nothing.
        place: Where it lies on the frontier: 0 best for the other seat, 1 for the official seat.
        nash_skew: Skew of the Nash point against it.
        lowest: Smallest skew of a package in the zone.
        highest: Largest.
        skew_first: Mean skew of scripted Track 1 talks that the official seat opens.
        skew_second: The same of talks that the other seat opens.
    """

    scenario: str
    round: int
    reservations: Pair
    worst: Pair
    best: Pair
    signable: tuple[float | None, float | None]
    zone: int
    packages: int
    surplus: Pair | None
    nash: Pair | None
    fair: Pair | None
    fair_share: Pair | None
    place: float | None
    nash_skew: float | None
    lowest: float | None
    highest: float | None
    skew_first: float | None
    skew_second: float | None

    @property
    def first_speaker(self) -> float | None:
        """Skew when the official seat speaks first minus skew when it speaks second."""
        if self.skew_first is None or self.skew_second is None:
            return None
        return self.skew_first - self.skew_second


def bargain(scenario: Scenario, round_: int = 1, *, played: bool = True) -> Bargain:
    """The balance of a dispute in one round.

    Args:
        scenario: In the twin that is meant.
        round_: From 1; realities with an earlier ``after_round`` are in force.
        played: Whether the two scripted talks are played.
    """
    now = as_of(scenario, round_)
    terms = [now.terms(pid) for pid in (now.seats.o, now.seats.u)]
    u = np.column_stack([package_values(now, one) for one in terms])
    r = np.array([one.reservation for one in terms])
    inside, solutions, frontier = zopa(u, r), solve(u, r), Frontier.of(u)
    others_sign = u[:, ::-1] >= r[::-1]
    best_signed = [
        float(u[mask, seat].max()) if (mask := others_sign[:, seat]).any() else None
        for seat in (0, 1)
    ]

    reference = solutions.points("kalai_smorodinsky", u)

    def skew(deal: Floats | None) -> float | None:
        return skew_of(r if deal is None else deal, frontier, reference)

    zone = np.unique(u[inside], axis=0)
    skews = skews_of(zone, frontier, reference) if len(zone) else None
    fair = _at(solutions, "kalai_smorodinsky", u)
    surplus = zone.max(axis=0) - r if len(zone) else None
    shares = None if surplus is None or (surplus <= TOLERANCE).any() else surplus
    nash = _at(solutions, "nash", u)
    first, second = _played(now, skew) if played else (None, None)
    return Bargain(
        scenario=scenario.id,
        round=round_,
        reservations=_pair(r),
        worst=_pair(u.min(axis=0)),
        best=_pair(u.max(axis=0)),
        signable=(best_signed[0], best_signed[1]),
        zone=int(inside.sum()),
        packages=len(u),
        surplus=None if surplus is None else _pair(surplus),
        nash=None if nash is None else _pair(nash),
        fair=None if fair is None else _pair(fair),
        fair_share=None if fair is None or shares is None else _pair((fair - r) / shares),
        place=None if fair is None else frontier.project(fair),
        nash_skew=None if nash is None else skew(nash),
        lowest=None if skews is None else float(skews.min()),
        highest=None if skews is None else float(skews.max()),
        skew_first=first,
        skew_second=second,
    )


@dataclass(frozen=True)
class Belief:
    """What the public believes of one principal in round 1, against the truth.

    Attributes:
        reservation: Believed minus true value of no deal.
        weights: Half the sum of the absolute differences of the weights, in [0, 1].
        harder: By how much the public takes the principal for harder to satisfy than it is: the
            mean over all packages of the true gain u - r minus the believed one.
    """

    scenario: str
    seat: str
    reservation: float
    weights: float
    harder: float


def belief(scenario: Scenario, seat: str) -> Belief:
    """The public's error about the principal of a seat, ``o`` or ``u``."""
    pid = getattr(scenario.seats, seat)
    truth, public = scenario.terms(pid), scenario.public(pid).stereotype
    believed = Terms(
        weights=public.weights,
        values={**truth.values, **public.values},
        reservation=public.reservation,
    )
    gain = package_values(scenario, truth) - truth.reservation
    thought = package_values(scenario, believed) - believed.reservation
    off = sum(abs(believed.weights[issue] - truth.weights[issue]) for issue in truth.weights)
    return Belief(
        scenario=scenario.id,
        seat=seat,
        reservation=believed.reservation - truth.reservation,
        weights=off / 2,
        harder=float((gain - thought).mean()),
    )


def as_of(scenario: Scenario, round_: int) -> Scenario:
    """The dispute as it stands in a round, as a dispute of its own without realities."""
    principals = {}
    for pid, principal in scenario.principals.items():
        terms = scenario.terms(pid, round_)
        update = {
            "weights": terms.weights,
            "values": terms.values,
            "reservation": terms.reservation,
        }
        principals[pid] = principal.model_copy(update=update)
    return scenario.model_copy(update={"principals": principals, "realities": ()})


def package_values(scenario: Scenario, terms: Terms) -> Floats:
    """True value u of every package ``(n,)``, in row-major order."""
    columns = [
        np.array([terms.weights[i.id] * terms.values[i.id][o] for o in i.option_ids()])
        for i in scenario.issues
    ]
    return reduce(np.add.outer, columns).ravel()


def _at(solutions: Solutions, name: SolutionName, u: Floats) -> Floats | None:
    row = getattr(solutions, name)
    return None if row is None else u[row]


def _pair(values: Floats) -> Pair:
    return float(values[0]), float(values[1])


Skew = Callable[[Floats | None], float | None]
"""Skew of the values of a deal; of None for no deal."""


def _played(scenario: Scenario, skew: Skew) -> tuple[float | None, float | None]:
    """Mean skew of scripted Track 1 talks, the official seat speaking first and second."""
    found: dict[str, list[float | None]] = {"o": [], "u": []}
    for seed in range(16 * TALKS):
        record = asyncio.run(_table(scenario, seed).play()).record
        of_opener = found[record.body.order[0]]
        if len(of_opener) < TALKS:
            deal = record.body.outcome.package
            terms = [scenario.terms(pid) for pid in (scenario.seats.o, scenario.seats.u)]
            values = None if deal is None else np.array([one.utility(deal) for one in terms])
            of_opener.append(skew(values))
        if all(len(skews) == TALKS for skews in found.values()):
            break
    return _mean(found["o"]), _mean(found["u"])


def _mean(skews: Sequence[float | None]) -> float | None:
    """None where one of them is undefined: without a zone there is no skew at all."""
    known = [one for one in skews if one is not None]
    return float(np.mean(known)) if known and len(known) == len(skews) else None


def _table(scenario: Scenario, seed: int) -> Table:
    track = TRACKS["1"]
    seats = tuple(
        SeatSpec(
            seat=name,
            principal=getattr(scenario.seats, name),
            role=track.seat(name).role,
            profile=track.seat(name).profile,
        )
        for name in ("o", "u")
    )
    spec = TalksSpec(
        scenario=scenario.id,
        scenario_hash=scenario.digest(),
        twin=Twin.NONE,
        seed=seed,
        protocol=Protocol(rounds=1, turns=TURNS, debrief=False),
        seats=seats,
    )
    return Table(
        spec, scenario, {name: ScriptedDelegation(name, tactic_from("linear")) for name in "ou"}
    )
