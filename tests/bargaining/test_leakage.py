"""What offers give away: exact cases, symmetries, and how each estimator does on drawn offers."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from harness.bargaining.leakage import (
    CONCEDED,
    SPREAD,
    bayesian,
    finds_top,
    frequency,
    kept,
    over_time,
    recovered,
    standing,
    top_of,
)
from harness.errors import UsageError

Floats = NDArray[np.float64]
ISSUES, OPTIONS, OFFERS, DISPUTES = 5, 4, 6, 120
ESTIMATORS: dict[str, Callable[[Floats], Floats]] = {
    "kept": kept,
    "frequency": frequency,
    "bayesian": bayesian,
}
PLACES = arrays(
    np.float64, st.tuples(st.integers(1, 5), st.integers(1, 5)), elements=st.floats(0, 1)
)


@given(PLACES)
@example(np.zeros((2, 3)))
@example(np.ones((1, 1)))
def test_weights_are_shares(places: Floats) -> None:
    for estimate in ESTIMATORS.values():
        weights = estimate(places)
        assert weights.shape == (places.shape[1],)
        assert weights.min() >= 0
        assert weights.sum() == pytest.approx(1.0)


@given(PLACES, st.randoms(use_true_random=False))
@example(np.array([[1.0, 0.5], [1.0, 0.0]]), None)
def test_the_order_of_the_issues_makes_no_difference(places: Floats, random: object) -> None:
    order = np.arange(places.shape[1])[::-1]
    for estimate in ESTIMATORS.values():
        assert estimate(places[:, order]) == pytest.approx(estimate(places)[order])


def test_what_is_kept_and_what_stays() -> None:
    offers = np.array([[1.0, 1.0, 1.0], [1.0, 0.5, 1.0], [1.0, 0.5, 0.0]])
    assert kept(offers) == pytest.approx(np.array([3.0, 2.0, 2.0]) / 7)
    # The first issue never changes, each of the others once.
    assert frequency(offers)[0] > frequency(offers)[1]
    assert bayesian(offers).argmax() == 0


@pytest.mark.parametrize("places", [[], [[1.5]], [[-0.1, 0.5]], [[np.nan]]])
def test_what_is_no_ladder_is_refused(places: list[list[float]]) -> None:
    with pytest.raises(UsageError, match="from 0 to 1"):
        kept(places)


def test_too_many_issues_have_too_many_choices() -> None:
    with pytest.raises(UsageError, match="too many"):
        bayesian(np.ones((2, 11)))


def test_ranks_are_compared_and_ties_say_nothing() -> None:
    truth = [0.5, 0.3, 0.2]
    assert recovered([0.4, 0.35, 0.25], truth) == pytest.approx(1.0)
    assert recovered([0.2, 0.3, 0.5], truth) == pytest.approx(-1.0)
    assert recovered([1 / 3, 1 / 3, 1 / 3], truth) is None
    assert recovered([1.0], [1.0]) is None
    assert finds_top([0.4, 0.35, 0.25], truth) == 1.0
    assert finds_top([1 / 3, 1 / 3, 1 / 3], truth) == pytest.approx(1 / 3)
    assert finds_top([0.2, 0.3, 0.5], truth) == 0.0


def drawn(trading: bool, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """True weights, and the offers of a side that concedes by the clock: any package at its
    aspiration, or of those the one that is best for the other side."""
    chosen = np.array(list(product(range(OPTIONS), repeat=ISSUES)))
    ladder = np.sort(rng.random((ISSUES, OPTIONS)), axis=1)[:, ::-1]
    ladder = (ladder - ladder[:, -1:]) / (ladder[:, :1] - ladder[:, -1:])
    weights, others = (rng.dirichlet(np.full(ISSUES, 2.0)) for _ in range(2))
    own = sum(weights[i] * ladder[i, chosen[:, i]] for i in range(ISSUES))
    other = (others * chosen / (OPTIONS - 1)).sum(axis=1)
    offers = []
    for t in range(OFFERS):
        enough = np.flatnonzero(own >= 1.0 - 0.5 * t / (OFFERS - 1) - 1e-9)
        best = other[enough].argmax() if trading else own[enough].argmin()
        offers.append(1.0 - chosen[enough[best]] / (OPTIONS - 1))
    return weights, np.array(offers)


def leaked(trading: bool, backwards: bool = False) -> dict[str, float]:
    """The mean correlation that each estimator reaches; what says nothing counts as 0."""
    rng = np.random.default_rng(7)
    found: dict[str, list[float]] = {name: [] for name in ESTIMATORS}
    for _ in range(DISPUTES):
        weights, offers = drawn(trading, rng)
        for name, estimate in ESTIMATORS.items():
            found[name].append(
                recovered(estimate(offers[::-1] if backwards else offers), weights) or 0
            )
    return {name: float(np.mean(values)) for name, values in found.items()}


def test_what_is_kept_leaks_in_both_ways_of_bargaining() -> None:
    plain, trading = leaked(trading=False), leaked(trading=True)
    assert plain["kept"] > 0.25
    assert trading["kept"] > 0.45
    # Against offers that trade one issue for another, what stays says next to nothing.
    assert trading["frequency"] < trading["kept"] - 0.3


def test_the_bayesian_model_is_best_by_its_own_schedule_and_loses_by_another() -> None:
    forwards, backwards = leaked(trading=True), leaked(trading=True, backwards=True)
    assert backwards["kept"] == pytest.approx(forwards["kept"])
    assert leaked(trading=False)["bayesian"] > leaked(trading=False)["kept"]
    assert backwards["bayesian"] < forwards["bayesian"] - 0.1


def by_orders(offers: Floats) -> Floats:
    """The Bayesian model with an order of the issues for a hypothesis, weights falling evenly."""
    ranks = np.array(list(permutations(range(offers.shape[1]))))
    weights = (offers.shape[1] - ranks) / ranks.shape[1] / (ranks.shape[1] + 1) * 2
    expected = 1.0 - CONCEDED * np.linspace(0, 1, len(offers))
    log = -((weights @ offers.T - expected) ** 2).sum(axis=1) / (2 * SPREAD**2)
    belief = np.exp(log - log.max())
    mean: Floats = belief @ weights / belief.sum()
    return mean


@pytest.mark.parametrize("trading", [False, True])
def test_choices_of_issues_recover_as_much_as_their_orders(trading: bool) -> None:
    rng, gaps = np.random.default_rng(11), []
    for _ in range(DISPUTES):
        weights, offers = drawn(trading, rng)
        one, other = recovered(bayesian(offers), weights), recovered(by_orders(offers), weights)
        gaps.append((one or 0) - (other or 0))
    assert abs(np.mean(gaps)) < 0.03


@given(PLACES, st.data())
@example(np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 0.0]]), None)
def test_over_time_is_each_of_the_first_offers(places: Floats, data: st.DataObject | None) -> None:
    """What fewer offers say does not depend on the later ones; a side with fewer is filled up."""
    made = 2 if data is None else data.draw(st.integers(1, len(places)))
    made = min(made, len(places))
    fewer = np.where(np.arange(len(places))[:, None] < made, places, 0.0)
    counts = ((made, len(places)), (made, made))
    found = over_time(np.array([places, fewer]), counts)
    for number, estimate in enumerate((kept, frequency, bayesian)):
        for side, point, seen in ((0, 1, len(places)), (1, 0, made), (1, 1, made)):
            got = found[number, side, point]
            if got.any():
                assert got == pytest.approx(estimate(places[:seen]))
    assert found[:2, 0, 0] == pytest.approx(found[:2, 1, 0])


@given(arrays(np.float64, st.integers(1, 6), elements=st.sampled_from([0.1, 0.2, 0.3])))
@example(np.array([0.1, 0.2]))
def test_standings_are_ranks_of_mean_0_and_length_1(weights: Floats) -> None:
    held = standing(weights)
    assert held.sum() == pytest.approx(0.0)
    assert held @ held == pytest.approx(0.0 if np.ptp(weights) == 0 else 1.0)
    assert (
        np.sign(np.subtract.outer(held, held).round(9))
        == np.sign(np.subtract.outer(weights, weights))
    ).all()
    assert set(top_of(weights)) == set(np.flatnonzero(weights == weights.max()))
