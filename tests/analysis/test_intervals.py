"""The cluster t interval, and why the scenario is the unit of inference."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from harness.analysis.intervals import (
    cluster_t,
    share_difference,
    share_interval,
    t_quantile,
    two_sided_p,
)
from harness.analysis.signflip import sign_flip
from harness.errors import UsageError
from tests.support.command import environment


def test_by_hand() -> None:
    # Mean 2, SD 1, standard error 1/√3; t with 2 df at .975 is 4.3027.
    result = cluster_t([1.0, 2.0, 3.0])
    assert result is not None
    assert (result.mean, result.sd, result.df) == (2.0, 1.0, 2)
    assert result.lo == pytest.approx(2 - 4.30265 / math.sqrt(3), abs=1e-5)
    assert result.hi == pytest.approx(2 + 4.30265 / math.sqrt(3), abs=1e-5)
    assert result.p == pytest.approx(0.0742, abs=1e-4)


@given(st.lists(st.integers(-1000, 1000).map(lambda n: n / 1000), min_size=2, max_size=15))
def test_agrees_with_scipy(values: list[float]) -> None:
    result = cluster_t(values, level=0.9)
    assert result is not None
    if len(set(values)) == 1:
        assert (result.sd, result.p, result.lo, result.hi) == (0, None, result.mean, result.mean)
        return
    reference = stats.ttest_1samp(values, 0.0)
    interval = reference.confidence_interval(0.9)
    assert result.p == pytest.approx(reference.pvalue, rel=1e-9, abs=1e-15)
    ends = (float(interval.low), float(interval.high))
    assert (result.lo, result.hi) == pytest.approx(ends, rel=0, abs=1e-12)


def test_scipys_slow_half_is_not_loaded() -> None:
    """It costs half a second and 49 MB, and every run and report would pay them."""
    code = (
        "import sys; from harness.analysis.intervals import cluster_t, t_quantile\n"
        "cluster_t([1.0, 2.0, 4.0]), t_quantile(0.9, 3)\n"
        "print('scipy.special' in sys.modules, 'scipy.stats' in sys.modules)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]


def test_fewer_than_two_scenarios_have_no_interval() -> None:
    assert cluster_t([]) is None
    assert cluster_t([0.4]) is None


def test_rounding_is_not_variance() -> None:
    result = cluster_t([0.1 + 0.2, 0.3, 0.3])
    assert result is not None
    assert (result.sd, result.p) == (0.0, None)
    assert result.lo == result.hi == result.mean == pytest.approx(0.3)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, float("nan")])
def test_refuses_a_level_that_is_no_probability(level: float) -> None:
    with pytest.raises(UsageError, match="level"):
        cluster_t([1.0, 2.0], level=level)


def test_refuses_missing_values() -> None:
    with pytest.raises(UsageError, match="finite"):
        cluster_t([1.0, None])  # type: ignore[arg-type]


@pytest.mark.parametrize("df", [1, 2, 7, 30])
def test_t_distribution(df: int) -> None:
    assert t_quantile(0.975, df) == pytest.approx(stats.t.ppf(0.975, df), rel=1e-9)
    assert two_sided_p(-2.5, df) == pytest.approx(2 * stats.t.sf(2.5, df), rel=1e-9)


def test_false_positives_of_dialogues_and_of_scenarios() -> None:
    """8 scenarios × 20 seeds, scenario SD .10, no effect: a reference found 34 % for a t-test over
    dialogues, .038 for the cluster t and .040 for the sign-flip test."""
    runs, scenarios, seeds = 2000, 8, 20
    rng = np.random.default_rng(15)
    true = rng.normal(0, 0.10, size=(runs, scenarios, 1))
    values = true + rng.normal(0, 0.20, size=(runs, scenarios, seeds))
    naive = stats.ttest_1samp(values.reshape(runs, -1), 0.0, axis=1).pvalue
    by_scenario = values.mean(axis=2)
    t = [cluster_t(row) for row in by_scenario]
    flips = [sign_flip(row) for row in by_scenario]
    naive_rate = float(np.mean(naive < 0.05))
    t_rate = sum(r is not None and r.p is not None and r.p < 0.05 for r in t) / runs
    flip_rate = sum(r is not None and r.p < 0.05 for r in flips) / runs
    covered = sum(r is not None and r.lo <= 0 <= r.hi for r in t) / runs
    # Standard error of a rate of .05 over 2000 runs: .005.
    assert 0.28 < naive_rate < 0.45
    assert 0.03 < t_rate < 0.07
    assert 0.03 < flip_rate < 0.07
    assert covered == pytest.approx(1 - t_rate)


def test_a_share_by_hand() -> None:
    # No "yes" in eight scenarios: Wilson's upper end is t² / (8 + t²), with t of 7 df 2.3646.
    found = share_interval([0.0] * 8, 16)
    assert found == pytest.approx((0.0, 2.3646**2 / (8 + 2.3646**2)), abs=1e-4)
    assert share_interval([1.0] * 8, 16) == pytest.approx((1 - found[1], 1.0))
    # Scenarios of one "yes" or "no" each: eight independent dialogues.
    split = share_interval([0.0, 1.0] * 4, 80)
    t = 2.3646**2 / 8
    half = math.sqrt(t * (0.25 + t / 4)) / (1 + t)
    assert split == pytest.approx((0.5 - half, 0.5 + half), abs=1e-4)
    # The same shares spread less: at most as many as there are dialogues.
    assert share_interval([0.4, 0.6] * 4, 16) == pytest.approx(share_interval([0.45, 0.55] * 4, 16))


def test_a_share_of_one_scenario_says_nothing_of_others() -> None:
    assert share_interval([0.5], 10) is None
    with pytest.raises(UsageError, match=r"a share lies in \[0, 1\]"):
        share_interval([1.5, 1.5], 10)


@given(
    st.lists(st.integers(0, 4).map(lambda n: n / 4), min_size=2, max_size=12),
    st.integers(1, 5),
)
@example([0.0, 0.0], 1)
@example([1.0, 1.0, 1.0], 1)
@example([0.0, 1.0], 4)
def test_a_share_stays_inside_and_has_a_width(shares: list[float], more: int) -> None:
    found = share_interval(shares, 4 * len(shares) * more)
    assert found is not None
    lo, hi = found
    mean = sum(shares) / len(shares)
    assert 0 <= lo <= mean + 1e-12
    assert mean - 1e-12 <= hi <= 1
    assert hi - lo > 0.01
    mirrored = share_interval([1 - share for share in shares], 4 * len(shares) * more)
    assert mirrored == pytest.approx((1 - hi, 1 - lo))


@pytest.mark.parametrize(("share", "spread"), [(0.02, 0.0), (0.5, 0.3), (0.9, 0.3)])
def test_a_share_is_covered(share: float, spread: float) -> None:
    rng = np.random.default_rng(5)
    k = (1 - spread) / spread if spread else 0
    covered = 0
    for _ in range(300):
        p = rng.beta(share * k, (1 - share) * k, 8) if spread else np.full(8, share)
        found = share_interval(rng.binomial(8, p) / 8, 64)
        assert found is not None
        covered += found[0] <= share <= found[1]
    # The t interval covers .71, .94 and .84 of these.
    assert covered / 300 > 0.92


def test_the_difference_of_shares() -> None:
    sure, never = (1.0, (0.6, 1.0)), (0.0, (0.0, 0.4))
    assert share_difference(sure, never) == pytest.approx((1 - math.hypot(0.4, 0.4), 1.0))
    assert share_difference(never, never) == pytest.approx((-0.4, 0.4))
    lo, hi = share_difference(never, sure)
    assert -1 <= lo <= -1
    assert hi < 0
