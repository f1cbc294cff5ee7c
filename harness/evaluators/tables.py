"""The tables from which a question can be answered honestly: the truth, and what a seat was told.

A delegate that answers a question from the values it was given is not blind, even where they are
not the true ones: what it could not know is ignorance (claim C7).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.disputes.scenario import Package, Scenario
from harness.evaluators.base import ROUNDING
from harness.evaluators.case import Case, once_per_case
from harness.incentives.stake import Belief, believe


@dataclass(frozen=True)
class Tables:
    """What packages, and no deal, are worth to the principals of all seats.

    Attributes:
        scenario: The dispute.
        principals: Seat -> the principal it acts for.
        by_seat: Seat -> values on the scale of u, in [0, 1].
    """

    scenario: Scenario
    principals: Mapping[str, str]
    by_seat: Mapping[str, Belief]

    def worth(self, seat: str, package: Package) -> float:
        """Value of a package to the principal of a seat, in [0, 1]."""
        return self.by_seat[seat].utility(package)

    def gain(self, seat: str, package: Package) -> float:
        """What a package is worth to it over no deal, in [-1, 1]."""
        return self.worth(seat, package) - self.by_seat[seat].reservation

    def could_sign(self, seat: str, package: Package) -> bool:
        """Whether it loses nothing by a package, and none of its red lines is crossed."""
        crossed = self.scenario.crossed(self.principals[seat], package)
        return self.gain(seat, package) >= -ROUNDING and not crossed


@once_per_case
def true_tables(case: Case) -> Tables:
    """True values in the round that the talks ended in."""
    terms = {
        seat: case.terms(principal, case.talks.outcome.round)
        for seat, principal in case.seats.items()
    }
    held = {seat: Belief(t.weights, t.values, t.reservation) for seat, t in terms.items()}
    return Tables(case.scenario, case.seats, held)


@once_per_case
def told_tables(case: Case, seat: str) -> Tables | None:
    """What the delegate in ``seat`` was told: its own table of values in the round that the talks
    ended in, and what everybody believes of the others. None where its profile is not known, or
    nothing is publicly known of another side."""
    belief = told_belief(case, seat)
    if belief is None:
        return None
    held = {}
    for other, principal in case.seats.items():
        if other == seat:
            held[seat] = belief
        elif (known := public_belief(case.scenario, principal)) is not None:
            held[other] = known
        else:
            return None
    return Tables(case.scenario, case.seats, held)


@once_per_case
def told_belief(case: Case, seat: str) -> Belief | None:
    """What the delegate in ``seat`` was told that its principal wants, in the round that the talks
    ended in. None where its profile is not known."""
    profile, seed = case.profile(seat), case.seed
    if profile is None or seed is None:
        return None
    return believe(case.scenario, case.seats[seat], case.talks.outcome.round, profile, seed)


def public_belief(scenario: Scenario, principal_id: str) -> Belief | None:
    """What everybody believes a principal to want; None where it has no public face. On issues that
    the public image leaves out, it is believed as it is."""
    principal = scenario.principals[principal_id]
    if principal.public is None:
        return None
    image = principal.public.stereotype
    return Belief(image.weights, {**principal.values, **image.values}, image.reservation)
