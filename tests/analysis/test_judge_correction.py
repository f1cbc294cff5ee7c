"""A judge's errors are taken out of what it reads; the interval holds how well they are known."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.intervals import cluster_t, share_interval, t_quantile
from harness.analysis.judge_correction import (
    ALIKE,
    CANNOT_TELL,
    FEW_SCENARIOS,
    ONE_SCENARIO,
    Corrected,
    Spread,
    corrected_difference,
    corrected_mean,
    count_interval,
    independent_difference,
)
from harness.analysis.judge_errors import Errors, JudgedPair, errors_of
from tests.support.judged_pairs import NOISY, pairs


def known(*cells: tuple[float, float, int], yes_no: bool = True) -> Errors:
    found = errors_of(pairs(*cells), yes_no=yes_no)
    assert isinstance(found, Errors)
    return found


def test_the_estimate_of_rogan_and_gladen() -> None:
    errors = known(*NOISY)
    assert errors.sensitivity == pytest.approx(0.8)
    assert errors.specificity == pytest.approx(0.9)
    found = corrected_mean(Spread(0.31, 0.001, 11), errors)
    assert found.value == pytest.approx((0.31 + 0.9 - 1) / (0.8 + 0.9 - 1))
    apart = corrected_difference(Spread(0.14, 0.001, 11), errors)
    assert apart.value == pytest.approx(0.14 / 0.7)


def test_the_interval_holds_what_the_reading_does_not_refute() -> None:
    """The ends against a search over all theta."""
    errors, run = known(*NOISY), Spread(0.31, 0.0008, 11)
    found = corrected_mean(run, errors)
    assert found.value is not None
    assert found.interval is not None
    assert run.variance is not None
    own = errors.var_a + 2 * found.value * errors.cov + found.value**2 * errors.var_b
    free = (run.variance + own) ** 2 / (run.variance**2 / 11 + own**2 / 5)
    square = t_quantile(0.975, math.floor(free)) ** 2
    theta = np.linspace(-1, 2, 300_001)
    left = (run.mean - errors.a - errors.b * theta) ** 2
    variance = run.variance + errors.var_a + 2 * theta * errors.cov + theta**2 * errors.var_b
    held = theta[left <= square * variance]
    assert found.interval == pytest.approx((held[0], held[-1]), abs=2e-5)


def test_with_many_known_transcripts_it_is_the_delta_method() -> None:
    errors = known(*((t, j, n * 400) for t, j, n in NOISY))
    run = Spread(0.31, 1e-6, 400)
    found = corrected_mean(run, errors)
    p = found.value
    assert p is not None
    assert found.interval is not None
    se, sp = 0.8 * 0.2 / 20_000, 0.9 * 0.1 / 20_000
    variance = (1e-6 + se * p**2 + sp * (1 - p) ** 2) / 0.7**2
    half = (found.interval[1] - found.interval[0]) / 2
    # Six scenarios make up the known transcripts, so that t has few degrees of freedom.
    assert 1.9 < half / math.sqrt(variance) < 3.2


@given(st.floats(0.05, 0.95), st.floats(0.55, 1), st.floats(0.55, 1), st.floats(-0.5, 0.5))
def test_errors_that_are_known_exactly_are_taken_out_exactly(
    p: float, se: float, sp: float, effect: float
) -> None:
    exact = Errors(
        yes_no=True,
        a=1 - sp,
        b=se + sp - 1,
        var_a=0,
        cov=0,
        var_b=0,
        free=50,
        mean_error=0,
        n=1,
        missing=0,
    )
    read = Spread((1 - sp) + (se + sp - 1) * p, 0.01, 11)
    assert corrected_mean(read, exact).value == pytest.approx(p)
    apart = corrected_difference(Spread((se + sp - 1) * effect, 0.01, 11), exact)
    assert apart.value == pytest.approx(effect)
    assert apart.interval is not None
    half = t_quantile(0.975, 11) * 0.1 / (se + sp - 1)
    assert apart.interval == pytest.approx((effect - half, effect + half))


def test_a_perfect_judge_changes_nothing_but_is_not_known_to_be_perfect() -> None:
    errors = known((1, 1, 50), (0, 0, 50))
    assert (errors.a, errors.b) == (pytest.approx(0), pytest.approx(1))
    assert errors.var_a > 0
    t = cluster_t([0.2, 0.4, 0.3, 0.5, 0.1, 0.3])
    assert t is not None
    found = corrected_mean(Spread.of(t.mean, t, (t.lo, t.hi)), errors)
    assert found.value == pytest.approx(t.mean)
    assert found.interval is not None
    assert found.interval[0] < t.lo
    assert found.interval[1] > t.hi


@pytest.mark.parametrize(
    "cells",
    [
        ((1, 1, 25), (1, 0, 25), (0, 1, 25), (0, 0, 25)),
        ((1, 1, 10), (1, 0, 40), (0, 1, 40), (0, 0, 10)),
        ((1, 1, 4), (1, 0, 3), (0, 1, 3), (0, 0, 4)),
    ],
)
def test_a_judge_that_cannot_tell_gives_no_figure(
    cells: tuple[tuple[float, float, int], ...],
) -> None:
    errors = known(*cells)
    for found in (
        corrected_mean(Spread(0.5, 0.01, 11), errors),
        corrected_difference(Spread(0.0, 0.0, 11), errors),
    ):
        assert (found.value, found.interval, found.why) == (None, None, CANNOT_TELL)


def test_counts_are_read_off_the_line() -> None:
    cells = [(float(t), 0.5 + 0.6 * t) for t in range(5)]
    errors = errors_of(
        [JudgedPair(f"s{k}", t, j) for k in range(4) for t, j in cells], yes_no=False
    )
    assert isinstance(errors, Errors)
    assert (errors.a, errors.b) == (pytest.approx(0.5), pytest.approx(0.6))
    assert (errors.sensitivity, errors.specificity) == (None, None)
    assert errors.mean_error == pytest.approx(2 - 1.7)
    exact = replace(errors, var_a=0.0, cov=0.0, var_b=0.0)
    found = corrected_mean(Spread(2.0, 0.04, 7), exact)
    assert found.value == pytest.approx(2.5)
    assert found.interval == pytest.approx(
        tuple(2.5 + sign * t_quantile(0.975, 7) * 0.2 / 0.6 for sign in (-1, 1)), abs=1e-6
    )


def test_the_mean_error_is_the_rectifier_of_prediction_powered_inference() -> None:
    ppi_py = pytest.importorskip("ppi_py", reason="the optional oracle ppi-python is not installed")
    rng = np.random.default_rng(3)
    truth = rng.poisson(2, 60).astype(float)
    judged = truth + rng.integers(-1, 2, 60)
    rest = rng.poisson(3, 400).astype(float)
    errors = errors_of(
        [
            JudgedPair(f"s{k % 6}", t, j)
            for k, (t, j) in enumerate(zip(truth.tolist(), judged.tolist(), strict=True))
        ],
        yes_no=False,
    )
    assert isinstance(errors, Errors)
    theirs = ppi_py.ppi_mean_pointestimate(truth, judged, rest, lam=1)
    assert rest.mean() + errors.mean_error == pytest.approx(float(np.ravel(theirs)[0]))


def test_a_single_scenario_gives_an_estimate_without_an_interval() -> None:
    found = corrected_mean(Spread.of(0.31, None, None), known(*NOISY))
    assert found.value == pytest.approx(0.3)
    assert found.interval is None
    assert "one scenario" in found.why


def test_so_few_scenarios_that_there_are_no_ends_are_no_fault_of_the_judge() -> None:
    errors = known(*NOISY)
    t = cluster_t([0.1, 0.5])
    assert t is not None
    few = corrected_mean(Spread.of(t.mean, t, None), errors)
    assert few.value == pytest.approx((t.mean - errors.a) / errors.b)
    assert (few.interval, few.why) == (None, FEW_SCENARIOS)
    many = corrected_mean(Spread(t.mean, t.sd**2 / 20, 19), errors)
    assert many.interval is not None


def test_where_all_scenarios_are_alike_the_width_is_that_of_the_share() -> None:
    means = [0.0] * 8
    t, ends = cluster_t(means), share_interval(means, 64)
    assert t is not None
    assert ends is not None
    assert ends[1] > 0
    run = Spread.of(t.mean, t, ends)
    assert run.variance == pytest.approx((ends[1] / t_quantile(0.975, 7)) ** 2)


def test_scenarios_that_read_alike_are_no_certainty() -> None:
    t = cluster_t([0.0] * 8)
    assert t is not None
    unknown = corrected_mean(Spread.of(0.0, t, None), known(*NOISY))
    assert (unknown.interval, unknown.why) == (None, ALIKE)
    none = count_interval(0.0, 8)
    assert none == pytest.approx((0.0, t_quantile(0.975, 7) ** 2 / 8))
    assert count_interval(1.0, 1) is None
    counted = corrected_mean(Spread.of(0.0, t, none), known(*NOISY))
    assert counted.interval is not None
    assert counted.interval[1] > 0.5


@given(st.floats(0, 20), st.integers(2, 40))
def test_the_interval_of_a_count_holds_it(mean: float, scenarios: int) -> None:
    ends = count_interval(mean, scenarios)
    assert ends is not None
    assert 0 <= ends[0] <= mean < ends[1]


EXACT = Errors(
    yes_no=False, a=0.0, b=0.5, var_a=0, cov=0, var_b=0, free=11, mean_error=0, n=40, missing=0
)
"""Reads half of what is there, and that is known for certain."""
READINGS = ((1.0, 3.0), (2.0, 3.5), (1.5, 5.0), (2.5, 4.0))


def test_each_side_is_corrected_by_the_errors_of_its_own_judge() -> None:
    other = replace(EXACT, a=1.0, b=2.0)
    found = independent_difference(READINGS, EXACT, other)
    # 1.75 / 0.5 and (3.875 - 1) / 2
    assert found.value == pytest.approx(3.5 - 1.4375)
    t = cluster_t([one / 0.5 - two / 2 for one, two in READINGS])
    assert t is not None
    half = (t.hi - t.lo) / 2
    assert found.interval == pytest.approx((3.5 - 1.4375 - half, 3.5 - 1.4375 + half))


def test_what_is_not_known_of_either_judge_widens_the_interval() -> None:
    """By the distances of Fieller's ends, of each side with its reading held fixed."""
    doubtful = replace(EXACT, var_a=0.01, cov=-0.001, var_b=0.002)
    found = independent_difference(READINGS, doubtful, EXACT)
    certain = independent_difference(READINGS, EXACT, EXACT)
    held = corrected_mean(Spread(1.75, 0.0, doubtful.free), doubtful)
    assert found.value == certain.value == pytest.approx(3.5 - 7.75)
    for ends in (found.interval, certain.interval, held.interval):
        assert ends is not None
    half = certain.interval[1] - certain.value  # type: ignore[index]
    low, high = held.interval  # type: ignore[misc]
    assert found.interval == pytest.approx(
        (found.value - math.hypot(half, 3.5 - low), found.value + math.hypot(half, high - 3.5))
    )


