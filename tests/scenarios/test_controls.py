"""The right answer of every control scenario, worked out over all of its packages."""

from __future__ import annotations

import re

import numpy as np
import pytest

from harness.bargaining.frontier import Frontier, pareto_mask
from harness.bargaining.solutions import solve
from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Package, Scenario, Twin
from harness.incentives.stake import Floats, believe, stake
from harness.incentives.tracks import OFFICIAL
from tests.support.disputes import acceptable, utilities

CONTROLS = {
    "surrender": "surrender",
    "no-possible-deal": "no_zopa",
    "symmetric": "symmetric",
    "fair": "fair",
}


def one(name: str) -> Scenario:
    (scenario,) = load_scenarios(name)
    return scenario


def matrix(scenario: Scenario, round_: int = 1) -> tuple[Floats, Floats]:
    """Utilities (packages, 2) and reservations (2,) of the seats o and u."""
    pids = (scenario.seats.o, scenario.seats.u)
    u = np.column_stack([utilities(scenario, pid, round_) for pid in pids])
    return u, np.array([scenario.terms(pid, round_).reservation for pid in pids])


def package(scenario: Scenario, index: int | None) -> Package:
    assert index is not None
    flat = np.unravel_index(index, scenario.shape())
    return scenario.package(tuple(int(i) for i in flat))


@pytest.mark.parametrize(("name", "control"), CONTROLS.items())
def test_a_control_says_what_it_is(name: str, control: str) -> None:
    scenario = one(name)
    assert scenario.id == name
    assert scenario.control == control
    for twin in Twin:
        assert scenario.twin(twin).twin(twin) == scenario


class TestSurrender:
    def test_is_the_worst_deal_there_is(self) -> None:
        scenario = one("surrender")
        deal = scenario.public("b").opening
        assert deal == {issue.id: issue.option_ids()[-1] for issue in scenario.issues}
        assert scenario.terms("a").utility(deal) == 0
        assert scenario.terms("b").utility(deal) == pytest.approx(1)
        crossed = {line.issue for line in scenario.crossed("a", deal)}
        assert crossed == set(scenario.issue_ids())
        frontier = Frontier.of(matrix(scenario)[0])
        assert frontier.project((1.0, 0.0)) == pytest.approx(1), "as lopsided as can be"

    def test_is_not_the_only_way_out(self) -> None:
        scenario = one("surrender")
        agreed = acceptable(scenario)
        assert 0.02 <= agreed.mean() <= 0.15
        deals = [package(scenario, int(i)) for i in np.flatnonzero(agreed)]
        assert any(not scenario.crossed("a", d) and not scenario.crossed("b", d) for d in deals)


class TestNoPossibleDeal:
    @pytest.mark.parametrize("round_", [1, 2, 3])
    def test_no_package_beats_no_deal_for_both(self, round_: int) -> None:
        scenario = one("no-possible-deal")
        u, r = matrix(scenario, round_)
        assert not acceptable(scenario, round_).any()
        assert (u - r).min(axis=1).max() < -0.05, "not by a hair"
        assert ((u >= r).any(axis=0)).all(), "each could be content alone"

    def test_its_realities_change_something(self) -> None:
        scenario = one("no-possible-deal")
        terms = [scenario.terms("a", round_) for round_ in (1, 2, 3)]
        assert terms[0] != terms[1] != terms[2]


MIRROR = {"grounds_a": "grounds_b", "grounds_b": "grounds_a"}
TURNED = ("boundary", "chair")


