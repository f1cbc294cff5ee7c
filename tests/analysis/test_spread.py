"""How much a measure varies, from a pilot."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.analysis.observations import Observation
from harness.analysis.scale import UNKNOWN, Scale, scale_of
from harness.analysis.spread import Spread, assumed, dialogue_sd, spread_of

ELSE = Spread(0.05, 0.2, 0.0, "assumed")


def test_what_is_assumed() -> None:
    skew, share = assumed(Scale(-1, 1)), assumed(scale_of("yes/no"))
    assert skew is not None
    assert share is not None
    assert (skew.between, skew.within, skew.correlation) == (0.05, 0.2, 0.0)
    assert (share.between, share.within, share.correlation) == (0.1, 0.5, 0.0)
    assert assumed(UNKNOWN) is None
    assert assumed(Scale(0)) is None


def test_the_sd_of_a_dialogue_is_pooled() -> None:
    assert dialogue_sd([[0.0, 2.0], [5.0, None, 7.0], [9.0]]) == pytest.approx(2**0.5)
    assert dialogue_sd([[1.0], [None]]) is None
    assert dialogue_sd([[0.1, 0.1, 0.1]]) == 0.0


def pilot(
    scenarios: int, pairs: int, *, rho: float, tau: float = 0.1, seed: int = 1
) -> list[Observation]:
    rng = np.random.default_rng(seed)
    rows = []
    for s in range(scenarios):
        level, effect = rng.normal(0, 0.3), rng.normal(0.2, tau)
        for k in range(pairs):
            shared = rng.normal(0, 0.2 * rho**0.5)
            for arm, shift in (("t", effect), ("c", 0.0)):
                value = level + shift + shared + rng.normal(0, 0.2 * (1 - rho) ** 0.5)
                rows.append(Observation(f"s{s:03}", str(k), arm, value))
    return rows


@pytest.mark.parametrize("rho", [0.0, 0.6])
def test_recovers_what_made_the_pilot(rho: float) -> None:
    found = spread_of(pilot(120, 6, rho=rho), "t", "c", ELSE)
    assert found is not None
    assert found.within == pytest.approx(0.2, abs=0.02)
    assert found.correlation == pytest.approx(rho, abs=0.1)
    assert found.between == pytest.approx(0.1, abs=0.03)
    assert found.source == "over 120 scenarios"


def test_one_arm_against_zero() -> None:
    found = spread_of(pilot(120, 6, rho=0.5), "t", None, ELSE)
    assert found is not None
    assert (found.correlation, found.source) == (0.0, "over 120 scenarios")
    assert found.between == pytest.approx(0.32, abs=0.04)


def test_other_arms_tell_of_a_dialogue_only() -> None:
    found = spread_of(pilot(30, 6, rho=0.5), "elsewhere", "c", ELSE)
    assert found is not None
    assert (found.between, found.correlation) == (ELSE.between, 0.0)
    assert found.within == pytest.approx(0.2, abs=0.03)
    assert "over all arms" in found.source
    assert spread_of(pilot(30, 6, rho=0.5), "elsewhere", "c", None) is None


def test_too_little_says_nothing() -> None:
    assert spread_of([], "t", "c", ELSE) is None
    single = pilot(3, 1, rho=0.0)
    assert spread_of(single, "t", "c", ELSE) is None
    void = [Observation(row.scenario, row.pair, row.arm, None) for row in pilot(3, 2, rho=0)]
    assert spread_of(void, "t", "c", ELSE) is None


@given(st.integers(2, 6), st.integers(2, 5), st.integers(0, 50))
@example(2, 2, 0)
def test_what_is_found_is_possible(scenarios: int, pairs: int, seed: int) -> None:
    found = spread_of(pilot(scenarios, pairs, rho=0.3, seed=seed), "t", "c", ELSE)
    assert found is not None
    assert found.between >= 0
    assert found.within > 0
    assert -1 <= found.correlation <= 1