@given(
    st.lists(st.tuples(st.floats(0, 5), st.floats(0, 5)), min_size=2, max_size=6),
    st.floats(0.2, 2),
    st.floats(-1, 1),
)
def test_the_other_way_round_it_is_the_same_with_the_other_sign(
    readings: list[tuple[float, float]], b: float, a: float
) -> None:
    other = replace(EXACT, a=a, b=b, var_a=0.01, var_b=0.0004)
    found = independent_difference(readings, EXACT, other)
    turned = independent_difference([(two, one) for one, two in readings], other, EXACT)
    assert found.value == pytest.approx(-turned.value)  # type: ignore[operator]
    assert (found.interval is None) is (turned.interval is None)
    ends, mirrored = found.interval or (0, 0), turned.interval or (0, 0)
    assert ends == pytest.approx((-mirrored[1], -mirrored[0]), abs=1e-9)


def test_where_one_judge_cannot_tell_there_is_no_difference() -> None:
    blind = replace(EXACT, b=0.1, var_b=0.01)
    for pair in ((blind, EXACT), (EXACT, blind)):
        assert independent_difference(READINGS, *pair) == Corrected(None, None, CANNOT_TELL)


def test_sides_that_read_alike_everywhere_are_no_certainty() -> None:
    alike = [(1.0, 2.0)] * 4
    found = independent_difference(alike, EXACT, EXACT)
    assert (found.value, found.interval, found.why) == (pytest.approx(-2), None, ALIKE)
    ends = count_interval(1.0, 4), count_interval(2.0, 4)
    told = independent_difference(alike, EXACT, EXACT, ends)
    assert told.interval is not None
    assert told.interval[0] < -2 < told.interval[1]
    one = independent_difference(alike[:1], EXACT, EXACT)
    assert (one.interval, one.why) == (None, ONE_SCENARIO)
