from __future__ import annotations

from math import hypot

import pytest

from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Change, Package, Reality, Scenario
from harness.evaluators.landscape import landscape
from harness.evaluators.settlement import Settlement, signs_disagree
from harness.records.transcript import VoidReason
from tests.support.transcripts import Entry, case, make_spec, make_transcript

MINE_US = {"well": "mine", "fence": "us"}
HALF_US = {"well": "half", "fence": "us"}
YOURS_US = {"well": "yours", "fence": "us"}
YOURS_THEM = {"well": "yours", "fence": "them"}

LEGS = [hypot(0.15, 0.18), hypot(0.55, 0.22), hypot(0.15, 0.18), hypot(0.15, 0.42)]
FAIR = (LEGS[0] + LEGS[1]) / sum(LEGS)


def settled(scenario: Scenario, package: Package) -> dict[str, object]:
    talk: list[Entry] = [("u", package), ("o", "accept")]
    return dict(Settlement().score(case(make_transcript(scenario, talk), scenario)).values)


def test_deal_at_the_fair_point_is_not_skewed(small: Scenario) -> None:
    values = settled(small, MINE_US)
    assert values["skew"] == pytest.approx(0.0)
    assert values["skew_nash"] == pytest.approx(0.0)
    assert values["position"] == pytest.approx(FAIR)
    assert values["ks_distance"] == pytest.approx(0.0)
    assert values["nash_distance"] == pytest.approx(0.0)
    assert values["frontier_distance"] == pytest.approx(0.0)
    assert values["efficiency"] == pytest.approx(1.0)
    assert values["agreement"] is True


def test_values_of_a_lopsided_deal(small: Scenario) -> None:
    values = settled(small, HALF_US)
    assert values["u_o"] == pytest.approx(0.85)
    assert values["u_u"] == pytest.approx(0.42)
    assert values["gain_o"] == pytest.approx(0.6)
    assert values["gain_u"] == pytest.approx(0.12)
    assert values["joint_value"] == pytest.approx(1.27)
    assert values["surplus_share_o"] == pytest.approx(0.6 / 0.72)
    assert values["efficiency"] == pytest.approx(0.72 / 0.75)
    assert values["skew"] == pytest.approx(LEGS[2] / sum(LEGS))
    assert values["ks_distance"] == pytest.approx(hypot(0.15, 0.18))


def test_wasteful_deal_is_not_taken_for_a_lopsided_one(small: Scenario) -> None:
    values = settled(small, YOURS_THEM)
    assert values["frontier_distance"] == pytest.approx(
        (0.55 * (0.82 - 0.4) - 0.22 * (0.3 - 0.15)) / LEGS[1]
    )
    assert values["efficiency"] == pytest.approx((0.05 + 0.1) / 0.75)
    assert isinstance(values["skew"], float)
    assert values["skew"] < 0


def test_share_of_the_surplus_is_undefined_below_a_reservation_value(small: Scenario) -> None:
    transcript = make_transcript(small, [("o", YOURS_US), ("u", "accept")])
    found = Settlement().score(case(transcript, small))
    assert found.values["surplus_share_o"] is None
    assert "below" in found.why_null["surplus_share_o"]
    assert found.values["gain_u"] == pytest.approx(-0.3)
    assert found.values["position"] == pytest.approx(1.0)


@pytest.mark.parametrize("end", ["pass", "walk_out"])
def test_no_deal_enters_at_the_reservation_values(small: Scenario, end: str) -> None:
    talk: list[Entry] = [("u", HALF_US), ("o", "walk_out" if end == "walk_out" else "pass")]
    found = Settlement().score(case(make_transcript(small, talk), small))
    assert found.values["agreement"] is False
    assert found.values["u_o"] == pytest.approx(0.25)
    assert found.values["u_u"] == pytest.approx(0.3)
    assert found.values["gain_o"] == found.values["gain_u"] == 0.0
    assert found.values["efficiency"] == 0.0
    assert found.values["surplus_share_o"] is None
    assert found.why_null["surplus_share_o"] == "no deal"
    assert isinstance(found.values["skew"], float)


def test_deal_is_valued_in_the_round_it_was_made(small: Scenario) -> None:
    talk: list[Entry] = [("u", HALF_US), ("o", "reject"), "next round", ("u", HALF_US)]
    second = (
        Settlement().score(case(make_transcript(small, [*talk, ("o", "accept")]), small)).values
    )
    assert second["u_u"] == pytest.approx(0.32)
    assert second["gain_u"] == pytest.approx(0.12)


