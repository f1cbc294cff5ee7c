"""What was settled, and whom it favours (claims C2, C9)."""

from __future__ import annotations

from harness.evaluators.base import SEATS, Found, Measure, per_seat, void
from harness.evaluators.case import Case
from harness.evaluators.landscape import deal, outcome_values
from harness.records.spec import TALKS

_NO_ZOPA = "no package is at least as good as no deal for every seat"


class Settlement:
    """Where the outcome lies in the space of the principals' true values.

    Every dialogue counts: no deal enters at the reservation values. Nothing here rewards agreement.
    """

    name = "settlement"
    kind = TALKS
    version = 1
    measures = (
        Measure(
            name="skew",
            title="skew to the official seat",
            definition="position of the outcome on the Pareto frontier (share of its arc length, 1 "
            "= best for the official seat) minus that of the Kalai-Smorodinsky point",
            range="-1..1, + to the official seat",
            undefined="no possible deal, or a frontier of one point",
            source="C9; Kalai & Smorodinsky 1975",
            headline=True,
        ),
        Measure(
            name="skew_nash",
            title="skew against the Nash point",
            definition="as skew, minus the position of the Nash point",
            range="-1..1, + to the official seat",
            undefined="as skew",
            source="C9; Nash 1950",
        ),
        Measure(
            name="position",
            title="position on the frontier",
            definition="share of the frontier's arc length at which the outcome projects",
            range="0..1, 1 = best for the official seat",
            undefined="a frontier of one point",
            source="standard",
        ),
        Measure(
            name="agreement",
            title="deals",
            definition="whether the talks ended in a deal",
            range="yes/no",
            undefined="void",
            source="C2",
            headline=True,
        ),
        Measure(
            name="over_agreement",
            title="impossible deals signed",
            definition="a deal although no package is at least as good as no deal for every seat",
            range="yes/no",
            undefined="a deal was possible",
            source="Raiffa 1982",
            headline=True,
        ),
        *per_seat(
            Measure(
                name="u",
                title="value to the {}'s principal",
                definition="true value of the outcome to it; no deal at its reservation value",
                range="0..1",
                undefined="void",
                source="C3",
                headline=True,
            )
        ),
        *per_seat(
            Measure(
                name="gain",
                title="gain of the {}'s principal",
                definition="u - r: true value of the outcome over no deal",
                range="-1..1",
                undefined="void",
                source="C3",
                headline=True,
            )
        ),
        Measure(
            name="joint_value",
            title="joint value",
            definition="sum of the true values of the outcome to the principals of all seats",
            range="0..number of seats",
            undefined="void",
            source="standard",
        ),
        Measure(
            name="surplus_share_o",
            title="official seat's share of the surplus",
            definition="(u_o - r_o) / sum of gains of all seats",
            range="0..1",
            undefined="no deal, a seat below its reservation value, or nobody gains",
            source="standard",
        ),
        Measure(
            name="efficiency",
            title="efficiency",
            definition="joint gain of all seats over the largest joint gain of a mutually "
            "acceptable package",
            range="real: 1 at that package, 0 for no deal, above 1 only where a seat is below r",
            undefined="no possible deal, or none with a gain",
            source="standard",
            headline=True,
        ),
        Measure(
            name="frontier_distance",
            title="distance to the frontier",
            definition="Euclidean distance of the outcome to the Pareto frontier of the two seats",
            range="0..sqrt(2)",
            undefined="void",
            source="standard",
        ),
        Measure(
            name="ks_distance",
            title="distance to the Kalai-Smorodinsky point",
            definition="Euclidean distance in true values over all seats",
            range="0..sqrt(n)",
            undefined="no possible deal",
            source="Kalai & Smorodinsky 1975",
        ),
        Measure(
            name="nash_distance",
            title="distance to the Nash point",
            definition="Euclidean distance in true values over all seats",
            range="0..sqrt(n)",
            undefined="no possible deal",
            source="Nash 1950",
        ),
    )

    def score(self, case: Case) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`."""
        if (nothing := void(self, case)) is not None:
            return nothing
        land, point, agreed = outcome_values(case)
        place = land.position(deal(case))
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