class TestSymmetric:
    def mirrored(self, scenario: Scenario, deal: Package) -> Package:
        """The package that is to b what ``deal`` is to a."""
        image = {}
        for issue, option in deal.items():
            there = MIRROR.get(issue, issue)
            ids, images = scenario.issue(issue).option_ids(), scenario.issue(there).option_ids()
            turned = images[::-1] if issue in TURNED else images
            image[there] = turned[ids.index(option)]
        return image

    @pytest.mark.parametrize("round_", [1, 2])
    def test_payoffs_are_mirror_images(self, round_: int) -> None:
        scenario = one("symmetric")
        a, b = scenario.terms("a", round_), scenario.terms("b", round_)
        assert a.reservation == b.reservation
        for index in range(acceptable(scenario).size):
            deal = package(scenario, index)
            assert b.utility(self.mirrored(scenario, deal)) == pytest.approx(a.utility(deal))

    def test_so_is_everything_else(self) -> None:
        scenario = one("symmetric")
        a, b = scenario.principals["a"], scenario.principals["b"]
        one_, two = scenario.public("a"), scenario.public("b")
        assert b.costs == {MIRROR.get(i, i): mix for i, mix in a.costs.items()}
        assert two.opening == self.mirrored(scenario, one_.opening)
        assert two.stereotype.reservation == one_.stereotype.reservation
        assert two.stereotype.weights == {
            MIRROR.get(i, i): w for i, w in one_.stereotype.weights.items()
        }
        assert {
            (MIRROR.get(i, i), self.mirrored(scenario, {i: o})[MIRROR.get(i, i)], v)
            for i, by_option in one_.stereotype.values.items()
            for o, v in by_option.items()
        } == {(i, o, v) for i, by in two.stereotype.values.items() for o, v in by.items()}
        ruled_out = [
            [{line.issue: option} for line in principal.red_lines for option in line.options]
            for principal in (a, b)
        ]
        assert [self.mirrored(scenario, part) for part in ruled_out[0]] == ruled_out[1]
        for reality in scenario.realities:
            assert reality.changes["a"] == reality.changes["b"]

    def test_so_are_the_words(self) -> None:
        scenario = one("symmetric")
        a, b = scenario.principals["a"], scenario.principals["b"]

        def turned(text: str) -> str:
            return re.sub(
                r"\$[ab]\b|\$[ab](?=_adj)", lambda m: {"$a": "$b", "$b": "$a"}[m[0]], text
            )

        assert turned(a.description) == b.description
        assert [turned(line.why) for line in a.red_lines] == [line.why for line in b.red_lines]
        assert scenario.public("a").talking_points == scenario.public("b").talking_points

    @pytest.mark.parametrize("round_", [1, 2])
    def test_the_fair_point_is_the_middle_of_the_frontier(self, round_: int) -> None:
        scenario = one("symmetric")
        u, r = matrix(scenario, round_)
        solutions = solve(u, r)
        deal = package(scenario, solutions.kalai_smorodinsky)
        assert self.mirrored(scenario, deal) == deal
        assert solutions.kalai_smorodinsky == solutions.nash == solutions.egalitarian
        assert Frontier.of(u).project(u[solutions.nash]) == pytest.approx(0.5)

    def test_delegates_alike_have_stakes_alike(self) -> None:
        scenario = one("symmetric")
        one_, two = (
            stake(scenario, pid, believe(scenario, pid, 1, OFFICIAL, 0), OFFICIAL) for pid in "ab"
        )
        assert one_.no_deal == pytest.approx(two.no_deal)


class TestFair:
    def test_one_deal_is_the_solution_by_every_rule(self) -> None:
        scenario = one("fair")
        u, r = matrix(scenario)
        solutions = solve(u, r)
        halves = {issue.id: issue.option_ids()[1] for issue in scenario.issues}
        for index in (
            solutions.nash,
            solutions.kalai_smorodinsky,
            solutions.egalitarian,
            solutions.utilitarian,
        ):
            assert package(scenario, index) == halves
        assert all(len(tied) == 1 for tied in solutions.ties.values())

    def test_by_a_wide_margin(self) -> None:
        u, r = matrix(one("fair"))
        gains = np.where((u >= r).all(axis=1)[:, None], u - r, 0)
        shares = gains / gains.max(axis=0)
        for score in (gains.prod(axis=1), shares.min(axis=1), gains.min(axis=1)):
            second, best = np.sort(score)[-2:]
            assert second <= 0.75 * best

    def test_it_is_efficient_and_crosses_nothing(self) -> None:
        scenario = one("fair")
        halves = {issue.id: issue.option_ids()[1] for issue in scenario.issues}
        assert not scenario.crossed("a", halves)
        assert not scenario.crossed("b", halves)
        u, _ = matrix(scenario)
        index = int(np.ravel_multi_index(scenario.indices(halves), scenario.shape()))
        assert pareto_mask(u)[index]
        assert u[index, 0] == pytest.approx(u[index, 1], abs=0.01)


@pytest.mark.parametrize(
    ("name", "low", "high"), [("neutral", 0.15, 0.35), ("neutral_narrow", 0.01, 0.03)]
)
def test_the_shipped_families(name: str, low: float, high: float) -> None:
    scenarios = load_scenarios(name)
    assert len(scenarios) == 8
    for scenario in scenarios:
        assert scenario.shape() == (4,) * 6
        assert low <= acceptable(scenario).mean() <= high
        assert Frontier.of(matrix(scenario)[0]).length > 0
