"""Agreement: on published worked examples, and by the properties of the measures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import repeat

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.agreement import (
    LEAST_CLUSTERS,
    Floats,
    Level,
    clustered,
    cohen_kappa,
    krippendorff_alpha,
)
from harness.errors import UsageError

N = None
# Krippendorff, "Computing Krippendorff's alpha-reliability" (2011), part C: four observers.
FOUR = list(
    zip(
        (1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N),
        (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3),
        (N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N),
        (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N),
        strict=True,
    )
)
# The same paper, parts A and B: two observers.
BINARY = list(zip((0, 1, 0, 0, 0, 0, 0, 0, 1, 0), (1, 1, 1, 0, 0, 1, 0, 0, 0, 0), strict=True))
LETTERS = [
    tuple(float("abcde".index(letter)) for letter in pair)
    for pair in zip("aabbdccceDda".lower(), "babbbccceddd", strict=True)
]


@pytest.mark.parametrize(
    ("level", "value"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_alpha_of_four_observers_with_missing_values(level: Level, value: float) -> None:
    assert krippendorff_alpha(FOUR, level) == pytest.approx(value, abs=5e-4)


def test_alpha_of_two_observers() -> None:
    assert krippendorff_alpha(BINARY) == pytest.approx(0.095, abs=5e-4)
    assert krippendorff_alpha(LETTERS) == pytest.approx(0.692, abs=5e-4)


def test_kappa_of_published_tables() -> None:
    # Viera & Garrett, "Understanding interobserver agreement" (2005), table 2.
    table = [*repeat((1, 1), 15), *repeat((1, 0), 5), *repeat((0, 1), 10), *repeat((0, 0), 70)]
    assert cohen_kappa(table) == pytest.approx(0.57, abs=5e-3)
    # Cohen (1960), by the formula with p_o = .7 and p_e = .5.
    table = [*repeat((1, 1), 20), *repeat((1, 0), 5), *repeat((0, 1), 10), *repeat((0, 0), 15)]
    assert cohen_kappa(table) == pytest.approx(0.4)


def test_what_says_nothing_is_none() -> None:
    assert cohen_kappa([]) is None
    assert cohen_kappa([(1, 1)] * 5) is None
    assert krippendorff_alpha([]) is None
    assert krippendorff_alpha([(1, None), (None, 2)]) is None
    assert krippendorff_alpha([(3, 3), (3, 3)]) is None
    with pytest.raises(UsageError, match="finite"):
        krippendorff_alpha([(math.inf, 1.0)])


labels = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=40)


@given(labels)
def test_full_agreement_is_one_and_nothing_is_above_it(pairs: list[tuple[int, int]]) -> None:
    same = [(a, a) for a, _ in pairs]
    for figure in (cohen_kappa, krippendorff_alpha):
        assert figure(same) in (None, pytest.approx(1.0))
        found = figure(pairs)  # type: ignore[operator]
        assert found is None or found <= 1 + 1e-12
    swapped = [(b, a) for a, b in pairs]
    assert cohen_kappa(swapped) == pytest.approx(cohen_kappa(pairs))
    assert krippendorff_alpha(swapped) == pytest.approx(krippendorff_alpha(pairs))


@given(labels, st.floats(0.1, 9), st.floats(-5, 5))
def test_the_interval_alpha_has_no_scale(
    pairs: list[tuple[int, int]], by: float, plus: float
) -> None:
    moved = [(a * by + plus, b * by + plus) for a, b in pairs]
    found = krippendorff_alpha(pairs, "interval")
    if found is not None:
        assert krippendorff_alpha(moved, "interval") == pytest.approx(found, abs=1e-6)


def test_an_interval_resamples_clusters_and_not_units() -> None:
    clusters = [[(1, 1), (0, 0)] * 10, [(1, 0), (0, 1)] * 10] * 6
    found = clustered(clusters, cohen_kappa)
    assert (found.value, found.n) == (pytest.approx(0.0), 240)
    assert found.low is not None
    assert found.high is not None
    apart = clustered([[unit] for cluster in clusters for unit in cluster], cohen_kappa)
    assert apart.low is not None
    assert apart.high is not None
    assert found.high - found.low > 2 * (apart.high - apart.low)
    assert clustered(clusters, cohen_kappa) == found, "the same each time"


def test_there_is_no_interval_of_few_clusters_or_where_nothing_varies() -> None:
    few = clustered([[(1, 1), (0, 0)], [(1, 0)]], cohen_kappa)
    assert (few.low, few.high) == (None, None)
    alike = clustered([[(1, 1), (0, 0)]] * 12, cohen_kappa)
    assert (alike.value, alike.low, alike.high) == (1.0, None, None)
    assert clustered([], cohen_kappa).value is None


def test_intervals_are_the_same_either_way() -> None:
    def share(units: Mapping[tuple[int, int], int]) -> float | None:
        whole = sum(units.values())
        return sum(n for (a, b), n in units.items() if a == b) / whole if whole else None

    def shares(kinds: Sequence[tuple[int, int]], times: Floats) -> Floats:
        same = np.array([float(a == b) for a, b in kinds])
        return np.asarray(times @ same / times.sum(axis=1))

    clusters = [[(n % 2, m % 3 // 2) for m in range(n % 5 + 1)] for n in range(12)]
    slow, quick = clustered(clusters, share), clustered(clusters, share, many=shares)
    assert slow.value == quick.value
    assert (slow.low, slow.high) == (pytest.approx(quick.low), pytest.approx(quick.high))
    assert slow.low is not None


def test_nine_clusters_are_too_few_and_ten_are_not() -> None:
    clusters = [[(1, 1), (0, 0)], [(1, 0), (1, 1)], [(0, 0), (1, 1)]] * 4
    for few in (LEAST_CLUSTERS - 1, LEAST_CLUSTERS):
        found = clustered(clusters[:few], cohen_kappa)
        assert (found.low is None) == (few < LEAST_CLUSTERS)
