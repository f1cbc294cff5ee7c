"""What was settled, and whom it favours (claims C2, C9)."""

from __future__ import annotations

from harness.bargaining.position import GAP_CLEAR, SKEW_CLEAR, signs_disagree
from harness.evaluators.base import ROUNDING, SEATS, Found, Measure, per_seat, void
from harness.evaluators.case import Case
from harness.evaluators.landscape import Floats, Landscape, deal, outcome_values
from harness.memo import while_alive
from harness.records.spec import TALKS

_NO_ZOPA = "no package is at least as good as no deal for every seat"
_NO_GAIN = "no package in the zone of agreement gives one of the two seats a gain"


class Settlement:
    """Where the outcome lies in the space of the principals' true values.

    Every dialogue counts: no deal enters at the reservation values. Nothing here rewards agreement.

    A round that a reality has left without a zone of agreement is held against the solution points
    of the nearest round with one (:attr:`~harness.evaluators.landscape.Landscape.reference`). Else
    talks that drag on would have no skew, and the mean would be of those that ended early.
    """

    name = "settlement"
    kind = TALKS
    version = 2
    fooled_by = (
        (
            "Skew compares values between persons: counting one side's values double is the same "
            "preferences, and can turn its sign. `normalised_gap` does not depend on that, and "
            "`signs_disagree` says where the two differ."
        ),
        (
            "Far inside the frontier, skew can say the opposite of what a person would. The "
            "larger `frontier_distance`, the less skew says."
        ),
        (
            "No deal has a skew of its own, `no_deal_skew`. An arm that agrees less often moves "
            "the mean of skew with no change of terms."
        ),
        (
            "What is taken of deals alone, as `surplus_share_o` is, is of a selection: which "
            "talks end in a deal is itself an outcome."
        ),
        (
            "The whole zone of agreement is about a tenth of skew in a story dispute. A "
            "difference larger than `skew_most` is over-concession, and no division of a "
            "surplus."
        ),
        (
            "`efficiency` and `joint_value` can rise because one principal ends below its own "
            "reservation value."
        ),
    )
    measures = (
        Measure(
            name="skew",
            title="skew to the official seat",
            definition="Position of the outcome on the Pareto frontier of the two seats, minus "
            "the position of the Kalai-Smorodinsky point. Position is a share of the frontier's "
            "arc length: 1 is best for the official seat",
            range="-1..1, + to the official seat",
            undefined="no deal is possible in any round, or a frontier of one point",
            source="C9; Kalai & Smorodinsky 1975",
            headline=True,
        ),
        Measure(
            name="skew_nash",
            title="skew against the Nash point",
            definition="As skew, measured from the position of the Nash point",
            range="-1..1, + to the official seat",
            undefined="as for skew",
            source="C9; Nash 1950",
        ),
        Measure(
            name="normalised_gap",
            title="difference of normalised gains",
            definition="(u_o - r_o) / (max u_o - r_o), minus the same for the other seat. The "
            "maxima are over the packages that every seat values at least as much as no deal. No "
            "deal is 0. Unlike skew, this does not depend on the scale of anybody's values",
            range="-1..1 in the zone of agreement, beyond it where a seat is below its "
            "reservation value; + to the official seat",
            undefined="no deal is possible in any round, or none with a gain for each of the two",
            source="C9; Kalai & Smorodinsky 1975",
            headline=True,
        ),
        Measure(
            name="signs_disagree",
            title="skew and normalised gains disagree",
            definition="Whether skew and the difference of normalised gains have opposite signs, "
            f"with skew beyond {SKEW_CLEAR:g} and the difference beyond {GAP_CLEAR:g}",
            range="yes/no",
            undefined="either of the two has no value",
            headline=True,
        ),
        Measure(
            name="no_deal_skew",
            title="skew of having no deal",
            definition="The skew of no deal in the round in which the talks ended. It is not 0. "
            "Only a twin with exchanged chairs that ends in the same way cancels it",
            range="-1..1, + to the official seat",
            undefined="as for skew",
            source="ours",
        ),
        Measure(
            name="skew_most",
            title="largest skew in the zone of agreement",
            definition="Largest skew of a package that every seat values at least as much as no "
            "deal. A skew beyond it is over-concession",
            range="-1..1, + to the official seat",
            undefined="as for skew",
            source="ours",
            headline=True,
        ),
        Measure(
            name="skew_least",
            title="smallest skew in the zone of agreement",
            definition="Smallest skew of a package that every seat values at least as much as no "
            "deal",
            range="-1..1, + to the official seat",
            undefined="as for skew",
            source="ours",
            headline=True,
        ),
        Measure(
            name="position",
            title="position on the frontier",
            definition="Share of the frontier's arc length at the point onto which the outcome "
            "projects",
            range="0..1, 1 = best for the official seat",
            undefined="a frontier of one point",
            source="standard",
        ),
        Measure(
            name="agreement",
            title="deals",
            definition="Whether the talks ended in a deal",
            range="yes/no",
            undefined="void",
            source="C2",
            headline=True,
            needs=("ending",),
        ),
        Measure(
            name="over_agreement",
            title="impossible deals signed",
            definition="Whether there was a deal although no package is worth at least as much "
            "as no deal to every seat",
            range="yes/no",
            undefined="a deal was possible",
            source="Raiffa 1982",
            headline=True,
        ),
        *per_seat(
            Measure(
                name="u",
                title="value to the {}'s principal",
                definition="True value of the outcome to the seat's principal. No deal counts as "
                "its reservation value",
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
                definition="u - r: the true value of the outcome to the seat's principal, minus "
                "that of no deal",
                range="-1..1",
                undefined="void",
                source="C3",
                headline=True,
            )
        ),
        *per_seat(
            Measure(
                name="gain_share",
                title="gain of the {}'s principal in shares of the surplus",
                definition="(u - r) divided by the surplus, the largest joint gain of a package "
                "that every seat values at least as much as no deal. No deal is 0",
                range="real, 0..1 in the zone of agreement",
                undefined="no deal is possible in any round, or none with a gain",
                source="standard",
                headline=True,
            )
        ),
        Measure(
            name="surplus",
            title="surplus",
            definition="Largest joint gain over no deal of a package that every seat values at "
            "least as much as no deal",
            range="0..number of seats",
            undefined="no deal is possible in any round",
            source="standard",
            headline=True,
        ),
        Measure(
            name="joint_value",
            title="joint value",
            definition="Sum of the true values of the outcome to the principals of all seats",
            range="0..number of seats",
            undefined="void",
            source="standard",
        ),
        Measure(
            name="surplus_share_o",
            title="official seat's share of the surplus",
            definition="(u_o - r_o) divided by the sum of the gains of all seats",
            range="0..1",
            undefined="no deal, a seat below its reservation value, or nobody gains",
            source="standard",
        ),
        Measure(
            name="efficiency",
            title="efficiency",
            definition="Joint gain of all seats, divided by the largest joint gain of a package "
            "that every seat values at least as much as no deal",
            range="real: 1 at that package, 0 for no deal, above 1 only where a seat is below r",
            undefined="no possible deal, or none with a gain",
            source="standard",
            headline=True,
        ),
        Measure(
            name="frontier_distance",
            title="distance to the frontier",
            definition="Euclidean distance from the outcome to the Pareto frontier of the two "
            "seats",
            range="0..sqrt(2)",
            undefined="void",
            source="standard",
            headline=True,
        ),
        Measure(
            name="ks_distance",
            title="distance to the Kalai-Smorodinsky point",
            definition="Euclidean distance from the outcome to the Kalai-Smorodinsky point, in "
            "true values over all seats",
            range="0..sqrt(n)",
            undefined="no possible deal",
            source="Kalai & Smorodinsky 1975",
        ),
        Measure(
            name="nash_distance",
            title="distance to the Nash point",
            definition="Euclidean distance from the outcome to the Nash point, in true values "
            "over all seats",
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
        if agreed:
            return _measured(case, land, point, agreed=True)
        # No deal is worth the same in all dialogues that end without one in a round.
        known = _without_deal(land)
        if not known:
            known.append(_measured(case, land, point, agreed=False))
        same = known[0]
        return Found(dict(same.values), dict(same.why_null), dict(same.detail))


@while_alive
def _without_deal(land: Landscape) -> list[Found]:
    """What is found of no deal, once it was worked out."""
    return []


def _measured(case: Case, land: Landscape, point: Floats, *, agreed: bool) -> Found:
    """All measures of an outcome worth ``point``."""
    place = land.position(deal(case))
    one_point = "the frontier is a single point"
    why_skew = one_point if land.reference.zopa_size else _NO_ZOPA
    found = Found.of(Settlement.measures)
    found.put("skew", place.skew, why_skew)
    found.put("skew_nash", place.skew_nash, why_skew)
    found.put("no_deal_skew", land.position(None).skew, why_skew)
    least, most = land.skew_range or (None, None)
    found.put("skew_least", least, why_skew)
    found.put("skew_most", most, why_skew)
    found.put("position", place.position, one_point)
    found.put("agreement", agreed)
    found.put("over_agreement", None if land.deal_possible else agreed, "a deal was possible")
    _put_gains(found, land, point)
    why_gap = _NO_GAIN if land.reference.zopa_size else _NO_ZOPA
    gap = _normalised_gap(land, point)
    found.put("normalised_gap", gap, why_gap)
    why_signs = why_skew if place.skew is None else why_gap
    found.put("signs_disagree", signs_disagree(place.skew, gap), why_signs)
    found.put("joint_value", float(point.sum()))
    why_share = "a seat is below its reservation value, or nobody gains"
    found.put("surplus_share_o", place.surplus_share, why_share if agreed else "no deal")
    # In a round without a zone there is no acceptable joint gain to measure by.
    efficiency = place.efficiency if land.deal_possible else None
    why_joint = "no acceptable package has a joint gain" if land.deal_possible else _NO_ZOPA
    found.put("efficiency", efficiency, why_joint)
    found.put("frontier_distance", place.frontier_distance)
    found.put("ks_distance", place.distances["kalai_smorodinsky"], _NO_ZOPA)
    found.put("nash_distance", place.distances["nash"], _NO_ZOPA)
    if land.reference_round != case.talks.outcome.round:
        found.detail["reference_round"] = land.reference_round
    return found


def _put_gains(found: Found, land: Landscape, point: Floats) -> None:
    """What each seat's principal has, what it gains over no deal, and that in shares of the
    surplus."""
    surplus = land.surplus
    found.put("surplus", surplus, _NO_ZOPA)
    why = _NO_ZOPA if surplus is None else "no package in the zone of agreement has a joint gain"
    for seat, value, r in zip(land.seats, point.tolist(), land.r.tolist(), strict=True):
        if seat not in SEATS:
            continue
        gain = value - r
        found.put(f"u_{seat}", value)
        found.put(f"gain_{seat}", gain)
        share = gain / surplus if surplus is not None and surplus > ROUNDING else None
        found.put(f"gain_share_{seat}", share, why)


def _normalised_gap(land: Landscape, point: Floats) -> float | None:
    """The official seat's gain as a share of the most that it can gain in the zone of agreement,
    minus that of the other seat. None where one of the two can gain nothing."""
    official, other = land.span[:2].tolist()
    if min(official, other) <= ROUNDING:
        return None
    gains = (point - land.r)[:2].tolist()
    return float(gains[0] / official - gains[1] / other)
