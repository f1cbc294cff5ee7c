"""What theory expects of these two delegates, to hold the outcome against.

The prediction is the generalised Nash solution under the delegates' *own* stakes V, not under
their principals' values: the package with the largest product of gains V_i(x) - V_i(no deal), none
of them negative. It is then valued, like the outcome, in the principals' true values. A
time-dependent tactic is not the Nash solution: signs agree, sizes need not.
"""

from __future__ import annotations

from harness.bargaining.prediction import settlement
from harness.bargaining.space import Floats, OutcomeSpace
from harness.evaluators.base import Found, Measure, nothing, void
from harness.evaluators.case import NOT_OURS, Case
from harness.evaluators.landscape import deal, landscape
from harness.incentives.stake import Stake, believe, stake
from harness.records.spec import TALKS


class Prediction:
    """The settlement that the delegates' incentives predict."""

    name = "prediction"
    kind = TALKS
    version = 1
    measures = (
        Measure(
            name="skew",
            title="predicted skew",
            definition="skew of the generalised Nash solution under the delegates' own stakes V; "
            "where no package beats no deal for all of them, of no deal",
            range="-1..1, + to the official seat",
            undefined="no possible deal between the principals, a frontier of one point, or the "
            "incentive profile of a delegate is not known",
            source="C3-C7; Nash 1950",
            headline=True,
        ),
        Measure(
            name="agreement",
            title="predicted deals",
            definition="some package is worth at least no deal to every delegate's own stake",
            range="yes/no",
            undefined="the incentive profile of a delegate is not known, or void",
            source="C2",
        ),
        Measure(
            name="error",
            title="skew beyond the prediction",
            definition="settlement.skew - prediction.skew",
            range="-2..2",
            undefined="as prediction.skew",
        ),
    )

    def score(self, case: Case) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`."""
        if (found := void(self, case)) is not None:
            return found
        stakes, why = _stakes(case)
        if stakes is None:
            return nothing(self.measures, why)
        land = landscape(case.scenario, case.seats, case.talks.outcome.round)
        values = [_values(land.space, s) for s in stakes]
        row = settlement(values, [s.no_deal for s in stakes])
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


def _stakes(case: Case) -> tuple[list[Stake] | None, str]:
    """What each delegate has at stake, in the order of the seats; else None and why."""
    round_, seed = case.talks.outcome.round, case.seed
    if case.spec is None or seed is None:
        return None, f"{NOT_OURS}: no incentive profile is known"
    former = case.spec.version == 1  # a record is held against the stakes that it was played by
    stakes = []
    for seat, principal in case.seats.items():
        profile = case.profile(seat)
        if profile is None:
            return None, f"no incentive profile is known of the delegate in seat {seat}"
        belief = believe(case.scenario, principal, round_, profile, seed)
        stakes.append(stake(case.scenario, principal, belief, profile, former=former))
    return stakes, ""
