"""Means and changes over transcripts."""

from __future__ import annotations

import pytest

from harness.analysis.agreement import Agreed
from harness.analysis.intervals import cluster_t, t_quantile
from harness.analysis.over_transcripts import change_of, mean_of


def test_a_mean_has_the_t_interval() -> None:
    values = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    t = cluster_t(values)
    assert t is not None
    assert mean_of(values) == mean_of(values, 1.0) == Agreed(2.5, t.lo, t.hi, 6)


def test_what_is_the_same_everywhere_is_no_certainty() -> None:
    assert mean_of([0.5] * 20) == Agreed(0.5, None, None, 20)
    square = t_quantile(0.975, 19) ** 2
    found = mean_of([0.5] * 20, 2.0)
    assert found.low == pytest.approx(0.5 - 2 * square / (20 + square))
    assert found.high == pytest.approx(0.5 + 2 * square / (20 + square))


def test_one_that_differs_makes_nothing_surer() -> None:
    alike, one_apart = mean_of([0.0] * 40, 1.0), mean_of([0.0] * 39 + [0.1], 1.0)
    assert alike.low is not None
    assert one_apart.low is not None
    assert one_apart.low - one_apart.value <= alike.low  # type: ignore[operator]


def test_too_few_values_have_no_interval() -> None:
    assert mean_of([]) == Agreed(None, None, None, 0)
    assert mean_of([0.5], 1.0) == Agreed(0.5, None, None, 1)


def test_a_change_is_the_later_share_less_the_first() -> None:
    found = change_of([(4, 4, 2, 4), (3, 4, 3, 4)] * 10)
    assert found.value == pytest.approx(10 * 5 / 80 - 10 * 7 / 80)
    assert found.low is not None
    assert found.low < -0.25 < found.high  # type: ignore[operator]
    assert change_of([(0, 0, 1, 1)]).value is None
