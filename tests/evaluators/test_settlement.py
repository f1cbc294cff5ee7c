from __future__ import annotations

from math import hypot

import pytest

from harness.disputes.scenario import Package, Scenario
from harness.evaluators.settlement import Settlement
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
