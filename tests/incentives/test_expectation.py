"""What a delegate expects of the real talks, and what it may not know of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.bargaining.solutions import solve
from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario
from harness.incentives.expectation import expected_settlement, public_values
from harness.incentives.profiles import IncentiveProfile
from harness.incentives.stake import Belief, believe
from harness.incentives.tracks import OFFICIAL
from tests.support.disputes import small, utilities

(SYMMETRIC,) = load_scenarios("symmetric")


def changed(scenario: Scenario, pid: str, **fields: object) -> Scenario:
    """The scenario, with other fields of one principal."""
    principal = scenario.principals[pid].model_copy(update=fields)
    return scenario.model_copy(update={"principals": {**scenario.principals, pid: principal}})


def test_by_hand(tmp_path: Path) -> None:
    # a as it is: w = (.6, .4), r = .3. b as the public sees it: w = (.4, .6), its own values,
    # r = .2. Packages as (a, b), those below somebody's r in brackets:
    #   (mine, them) 1, 0 [b]    (mine, us) .6, .6    (half, them) .82, .2
    #   (half, us) .42, .8       (yours, them) .4, .4 (yours, us) 0, 1 [a]
    # Shares of the largest gain (a .52, b .6): (mine, us) .577 and .667, whose smaller one is the
    # largest of all packages.
    scenario = small(tmp_path)
    belief = believe(scenario, "a", 1, OFFICIAL, 0)
    (expected,) = expected_settlement(scenario, "a", belief)
    assert scenario.package(expected) == {"well": "mine", "fence": "us"}


def test_a_delegate_that_expects_no_zone_expects_no_deal(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    belief = believe(scenario, "a", 1, OFFICIAL, 0)
    hopeless = Belief(belief.weights, belief.values, reservation=0.99)
    assert expected_settlement(scenario, "a", hopeless) == ()


@given(reservation=st.floats(0, 1), values=st.lists(st.floats(0, 1), min_size=5, max_size=5))
@example(reservation=1.0, values=[0.0] * 5)
@settings(max_examples=25, deadline=None)
def test_the_others_true_values_play_no_part(reservation: float, values: list[float]) -> None:
    """Whatever b truly wants, a expects the same: only b's public face is read."""
    b = SYMMETRIC.principals["b"]
    assert b.public is not None
    # The public image says all of it, so that nothing that is true of b is public.
    image = b.public.stereotype.model_copy(update={"values": b.values})
    one = changed(SYMMETRIC, "b", public=b.public.model_copy(update={"stereotype": image}))
    wants = {
        issue: dict(zip(by_option, values, strict=False)) for issue, by_option in b.values.items()
    }
    weights = dict.fromkeys(b.weights, 0.0) | {next(iter(b.weights)): 1.0}
    other = changed(one, "b", reservation=reservation, weights=weights, values=wants)
    belief = believe(one, "a", 1, OFFICIAL, 0)
    expected = expected_settlement(one, "a", belief)
    assert expected
    assert expected_settlement(other, "a", belief) == expected


def test_what_the_public_is_wrong_about_the_delegate_is_wrong_about(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    b = scenario.principals["b"]
    assert b.public is not None
    image = b.public.stereotype.model_copy(update={"reservation": 0.7})
    firmer = changed(scenario, "b", public=b.public.model_copy(update={"stereotype": image}))
    belief = believe(scenario, "a", 1, OFFICIAL, 0)
    assert expected_settlement(firmer, "a", belief) != expected_settlement(scenario, "a", belief)


def test_public_values_are_complete(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    assert public_values(scenario, "a") == {
        "well": {"mine": 1, "half": 0.2, "yours": 0},
        "fence": {"them": 1, "us": 0},
    }, "the stereotype's, and for the fence what everybody knows"


@pytest.mark.parametrize("pid", ["a", "b"])
def test_where_the_public_is_right_it_is_the_fair_point(pid: str) -> None:
    """Known and knowing: both expect the Kalai-Smorodinsky point itself, the zero of skew."""
    scenario = SYMMETRIC
    for one in "ab":
        principal = scenario.principals[one]
        assert principal.public is not None
        image = principal.public.stereotype.model_copy(
            update={
                "reservation": principal.reservation,
                "weights": principal.weights,
                "values": principal.values,
            }
        )
        face = principal.public.model_copy(update={"stereotype": image})
        scenario = changed(scenario, one, public=face)
    u = np.column_stack([utilities(scenario, one) for one in "ab"])
    fair = solve(u, [scenario.terms(one).reservation for one in "ab"]).ties["kalai_smorodinsky"]
    expected = expected_settlement(scenario, pid, believe(scenario, pid, 1, OFFICIAL, 0))
    assert [np.ravel_multi_index(x, scenario.shape()) for x in expected] == list(fair)


@pytest.mark.parametrize("seed", [1, 2])
def test_who_knows_less_expects_by_what_it_believes(tmp_path: Path, seed: int) -> None:
    scenario = small(tmp_path)
    ignorant = believe(scenario, "b", 1, IncentiveProfile(knowledge=0.0), seed)
    (expected,) = expected_settlement(scenario, "b", ignorant)
    u = np.array([ignorant.utility(scenario.package(x)) for x in np.ndindex(scenario.shape())])
    a = scenario.public("a").stereotype
    of_a = np.add.outer(
        0.5 * np.array([1.0, 0.2, 0.0]), a.weights["fence"] * np.array([1.0, 0.0])
    ).ravel()
    best = solve(np.column_stack([u, of_a]), [ignorant.reservation, a.reservation])
    assert np.ravel_multi_index(expected, scenario.shape()) == best.kalai_smorodinsky
