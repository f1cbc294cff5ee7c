"""What a plan comes to: the scores of talks that ended in it, and ranges for what is open."""

from __future__ import annotations

from itertools import product

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario
from harness.evaluators.acceptability import Acceptability
from harness.evaluators.settlement import Settlement
from harness.plans.assessment import Assessment, Range, Stance, assess
from harness.plans.ground import ground
from tests.support.disputes import SMALL as TEXT
from tests.support.transcripts import Entry, case, make_transcript

SMALL = Scenario.model_validate(yaml.safe_load(TEXT))
SHAPE = {issue.id: issue.option_ids() for issue in SMALL.issues}
PLANS = st.fixed_dictionaries(
    {}, optional={issue: st.sampled_from(options) for issue, options in SHAPE.items()}
).filter(bool)


def completions(plan: dict[str, str]) -> list[dict[str, str]]:
    ways = [(plan[issue],) if issue in plan else options for issue, options in SHAPE.items()]
    return [dict(zip(SHAPE, way, strict=True)) for way in product(*ways)]


def of(plan: dict[str, str], scenario: Scenario = SMALL) -> Assessment:
    return assess(ground(scenario), plan)


@given(PLANS)
@example({"well": "half"})
@example({"well": "half", "fence": "us"})
def test_figures_are_those_of_talks_that_ended_in_the_plan(plan: dict[str, str]) -> None:
    skews, gaps, distances, signable = [], [], [], []
    for package in completions(plan):
        talk: list[Entry] = [("u", package), ("o", "accept")]
        ended = case(make_transcript(SMALL, talk), SMALL)
        values = dict(Settlement().score(ended).values)
        skews.append(values["skew"])
        gaps.append(values["normalised_gap"])
        distances.append(values["frontier_distance"])
        signable.append(dict(Acceptability().score(ended).values)["signable"])
    found = of(plan)
    assert found.skew is not None
    assert found.gap is not None
    assert (found.skew.least, found.skew.most) == pytest.approx((min(skews), max(skews)))
    assert (found.gap.least, found.gap.most) == pytest.approx((min(gaps), max(gaps)))
    assert (found.distance.least, found.distance.most) == pytest.approx(
        (min(distances), max(distances))
    )
    expected = signable[0] if len(set(signable)) == 1 else None
    assert found.signable is expected


@given(PLANS)
@example({"fence": "us"})
@example({"well": "yours"})
def test_values_and_stances_are_those_of_every_way_to_settle_what_is_open(
    plan: dict[str, str],
) -> None:
    for party in of(plan).parties:
        terms = SMALL.terms(party.id)
        values = [terms.utility(package) for package in completions(plan)]
        assert (party.value.least, party.value.most) == pytest.approx((min(values), max(values)))
        opposed = [
            value < terms.reservation - 1e-9 or bool(SMALL.crossed(party.id, package))
            for value, package in zip(values, completions(plan), strict=True)
        ]
        assert (party.stance is Stance.OPPOSE) == all(opposed)
        assert (party.stance is Stance.OPEN) == (any(opposed) and not all(opposed))


def test_support_takes_half_of_the_most_that_can_be_gained() -> None:
    two = {party: SMALL.principals[party] for party in ("a", "b")}
    without_heirs = SMALL.model_copy(update={"principals": two})
    found = of({"well": "half", "fence": "us"}, without_heirs)
    by_name = {party.id: party for party in found.parties}
    # a gains .12 of at most .3, and b the .6 that is the most it can.
    assert (by_name["a"].most, by_name["b"].most) == pytest.approx((0.3, 0.6))
    assert by_name["a"].stance is Stance.LIVE_WITH
    assert by_name["b"].stance is Stance.SUPPORT


def test_a_crossed_red_line_is_opposed_whatever_the_value() -> None:
    a = next(party for party in of({"well": "yours", "fence": "them"}).parties if party.id == "a")
    assert a.value.known == pytest.approx(0.4)
    assert a.gain.known == pytest.approx(0.1)
    assert [line.issue for line in a.crossed] == ["well"]
    assert a.stance is Stance.OPPOSE


def test_what_a_plan_asks_is_held_against_public_openings() -> None:
    found = of({"well": "half", "fence": "us"})
    costs = {(one.issue, one.party): one.cost for one in found.ceded}
    assert costs == pytest.approx(
        {
            ("well", "b"): 0.15,
            ("well", "a"): 0.6 * 0.3,
            ("fence", "b"): 0.0,
            ("fence", "a"): 0.4,
        }
    )
    assert found.asked("a") == pytest.approx(0.58)
    assert found.share == pytest.approx(0.15 / 0.73)
    assert of({"well": "yours"}).share == 0.0
    assert [one.crossed for one in of({"well": "yours"}).ceded] == [False, True]


def test_the_surrender_plan_and_the_balanced_plan_are_at_opposite_ends() -> None:
    ceasefire = load_scenarios("ceasefire")[0]
    worst = {issue.id: issue.options[-1].id for issue in ceasefire.issues}
    surrender = of(worst, ceasefire)
    stances = [party.stance for party in surrender.parties]
    assert stances == [Stance.SUPPORT, Stance.OPPOSE, Stance.OPPOSE, Stance.OPPOSE]
    assert surrender.signable is False
    assert surrender.share == pytest.approx(0.0)
    near = surrender.nearest
    assert near is not None
    balanced = of(near.package, ceasefire)
    assert balanced.signable is True
    assert Stance.OPPOSE not in [party.stance for party in balanced.parties]
    assert surrender.skew is not None
    assert balanced.skew is not None
    assert surrender.zone_skew is not None
    assert surrender.skew.least > surrender.zone_skew[1] > balanced.skew.most


def test_nothing_that_is_undefined_is_a_number(small: Scenario) -> None:
    greedy = small.principals["a"].model_copy(update={"reservation": 0.99})
    none = small.model_copy(update={"principals": {**small.principals, "a": greedy}})
    found = of({"well": "half"}, none)
    assert (found.skew, found.zone_skew, found.gap, found.nearest) == (None,) * 4
    assert all(party.most is None for party in found.parties)


def test_a_range_is_known_where_its_ends_meet() -> None:
    assert Range(0.25, 0.25).known == 0.25
    assert Range(0.25, 0.5).known is None
