"""The interval that may be read at any time: its sizes, its limits, and that it holds its level."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.intervals import ALPHA, cluster_t, t_quantile
from harness.analysis.sequence import (
    TUNED_FOR,
    at_any_time,
    cost_of_estimate,
    radius,
    radius_known,
    rho_squared,
)
from harness.errors import UsageError


def test_with_a_known_sd_it_is_the_formula_of_the_mixture() -> None:
    n, rho2 = 12, rho_squared()
    whole = math.sqrt(
        2 * (n * rho2 + 1) / (n**2 * rho2) * math.log(math.sqrt(n * rho2 + 1) / ALPHA)
    )
    assert radius_known(n) == pytest.approx(whole)


def test_an_estimated_sd_costs_less_and_less() -> None:
    costs = [cost_of_estimate(n) for n in (8, 12, 28, 100, 10_000)]
    assert costs == sorted(costs, reverse=True)
    assert costs[:3] == pytest.approx([1.47, 1.22, 1.08], abs=0.01)
    assert costs[-1] == pytest.approx(1, abs=0.001)


def test_it_ends_where_the_mixture_of_t_statistics_reaches_one_over_alpha() -> None:
    """The Bayes factor of a normal prior over the effect in SDs, against none (Goenen et al.)."""
    n, alpha = 9, 0.05
    t, df, spread = radius(n, alpha) * math.sqrt(n), n - 1, 1 + n * rho_squared(alpha)
    inside = (1 + t**2 / df) / (1 + t**2 / (df * spread))
    assert inside ** (n / 2) / math.sqrt(spread) == pytest.approx(1 / alpha)


def test_it_is_narrowest_for_its_level_about_the_values_it_is_tuned_for() -> None:
    def at(tuned: int) -> float:
        rho2 = rho_squared(tuned_for=tuned)
        spread = 1 + TUNED_FOR * rho2
        return math.sqrt(spread / (spread - 1) * math.log(math.sqrt(spread) / ALPHA))

    assert at(TUNED_FOR) <= min(at(3), at(6), at(24), at(60))


@given(st.integers(2, 300), st.floats(0.001, 0.5))
def test_it_is_wider_than_an_ordinary_interval(n: int, alpha: float) -> None:
    ordinary = t_quantile(1 - alpha / 2, n - 1) / math.sqrt(n)
    assert radius(n, alpha) > ordinary
    assert radius(n, alpha / 2) >= radius(n, alpha)


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=40), st.floats(-5, 5), st.floats(0.1, 9))
def test_it_moves_and_grows_with_the_values(values: list[float], by: float, times: float) -> None:
    before = at_any_time(values)
    after = at_any_time([times * value + by for value in values])
    assert before is not None
    assert after is not None
    assert after.mean == pytest.approx(times * before.mean + by, abs=1e-9)
    if before.lo is not None and before.sd > 1e-6:
        assert before.hi is not None
        assert after.lo == pytest.approx(times * before.lo + by, abs=1e-6)
        assert after.hi == pytest.approx(times * before.hi + by, abs=1e-6)


def test_too_few_values_and_values_that_are_alike_have_none() -> None:
    assert at_any_time([]) is None
    one, alike = at_any_time([0.3]), at_any_time([0.2] * 9)
    assert one is not None
    assert alike is not None
    assert (one.n, one.mean, one.sd, one.lo, one.hi) == (1, 0.3, 0.0, None, None)
    assert (alike.mean, alike.sd, alike.lo, alike.hi) == (pytest.approx(0.2), 0.0, None, None)
    three = at_any_time([0.1, 0.2, 0.4])
    assert three is not None
    assert (three.lo, three.hi) == (None, None)
    assert three.sd > 0
    assert radius(1) == radius(3) == math.inf


def test_unsound_levels_and_values_are_refused() -> None:
    for alpha in (0.0, 1.0, -0.1):
        with pytest.raises(UsageError, match="level of a sequence"):
            at_any_time([0.1, 0.2], alpha=alpha)
    with pytest.raises(UsageError, match="must be finite"):
        at_any_time([0.1, math.nan])


def test_whoever_looks_after_every_value_is_misled_in_one_run_of_twenty_at_most() -> None:
    rng = np.random.default_rng(5)
    sequence = ordinary = 0
    for _ in range(300):
        values = rng.normal(size=24)
        looks = [values[:n] for n in range(6, 25)]
        found = [at_any_time(seen) for seen in looks]
        sequence += any(f is not None and f.lo is not None and f.lo * f.hi > 0 for f in found)  # type: ignore[operator]
        usual = [cluster_t(seen) for seen in looks]
        ordinary += any(t is not None and t.lo * t.hi > 0 for t in usual)
    assert sequence / 300 <= 0.05
    assert ordinary / 300 > 0.12, "an ordinary interval does not hold"
