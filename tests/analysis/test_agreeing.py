"""The interval of kappa and alpha: by hand, and never a certainty."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.agreeing import agreeing
from harness.analysis.agreement import LEAST_CLUSTERS, cohen_kappa, krippendorff_alpha
from harness.analysis.intervals import t_quantile

labels = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=12)


def test_nine_clusters_are_too_few_and_ten_are_not() -> None:
    clusters = [[(1, 1), (0, 0)], [(1, 0), (1, 1)], [(0, 0), (1, 1)]] * 4
    for few in (LEAST_CLUSTERS - 1, LEAST_CLUSTERS):
        found = agreeing(clusters[:few], cohen_kappa)
        assert (found.low is None) == (few < LEAST_CLUSTERS)


def test_the_interval_of_agreement_is_of_what_is_lacking() -> None:
    """Against the jackknife by hand."""
    clusters = [[(1, 1), (0, 0)], [(1, 0), (1, 1)], [(0, 0), (0, 1)], [(1, 1), (0, 0)]] * 4
    units = [unit for cluster in clusters for unit in cluster]
    value = cohen_kappa(units)
    assert value is not None
    logs = []
    for left in range(len(clusters)):
        rest = [unit for n, cluster in enumerate(clusters) if n != left for unit in cluster]
        without = cohen_kappa(rest)
        assert without is not None
        logs.append(math.log(1 - without))
    mean = math.fsum(logs) / 16
    error = math.sqrt(math.fsum((one - mean) ** 2 for one in logs) * 15 / 16)
    far = math.exp(t_quantile(0.975, 15) * error)
    found = agreeing(clusters, cohen_kappa)
    assert (found.value, found.n) == (pytest.approx(value), 32)
    assert found.low == pytest.approx(1 - (1 - value) * far)
    assert found.high == pytest.approx(1 - (1 - value) / far)


def test_full_agreement_is_no_certainty_and_one_fault_makes_nothing_surer() -> None:
    alike = [[(1, 1), (0, 0)]] * 30
    lows = []
    for faults in range(4):
        found = agreeing([*alike[faults:], *[[(1, 0), (0, 0)]] * faults], cohen_kappa)
        assert found.low is not None
        lows.append(found.low)
    assert lows[0] > lows[1] > max(lows[2:])
    t = t_quantile(0.975, 29)
    assert lows[0] == pytest.approx(1 - t**2 / (30 + t**2) / 0.5)


def test_a_reader_who_always_says_the_same_is_given_no_interval_without_a_width() -> None:
    found = agreeing([[(1, 0), (0, 0)], [(0, 0), (0, 0)]] * 9, cohen_kappa)
    assert (found.value, found.low, found.high) == (0.0, None, None)
    places = agreeing([[(1, 0), (0, 0)], [(0, 0), (0, 0)]] * 9, krippendorff_alpha)
    assert places.low is not None
    assert places.low < places.value < places.high  # type: ignore[operator]


@given(st.lists(labels, min_size=10, max_size=14))
def test_the_interval_holds_the_figure(clusters: list[list[tuple[int, int]]]) -> None:
    for figure in (cohen_kappa, krippendorff_alpha):
        found = agreeing(clusters, figure)  # type: ignore[arg-type]
        if found.low is not None:
            assert found.value is not None
            assert found.high is not None
            assert -1 <= found.low <= found.value <= found.high <= 1 + 1e-12
            assert found.low < found.high
