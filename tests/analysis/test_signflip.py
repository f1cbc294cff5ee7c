"""The exact sign-flip test, and its random version above 20 scenarios."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from harness.analysis.signflip import EXACT_UP_TO, sign_flip
from harness.errors import UsageError

thousandths = st.integers(-1000, 1000).map(lambda n: n / 1000)
differences = st.lists(thousandths, min_size=1, max_size=10)


def p_of(values: list[float], **options: int) -> float:
    result = sign_flip(values, **options)
    assert result is not None
    return result.p


def test_by_hand() -> None:
    # Sums of ±1 ±2 ±3: 6, 4, 2, 0, 0, -2, -4, -6.
    assert p_of([1, 2, 3]) == 2 / 8
    assert p_of([-1, 2, 3]) == 4 / 8
    assert p_of([1, -2, 3]) == 6 / 8
    assert p_of([1, 2, -3]) == 1.0


def test_every_difference_on_one_side_gives_the_smallest_p() -> None:
    result = sign_flip([0.1, 0.2, 0.05, 0.3, 0.1, 0.2, 0.1, 0.4])
    assert result is not None
    assert result.p == result.min_p == 2 / 2**8
    assert (result.method, result.flips, result.seed) == ("exact", 256, None)


def test_no_scenario_has_no_test_and_one_proves_nothing() -> None:
    assert sign_flip([]) is None
    one = sign_flip([0.7])
    assert one is not None
    assert (one.p, one.min_p) == (1.0, 1.0)


def test_zeros_are_no_evidence() -> None:
    assert p_of([0.0, 0.0, 0.0]) == 1.0
    # Flipping a zero changes nothing, so each pattern of the others counts twice.
    assert p_of([1, 2, 3, 0]) == p_of([1, 2, 3])


def test_rounding_does_not_break_ties() -> None:
    # 0.1 + 0.2 and 0.3 differ in the last bit, yet ±(0.1 + 0.2) ∓ 0.3 are all ties at 0.
    assert p_of([0.1, 0.2, -0.3]) == 1.0
    assert p_of([0.1 + 0.2, -0.3]) == 1.0


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=8))
@settings(max_examples=40, deadline=None)
def test_agrees_with_scipy(values: list[int]) -> None:
    whole = {"permutation_type": "samples", "n_resamples": np.inf, "vectorized": True}
    reference = stats.permutation_test((values,), np.sum, **whole)
    assert p_of(list(map(float, values))) == pytest.approx(float(reference.pvalue), abs=1e-12)


@given(differences)
def test_is_the_share_of_all_patterns(values: list[float]) -> None:
    whole = [round(1000 * value) for value in values]
    patterns = itertools.product((-1, 1), repeat=len(whole))
    sums = [abs(sum(s * v for s, v in zip(signs, whole, strict=True))) for signs in patterns]
    assert p_of(values) == sum(s >= abs(sum(whole)) for s in sums) / len(sums)


@given(differences)
def test_lies_between_its_minimum_and_one(values: list[float]) -> None:
    result = sign_flip(values)
    assert result is not None
    assert 0 < result.min_p <= result.p <= 1
    assert result.min_p == 2 / 2 ** len(values)


@given(differences, st.randoms(use_true_random=False), st.sampled_from([1e-6, 0.5, 3.0, 1e9]))
def test_ignores_order_side_and_scale(values: list[float], random: object, scale: float) -> None:
    shuffled = list(values)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    p = p_of(values)
    assert p_of(shuffled) == p
    assert p_of([-value for value in values]) == p
    assert p_of([scale * value for value in values]) == p


def test_twenty_scenarios_are_exact_and_more_are_drawn() -> None:
    rng = np.random.default_rng(4)
    values = rng.normal(0.2, 0.5, size=EXACT_UP_TO)
    exact = sign_flip(values)
    assert exact is not None
    assert (exact.method, exact.flips) == ("exact", 2**20)
    # Two zeros change nothing in the exact p, so the random p must agree with it.
    drawn = sign_flip([*values, 0.0, 0.0], draws=50_000, seed=9)
    assert drawn is not None
    assert (drawn.method, drawn.flips, drawn.seed) == ("monte_carlo", 50_000, 9)
    error = (exact.p * (1 - exact.p) / 50_000) ** 0.5
    assert 0.01 < exact.p < 0.5
    assert abs(drawn.p - exact.p) < 5 * error


def test_random_patterns_repeat_by_seed_and_never_give_zero() -> None:
    values = list(np.linspace(0.1, 0.9, 25))
    first = sign_flip(values, draws=999, seed=1)
    assert first is not None
    assert first == sign_flip(values, draws=999, seed=1)
    assert first == sign_flip([-v for v in reversed(values)], draws=999, seed=1)
    assert first.p == first.min_p == 1 / 1000
    mixed = [v - 0.45 for v in values]
    assert p_of(mixed, draws=999, seed=1) != p_of(mixed, draws=999, seed=2)


def test_smallest_p_of_random_patterns_knows_the_scenarios() -> None:
    result = sign_flip([1.0] * 21, draws=1_000_000)
    assert result is not None
    assert result.min_p == pytest.approx(1 / 1_000_001)
    few = sign_flip([1.0] * 21, draws=99)
    assert few is not None
    assert few.min_p == 1 / 100


@pytest.mark.parametrize("bad", [[0.1, None], [float("nan")], [float("inf")], 3.0, ["x"]])
def test_refuses_what_is_no_list_of_numbers(bad: object) -> None:
    with pytest.raises(UsageError, match="differences between scenarios"):
        sign_flip(bad)  # type: ignore[arg-type]


def test_refuses_no_draws() -> None:
    with pytest.raises(UsageError, match="one draw"):
        sign_flip([1.0], draws=0)
