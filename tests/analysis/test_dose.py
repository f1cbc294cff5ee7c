"""Dose and response: trends by scenario, ties, and what has no value."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import page_trend_test

from harness.analysis.dose import AGREEMENT, GIVEN, SKEW, DoseCurve, Response, dose_curves, page
from harness.analysis.observations import Observation
from harness.suite.suite import Suite
from tests.support.inprocess import typed

REWARDS = {"none": 0.0, "some": 0.1, "much": 0.4}
Value = float | None


def suite(**more: Any) -> Suite:
    """Three arms whose order in the file is not that of their doses."""
    arms = {
        name: {"track": "1", "u": {"deal_reward": reward}}
        for name, reward in sorted(REWARDS.items())
    }
    dose = {"name": "Reward", "seat": "u", "field": "deal_reward", "arms": list(arms)}
    return Suite.model_validate(
        {
            "id": "mine",
            "title": "Mine",
            "question": "What?",
            "scenarios": ["ceasefire"],
            "arms": arms,
            "doses": [dose],
            **more,
        }
    )


def curve(
    skew: Callable[[float, int], Value],
    agreed: Callable[[float, int], Value] = lambda reward, scenario: 1.0,
    scenarios: int = 4,
    **more: Any,
) -> DoseCurve:
    """The curve where an outcome follows from dose and scenario; two dialogues a scenario."""

    def rows(measure: str) -> Iterable[Observation]:
        of = {SKEW: skew, AGREEMENT: agreed}[measure]
        for arm, reward in REWARDS.items():
            for number in range(scenarios):
                for pair in ("none/1", "seats/1"):
                    yield Observation(f"s{number}", pair, arm, of(reward, number))

    (found,) = dose_curves(suite(**more), rows)
    return found


def of(found: DoseCurve, measure: str) -> Response:
    return next(response for response in found.responses if response.measure == measure)


def test_a_straight_line_is_found_as_it_was_drawn() -> None:
    found = curve(lambda reward, scenario: 0.1 * scenario + (1 + scenario) * reward / 4)
    skew = of(found, SKEW)
    assert [(point.dose, point.arm) for point in skew.points] == [
        (0.0, "none"),
        (0.1, "some"),
        (0.4, "much"),
    ]
    assert [point.mean for point in skew.points] == pytest.approx([0.15, 0.2125, 0.4])
    assert skew.change == pytest.approx(0.4 * (1 + 2 + 3 + 4) / 16)
    assert skew.interval is not None
    assert sum(skew.interval) / 2 == pytest.approx(skew.change)
    assert skew.against == 0
    assert (skew.n_scenarios, skew.left_out) == (4, 0)
    assert skew.shown is True
    assert skew.points[0].n == 8


def test_what_does_not_follow_the_dose_has_no_trend() -> None:
    flat = of(curve(lambda reward, scenario: 0.1 * scenario), SKEW)
    assert flat.change == 0.0
    assert flat.p == 1.0
    assert flat.shown is False
    wavers = of(curve(lambda reward, scenario: 0.1 * (-1) ** scenario * reward), SKEW)
    assert wavers.change == pytest.approx(0.0, abs=1e-12)
    assert wavers.p == pytest.approx(1.0)
    assert wavers.shown is False


def test_steps_against_the_trend_are_counted() -> None:
    heights = {0.0: 0.0, 0.1: 0.3, 0.4: 0.2}
    found = of(curve(lambda reward, scenario: heights[reward] + 0.01 * scenario), SKEW)
    assert found.change is not None
    assert found.change > 0
    assert found.against == 1


def test_skew_given_a_deal_leaves_out_what_had_none() -> None:
    """No deal at the strongest dose in scenario 0: its skew there is not among the deals'."""
    found = curve(
        lambda reward, scenario: reward if scenario else 0.0,
        lambda reward, scenario: 0.0 if scenario == 0 and reward == 0.4 else 1.0,
    )
    given, everything = of(found, GIVEN), of(found, SKEW)
    assert [point.mean for point in given.points] == pytest.approx([0.0, 0.075, 0.4])
    assert given.points[2].missing == 2
    assert (given.n_scenarios, given.left_out) == (3, 1)
    assert everything.points[2].mean == pytest.approx(0.3)
    assert (everything.n_scenarios, everything.left_out) == (4, 0)
    agreement = of(found, AGREEMENT)
    assert [point.mean for point in agreement.points] == [1.0, 1.0, 0.75]
    assert all(point.interval is None for point in agreement.points), "a share has bounds"