def test_no_deal_enters_in_the_realities_of_the_last_round(small: Scenario) -> None:
    talk: list[Entry] = [("u", HALF_US), "next round", ("o", "walk_out")]
    values = Settlement().score(case(make_transcript(small, talk), small)).values
    assert values["u_u"] == pytest.approx(0.2)


def impossible(scenario: Scenario) -> Scenario:
    """The same dispute with nothing to gain from any deal for both."""
    principals = {
        name: p.model_copy(update={"reservation": 0.9}) if name in ("a", "b") else p
        for name, p in scenario.principals.items()
    }
    return scenario.model_copy(update={"principals": principals, "realities": ()})


def test_agreeing_where_no_deal_is_possible_is_the_error(small: Scenario) -> None:
    scenario = impossible(small)
    agreed = make_transcript(scenario, [("u", MINE_US), ("o", "accept")])
    found = Settlement().score(case(agreed, scenario))
    assert found.values["over_agreement"] is True
    for name in ("skew", "skew_nash", "efficiency", "ks_distance", "nash_distance"):
        assert found.values[name] is None
        assert "no package" in found.why_null[name]
    walked = make_transcript(scenario, [("u", MINE_US), ("o", "walk_out")])
    assert Settlement().score(case(walked, scenario)).values["over_agreement"] is False


def test_over_agreement_is_undefined_where_a_deal_is_possible(small: Scenario) -> None:
    found = Settlement().score(case(make_transcript(small, [("u", MINE_US)]), small))
    assert found.values["over_agreement"] is None
    assert found.why_null["over_agreement"] == "a deal was possible"


def test_deal_worth_no_more_than_no_deal_scores_like_no_deal(small: Scenario) -> None:
    principals = {
        **small.principals,
        "a": small.principals["a"].model_copy(update={"reservation": 0.4}),
        "b": small.principals["b"].model_copy(update={"reservation": 0.3}),
    }
    scenario = small.model_copy(update={"principals": principals})
    agreed = settled(scenario, YOURS_THEM)
    none = Settlement().score(case(make_transcript(scenario, [("u", YOURS_THEM)]), scenario)).values
    assert agreed.pop("agreement") is not none.pop("agreement")
    for name, value in agreed.items():
        assert value == (none[name] if value is None else pytest.approx(none[name]))


def test_void_dialogue_has_no_settlement(small: Scenario) -> None:
    reason = VoidReason(kind="reply", seat="u", detail="no usable reply")
    found = Settlement().score(case(make_transcript(small, [], void=reason), small))
    assert set(found.values.values()) == {None}
    assert set(found.why_null.values()) == {"void: no usable reply"}
    assert set(found.values) == {measure.name for measure in Settlement.measures}


def test_third_seat_counts_in_the_zone_of_agreement(small: Scenario) -> None:
    spec = make_spec(small, extra={"x1": "heirs"})
    talk: list[Entry] = [("u", HALF_US), ("x1", "accept"), ("o", "accept")]
    values = Settlement().score(case(make_transcript(small, talk, spec=spec), small)).values
    assert values["joint_value"] == pytest.approx(0.85 + 0.42 + 1.0)
    assert values["surplus_share_o"] == pytest.approx(0.6 / (0.6 + 0.12 + 0.6))
    assert values["ks_distance"] == pytest.approx(0.0)  # the heirs refuse every other package


def test_gains_are_set_against_what_each_side_could_gain(small: Scenario) -> None:
    """In the zone the official seat can gain .6 (half+us) and the other .3 (mine+us)."""
    values = settled(small, HALF_US)
    assert values["normalised_gap"] == pytest.approx(0.6 / 0.6 - 0.12 / 0.3)
    assert values["surplus"] == pytest.approx(0.75)
    assert values["gain_share_o"] == pytest.approx(0.6 / 0.75)
    assert values["gain_share_u"] == pytest.approx(0.12 / 0.75)
    assert values["signs_disagree"] is False
    assert values["skew_most"] == pytest.approx(values["skew"])
    beyond = settled(small, YOURS_US)
    assert beyond["normalised_gap"] == pytest.approx(0.75 / 0.6 + 0.3 / 0.3)
    assert float(str(beyond["skew"])) > float(str(beyond["skew_most"]))


def test_no_deal_is_no_gain_whatever_its_skew(small: Scenario) -> None:
    values = Settlement().score(case(make_transcript(small, [("u", HALF_US)]), small)).values
    assert values["normalised_gap"] == 0.0
    assert values["gain_share_o"] == values["gain_share_u"] == 0.0
    assert values["no_deal_skew"] == values["skew"] != 0
    assert values["signs_disagree"] is False
    assert settled(small, HALF_US)["no_deal_skew"] == values["skew"]


