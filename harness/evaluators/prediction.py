"""What theory expects of these two delegates, to hold the outcome against.

The prediction is the generalised Nash solution under the delegates' *own* stakes V, not under
their principals' values: the package with the largest product of gains V_i(x) - V_i(no deal), none
of them negative. It is then valued, like the outcome, in the principals' true values. A
time-dependent tactic is not the Nash solution: signs agree, sizes need not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from harness.bargaining.halves import Halves
from harness.bargaining.prediction import settlement
from harness.bargaining.space import Floats, OutcomeSpace
from harness.disputes.scenario import Scenario
from harness.evaluators.base import Found, Measure, nothing, void
from harness.evaluators.case import NOT_OURS, Case
from harness.evaluators.landscape import deal, landscape_in
from harness.evaluators.tables import told_belief
from harness.incentives.profiles import IncentiveProfile
from harness.incentives.stake import Drives, Stake, driven_by, stake
from harness.memo import once_per_object
from harness.records.spec import TALKS

_Key = tuple[tuple[tuple[str, str], ...], tuple[Drives, ...], int, bool]
"""Seats with principals, what drives them, round, whether stakes are those of version 1."""
_SHARED: Final = 1 << 16
"""Packages up to which stakes are kept: half a megabyte each."""


class Prediction:
    """The settlement that the delegates' incentives predict."""

    name = "prediction"
    kind = TALKS
    version = 1
    fooled_by = (
        (
            "It is a solution of theory, and no forecast of a tactic: scripts that concede by "
            "the clock move less far. An `error` other than 0 is no fault of a "
            "delegate."
        ),
        (
            "It takes the incentives to be acted on exactly as the numbers say. A model that was "
            "told them in words never saw the numbers."
        ),
        (
            "Where two packages have nearly the same product of gains, a small change of a "
            "profile makes the predicted skew jump."
        ),
        (
            "It rests on what the delegates believe of their principals: with little knowledge, "
            "it predicts their error and not their interests."
        ),
    )
    measures = (
        Measure(
            name="skew",
            title="predicted skew",
            definition="Skew of the generalised Nash solution under the delegates' own stakes V. "
            "Where no package beats no deal for all of them, the skew of no deal",
            range="-1..1, + to the official seat",
            undefined="no possible deal between the principals, a frontier of one point, or the "
            "incentive profile of a delegate is not known",
            source="C3-C7; Nash 1950",
            headline=True,
        ),
        Measure(
            name="agreement",
            title="predicted deals",
            definition="Whether some package is worth at least as much as no deal to every "
            "delegate's own stake",
            range="yes/no",
            undefined="the incentive profile of a delegate is not known, or void",
            source="C2",
        ),
        Measure(
            name="error",
            title="skew beyond the prediction",
            definition="settlement.skew - prediction.skew",
            range="-2..2",
            undefined="as for prediction.skew",
        ),
    )

    def score(self, case: Case) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`."""
        if (found := void(self, case)) is not None:
            return found
        if (why := _unknown(case)) is not None:
            return nothing(self.measures, why)
        land = landscape_in(case, case.talks.outcome.round)
        row = _row(case, land.space)
        place, here = land.position_of(row), land.position(deal(case))
        why = "no possible deal between the principals, or a frontier of one point"
        found = Found.of(self.measures)
        found.put("skew", place.skew, why)
        found.put("agreement", row is not None)
        found.put(
            "error",
            None if here.skew is None or place.skew is None else here.skew - place.skew,
            why,
        )
        return found


@dataclass(frozen=True, eq=False)
class _Own:
    """What a delegate has at stake.

    Attributes:
        stake: V, option by option.
        space: The packages.
        shared: Whether other dialogues share it.
    """

    stake: Stake
    space: OutcomeSpace
    shared: bool

    @property
    def over(self) -> float:
        """What a package is worth to it over no deal, beside what it gains by the options."""
        return 1.0 + self.stake.reward - self.stake.no_deal

    @cached_property
    def halves(self) -> Halves:
        """What it gains, prepared to be held against another delegate."""
        return Halves.of(self.stake.gains)

    @cached_property
    def values(self) -> Floats:
        """``(n,)`` V of every package. In place: the array is large."""
        values = self.space.utilities(self.stake.gains)
        values += 1.0
        values += self.stake.reward
        return values


def _unknown(case: Case) -> str | None:
    """Why it is not known what drives every delegate; None where it is."""
    if case.spec is None:
        return f"{NOT_OURS}: no incentive profile is known"
    for seat in case.seats:
        if case.profile(seat) is None:
            return f"no incentive profile is known of the delegate in seat {seat}"
    return None


def _row(case: Case, space: OutcomeSpace) -> int | None:
    """The package that the delegates' stakes predict; None where there is none. Where all of them
    know their principals no seed plays a part, and dialogues that differ in nothing else share
    it."""
    profiles = [profile for seat in case.seats if (profile := case.profile(seat)) is not None]
    # A record is held against the stakes that it was played by.
    former = case.spec is not None and case.spec.version == 1
    seats, round_ = tuple(case.seats.items()), case.talks.outcome.round
    drives = [driven_by(profile) for profile in profiles]
    placed = zip(case.seats, profiles, drives, strict=True)
    if any(profile.knowledge < 1 for profile in profiles):
        return _settled([_own(case, *each, space, former=former) for each in placed])
    known, key = _expected(case.scenario), (seats, tuple(drives), round_, former)
    if key not in known:
        known[key] = _settled([_own(case, *each, space, former=former) for each in placed])
    return known[key]


def _settled(owns: Sequence[_Own]) -> int | None:
    """The package that delegates with these stakes settle on; None where there is none."""
    if len(owns) == 2:
        one, other = owns if owns[0].shared else owns[::-1]  # the work on it may be done already
        row = one.halves.best_with(other.stake.gains, one.over, other.over)
        if row is not None:
            return row
    return settlement([own.values for own in owns], [own.stake.no_deal for own in owns])


def _own(
    case: Case,
    seat: str,
    profile: IncentiveProfile,
    drives: Drives,
    space: OutcomeSpace,
    *,
    former: bool,
) -> _Own:
    """What the delegate in a seat has at stake. For one that knows its principal no seed plays a
    part, and dialogues share it."""
    principal, round_ = case.seats[seat], case.talks.outcome.round
    known, key = _at_stake(case.scenario), (principal, drives, round_, former)
    if (found := known.get(key)) is not None:
        return found
    belief = told_belief(case, seat)
    assert belief is not None
    shared = profile.knowledge >= 1 and space.size <= _SHARED
    found = _Own(stake(case.scenario, principal, belief, profile, former=former), space, shared)
    if shared:
        known[key] = found
    return found


@once_per_object
def _expected(scenario: Scenario) -> dict[_Key, int | None]:
    """The predictions for a scenario that depend on no seed; filled by :func:`_row`."""
    return {}


@once_per_object
def _at_stake(scenario: Scenario) -> dict[tuple[str, Drives, int, bool], _Own]:
    """The stakes in a scenario that depend on no seed, by principal, profile, round and rules;
    filled by :func:`_own`."""
    return {}
