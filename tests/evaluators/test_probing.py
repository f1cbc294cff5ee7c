"""What is measured of a probe, on answers made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.disputes.scenario import Package, Scenario
from harness.evaluators.base import Found
from harness.evaluators.case import Case
from harness.evaluators.probing import Probing
from harness.models.reply import ModelReply
from harness.records.probe import ProbeSpec
from tests.support.disputes import small
from tests.support.probes import Decide, believed, of_seat, probed, talks


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def found(scenario: Scenario, decide: Decide, **profile: object) -> Found:
    record = probed(of_seat(talks(scenario, "1"), "u", **profile), scenario, decide)
    return Probing().score(Case(record, scenario))


def acceptable(_: ProbeSpec, scenario: Scenario, package: Package) -> bool:
    return scenario.terms("a").utility(package) >= 0.3


def test_a_delegate_that_acts_for_its_principal(scenario: Scenario) -> None:
    # u_a: mine/them 1, mine/us .6, half/them .82, half/us .42, yours/them .4, yours/us 0; r .3
    values = found(scenario, acceptable).values
    assert values["signed"] == pytest.approx(5 / 6)
    assert values["expected"] == pytest.approx(5 / 6)
    assert (values["as_expected"], values["monotone"], values["unanswered"]) == (1, True, 0)


def test_points_are_values_over_no_deal_as_believed(scenario: Scenario) -> None:
    points = found(scenario, acceptable).detail["points"]
    assert isinstance(points, list)
    assert sorted(value for value, _, _ in points) == pytest.approx(
        [-0.3, 0.1, 0.12, 0.3, 0.52, 0.7]
    )
    assert all(expected is signs is (value >= 0) for value, expected, signs in points)
    guessed = found(scenario, acceptable, knowledge=0.0).detail["points"]
    assert isinstance(guessed, list)
    spec = of_seat(talks(scenario, "1"), "u", knowledge=0.0)
    belief, _ = believed(spec, scenario)
    best = belief.utility({"well": "mine", "fence": "them"}) - belief.reservation
    assert max(value for value, _, _ in guessed) == pytest.approx(best, abs=1e-6)
    assert best != pytest.approx(0.7)


def test_a_reward_makes_worse_packages_expected(scenario: Scenario) -> None:
    assert found(scenario, acceptable, deal_reward=0.3).values["expected"] == 1
    assert found(scenario, acceptable, deal_reward=0.3).values["as_expected"] == pytest.approx(
        5 / 6
    )


def test_what_is_worth_less_and_signed_is_not_monotone(scenario: Scenario) -> None:
    odd = found(scenario, lambda _, s, p: not acceptable(_, s, p))
    assert odd.values["monotone"] is False
    flat = found(scenario, lambda *_: True)
    assert flat.values["monotone"] is None
    assert "leave another" in flat.why_null["monotone"]


def test_missing_answers_enter_no_share(scenario: Scenario) -> None:
    def decide(_: ProbeSpec, scenario: Scenario, package: Package) -> bool | ModelReply:
        return ModelReply(text="", refusal="No.") if package["well"] == "yours" else False

    measured = found(scenario, decide)
    assert (measured.values["signed"], measured.values["unanswered"]) == (0, pytest.approx(1 / 3))
    assert measured.values["expected"] == pytest.approx(5 / 6)
    nothing = found(scenario, lambda *_: ModelReply(text="", refusal="No."))
    assert set(nothing.values.values()) == {None}
    assert all(why.startswith("void: no usable reply") for why in nothing.why_null.values())
    assert nothing.detail == {"seat": "u", "model": measured.detail["model"], "points": [None] * 6}
