from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.disputes.games.family import GameFamily, Generate, Kinds
from harness.disputes.scenario import Scenario
from harness.incentives.expectation import expected_settlement
from harness.incentives.profiles import IncentiveProfile, Internalised
from harness.incentives.stake import believe, stake, true_contributions
from harness.incentives.tracks import OFFICIAL, UNOFFICIAL
from tests.support.disputes import small, utilities

GAME = GameFamily(
    id="g",
    title="G",
    generate=Generate(
        issues=4, options=3, kinds=Kinds(integrative=2, distributive=1, compatible=1)
    ),
).scenario(1)
PACKAGES = list(np.ndindex(GAME.shape()))

shares = st.floats(0, 1)
profiles = st.builds(
    IncentiveProfile,
    deal_reward=shares,
    internalised=st.builds(Internalised, material=shares, political=shares, emotional=shares),
    knowledge=shares,
    free_hardball=shares,
)


def uniform(k: float, **fields: float) -> IncentiveProfile:
    return IncentiveProfile(
        internalised=Internalised(material=k, political=k, emotional=k), **fields
    )


@pytest.mark.parametrize("round_", [1, 2, 3])
@pytest.mark.parametrize("pid", ["a", "b", "heirs"])
def test_contributions_sum_to_the_true_value(tmp_path: Path, pid: str, round_: int) -> None:
    scenario = small(tmp_path)
    terms = scenario.terms(pid, round_)
    parts = true_contributions(scenario, terms)
    assert [part.shape for part in parts] == [(3,), (2,)]
    summed = np.add.outer(*parts).ravel()
    assert summed == pytest.approx(utilities(scenario, pid, round_))
    truth = [terms.utility(scenario.package(x)) for x in np.ndindex(scenario.shape())]
    assert summed == pytest.approx(truth)


@given(
    k=st.floats(0.05, 1),
    reward=shares,
    knowledge=shares,
    pid=st.sampled_from("ab"),
    seed=st.integers(0, 1000),
)
@settings(max_examples=80, deadline=None)
def test_closed_form_of_acceptance(
    k: float, reward: float, knowledge: float, pid: str, seed: int
) -> None:
    """Uniform k and h = 0: a deal beats no deal exactly when u >= r - reward / k, as believed."""
    profile = uniform(k, deal_reward=reward, knowledge=knowledge)
    belief = believe(GAME, pid, 1, profile, seed)
    own = stake(GAME, pid, belief, profile)
    for x in PACKAGES:
        margin = belief.utility(GAME.package(x)) - (belief.reservation - reward / k)
        assert own.of(x) - own.no_deal == pytest.approx(k * margin, abs=1e-9)
        if abs(margin) > 1e-9:
            assert (own.of(x) >= own.no_deal) == (margin > 0)


def test_a_delegate_that_feels_nothing_accepts_anything_for_a_reward() -> None:
    profile = uniform(0.0, deal_reward=0.1)
    own = stake(GAME, "a", believe(GAME, "a", 1, profile, 0), profile)
    assert [own.of(x) for x in PACKAGES] == pytest.approx([1.1] * len(PACKAGES))
    assert own.no_deal == pytest.approx(1)


def test_an_instructed_official_wants_what_its_principal_wants() -> None:
    belief = believe(GAME, "a", 1, OFFICIAL, 3)
    own = stake(GAME, "a", belief, OFFICIAL)
    assert [own.of(x) for x in PACKAGES] == pytest.approx(list(utilities(GAME, "a")))
    assert own.no_deal == pytest.approx(GAME.terms("a").reservation)


def half_hard() -> IncentiveProfile:
    return IncentiveProfile(
        deal_reward=0.25,
        internalised=Internalised(material=0.8, political=0.5, emotional=0.1),
        free_hardball=0.3,
    )


def test_no_deal_by_hand(tmp_path: Path) -> None:
    # a: w = (.6, .4); mixes (.5, .3, .2) and (1, 0, 0); k = (.8, .5, .1) so k_i = (.57, .8).
    # kbar = .6 * .57 + .4 * .8 = .662; r = .3; felt = 1 - .662 * .7 = .5366.
    # Of the real talks a expects (mine, us), as test_expectation.py works out. That is worth
    # V = 1 - .4 * .8 * 1 = .68 to it without the reward: .7 * .5366 + .3 * .68 = .57962.
    scenario = small(tmp_path)
    profile = half_hard()
    own = stake(scenario, "a", believe(scenario, "a", 1, profile, 0), profile)
    assert own.no_deal == pytest.approx(0.57962)
    # V(half, us) = 1 + .25 - .6 * .57 * .3 - .4 * .8 * 1 = .8274
    assert own.of((1, 1)) == pytest.approx(0.8274)
    assert own.of((0, 0)) == pytest.approx(1.25)


