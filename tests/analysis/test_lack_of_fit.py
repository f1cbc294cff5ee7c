"""Whether readings bend: against two models fitted by least squares, and by how much."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import f

from harness.analysis.lack_of_fit import LEVEL, MOST_OFF, bends, farthest, lack_of_fit
from harness.analysis.observations import Floats

TRUTH = np.repeat([0.0, 1 / 3, 2 / 3, 1.0], 12)


def readings(*means: float, noise: float = 0.1) -> Floats:
    """Twelve readings of each of four truths, about their means."""
    around = np.linspace(-noise, noise, 12)
    return np.concatenate([mean + around for mean in means])


@given(arrays(np.float64, 24, elements=st.floats(0, 1).map(lambda one: round(one, 2))))
def test_it_is_the_f_test_of_the_line_against_a_mean_of_each_truth(judged: Floats) -> None:
    truth = np.tile([0.0, 1.0, 2.0, 4.0], 6)
    found = lack_of_fit(truth, judged)
    assert found is not None
    assert 0 <= found <= 1
    full = _left(judged, (truth[:, None] == np.unique(truth)).astype(float))
    line = _left(judged, np.column_stack([np.ones(24), truth]))
    if full > 1e-6:
        assert found == pytest.approx(f.sf((line - full) / 2 / (full / 20), 2, 20), abs=1e-6)


def _left(judged: Floats, columns: Floats) -> float:
    """The sum of squares that a model leaves."""
    return float(((judged - columns @ np.linalg.lstsq(columns, judged)[0]) ** 2).sum())


def test_a_line_is_no_bend_and_a_step_is() -> None:
    assert not bends(TRUTH, readings(0.1, 0.3, 0.5, 0.7))
    assert bends(TRUTH, readings(0.0, 0.6, 0.65, 0.7))
    assert bends(TRUTH, readings(0.0, 0.6, 0.65, 0.7, noise=0.0)), "without any noise too"
    assert not bends(TRUTH, readings(0.1, 0.3, 0.5, 0.7, noise=0.0))


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


def test_two_truths_or_too_few_readings_tell_of_no_bend() -> None:
    assert lack_of_fit(TRUTH[:24], readings(0, 1, 0, 0)[:24]) is None
    assert lack_of_fit(np.arange(12.0), np.arange(12.0) ** 2) is None
    assert not bends(np.arange(12.0), np.arange(12.0) ** 2)