def test_without_a_value_there_is_none() -> None:
    nothing = of(curve(lambda reward, scenario: None), SKEW)
    assert [point.mean for point in nothing.points] == [None] * 3
    assert nothing.change is nothing.interval is nothing.p is nothing.shown is None
    one = of(curve(lambda reward, scenario: reward, scenarios=1), SKEW)
    assert one.change == pytest.approx(0.4)
    assert one.interval is one.p is one.shown is None, "one scenario says nothing of others"


def test_a_trend_is_of_what_has_a_value_at_every_dose() -> None:
    """What lacks a counterpart is told of its own dose, and enters no trend."""
    twins = {"none/1": 0.3, "seats/1": -0.3}

    def rows(_: str) -> Iterable[Observation]:
        for arm in REWARDS:
            for number in range(6):
                for pair, favours in twins.items():
                    lost = arm == "much" and pair == "seats/1" and number < 4
                    value = None if lost else favours + 0.01 * number
                    yield Observation(f"s{number}", pair, arm, value)

    (found,) = dose_curves(suite(), rows)
    skew = of(found, SKEW)
    assert [point.mean for point in skew.points] == pytest.approx([0.025, 0.025, 0.225])
    assert (skew.change, skew.p, skew.against) == (0.0, 1.0, 0), "no dose does anything"
    assert (skew.n_scenarios, skew.left_out) == (6, 0)
    assert (skew.dialogues, skew.excluded) == (36, 12), "four, with both counterparts of each"


def lost_at_the_top(rng: np.random.Generator, slope: float) -> Callable[[str], list[Observation]]:
    """Disputes that favour one side, so that twins cancel it; at the strongest dose most values of
    one twin are lost."""
    found = []
    for s in range(16):
        favours = rng.normal(0.06, 0.05)
        for arm, dose in REWARDS.items():
            for twin, sign in (("none", 1), ("seats", -1)):
                for epoch in (1, 2):
                    value = slope * dose + sign * favours + rng.normal(0, 0.08)
                    lost = arm == "much" and twin == "seats" and rng.random() < 0.6
                    place = (f"s{s:02}", f"{twin}/{epoch}", arm)
                    found.append(Observation(*place, None if lost else float(value)))
    return lambda measure: found if measure == SKEW else []


def test_values_that_one_twin_lacks_at_one_dose_make_no_trend_and_hide_none() -> None:
    rng = np.random.default_rng(0)

    def shares(slope: float) -> tuple[float, float]:
        """Of runs in which the interval excludes 0, and in which a trend is shown."""
        asked = [of(dose_curves(suite_, lost_at_the_top(rng, slope))[0], SKEW) for _ in range(100)]
        outside = [one.interval is not None and not inside(*one.interval) for one in asked]
        return float(np.mean(outside)), float(np.mean([bool(one.shown) for one in asked]))

    def inside(lo: float, hi: float) -> bool:
        return lo <= 0 <= hi

    suite_ = suite()
    outside, shown = shares(0.0)
    assert outside <= 0.1, "of 100, with 5 % false ones; over all values there are, 42 %"
    assert shown <= 0.06, "Page's test has to agree"
    assert shares(0.25)[1] >= 0.8, "a trend is still found"


