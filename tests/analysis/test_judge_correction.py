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
    BENT,
    CANNOT_TELL,
    FEW_SCENARIOS,
    Errors,
    JudgedPair,
    Spread,
    corrected_difference,
    corrected_mean,
    count_interval,
    errors_of,
    line_of,
)


def pairs(*cells: tuple[float, float, int]) -> list[JudgedPair]:
    """(truth, judged, how many), spread evenly over six scenarios."""
    each = [(truth, judged) for truth, judged, count in cells for _ in range(count)]
    return [JudgedPair(f"s{number % 6}", *one) for number, one in enumerate(each)]


def known(*cells: tuple[float, float, int], yes_no: bool = True) -> Errors:
    found = errors_of(pairs(*cells), yes_no=yes_no)
    assert isinstance(found, Errors)
    return found


NOISY = ((1, 1, 40), (1, 0, 10), (0, 0, 45), (0, 1, 5))


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


@pytest.mark.parametrize(
    ("found", "yes_no", "why"),
    [
        (pairs((1, 1, 4), (0, 0, 40)), True, "too few known transcripts: 4 where it is so and 40"),
        (pairs((2, 2, 9)), False, "too few known transcripts: 9"),
        (pairs((2, 1, 9), (2, 2, 9)), False, "the truth is the same"),
        ([JudgedPair("s", t % 2, t % 2) for t in range(40)], True, "all known transcripts are of"),
        ([JudgedPair(f"s{t // 20}", t // 20, 1) for t in range(40)], True, "without one of its"),
        ([JudgedPair("s", 1, None), JudgedPair("s", None, 1)], True, "too few"),
        (pairs((1, 1, 40), (0, 0.5, 40)), True, "known transcripts of a yes/no measure have"),
        ([], False, "too few known transcripts: 0"),
    ],
)
def test_what_the_known_transcripts_cannot_say_is_said(
    found: list[JudgedPair], yes_no: bool, why: str
) -> None:
    said = errors_of(found, yes_no=yes_no)
    assert isinstance(said, str)
    assert said.startswith(why)


def test_pairs_without_a_value_are_counted() -> None:
    found = errors_of([*pairs(*NOISY), JudgedPair("s0", 1, None)], yes_no=True)
    assert isinstance(found, Errors)
    assert (found.n, found.missing) == (100, 1)


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


def test_a_judge_of_counts_without_an_error_is_not_known_to_make_none() -> None:
    truth = [float(number % 5) for number in range(60)]
    errors = errors_of(
        [JudgedPair(f"s{number // 10}", one, one) for number, one in enumerate(truth)],
        yes_no=False,
    )
    assert isinstance(errors, Errors)
    assert (errors.a, errors.b) == (pytest.approx(0), pytest.approx(1))
    # The line through 60 readings, one in 62 of which is by chance.
    least = 2 * np.var(truth) / 62
    x = np.column_stack([np.ones(60), truth])
    variances = least * np.linalg.inv(x.T @ x)
    assert errors.var_a == pytest.approx(variances[0, 0])
    assert errors.cov == pytest.approx(variances[0, 1])
    assert errors.var_b == pytest.approx(variances[1, 1])


def test_errors_that_bend_give_no_figure() -> None:
    alike = [(0.0, 0.0, 60), (1 / 3, 0.6, 20), (2 / 3, 2 / 3, 20), (1.0, 0.7, 20)]
    bent = pairs(*alike)
    assert errors_of(bent, yes_no=False) == BENT
    line = line_of(bent, yes_no=False)
    assert isinstance(line, Errors)
    straight = pairs(*((t, 0.1 + 0.7 * t, n) for t, _, n in alike))
    found = errors_of(straight, yes_no=False)
    assert isinstance(found, Errors)
    assert found.b == pytest.approx(0.7)


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
