"""Whether readings bend: by how much, and no more often than chance would have it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import f

from harness.analysis.lack_of_fit import (
    LEAST_EACH,
    LEVEL,
    MOST_OFF,
    bends,
    farthest,
    groups,
    lack_of_fit,
)
from harness.analysis.observations import Floats

TRUTH = np.repeat([0.0, 1 / 3, 2 / 3, 1.0], 12)


def readings(*means: float, noise: float = 0.1) -> Floats:
    """Twelve readings of each of four truths, about their means."""
    around = np.linspace(-noise, noise, 12)
    return np.concatenate([mean + around for mean in means])


@pytest.mark.parametrize("seed", range(6))
def test_where_errors_are_normal_it_agrees_with_the_table_of_f(seed: int) -> None:
    judged = TRUTH + np.random.default_rng(seed).normal(0, 0.2, 48)
    full = _left(judged, (TRUTH[:, None] == np.unique(TRUTH)).astype(float))
    line = _left(judged, np.column_stack([np.ones(48), TRUTH]))
    table = f.sf((line - full) / 2 / (full / 44), 2, 44)
    assert lack_of_fit(TRUTH, judged) == pytest.approx(table, abs=0.12)


def _left(judged: Floats, columns: Floats) -> float:
    """The sum of squares that a model leaves."""
    return float(((judged - columns @ np.linalg.lstsq(columns, judged)[0]) ** 2).sum())


def test_a_line_is_no_bend_and_a_step_is() -> None:
    assert not bends(TRUTH, readings(0.1, 0.3, 0.5, 0.7))
    assert bends(TRUTH, readings(0.0, 0.6, 0.65, 0.7))
    assert bends(TRUTH, readings(0.0, 0.6, 0.65, 0.7, noise=0.0)), "without any noise too"
    assert not bends(TRUTH, readings(0.1, 0.3, 0.5, 0.7, noise=0.0))


def test_a_judge_that_overlooks_values_of_many_sizes_does_not_bend() -> None:
    """Where nothing is there it is never wrong, and a value that is there is its own or 0: the
    table of F would find a bend in most of these."""
    found = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        truth = np.concatenate([np.zeros(50), rng.uniform(0.05, 0.5, 46)])
        judged = np.where(rng.random(96) < 0.8, truth, 0.0)
        found += bends(truth, judged)
    assert found <= 1


def test_a_bend_that_is_small_is_let_pass_and_one_that_is_not_sure_too() -> None:
    small = readings(0.0, 0.37, 0.7, 1.0, noise=0.01)
    p = lack_of_fit(TRUTH, small)
    assert p is not None
    assert p < LEVEL
    assert farthest(TRUTH, small) < MOST_OFF
    assert not bends(TRUTH, small)
    unsure = readings(0.0, 0.6, 0.65, 0.7, noise=2.0)
    assert farthest(TRUTH, unsure) > MOST_OFF
    assert not bends(TRUTH, unsure)


def test_how_far_is_what_a_correction_could_be_wrong_by() -> None:
    """Each truth alone, corrected by the line."""
    judged = readings(0.05, 0.45, 0.5, 0.6)
    slope, start = np.polyfit(TRUTH, judged, 1)
    means = judged.reshape(4, 12).mean(axis=1)
    wrong = (means - start) / slope - np.unique(TRUTH)
    assert farthest(TRUTH, judged) == pytest.approx(np.abs(wrong).max())
    assert farthest(TRUTH, readings(0.7, 0.5, 0.3, 0.1)) == np.inf


def test_too_few_truths_or_readings_tell_of_no_bend() -> None:
    assert lack_of_fit(TRUTH[:24], readings(0, 1, 0, 0)[:24]) is None
    few = np.arange(2.0 * LEAST_EACH + 2)
    assert lack_of_fit(few, few**2) is None
    assert not bends(few, few**4)


def test_the_same_readings_give_the_same_answer() -> None:
    judged = TRUTH + np.random.default_rng(1).normal(0, 0.3, 48)
    assert lack_of_fit(TRUTH, judged) == lack_of_fit(TRUTH, judged)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=60))
def test_groups_are_runs_of_truths_with_enough_readings(values: list[int]) -> None:
    truth = np.array(values, dtype=np.float64)
    found = groups(truth)
    assert set(found.tolist()) == set(range(int(found.max()) + 1))
    assert len(truth) < LEAST_EACH or np.bincount(found).min() >= LEAST_EACH
    order = np.argsort(truth, kind="stable")
    assert (np.diff(found[order]) >= 0).all(), "in the order of the truths"
    for value in set(values):
        assert len(set(found[truth == value].tolist())) == 1