@given(
    heights=st.lists(st.lists(st.integers(-8, 8), min_size=12, max_size=12), min_size=1, max_size=4)
)
@example(heights=[[0] * 12, list(range(12))])
@settings(max_examples=25, deadline=None)
def test_where_nothing_is_missing_the_trend_is_that_of_the_means(heights: list[list[int]]) -> None:
    places = [(arm, pair) for arm in REWARDS for pair in ("none/1", "none/2", "seats/1", "seats/2")]
    rows = [
        Observation(f"s{number}", pair, arm, height / 8)
        for number, own in enumerate(heights)
        for (arm, pair), height in zip(places, own, strict=True)
    ]
    (found,) = dose_curves(suite(), lambda measure: rows)
    skew = of(found, SKEW)
    doses = list(REWARDS.values())
    means = np.array(heights, dtype=np.float64).reshape(-1, 3, 4).mean(axis=2) / 8
    slopes = [np.polyfit(doses, row, 1)[0] for row in means]
    assert skew.change == pytest.approx(0.4 * np.mean(slopes), abs=1e-9)
    assert [point.mean for point in skew.points] == pytest.approx(means.mean(axis=0).tolist())
    assert (skew.excluded, skew.left_out, skew.n_scenarios) == (0, 0, len(heights))
    assert "excluded" not in skew.model_dump()


def test_another_primary_measure_has_its_curve_too() -> None:
    rows = [Observation("s", "p", arm, 0.5) for arm in REWARDS]
    (found,) = dose_curves(suite(), lambda measure: rows, "concessions.osc")
    assert [response.measure for response in found.responses] == [
        AGREEMENT,
        SKEW,
        GIVEN,
        "concessions.osc",
    ]
    assert dose_curves(suite(doses=[]), lambda measure: rows) == ()


tables = st.integers(2, 6).flatmap(
    lambda columns: st.integers(1, 12).flatmap(
        lambda rows: arrays(
            np.float64, (rows, columns), elements=st.integers(0, 4).map(lambda n: n / 4)
        )
    )
)


@given(table=tables)
@example(table=np.zeros((3, 3)))
@settings(max_examples=40, deadline=None)
def test_pages_test_is_symmetric_and_a_share(table: np.ndarray[Any, Any]) -> None:
    p = page(table)
    assert 0 <= p <= 1
    assert page(table[:, ::-1]) == pytest.approx(p), "rising and falling trends alike"
    assert page(table[::-1]) == pytest.approx(p), "blocks have no order"
    assert page(np.exp(table)) == pytest.approx(p), "ranks only"


@pytest.mark.parametrize("seed", range(3))
def test_without_ties_pages_test_is_scipys(seed: int) -> None:
    table = np.random.default_rng(seed).normal(size=(9, 5)) + 0.3 * np.arange(5)
    one_sided = page_trend_test(table, method="asymptotic").pvalue
    assert page(table) == pytest.approx(2 * min(one_sided, 1 - one_sided), rel=1e-6)


def test_under_no_trend_one_in_twenty_is_found_ties_or_not() -> None:
    """Its level, with values of which most tie, as agreement has."""
    rng = np.random.default_rng(7)
    found = [page((rng.random((16, 5)) < 0.9).astype(np.float64)) < 0.05 for _ in range(600)]
    assert 0.025 <= np.mean(found) <= 0.075


def test_a_run_ends_in_its_dose_curves(tmp_path: Path) -> None:
    text = suite(scenarios=["neutral-01", "neutral-02", "neutral-03"]).model_dump_json(
        by_alias=True, exclude_none=True, exclude_defaults=True
    )
    (tmp_path / "mine.yaml").write_text(text)
    done = typed("run", "mine.yaml", "--no-report", "--json", "--display", "none", cwd=tmp_path)
    assert done.code == 0, done.err
    (found,) = json.loads(done.out)["doses"]
    assert (found["name"], found["seat"], found["field"]) == ("Reward", "u", "deal_reward")
    skew = next(r for r in found["responses"] if r["measure"] == SKEW)
    assert [point["dose"] for point in skew["points"]] == [0.0, 0.1, 0.4]
    assert skew["n_scenarios"] == 3
    assert skew["change"] > 0
    (run,) = (tmp_path / "transcripts").iterdir()
    shown = typed("report", run.name, cwd=tmp_path)
    assert "Reward (deal_reward of seat u)" in shown.out
    assert "fig-doses" in (run / "report.html").read_text()
