"""The tables from which a question can be answered honestly: the truth, and what a seat was told.

A delegate that answers a question from the values it was given is not blind, even where they are
not the true ones: what it could not know is ignorance (claim C7).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from harness.disputes.scenario import Package, Scenario
from harness.evaluators.base import ROUNDING
from harness.evaluators.case import Case, once_per_case, once_per_case_and
from harness.evaluators.recurring import ByPackage
from harness.incentives.stake import Belief, believe
from harness.memo import once_per_object


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

    @cached_property
    def room(self) -> Mapping[str, float]:
        """Seat -> what it had to lose or win, 1 - r."""
        return {seat: 1 - belief.reservation for seat, belief in self.by_seat.items()}

    @cached_property
    def least_room(self) -> float:
        """The least of :attr:`room`."""
        return min(self.room.values())

    @cached_property
    def opened(self) -> Mapping[str, float]:
        """Seat -> what its principal's public opening position is worth to that, of those that have
        one."""
        return {seat: self.worth(seat, package) for seat, package in self.openings.items()}

    @cached_property
    def openings(self) -> Mapping[str, Package]:
        """Seat -> the opening position that everybody knows, of those that have one."""
        faces = {s: self.scenario.principals[p].public for s, p in self.principals.items()}
        return {seat: face.opening for seat, face in faces.items() if face is not None}

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


class Shared(Belief):
    """A belief that all dialogues of a scenario share: what packages are worth by it is kept."""

    def utility(self, package: Mapping[str, str]) -> float:
        """See :class:`~harness.incentives.belief.Belief`."""
        return self._worths.of(package)

    @cached_property
    def _worths(self) -> ByPackage[float]:
        issues = dict.fromkeys([*self.weights, *(i for two in self.joint for i in two.issues)])
        return ByPackage(issues, super().utility)


@once_per_case
def true_tables(case: Case) -> Tables:
    """True values in the round that the talks ended in."""
    known, key = _tables(case.scenario), _key(case, None)
    if (found := known.get(key)) is None:
        held = {seat: true_belief(case, seat) for seat in case.seats}
        found = known[key] = Tables(case.scenario, case.seats, held)
    return found


def true_belief(case: Case, seat: str) -> Belief:
    """What the principal of a seat truly wants, in the round that the talks ended in. All cases of
    a scenario share it: nothing in it may be changed."""
    known, key = _truths(case.scenario), (case.seats[seat], case.talks.outcome.round)
    if (found := known.get(key)) is None:
        terms = case.terms(*key)
        found = known[key] = Shared(terms.weights, terms.values, terms.reservation, terms.joint)
    return found


@once_per_object
def _truths(scenario: Scenario) -> dict[tuple[str, int], Belief]:
    """By principal and round; filled by :func:`true_belief`."""
    return {}


_Key = tuple[tuple[tuple[str, str], ...], int, str | None]
"""Seats with their principals, round, and the seat that was told so; None for the truth."""


def _key(case: Case, told: str | None) -> _Key:
    return tuple(case.seats.items()), case.talks.outcome.round, told


@once_per_object
def _tables(scenario: Scenario) -> dict[_Key, Tables]:
    """The tables that depend on no seed; filled by :func:`true_tables` and :func:`told_tables`."""
    return {}


@once_per_case_and
def told_tables(case: Case, seat: str) -> Tables | None:
    """What the delegate in ``seat`` was told: its own table of values in the round that the talks
    ended in, and what everybody believes of the others. None where its profile is not known, or
    nothing is publicly known of another side."""
    profile = case.profile(seat)
    if profile is None or profile.knowledge < 1:
        return _told(case, seat)
    known, key = _tables(case.scenario), _key(case, seat)
    if (found := known.get(key)) is None and (found := _told(case, seat)) is not None:
        known[key] = found
    return found


def _told(case: Case, seat: str) -> Tables | None:
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


@once_per_case_and
def told_belief(case: Case, seat: str) -> Belief | None:
    """What the delegate in ``seat`` was told that its principal wants, in the round that the talks
    ended in. None where its profile is not known."""
    profile, seed = case.profile(seat), case.seed
    if profile is None or seed is None:
        return None
    if profile.knowledge >= 1:  # then it is the truth, whatever the seed
        return true_belief(case, seat)
    return believe(case.scenario, case.seats[seat], case.talks.outcome.round, profile, seed)


def public_belief(scenario: Scenario, principal_id: str) -> Belief | None:
    """What everybody believes a principal to want; None where it has no public face. On issues that
    the public image leaves out, it is believed as it is."""
    return _public_beliefs(scenario)[principal_id]


@once_per_object
def _public_beliefs(scenario: Scenario) -> dict[str, Belief | None]:
    """The same, by principal."""
    found = dict[str, Belief | None]()
    for name, principal in scenario.principals.items():
        found[name] = None
        if principal.public is not None:
            image = principal.public.stereotype
            values = {**principal.values, **image.values}
            found[name] = Shared(image.weights, values, image.reservation)
    return found
