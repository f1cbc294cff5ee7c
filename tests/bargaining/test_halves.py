"""The search by halves finds the package that the search of all packages finds, or says nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.bargaining.halves import LEAST, Halves
from harness.bargaining.prediction import settlement
from harness.bargaining.space import Floats, OutcomeSpace

Gains = list[Floats]

grid = st.integers(-10, 0).map(lambda tenth: tenth / 10)
smooth = st.floats(-1, 0)
no_deals = st.floats(-1, 1)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Gains, Gains]:
    """What two delegates gain by the same options: on a grid, where much ties, or anywhere."""
    shape = draw(st.lists(st.integers(1, 4), min_size=1, max_size=5))
    one, other = (
        [
            np.array(draw(st.lists(draw(st.sampled_from([grid, smooth])), min_size=n, max_size=n)))
            / len(shape)
            for n in shape
        ]
        for _ in range(2)
    )
    return one, other


def searched(one: Gains, other: Gains, no_deal: tuple[float, float]) -> int | None:
    """Among all packages."""
    space = OutcomeSpace.of(one)
    return settlement([space.utilities(one) + 1.0, space.utilities(other) + 1.0], no_deal)


def halved(one: Gains, other: Gains, no_deal: tuple[float, float]) -> int | None:
    return Halves.of(one).best_with(other, 1.0 - no_deal[0], 1.0 - no_deal[1])


def conflict(seed: int, options: int = 4, issues: int = 6) -> tuple[Gains, Gains]:
    """Two delegates that want opposite ends, and mind the issues differently."""
    rng = np.random.default_rng(seed)
    one, other = (rng.dirichlet(np.ones(issues)) for _ in range(2))
    steps = np.linspace(-1.0, 0.0, options)
    return [w * steps for w in one], [w * steps[::-1] for w in other]


@settings(max_examples=50)
@given(pairs(), no_deals, no_deals)
@example(conflict(1), 0.4, 0.3)
@example(([np.zeros(3)], [np.zeros(3)]), 0.5, 0.5)
def test_it_is_the_package_of_the_search_of_all(
    gains: tuple[Gains, Gains], no_deal: float, other_no_deal: float
) -> None:
    found = halved(*gains, (no_deal, other_no_deal))
    assert found in {None, searched(*gains, (no_deal, other_no_deal))}


@pytest.mark.parametrize("seed", range(20))
def test_it_is_known_where_both_gain(seed: int) -> None:
    gains = conflict(seed)
    assert halved(*gains, (0.3, 0.2)) == searched(*gains, (0.3, 0.2)) is not None


def test_of_packages_that_tie_it_is_the_first() -> None:
    same = [np.array([0.0, 0.0, -0.1])] * 4
    assert halved(same, same, (0.5, 0.5)) == searched(same, same, (0.5, 0.5)) == 0
    mirrored = [np.array([-0.2, 0.0])] * 2, [np.array([0.0, -0.2])] * 2
    assert halved(*mirrored, (0.5, 0.5)) == searched(*mirrored, (0.5, 0.5)) == 1


def test_what_hangs_on_the_last_digits_is_not_known() -> None:
    """A product that is next to nothing, and two that differ by about as much as ties do."""
    one = [np.array([-0.5, -0.6])]
    assert halved(one, one, (0.5 - LEAST, 0.5)) is None
    close = [np.array([0.0, -1e-10])]
    assert halved(close, [np.array([-1e-10, 0.0]) / 3], (0.5, 0.5)) is None
