"""What theory expects of these two delegates, to hold the outcome against.

The prediction is the generalised Nash solution under the delegates' *own* stakes V, not under
their principals' values: the package with the largest product of gains V_i(x) - V_i(no deal), none
of them negative. It is then valued, like the outcome, in the principals' true values. A
time-dependent tactic is not the Nash solution: signs agree, sizes need not.
"""

from __future__ import annotations

from harness.bargaining.prediction import settlement
from harness.evaluators.base import Found, Measure, void
from harness.evaluators.landscape import deal, landscape
from harness.records.transcript import Transcript
from harness.scenario import Scenario
from harness.stake import believe, stake


class Prediction:
    """The settlement that the delegates' incentives predict."""

    name = "prediction"
    version = 1
    measures = (
        Measure(
            "skew",
            "predicted skew",
            "skew of the generalised Nash solution under the delegates' own stakes V; where no "
            "package beats no deal for all of them, of no deal",
            "-1..1, + to the official seat",
            "no possible deal between the principals, or a frontier of one point",
            "C3-C7; Nash 1950",
        ),
        Measure(
            "agreement",
            "predicted deals",
            "some package is worth at least no deal to every delegate's own stake",
            "yes/no",
            "void",
            "C2",
        ),
        Measure(
            "error",
            "skew beyond the prediction",
            "settlement.skew - prediction.skew",
            "-2..2",
            "as prediction.skew",
            "",
        ),
    )

    def score(self, transcript: Transcript, scenario: Scenario) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`."""
        if (nothing := void(self, transcript)) is not None:
            return nothing
        spec, round_ = transcript.spec, transcript.talks.outcome.round
        land = landscape(scenario, spec, round_)
        stakes = []
        for seat in spec.seats:
            belief = believe(scenario, seat.principal, round_, seat.profile, spec.seed)
            stakes.append(stake(scenario, seat.principal, belief, seat.profile))
        values = [land.space.utilities(s.gains) + 1.0 + s.reward for s in stakes]
        row = settlement(values, [s.no_deal for s in stakes])
        place, here = land.position_of(row), land.position(deal(transcript))
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