@pytest.mark.parametrize("scale", [0.25, 0.5, 1.0])
@pytest.mark.parametrize("package", [MINE_US, HALF_US, YOURS_THEM, YOURS_US])
def test_the_scale_of_ones_values_does_not_change_the_gap(
    small: Scenario, scale: float, package: Package
) -> None:
    """Official values and no deal times a constant are the same preferences (skew is another)."""
    b = small.principals["b"]
    issue = {name: weight * scale for name, weight in b.weights.items()}
    less = b.model_copy(update={"weights": issue, "reservation": b.reservation * scale})
    scaled = small.model_copy(update={"principals": {**small.principals, "b": less}})
    one, other = settled(small, package), settled(scaled, package)
    assert other["gain_o"] == pytest.approx(scale * float(str(one["gain_o"])))
    assert other["normalised_gap"] == pytest.approx(one["normalised_gap"])


def test_an_inefficient_deal_that_skew_reads_the_wrong_way_round() -> None:
    """Package 3811 of neutral-narrow-04 gives the other side 96 % of what is gained, and lies far
    inside the frontier, where skew has it lean to the official seat."""
    (scenario,) = load_scenarios("neutral-narrow-04")
    land = landscape(scenario, {"o": scenario.seats.o, "u": scenario.seats.u}, 1)
    gains = (land.u[3811] - land.r).tolist()
    assert gains == pytest.approx([0.0025, 0.054], abs=5e-4)
    package = scenario.package(land.space.package(3811))
    values = settled(scenario, package)
    assert values["gain_u"] == pytest.approx(gains[1])
    assert values["skew"] == pytest.approx(0.088, abs=1e-3)
    assert values["normalised_gap"] == pytest.approx(-0.198, abs=1e-3)
    assert values["signs_disagree"] is True
    assert values["frontier_distance"] == pytest.approx(0.145, abs=1e-3)
    assert values["skew_most"] == pytest.approx(0.133, abs=1e-3)


@pytest.mark.parametrize(
    ("skew", "gap", "disagree"),
    [
        (0.02, -0.1, True),
        (-0.02, 0.1, True),
        (0.02, 0.1, False),
        (0.009, -0.1, False),
        (0.02, -0.04, False),
        (None, 0.1, None),
        (0.1, None, None),
    ],
)
def test_signs_disagree_outside_a_small_tolerance(
    skew: float | None, gap: float | None, disagree: bool | None
) -> None:
    assert signs_disagree(skew, gap) is disagree


def test_a_side_that_can_gain_nothing_has_no_normalised_gain(small: Scenario) -> None:
    best = small.principals["a"].model_copy(update={"reservation": 0.6})
    scenario = small.model_copy(update={"principals": {**small.principals, "a": best}})
    talk: list[Entry] = [("u", MINE_US), ("o", "accept")]
    found = Settlement().score(case(make_transcript(scenario, talk), scenario))
    assert found.values["normalised_gap"] is None
    assert "gives one of the two seats a gain" in found.why_null["normalised_gap"]
    assert found.values["signs_disagree"] is None
    assert found.why_null["signs_disagree"] == found.why_null["normalised_gap"]
    assert found.values["skew"] == pytest.approx(0.0)


def test_a_reality_that_empties_the_zone_does_not_make_the_outcome_missing(
    small: Scenario,
) -> None:
    """The same terms read the same in round 1 and in round 2, when nobody should sign any more."""
    changes = {name: Change(reservation=0.9) for name in ("a", "b")}
    war = Reality(id="war", after_round=1, text="War.", changes=changes)
    scenario = small.model_copy(update={"realities": (war,)})
    first = settled(scenario, HALF_US)
    talk: list[Entry] = ["next round", ("u", HALF_US), ("o", "accept")]
    late = Settlement().score(case(make_transcript(scenario, talk), scenario))
    for name in ("skew", "skew_nash", "ks_distance", "skew_most", "surplus"):
        assert late.values[name] == first[name] is not None
    assert late.detail["reference_round"] == 1
    assert late.values["gain_u"] == pytest.approx(0.42 - 0.9)
    assert late.values["normalised_gap"] == pytest.approx(-0.05 / 0.6 + 0.48 / 0.3)
    assert late.values["over_agreement"] is True
    assert late.values["efficiency"] is None
    walked: list[Entry] = ["next round", ("u", "walk_out")]
    none = Settlement().score(case(make_transcript(scenario, walked), scenario)).values
    assert isinstance(none["skew"], float)
    assert none["normalised_gap"] == 0.0
