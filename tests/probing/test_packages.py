"""Which packages a delegate is shown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario, Twin
from harness.probing.packages import packages
from tests.support.disputes import small, utilities


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    (found,) = load_scenarios("opening")
    return found


@example(seed=1, count=9)
@given(seed=st.integers(0, 2**53), count=st.integers(2, 20))
def test_they_are_spread_from_worst_to_best(scenario: Scenario, seed: int, count: int) -> None:
    principal = scenario.seats.u
    shown = packages(scenario, principal, seed, count)
    assert len({tuple(one.items()) for one in shown}) == count
    terms, all_values = scenario.terms(principal), utilities(scenario, principal)
    values = np.sort([terms.utility(one) for one in shown])
    width = float(np.ptp(all_values)) / count
    edges = float(all_values.min()) + width * np.arange(count)
    gap = float(np.diff(np.unique(all_values)).max())  # how far the nearest package may lie
    assert (values >= edges - gap).all()
    assert (values <= edges + width + gap).all()
    assert packages(scenario, principal, seed, count) == shown


def test_the_order_says_nothing(scenario: Scenario) -> None:
    terms = scenario.terms(scenario.seats.o)
    orders = []
    for seed in range(5):
        values = [terms.utility(one) for one in packages(scenario, scenario.seats.o, seed, 9)]
        orders.append(tuple(np.argsort(values)))
    assert len(set(orders)) > 1
    assert tuple(range(9)) not in orders


def test_exchanged_chairs_change_nothing(scenario: Scenario) -> None:
    swapped = scenario.twin(Twin.SEATS)
    assert packages(swapped, scenario.seats.u, 7, 9) == packages(scenario, scenario.seats.u, 7, 9)


def test_a_small_dispute_gives_all_it_has(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    shown = packages(scenario, "a", 1, 9)
    assert len({tuple(one.items()) for one in shown}) == len(shown) == 6
