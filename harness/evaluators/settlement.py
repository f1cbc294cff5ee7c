"""What was settled, and whom it favours (claims C2, C9)."""

from __future__ import annotations

from harness.bargaining.position import locate
from harness.evaluators.base import Found, Measure, void
from harness.evaluators.landscape import outcome_values
from harness.records.transcript import Transcript
from harness.scenario import Scenario

_NO_ZOPA = "no package is better than no deal for every seat"


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
            "a deal although no package is better than no deal for every seat",
            "yes/no",
            "a deal was possible",
            "Raiffa 1982",
        ),
        Measure(
            "u_o",
            "value to the official seat's principal",
            "true value of the outcome to it; no deal at its reservation value",
            "0..1",
            "void",
            "C3",
        ),
        Measure(
            "u_u",
            "value to the other seat's principal",
            "true value of the outcome to it; no deal at its reservation value",
            "0..1",
            "void",
            "C3",
        ),
        Measure(
            "gain_o", "gain of the official seat's principal", "u_o - r_o", "-1..1", "void", "C3"
        ),
        Measure("gain_u", "gain of the other seat's principal", "u_u - r_u", "-1..1", "void", "C3"),
        Measure(
            "surplus_share_o",
            "official seat's share of the surplus",
            "(u_o - r_o) / sum of gains of all seats",
            "0..1",
            "no deal, or a seat below its reservation value",
            "standard",
        ),
        Measure(
            "efficiency",
            "efficiency",
            "joint gain over the best joint gain of any mutually acceptable package",
            "(-inf, 1], 0 for no deal",
            "no possible deal",
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
        place = locate(point if agreed else None, land.u, land.r, land.frontier, land.solutions)
        possible = land.solutions.zopa_size > 0
        why_skew = _NO_ZOPA if not possible else "the frontier is a single point"
        found = Found()
        found.put("skew", place.skew, why_skew)
        found.put("skew_nash", place.skew_nash, why_skew)
        found.put("position", place.position, "the frontier is a single point")
        found.put("agreement", agreed)
        found.put("over_agreement", None if possible else agreed, "a deal was possible")
        found.put("u_o", float(point[0]))
        found.put("u_u", float(point[1]))
        found.put("gain_o", float(point[0] - land.r[0]))
        found.put("gain_u", float(point[1] - land.r[1]))
        why_share = "a seat is below its reservation value" if agreed else "no deal"
        found.put("surplus_share_o", place.surplus_share, why_share)
        found.put("efficiency", place.efficiency, _NO_ZOPA)
        found.put("frontier_distance", place.frontier_distance)
        found.put("ks_distance", place.distances["kalai_smorodinsky"], _NO_ZOPA)
        found.put("nash_distance", place.distances["nash"], _NO_ZOPA)
        return found
