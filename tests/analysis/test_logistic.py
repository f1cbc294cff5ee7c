"""The logistic curve: against its definition, against separation, and for known truth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.analysis.logistic import Curve, fit, jackknifed

SEPARATED = ([-0.3, -0.1, 0.1, 0.3], [False, False, True, True])


def drawn(
    rng: np.random.Generator, threshold: float, slope: float, count: int
) -> tuple[list[float], list[bool]]:
    values = rng.uniform(-0.6, 0.5, count)
    signed = rng.random(count) < 1 / (1 + np.exp(-slope * (values - threshold)))
    return values.tolist(), signed.tolist()


def test_it_solves_the_penalised_equations() -> None:
    """Score and leverage are worked out here from the definition (Firth 1993, eq. 3)."""
    values, signed = drawn(np.random.default_rng(3), -0.1, 8, 40)
    curve = fit(values, signed)
    assert curve is not None
    x = np.column_stack([np.ones(40), values])
    p = 1 / (1 + np.exp(-curve.slope * (np.array(values) - curve.threshold)))
    root = np.sqrt(p * (1 - p))[:, None] * x
    leverage = np.diag(root @ np.linalg.inv(root.T @ root) @ root.T)
    score = x.T @ (np.array(signed) - p + leverage * (0.5 - p))
    assert score == pytest.approx([0, 0], abs=1e-6)


def test_separated_answers_have_a_threshold_between_them() -> None:
    curve = fit(*SEPARATED)
    assert curve is not None
    assert curve.separated
    assert curve.threshold == pytest.approx(0, abs=1e-6)
    assert 0 < curve.slope < 100


@example(seed=0, count=2)
@example(seed=1, count=600)
@example(seed=32, count=3)
@example(seed=43, count=200)
@given(seed=st.integers(0, 10_000), count=st.integers(2, 600))
@settings(max_examples=60)
def test_however_many_answers_are_separated_the_threshold_is_in_the_gap(
    seed: int, count: int
) -> None:
    """A delegate that follows its stake exactly answers so, hundreds of times."""
    rng = np.random.default_rng(seed)
    values = np.sort(rng.uniform(-1, 1, count))
    signed = np.arange(count) >= rng.integers(1, count)
    curve = fit(values, signed.tolist())
    assert curve is not None
    assert curve.separated
    assert values[~signed].max() <= curve.threshold <= values[signed].min()
    assert curve.slope > 0


@example(shift=0.25, scale=2.0)
@given(shift=st.floats(-1, 1), scale=st.floats(0.1, 10))
def test_it_does_not_depend_on_the_scale(shift: float, scale: float) -> None:
    values, signed = drawn(np.random.default_rng(5), 0.05, 6, 60)
    one = fit(values, signed)
    other = fit([shift + scale * value for value in values], signed)
    assert one is not None
    assert other is not None
    assert other.threshold == pytest.approx(shift + scale * one.threshold, abs=1e-6)
    assert other.slope == pytest.approx(one.slope / scale, rel=1e-5)


@pytest.mark.parametrize(
    ("values", "signed"),
    [
        ([], []),
        ([0.1, 0.2], [True, True]),
        ([0.1, 0.2], [False, False]),
        ([0.1, 0.1], [False, True]),
        ([-0.3, -0.1, 0.1, 0.3], [True, True, False, False]),
    ],
)
def test_where_there_is_no_threshold_there_is_no_curve(
    values: list[float], signed: list[bool]
) -> None:
    assert fit(values, signed) is None


def test_intervals_cover_the_truth() -> None:
    """Thresholds that differ between scenarios, as they do; nominal coverage is 95 %."""
    rng, covered, sharp = np.random.default_rng(11), 0, 0
    for _ in range(40):
        clusters = {
            str(number): drawn(rng, -0.08 + 0.05 * rng.standard_normal(), 20, 18)
            for number in range(8)
        }
        found = jackknifed(clusters, lambda curve: curve.threshold)
        assert found is not None
        assert found.interval is not None
        lo, hi = found.interval
        covered += lo <= -0.08 <= hi
        sharp += hi - lo < 0.3
    assert covered >= 34, "fewer have a chance below 1 % where the truth is 95 %"
    assert sharp >= 36


def test_few_scenarios_have_no_interval() -> None:
    values, signed = drawn(np.random.default_rng(3), -0.1, 8, 40)
    found = jackknifed({"a": (values, signed), "b": (values, signed)}, lambda curve: curve.slope)
    assert found is not None
    assert found.interval is None
    assert math.isfinite(found.value)
    flat = {"a": ([0.1, 0.2], [True, True])}
    assert jackknifed(flat, lambda curve: curve.slope) is None
    only_one_tells = {"a": SEPARATED, "b": ([0.1], [True]), "c": ([0.2], [True])}
    found = jackknifed(only_one_tells, _threshold)
    assert found is not None
    assert found.interval is None, "without the one, there is no curve"


def _threshold(curve: Curve) -> float:
    return curve.threshold
