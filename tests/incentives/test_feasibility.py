"""What the delegates' stakes leave open, against a count package by package."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.disputes.games.family import GameFamily, Generate, Kinds
from harness.disputes.loading import load_scenarios
from harness.incentives.feasibility import (
    Delegate,
    Feasibility,
    feasibility,
    rounds_that_differ,
)
from harness.incentives.profiles import IncentiveProfile, Internalised
from harness.incentives.stake import believe, stake
from harness.incentives.tracks import OFFICIAL
from tests.support.disputes import small

GAME = GameFamily(
    id="g",
    title="G",
    generate=Generate(
        issues=4, options=3, kinds=Kinds(integrative=2, distributive=1, compatible=1)
    ),
).scenario(1)
SHAMELESS = IncentiveProfile(
    deal_reward=1.0, internalised=Internalised(material=0, political=0, emotional=0)
)
shares = st.floats(0, 1)
profiles = st.builds(
    IncentiveProfile,
    deal_reward=st.floats(0, 0.3),
    internalised=st.builds(Internalised, material=shares, political=shares, emotional=shares),
    knowledge=shares,
    free_hardball=shares,
)


def of(o: IncentiveProfile, u: IncentiveProfile, seed: int = 1) -> Feasibility:
    return feasibility(GAME, {"o": Delegate("a", o), "u": Delegate("b", u)}, 1, seed)


@given(o=profiles, u=profiles, seed=st.integers(0, 20))
@example(o=OFFICIAL, u=SHAMELESS, seed=1)
@settings(max_examples=25, deadline=None)
def test_it_counts_what_a_count_package_by_package_gives(
    o: IncentiveProfile, u: IncentiveProfile, seed: int
) -> None:
    own = {
        pid: stake(GAME, pid, believe(GAME, pid, 1, profile, seed), profile)
        for pid, profile in (("a", o), ("b", u))
    }
    terms = {pid: GAME.terms(pid) for pid in "ab"}
    zone = accepted = signable = 0
    for x in np.ndindex(GAME.shape()):
        package = GAME.package(x)
        by_stakes = all(one.of(x) >= one.no_deal - 1e-12 for one in own.values())
        by_all = all(t.utility(package) >= t.reservation - 1e-12 for t in terms.values())
        zone += by_all
        accepted += by_stakes
        signable += by_all and by_stakes
    found = of(o, u, seed)
    assert (found.zone, found.accepted, found.signable) == (zone, accepted, signable)
    worst = {
        seat: min(own[pid].of(x) for x in np.ndindex(GAME.shape()))
        for seat, pid in (("o", "a"), ("u", "b"))
    }
    eager = [s for s, pid in (("o", "a"), ("u", "b")) if worst[s] > own[pid].no_deal + 1e-12]
    assert found.eager == tuple(eager)
    assert found.feasible is (signable > 0)


def test_instructed_officials_accept_what_their_principals_could_sign() -> None:
    found = of(OFFICIAL, OFFICIAL)
    assert found.zone == found.accepted == found.signable > 0
    assert found.share == 1.0
    assert found.eager == ()


def test_a_delegate_for_whom_only_a_deal_counts_would_sign_anything() -> None:
    found = of(OFFICIAL, SHAMELESS)
    assert found.eager == ("u",)
    assert found.share is not None
    assert 0 < found.share < 1


def test_without_a_package_that_both_accept_there_is_no_share() -> None:
    (scenario,) = load_scenarios("no-possible-deal")
    seats = {"o": Delegate("a", OFFICIAL), "u": Delegate("b", OFFICIAL)}
    found = feasibility(scenario, seats, 1, 1)
    assert (found.zone, found.accepted, found.signable) == (0, 0, 0)
    assert found.share is None
    assert not found.feasible


@pytest.mark.parametrize(("rounds", "expected"), [(1, [1]), (2, [1, 2]), (3, [1, 2, 3]), (9, 3)])
def test_a_round_counts_where_realities_differ(
    tmp_path: Path, rounds: int, expected: list[int] | int
) -> None:
    found = list(rounds_that_differ(small(tmp_path), rounds))
    assert found == (expected if isinstance(expected, list) else list(range(1, expected + 1)))
    assert list(rounds_that_differ(GAME, rounds)) == [1], "nothing ever changes in it"