def test_no_deal_of_version_1_by_hand(tmp_path: Path) -> None:
    # As above; its opening is the best package, worth 1 without the reward:
    # .7 * .5366 + .3 * 1 = .67562.
    scenario = small(tmp_path)
    profile = half_hard()
    own = stake(scenario, "a", believe(scenario, "a", 1, profile, 0), profile, former=True)
    assert own.no_deal == pytest.approx(0.67562)
    assert own.of((1, 1)) == pytest.approx(0.8274), "only V(no deal) was another"


def test_an_opening_below_the_best_lowered_a_free_failure_in_version_1(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    a = scenario.principals["a"]
    assert a.public is not None
    face = a.public.model_copy(update={"opening": {"well": "half", "fence": "them"}})
    scenario = scenario.model_copy(
        update={"principals": {**scenario.principals, "a": a.model_copy(update={"public": face})}}
    )
    profile = uniform(1.0, free_hardball=1.0, deal_reward=0.2)
    belief = believe(scenario, "a", 1, profile, 0)
    own = stake(scenario, "a", belief, profile, former=True)
    assert own.no_deal == pytest.approx(0.6 * 0.7 + 0.4), "V(opening), without the reward"
    assert stake(scenario, "a", belief, profile).no_deal == pytest.approx(0.6), "what is said, not"


@pytest.mark.parametrize("pid", ["a", "b"])
def test_at_full_hardball_only_what_the_real_talks_would_bring_is_enough(pid: str) -> None:
    profile = uniform(1.0, free_hardball=1.0)
    belief = believe(GAME, pid, 1, profile, 0)
    own = stake(GAME, pid, belief, profile)
    (expected,) = expected_settlement(GAME, pid, belief)
    assert own.of(expected) == pytest.approx(own.no_deal)
    better = [x for x in PACKAGES if own.of(x) >= own.no_deal - 1e-12]
    assert 1 < len(better) < len(PACKAGES) / 2, "more than its opening, and far from everything"


@given(h=shares, more=shares, pid=st.sampled_from("ab"), seed=st.integers(0, 50))
@settings(max_examples=25, deadline=None)
def test_the_freer_failure_is_the_dearer_is_a_signature(
    h: float, more: float, pid: str, seed: int
) -> None:
    """V(no deal) lies between what no deal means to the delegate and what it expects, in
    proportion: never above what the real talks would bring."""
    low, high = sorted((h, more))
    profile = UNOFFICIAL.model_copy(update={"deal_reward": 0.0})
    belief = believe(GAME, pid, 1, profile, seed)
    values = [
        stake(GAME, pid, belief, profile.model_copy(update={"free_hardball": share})).no_deal
        for share in (0.0, low, high, 1.0)
    ]
    felt, ends = values[0], values[3]
    assert values[1] == pytest.approx((1 - low) * felt + low * ends)
    assert values[2] == pytest.approx((1 - high) * felt + high * ends)


@given(profile=profiles, pid=st.sampled_from("ab"), seed=st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_beliefs_and_stakes_stay_on_their_scales(
    profile: IncentiveProfile, pid: str, seed: int
) -> None:
    belief = believe(GAME, pid, 1, profile, seed)
    assert sum(belief.weights.values()) == pytest.approx(1)
    assert 0 <= belief.reservation <= 1
    assert all(0 <= v <= 1 for by_option in belief.values.values() for v in by_option.values())
    own = stake(GAME, pid, belief, profile)
    assert 0 <= own.no_deal <= 1 + 1e-9
    for x in PACKAGES:
        assert -1e-9 <= own.of(x) - profile.deal_reward <= 1 + 1e-9


@given(reward=shares, more=shares, pid=st.sampled_from("ab"))
@settings(max_examples=40, deadline=None)
def test_prestige_only_ever_widens_what_is_acceptable(reward: float, more: float, pid: str) -> None:
    low, high = sorted((reward, more))
    accepted = [acceptable_to(GAME, pid, UNOFFICIAL, prize) for prize in (low, high)]
    assert accepted[0] <= accepted[1]


@given(access=shares, pid=st.sampled_from("ab"), seed=st.integers(0, 50))
@settings(max_examples=20, deadline=None)
def test_being_received_counts_alike_with_and_without_an_agreement(
    access: float, pid: str, seed: int
) -> None:
    profile = UNOFFICIAL.model_copy(update={"free_hardball": 0.5})
    received = profile.model_copy(update={"access_reward": access})
    belief = believe(GAME, pid, 1, profile, seed)
    assert belief == believe(GAME, pid, 1, received, seed)
    assert stake(GAME, pid, belief, profile) == stake(GAME, pid, belief, received)


def acceptable_to(
    scenario: Scenario, pid: str, profile: IncentiveProfile, reward: float
) -> set[tuple[int, ...]]:
    wanted = profile.model_copy(update={"deal_reward": reward})
    own = stake(scenario, pid, believe(scenario, pid, 1, wanted, 0), wanted)
    return {x for x in PACKAGES if own.of(x) >= own.no_deal}
