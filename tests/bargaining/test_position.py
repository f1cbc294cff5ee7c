"""Skew, surplus share, efficiency and distances of an outcome."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import ArrayLike

from harness.bargaining.frontier import Frontier
from harness.bargaining.position import (
    Position,
    distinct,
    efficiency,
    entry_point,
    locate,
    skew,
    skews,
    solution_distance,
    surplus_share,
)
from harness.bargaining.solutions import solve
from harness.bargaining.space import Floats
from harness.errors import UsageError

Dispute = tuple[Floats, Floats, Floats | None]

LINE = Frontier.of([[1, 0], [0, 1]])


@st.composite
def disputes(draw: st.DrawFn) -> Dispute:
    n = draw(st.integers(2, 25))
    u = draw(arrays(np.int64, (n, 2), elements=st.integers(0, 16))) / 16
    r = draw(arrays(np.int64, (2,), elements=st.integers(0, 8))) / 16
    deal = draw(st.none() | st.integers(0, n - 1))
    return u, r, None if deal is None else u[deal]


def position_of(deal: ArrayLike | None, u: ArrayLike, r: ArrayLike) -> Position:
    return locate(deal, u, r, Frontier.of(u), solve(u, r))


def test_skew_is_positive_towards_the_official_seat() -> None:
    assert skew([0.8, 0.2], LINE, [0.5, 0.5]) == pytest.approx(0.3)
    assert skew([0.2, 0.8], LINE, [0.5, 0.5]) == pytest.approx(-0.3)


def test_skew_separates_lopsided_from_inefficient() -> None:
    assert skew([0.1, 0.1], LINE, [0.5, 0.5]) == pytest.approx(0)
    assert LINE.distance([0.1, 0.1]) > LINE.distance([0.8, 0.2])


@given(disputes())
def test_skews_of_many_are_those_of_each(dispute: Dispute) -> None:
    u, r, _ = dispute
    frontier = Frontier.of(u)
    for reference in (None, r, u[:3]):
        each = [skew(one, frontier, reference) for one in u]
        together = skews(u, frontier, reference)
        assert [None] * len(u) == each if together is None else together.tolist() == each


def test_a_tied_reference_counts_by_its_middle() -> None:
    assert skew([0.5, 0.5], LINE, [[0.7, 0.3], [0.3, 0.7]]) == pytest.approx(0)


def test_skew_is_undefined_without_reference_or_conflict() -> None:
    assert skew([0.5, 0.5], LINE, None) is None
    assert skew([0.5, 0.5], Frontier.of([[1, 1]]), [1, 1]) is None


def test_surplus_share() -> None:
    assert surplus_share([0.7, 0.4], [0.3, 0.3]) == pytest.approx(0.8)
    assert surplus_share([0.7, 0.4], [0.3, 0.3], seat=1) == pytest.approx(0.2)
    assert surplus_share([0.3, 0.4], [0.3, 0.3]) == 0


@pytest.mark.parametrize("deal", [None, [0.9, 0.2], [0.2, 0.9], [0.3, 0.3]])
def test_surplus_share_is_undefined_where_it_would_mislead(deal: ArrayLike | None) -> None:
    assert surplus_share(deal, [0.3, 0.3]) is None


def test_surplus_share_of_an_absent_principal_below_reservation_is_undefined() -> None:
    assert surplus_share([0.6, 0.6, 0.1], [0.3, 0.3, 0.2]) is None


def test_efficiency() -> None:
    u, r = [[0.9, 0.5], [0.5, 0.5], [0.2, 1.0], [2.0, 0.0]], [0.3, 0.3]
    assert efficiency([0.9, 0.5], u, r) == pytest.approx(1)
    assert efficiency([0.5, 0.5], u, r) == pytest.approx(0.5)
    assert efficiency(r, u, r) == pytest.approx(0)
    assert efficiency([0.1, 0.3], u, r) == pytest.approx(-0.25)
    assert efficiency([2.0, 0.0], u, r) == pytest.approx(1.4 / 0.8)


@pytest.mark.parametrize("u", [[[0.9, 0.1]], [[0.3, 0.3]]])
def test_efficiency_is_undefined_without_joint_gain(u: ArrayLike) -> None:
    assert efficiency([0.3, 0.3], u, [0.3, 0.3]) is None


def test_distance_to_the_nearest_of_tied_solutions() -> None:
    assert solution_distance([0, 0], [[3, 4], [1, 0]]) == pytest.approx(1)
    assert solution_distance([0, 0], [3, 4]) == pytest.approx(5)
    assert solution_distance([0, 0], None) is None


def test_no_deal_enters_at_the_reservation_point() -> None:
    u, r = np.array([[1, 0], [0.6, 0.6], [0, 1]]), [0.4, 0.1]
    here = position_of(None, u, r)
    assert entry_point(None, r).tolist() == r
    assert not here.agreed
    assert here.position == Frontier.of(u).project(r)
    assert here.skew == skew(r, Frontier.of(u), [0.6, 0.6])
    assert here.efficiency == 0
    assert here.surplus_share is None
    assert here.distances["nash"] == pytest.approx(math.hypot(0.2, 0.5))


def test_a_deal_without_a_zopa_has_a_position_but_no_skew() -> None:
    here = position_of([0.9, 0.1], np.array([[0.9, 0.1], [0.1, 0.9]]), [0.5, 0.5])
    assert here.position == 1
    assert here.skew is None
    assert here.skew_nash is None
    assert here.efficiency is None
    assert set(here.distances.values()) == {None}


def test_surrender_is_the_end_of_the_frontier() -> None:
    u = np.array([[1, 0], [0.7, 0.6], [0.5, 0.8], [0, 1]])
    here = position_of([1, 0], u, [0.2, 0.2])
    assert here.position == 1
    assert here.skew is not None
    assert here.skew > 0.3
    assert here.surplus_share is None


def test_with_an_absent_principal_skew_looks_at_the_two_seats_only() -> None:
    u = np.array([[1, 0.5, 0], [0.6, 0.9, 0.6], [0, 0.1, 1]])
    r = [0.1, 0.2, 0.1]
    frontier = Frontier.of(u, 0, 2)
    here = locate(u[1], u, r, frontier, solve(u, r), official=0, unofficial=2)
    assert here.skew == pytest.approx(0)
    assert here.surplus_share == pytest.approx(0.5 / 1.7)
    assert here.distances["kalai_smorodinsky"] == 0


def test_a_deal_of_another_size_is_refused() -> None:
    with pytest.raises(UsageError, match="utilities of a deal must be 2"):
        position_of([0.1, 0.2, 0.3], np.array([[0.9, 0.1]]), [0, 0])


@given(disputes())
def test_relabelling_the_seats_negates_skew(dispute: Dispute) -> None:
    u, r, deal = dispute
    here = position_of(deal, u, r)
    there = position_of(None if deal is None else deal[::-1], u[:, ::-1], r[::-1])
    for measure in ("skew", "skew_nash"):
        if getattr(here, measure) is None:
            assert getattr(there, measure) is None
        else:
            assert getattr(there, measure) == pytest.approx(-getattr(here, measure), abs=1e-6)
    assert here.frontier_distance == pytest.approx(there.frontier_distance, abs=1e-9)
    assert here.efficiency == pytest.approx(there.efficiency)
    if here.surplus_share is not None:
        assert there.surplus_share is not None
        assert here.surplus_share == pytest.approx(1 - there.surplus_share)


@given(disputes())
def test_ranges(dispute: Dispute) -> None:
    u, r, deal = dispute
    here = position_of(deal, u, r)
    assert here.position is None or 0 <= here.position <= 1
    assert here.skew is None or -1 <= here.skew <= 1
    assert here.surplus_share is None or 0 <= here.surplus_share <= 1
    assert here.frontier_distance >= 0
    if deal is not None and here.efficiency is not None and (deal >= r).all():
        assert 0 <= here.efficiency <= 1 + 1e-9


@given(disputes())
def test_in_a_symmetric_dispute_no_deal_has_no_skew(dispute: Dispute) -> None:
    u, r, _ = dispute
    both = np.vstack((u, u[:, ::-1]))
    here = position_of(None, both, [r[0], r[0]])
    assert here.skew is None or here.skew == pytest.approx(0, abs=1e-6)
    assert here.skew_nash is None or here.skew_nash == pytest.approx(0, abs=1e-6)


@pytest.mark.kind("F13")
def test_points_that_differ_by_rounding_are_one() -> None:
    tied = np.array([[0.1 + 0.2, 0.7], [0.3, 0.7], [0.9, 0.1], [0.3, 0.7 + 1e-16], [0.2, 0.8]])
    assert distinct(tied).tolist() == [tied[0].tolist(), [0.9, 0.1], [0.2, 0.8]]
    assert distinct([0.5, 0.4]).tolist() == [[0.5, 0.4]]


@pytest.mark.kind("F13")
def test_a_dispute_whose_packages_tie_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    frontier = Frontier.of(np.array([[0.0, 1.0], [0.4, 0.8], [1.0, 0.0]]))
    asked: list[ArrayLike] = []
    project = Frontier.project

    def counted(self: Frontier, point: ArrayLike) -> float | None:
        asked.append(point)
        return project(self, point)

    monkeypatch.setattr(Frontier, "project", counted)
    tied = np.full((5000, 2), [0.4, 0.8]) + np.linspace(0, 1e-13, 5000)[:, None]
    assert skew([0.4, 0.8], frontier, tied) == pytest.approx(0)
    assert len(asked) < 5
