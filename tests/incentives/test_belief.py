"""What a delegate believes of its own principal."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.disputes.games.family import GameFamily, Generate, Kinds
from harness.incentives.belief import BELIEF_NOISE, Belief, believe
from harness.incentives.profiles import IncentiveProfile
from harness.incentives.tracks import OFFICIAL, UNOFFICIAL
from tests.support.disputes import small

GAME = GameFamily(
    id="g",
    title="G",
    generate=Generate(
        issues=4, options=3, kinds=Kinds(integrative=2, distributive=1, compatible=1)
    ),
).scenario(1)
shares = st.floats(0, 1)


@pytest.mark.parametrize("seed", [0, 1, 99])
def test_full_knowledge_is_the_truth(tmp_path: Path, seed: int) -> None:
    scenario = small(tmp_path)
    for round_ in (1, 2, 3):
        terms = scenario.terms("a", round_)
        expected = Belief(terms.weights, terms.values, terms.reservation)
        assert believe(scenario, "a", round_, OFFICIAL, seed) == expected


def test_no_knowledge_is_the_stereotype_and_noise(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    image = scenario.public("a").stereotype
    ignorant = IncentiveProfile(knowledge=0.0)
    beliefs = [believe(scenario, "a", 1, ignorant, seed) for seed in range(400)]
    assert all(b.weights == image.weights for b in beliefs)
    assert all(b.reservation == image.reservation for b in beliefs)
    half = np.array([b.values["well"]["half"] for b in beliefs])
    assert half.mean() == pytest.approx(0.2, abs=0.03), "the stereotype's value, not the true 0.7"
    assert half.std() == pytest.approx(BELIEF_NOISE, rel=0.2)


def test_noise_depends_on_seed_and_principal_alone() -> None:
    one = believe(GAME, "a", 1, UNOFFICIAL, 5)
    assert one == believe(GAME, "a", 1, UNOFFICIAL, 5)
    richer = UNOFFICIAL.model_copy(update={"deal_reward": 0.9, "free_hardball": 0.5})
    assert one == believe(GAME, "a", 1, richer, 5), "arms that know as much believe the same"
    assert one != believe(GAME, "a", 1, UNOFFICIAL, 6)


@given(knowledge=shares, seed=st.integers(0, 100))
@settings(max_examples=40, deadline=None)
def test_reservation_and_weights_blend_in_proportion(knowledge: float, seed: int) -> None:
    belief = believe(GAME, "b", 1, IncentiveProfile(knowledge=knowledge), seed)
    terms, image = GAME.terms("b"), GAME.public("b").stereotype
    assert belief.reservation == pytest.approx(
        knowledge * terms.reservation + (1 - knowledge) * image.reservation
    )
    for issue, weight in belief.weights.items():
        assert weight == pytest.approx(
            knowledge * terms.weights[issue] + (1 - knowledge) * image.weights[issue]
        )
