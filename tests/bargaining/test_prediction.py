"""Closed-form settlement under two delegates' stakes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from harness.bargaining.prediction import (
    effective_reservation,
    linear_frontier_share,
    settlement,
)
from harness.errors import UsageError

shares = st.floats(0, 1)
FINE = np.linspace(0, 1, 20_001)
"""u_u of packages along the frontier u_o + u_u = 1."""


def brute_force_share(r_o: float, r_u: float, pi: float, lam: float) -> float | None:
    """Settlement over a fine linear frontier under V_o = u_o and V_u = lam u_u + pi 1[deal]."""
    row = settlement([1 - FINE, lam * FINE + pi], [r_o, lam * r_u])
    return None if row is None else FINE[row]


def test_settlement_by_hand() -> None:
    # Gains over (.1, .2): (.8, .1), (.6, .3), (.2, .7).
    assert settlement([[0.9, 0.7, 0.3], [0.3, 0.5, 0.9]], [0.1, 0.2]) == 1


def test_no_settlement_where_somebody_always_prefers_to_fail() -> None:
    assert settlement([[0.9, 0.1], [0.1, 0.9]], [0.5, 0.5]) is None


def test_a_delegate_to_whom_only_the_deal_matters_gives_everything() -> None:
    assert settlement([[0.2, 0.9, 0.5], [1.3, 1.3, 1.3]], [0.1, 1.0]) == 1


@pytest.mark.parametrize("stakes", [[], [[0.1], [0.1, 0.2]], [[[0.1]], [[0.2]]]])
def test_stakes_must_fit(stakes: list[ArrayLike]) -> None:
    with pytest.raises(UsageError, match="one stake per package"):
        settlement(stakes, [0.0, 0.0])


def test_effective_reservation() -> None:
    assert effective_reservation(0.35, 0.0, 0.7) == 0.35
    assert effective_reservation(0.35, 0.14, 0.7) == pytest.approx(0.15)
    assert effective_reservation(0.35, 0.7, 0.7) == pytest.approx(-0.65)
    assert effective_reservation(0.35, -0.07, 0.7) == pytest.approx(0.45)


def test_without_internalised_cost_only_the_deal_matters() -> None:
    assert effective_reservation(0.35, 0.3, 0) == -math.inf
    assert effective_reservation(0.35, -0.3, 0) == math.inf
    assert effective_reservation(0.35, 0.0, 0) is None
    assert linear_frontier_share(0.3, 0.3, 0.3, 0) == 0
    assert linear_frontier_share(0.3, 0.3, -0.3, 0) is None
    assert linear_frontier_share(0.3, 0.3, 0.0, 0) is None


def test_the_null_is_the_even_split() -> None:
    assert linear_frontier_share(0.3, 0.3, 0, 1) == 0.5
    assert linear_frontier_share(0.3, 0.3, 0, 0.2) == 0.5


@given(shares, shares, st.floats(0, 0.3), st.floats(0.1, 1))
def test_prestige_moves_the_share_by_pi_over_two_lambda(
    r_o: float, r_u: float, pi: float, lam: float
) -> None:
    assume(r_o + r_u <= 1)
    plain = linear_frontier_share(r_o, r_u, 0, lam)
    moved = linear_frontier_share(r_o, r_u, pi, lam)
    assert plain is not None
    assert plain == pytest.approx((1 + r_u - r_o) / 2)
    assert moved == pytest.approx(max(0, plain - pi / (2 * lam)), abs=1e-12)


def test_prestige_can_open_a_zopa_that_the_principals_do_not_have() -> None:
    assert linear_frontier_share(0.6, 0.6, 0.0, 0.5) is None
    share = linear_frontier_share(0.6, 0.6, 0.2, 0.5)
    assert share is not None
    assert share == pytest.approx(0.3)
    assert share < 0.6


def test_at_the_end_of_the_frontier_the_share_stays_there() -> None:
    # r_u' = -2.7, so that the unconstrained optimum lies at u_u = -1.
    assert linear_frontier_share(0.3, 0.3, 3, 1) == 0
    assert brute_force_share(0.3, 0.3, 3, 1) == 0


@given(shares, shares, st.floats(0, 2), st.floats(0.05, 1))
@example(0.50003, 0.49996, 0.0, 1.0).via("a ZOPA that falls between two packages")
@example(0.9, 0.9, 0.0, 1.0).via("no ZOPA")
def test_the_closed_form_is_what_a_search_of_the_frontier_finds(
    r_o: float, r_u: float, pi: float, lam: float
) -> None:
    closed = linear_frontier_share(r_o, r_u, pi, lam)
    searched = brute_force_share(r_o, r_u, pi, lam)
    if closed is None:
        assert searched is None
    elif searched is None:  # a ZOPA narrower than the spacing of the packages
        assert 1 - r_o - (r_u - pi / lam) <= 1e-4
    else:
        assert searched == pytest.approx(closed, abs=1e-4)


@pytest.mark.parametrize(
    "arguments",
    [(-0.1, 0.3, 0, 1), (0.3, 1.1, 0, 1), (0.3, 0.3, 0, -1), (0.3, 0.3, math.nan, 1)],
)
def test_numbers_out_of_range_are_refused(arguments: tuple[float, float, float, float]) -> None:
    with pytest.raises(UsageError):
        linear_frontier_share(*arguments)
