"""The table of values in points: it adds up, and says what the delegate's own scale says."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from harness.disputes.scenario import CostMix, Scenario
from harness.incentives.profiles import Internalised
from harness.prompting.points import points_of, shown, table_of_points, worth, worth_by
from harness.prompting.talks import Prompts
from harness.view import View
from tests.support.disputes import small
from tests.support.told import told
from tests.support.views import PlayedTable, track


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


@pytest.fixture
def view(scenario: Scenario) -> View:
    """Of the official seat, which acts for b and knows all."""
    return PlayedTable(track(scenario, "1"), scenario).view("o")


def changed(view: View, **brief: Any) -> View:
    return replace(view, brief=replace(view.brief, **brief))


def weighted(view: View, **weights: float) -> View:
    return changed(view, belief=replace(view.brief.belief, weights=weights))


def test_points_are_the_value_of_each_option_out_of_a_hundred(view: View) -> None:
    belief = view.brief.belief
    rows = worth(view)["rows"]
    assert [row["id"] for row in rows] == ["well", "fence"]
    for row in rows:
        weight = belief.weights[row["id"]]
        assert row["importance"] == pytest.approx(100 * weight, abs=0.1)
        for option in row["options"]:
            value = belief.values[row["id"]][option["id"]]
            assert option["points"] == pytest.approx(100 * weight * value, abs=0.1)
    assert sum(max(o["points"] for o in row["options"]) for row in rows) == pytest.approx(100)
    assert worth(view)["no_deal"] == pytest.approx(100 * belief.reservation, abs=0.05)


def test_importance_adds_up_whatever_the_weights(view: View) -> None:
    """0.3335 and 0.6665 would round to 333 and 667, or to 334 and 667."""
    rows = worth(weighted(view, well=0.3335, fence=0.6665))["rows"]
    assert sum(row["importance"] for row in rows) == pytest.approx(100)
    rows = worth(weighted(view, well=0.29, fence=0.71))["rows"]
    assert [row["importance"] for row in rows] == [29, 71], "no 28.9 from a binary fraction"


def test_points_are_whole_tenths(view: View) -> None:
    table = table_of_points(view.brief)
    assert {type(tenths) for options in table.values() for tenths in options.values()} == {int}


def test_a_package_is_worth_what_the_table_adds_up_to(view: View) -> None:
    table = table_of_points(view.brief)
    packages = [{"well": w, "fence": f} for w in table["well"] for f in table["fence"]]
    sums = [table["well"][one["well"]] + table["fence"][one["fence"]] for one in packages]
    assert points_of(view.brief, packages) == sums
    assert points_of(view.brief, []) == []


def test_the_table_by_another_brief(view: View) -> None:
    other = weighted(view, well=0.29, fence=0.71)
    assert worth(other) != worth(view) == worth_by(view.brief, other.dispute)


@pytest.mark.parametrize(("tenths", "points"), [(84, 8.4), (80, 8), (0, 0), (1000, 100)])
def test_a_tenth_is_shown_where_there_is_one(tenths: int, points: float) -> None:
    assert shown(tenths) == points
    assert type(shown(tenths)) is type(points)


@pytest.mark.parametrize(
    ("mix", "words"),
    [
        ((0.6, 0.3, 0.1), "mostly material"),
        ((0.1, 0.3, 0.6), "mostly emotional"),
        ((0.1, 0.5, 0.4), "political and emotional"),
    ],
)
def test_costs_are_named_by_what_most_of_them_is(
    view: View, mix: tuple[float, float, float], words: str
) -> None:
    cost = CostMix(material=mix[0], political=mix[1], emotional=mix[2])
    rows = worth(changed(view, costs={"well": cost, "fence": cost}))["rows"]
    assert {row["cost"] for row in rows} == {words}


def test_red_lines_are_told_by_name(scenario: Scenario) -> None:
    view = PlayedTable(track(scenario, "1"), scenario).view("u")
    (line,) = worth(view)["red_lines"]
    assert (line["name"], line["options"]) == ("The well", ["yours"])


def profiled(view: View, *, felt: float, reward: float) -> View:
    internalised = Internalised(material=felt, political=felt, emotional=felt)
    profile = view.brief.profile.model_copy(
        update={"internalised": internalised, "deal_reward": reward}
    )
    return changed(view, profile=profile)


def test_the_own_scale_solves_the_own_stake(view: View) -> None:
    """With half of each cost felt, V = 1 - (1 - u) / 2 + reward."""
    stake = replace(view.brief.stake, no_deal=0.8)
    view = changed(profiled(view, felt=0.5, reward=0.1), stake=stake)
    found = worth(view)
    assert found["own_no_deal"] == 60, "1 - (1 - 0.8) / 0.5"
    assert found["credit"] == 20, "0.1 / 0.5"


def test_the_own_scale_ends_at_its_ends(view: View) -> None:
    far = changed(profiled(view, felt=0.1, reward=0.5), stake=replace(view.brief.stake, no_deal=0))
    assert (worth(far)["own_no_deal"], worth(far)["credit"]) == (0, 100)


@pytest.mark.parametrize(("reward", "credit"), [(0.2, 100), (0.0, None)])
def test_who_feels_no_cost_has_no_scale(view: View, reward: float, credit: int | None) -> None:
    found = worth(profiled(view, felt=0.0, reward=reward))
    assert (found["own_no_deal"], found["credit"]) == (None, credit)


@cache
def prompts() -> Prompts:
    return Prompts()


def leaving(view: View) -> str:
    """The sentence on what ending without an agreement is worth."""
    (line,) = [
        line for line in prompts().brief(view).splitlines() if line.startswith("Ending without")
    ]
    return line


@pytest.mark.parametrize(
    ("felt", "reward", "no_deal", "threshold", "said"),
    [
        (1.0, 0.0, 0.25, None, "is worth 25 points to Boral, and as much to you."),
        # 1 - (1 - 0.8) / 0.5 = 0.6, less 0.1 / 0.5 = 0.2
        (0.5, 0.1, 0.8, 40, "an agreement is better than none from about 40 points on."),
        (0.5, 0.5, 0.8, 0, "any agreement is better than none."),
        (0.0, 0.2, 1.0, 0, "any agreement is better than none."),
        (0.0, 0.0, 1.0, None, "; you are indifferent between any terms and walking out."),
    ],
)
def test_the_worth_of_leaving_is_one_sentence(
    view: View, felt: float, reward: float, no_deal: float, threshold: int | None, said: str
) -> None:
    own = changed(
        profiled(view, felt=felt, reward=reward),
        stake=replace(view.brief.stake, no_deal=no_deal),
        style="own",
    )
    assert worth(own)["threshold"] == threshold
    assert leaving(own).startswith("Ending without an agreement is worth 25 points to Boral")
    assert leaving(own).endswith(said)
    principal = changed(own, style="principal")
    assert leaving(principal) == "Ending without an agreement is worth 25 points to Boral."


def test_hearsay_has_no_decimals(scenario: Scenario) -> None:
    spec = track(scenario, "1.5", seed=3)
    view = PlayedTable(spec, scenario).view("u")
    found = worth(view)
    points = [option["points"] for row in found["rows"] for option in row["options"]]
    points += [row["importance"] for row in found["rows"]]
    assert all(isinstance(one, int) for one in [*points, found["no_deal"]])
    assert sum(row["importance"] for row in found["rows"]) == 100
    assert found["about"]
    package = {"well": "half", "fence": "them"}
    (total,) = points_of(view.brief, [package])
    table = table_of_points(view.brief)
    assert total == table["well"]["half"] + table["fence"]["them"]
    assert total % 10 == 0
    text = prompts().brief(view)
    assert "out of about 100." in text
    assert f"is worth about {found['no_deal']} points to Arden" in text
    former = PlayedTable(spec.model_copy(update={"version": 1}), scenario).view("u")
    rumours = [o["points"] for row in worth(former)["rows"] for o in row["options"]]
    assert any(isinstance(one, float) for one in rumours), "as it was recorded then"


def test_points_are_not_told_in_words(scenario: Scenario) -> None:
    seen = worth(PlayedTable(told(track(scenario, "1"), "words"), scenario).view("u"))
    assert [row["id"] for row in seen["ranked"]] == ["well", "fence"]
    assert seen["leaving"] == "bad"
    assert worth(PlayedTable(told(track(scenario, "1")), scenario).view("u"))["ranked"] == []


def test_without_a_reward_nothing_is_made_up_for(view: View) -> None:
    assert worth(profiled(view, felt=1.0, reward=0.0))["credit"] is None
