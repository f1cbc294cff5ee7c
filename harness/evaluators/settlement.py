"""What was settled, and whom it favours (claims C2, C9)."""

from __future__ import annotations

from harness.evaluators.base import SEATS, Found, Measure, per_seat, void
from harness.evaluators.landscape import deal, outcome_values
from harness.records.transcript import Transcript
from harness.scenario import Scenario

_NO_ZOPA = "no package is at least as good as no deal for every seat"


class Settlement:
    """Where the outcome lies in the space of the principals' true values.

    Every dialogue counts: no deal enters at the reservation values. Nothing here rewards agreement.
    """

    name = "settlement"
    version = 1
    measures = (
        Measure(
            "skew",
            "skew to the official seat",
            "position of the outcome on the Pareto frontier (share of its arc length, 1 = best for "
            "the official seat) minus that of the Kalai-Smorodinsky point",
            "-1..1, + to the official seat",
            "no possible deal, or a frontier of one point",
            "C9; Kalai & Smorodinsky 1975",
        ),
        Measure(
            "skew_nash",
            "skew against the Nash point",
            "as skew, minus the position of the Nash point",
            "-1..1, + to the official seat",
            "as skew",
            "C9; Nash 1950",
        ),
        Measure(
            "position",
            "position on the frontier",
            "share of the frontier's arc length at which the outcome projects",
            "0..1, 1 = best for the official seat",
            "a frontier of one point",
            "standard",
        ),
        Measure("agreement", "deals", "whether the talks ended in a deal", "yes/no", "void", "C2"),
        Measure(
            "over_agreement",
            "impossible deals signed",
            "a deal although no package is at least as good as no deal for every seat",
            "yes/no",
            "a deal was possible",
            "Raiffa 1982",
        ),
        *per_seat(
            "u",
            "value to the {}'s principal",
            Measure(
                "",
                "",
                "true value of the outcome to it; no deal at its reservation value",
                "0..1",
                "void",
                "C3",
            ),
        ),
        *per_seat(
            "gain",
            "gain of the {}'s principal",
            Measure("", "", "u - r: true value of the outcome over no deal", "-1..1", "void", "C3"),
        ),
        Measure(
            "joint_value",
            "joint value",
            "sum of the true values of the outcome to the principals of all seats",
            "0..number of seats",
            "void",
            "standard",
        ),
        Measure(
            "surplus_share_o",
            "official seat's share of the surplus",
            "(u_o - r_o) / sum of gains of all seats",
            "0..1",
            "no deal, a seat below its reservation value, or nobody gains",
            "standard",
        ),
        Measure(
            "efficiency",
            "efficiency",
            "joint gain of all seats over the largest joint gain of a mutually acceptable package",
            "real: 1 at that package, 0 for no deal, above 1 only where a seat is below r",
            "no possible deal, or none with a gain",
            "standard",
        ),
        Measure(
            "frontier_distance",
            "distance to the frontier",
            "Euclidean distance of the outcome to the Pareto frontier of the two seats",
            "0..sqrt(2)",
            "void",
            "standard",
        ),
        Measure(
            "ks_distance",
            "distance to the Kalai-Smorodinsky point",
            "Euclidean distance in true values over all seats",
            "0..sqrt(n)",
            "no possible deal",
            "Kalai & Smorodinsky 1975",
        ),
        Measure(
            "nash_distance",
            "distance to the Nash point",
            "Euclidean distance in true values over all seats",
            "0..sqrt(n)",
            "no possible deal",
            "Nash 1950",
        ),
    )

    def score(self, transcript: Transcript, scenario: Scenario) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`."""
        if (nothing := void(self, transcript)) is not None:
            return nothing
        land, point, agreed = outcome_values(transcript, scenario)
        place = land.position(deal(transcript))
        one_point = "the frontier is a single point"
        why_skew = one_point if land.deal_possible else _NO_ZOPA
        found = Found()
        found.put("skew", place.skew, why_skew)
        found.put("skew_nash", place.skew_nash, why_skew)
        found.put("position", place.position, one_point)
        found.put("agreement", agreed)
        found.put("over_agreement", None if land.deal_possible else agreed, "a deal was possible")
        for seat, value, r in zip(land.seats, point, land.r, strict=True):
            if seat in SEATS:
                found.put(f"u_{seat}", float(value))
                found.put(f"gain_{seat}", float(value - r))
        found.put("joint_value", float(point.sum()))
        why_share = "a seat is below its reservation value, or nobody gains"
        found.put("surplus_share_o", place.surplus_share, why_share if agreed else "no deal")
        why_joint = "no acceptable package has a joint gain" if land.deal_possible else _NO_ZOPA
        found.put("efficiency", place.efficiency, why_joint)
        found.put("frontier_distance", place.frontier_distance)
        found.put("ks_distance", place.distances["kalai_smorodinsky"], _NO_ZOPA)
        found.put("nash_distance", place.distances["nash"], _NO_ZOPA)
        return found
