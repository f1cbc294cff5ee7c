"""What theory expects of these two delegates, to hold the outcome against.

The prediction is the generalised Nash solution under the delegates' *own* stakes V, not under
their principals' values: the package with the largest product of gains V_i(x) - V_i(no deal), none
of them negative. It is then valued, like the outcome, in the principals' true values. A
time-dependent tactic is not the Nash solution: signs agree, sizes need not.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from harness.bargaining.prediction import settlement
from harness.bargaining.space import Floats, OutcomeSpace
from harness.disputes.scenario import Scenario
from harness.evaluators.base import Found, Measure, nothing, void
from harness.evaluators.case import NOT_OURS, Case
from harness.evaluators.landscape import deal, landscape
from harness.evaluators.tables import told_belief
from harness.incentives.profiles import IncentiveProfile
from harness.incentives.stake import Stake, stake
from harness.memo import once_per_object
from harness.records.spec import TALKS

_Key = tuple[tuple[tuple[str, str], ...], tuple[IncentiveProfile, ...], int, bool]
"""Seats with their principals, profiles, round, and whether stakes are those of version 1."""
_SHARED: Final = 1 << 16
"""Packages up to which stakes are kept: half a megabyte each."""


class Prediction:
    """The settlement that the delegates' incentives predict."""

    name = "prediction"
    kind = TALKS
    version = 1
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
        land = landscape(case.scenario, case.seats, case.talks.outcome.round)
        row = _row(case, land.space)
        place, here = land.position_of(row), land.position(deal(case))
        why = "no possible deal between the principals, or a frontier of one point"
        found = Found()
        found.put("skew", place.skew, why)
        found.put("agreement", row is not None)
        found.put(
            "error",
            None if here.skew is None or place.skew is None else here.skew - place.skew,
            why,
        )
        return found


class _Own(NamedTuple):
    """What a delegate has at stake.

    Attributes:
        values: ``(n,)`` V of every package.
        no_deal: V of no deal.
    """

    values: Floats
    no_deal: float

    @classmethod
    def of(cls, space: OutcomeSpace, own: Stake) -> _Own:
        """Of a stake. In place: the arrays are large, and there is one a dialogue."""
        values = space.utilities(own.gains)
        values += 1.0
        values += own.reward
        return cls(values, own.no_deal)


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
    profiles = tuple(profile for seat in case.seats if (profile := case.profile(seat)) is not None)
    # A record is held against the stakes that it was played by.
    former = case.spec is not None and case.spec.version == 1
    seats, round_ = tuple(case.seats.items()), case.talks.outcome.round
    known, key = _expected(case.scenario), (seats, profiles, round_, former)
    if key in known:
        return known[key]
    placed = zip(case.seats, profiles, strict=True)
    stakes = [_own(case, seat, profile, space, former=former) for seat, profile in placed]
    row = settlement([own.values for own in stakes], [own.no_deal for own in stakes])
    if all(profile.knowledge >= 1 for profile in profiles):
        known[key] = row
    return row


def _own(
    case: Case, seat: str, profile: IncentiveProfile, space: OutcomeSpace, *, former: bool
) -> _Own:
    """What the delegate in a seat has at stake. For one that knows its principal no seed plays a
    part, and dialogues share it."""
    principal, round_ = case.seats[seat], case.talks.outcome.round
    known, key = _at_stake(case.scenario), (principal, profile, round_, former)
    if (found := known.get(key)) is not None:
        return found
    belief = told_belief(case, seat)
    assert belief is not None
    found = _Own.of(space, stake(case.scenario, principal, belief, profile, former=former))
    if profile.knowledge >= 1 and space.size <= _SHARED:
        known[key] = found
    return found


@once_per_object
def _expected(scenario: Scenario) -> dict[_Key, int | None]:
    """The predictions for a scenario that depend on no seed; filled by :func:`_row`."""
    return {}


@once_per_object
def _at_stake(scenario: Scenario) -> dict[tuple[str, IncentiveProfile, int, bool], _Own]:
    """The stakes in a scenario that depend on no seed, by principal, profile, round and rules;
    filled by :func:`_own`."""
    return {}
