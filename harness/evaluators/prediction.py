"""What theory expects of these two delegates, to hold the outcome against.

The prediction is the generalised Nash solution under the delegates' *own* stakes V, not under
their principals' values: the package with the largest product of gains V_i(x) - V_i(no deal), none
of them negative. It is then valued, like the outcome, in the principals' true values. A
time-dependent tactic is not the Nash solution: signs agree, sizes need not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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


def _values(space: OutcomeSpace, own: Stake) -> Floats:
    """``(n,)`` V of every package. In place: the arrays are large, and there is one a dialogue."""
    values = space.utilities(own.gains)
    values += 1.0
    values += own.reward
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
    profiles = tuple(profile for seat in case.seats if (profile := case.profile(seat)) is not None)
    # A record is held against the stakes that it was played by.
    former = case.spec is not None and case.spec.version == 1
    seats, round_ = tuple(case.seats.items()), case.talks.outcome.round
    known, key = _expected(case.scenario), (seats, profiles, round_, former)
    if key in known:
        return known[key]
    stakes = list(_stakes(case, profiles, former=former))
    row = settlement([_values(space, s) for s in stakes], [s.no_deal for s in stakes])
    if all(profile.knowledge >= 1 for profile in profiles):
        known[key] = row
    return row


def _stakes(case: Case, profiles: Iterable[IncentiveProfile], *, former: bool) -> Iterator[Stake]:
    """What each delegate has at stake, in the order of the seats."""
    for (seat, principal), profile in zip(case.seats.items(), profiles, strict=True):
        belief = told_belief(case, seat)
        assert belief is not None
        yield stake(case.scenario, principal, belief, profile, former=former)


@once_per_object
def _expected(scenario: Scenario) -> dict[_Key, int | None]:
    """The predictions for a scenario that depend on no seed; filled by :func:`_row`."""
    return {}
