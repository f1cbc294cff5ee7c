"""Pareto frontier and the coordinate along it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from harness.bargaining.frontier import Frontier, pareto_mask
from harness.bargaining.space import Floats
from harness.errors import UsageError


def brute_force_mask(u: Floats) -> list[bool]:
    """Straight from the definition, one pair of packages at a time."""
    return [not any(all(y >= x) and any(y > x) for y in u) for x in u]


def games(principals: int, most: int = 40) -> st.SearchStrategy[Floats]:
    """Utilities on a coarse grid, so that ties and duplicates are common."""
    return st.integers(1, most).flatmap(
        lambda n: arrays(np.int64, (n, principals), elements=st.integers(0, 7)).map(
            lambda grid: grid / 8
        )
    )


points = st.tuples(st.floats(-0.5, 1.5), st.floats(-0.5, 1.5))


@given(st.integers(1, 4).flatmap(games))
def test_mask_is_the_definition(u: Floats) -> None:
    assert pareto_mask(u).tolist() == brute_force_mask(u)


@pytest.mark.parametrize("principals", [2, 3, 4, 5])
@pytest.mark.parametrize("grid", [3, 12, 10_000])
def test_mask_is_the_definition_where_the_recursion_divides(principals: int, grid: int) -> None:
    u = np.random.default_rng(principals * grid).integers(0, grid, (700, principals)) / grid
    at_least = (u[None] >= u[:, None]).all(axis=2)
    dominated = (at_least & (u[None] != u[:, None]).any(axis=2)).sum(axis=1) > 0
    assert pareto_mask(u).tolist() == (~dominated).tolist()


@pytest.mark.parametrize("principals", [3, 4])
def test_a_frontier_of_everything_is_kept_whole(principals: int) -> None:
    u = np.abs(np.random.default_rng(principals).normal(size=(2000, principals)))
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    assert pareto_mask(u).all()
    worse = u - 0.01
    assert pareto_mask(np.vstack((worse, u))).tolist() == [False] * 2000 + [True] * 2000


def test_mask_by_hand() -> None:
    u = np.array([[1, 0], [1, 0], [0.5, 0.5], [0.5, 0.4], [0, 1], [0.9, 0.0]])
    assert pareto_mask(u).tolist() == [True, True, True, False, True, False]


def test_packages_below_reservation_stay_on_the_frontier() -> None:
    assert pareto_mask([[1.0, -0.3], [0.5, 0.5]]).all()


def test_rounding_noise_is_not_dominance() -> None:
    noise = 1e-15
    u = [[0.3, 0.5], [0.3 + noise, 0.5], [0.3, 0.5 - noise], [0.3 - 1e-9, 0.5]]
    assert pareto_mask(u).tolist() == [True, True, True, False]


def test_noise_in_a_cycle_leaves_somebody_on_the_frontier() -> None:
    cycle = 1e-12 * np.array([[1.5, -1, -0.5], [-0.5, 1.5, -1], [-1, -0.5, 1.5]])
    u = np.array([0.5, 0.5, 0.5]) + np.cumsum(cycle, axis=0)
    assert pareto_mask(u).any()


def test_no_package_no_frontier() -> None:
    assert pareto_mask(np.zeros((0, 2))).shape == (0,)
    with pytest.raises(UsageError, match="have no frontier"):
        Frontier.of(np.zeros((0, 2)))


def test_a_missing_column_is_refused() -> None:
    with pytest.raises(UsageError, match="have no frontier"):
        Frontier.of([[0.1, 0.2]], official=0, unofficial=2)


def test_numbers_that_are_not_finite_are_refused() -> None:
    with pytest.raises(UsageError, match="not a finite number"):
        pareto_mask([[0.1, math.nan]])
    with pytest.raises(UsageError, match="beside the frontier"):
        Frontier.of([[0, 1], [1, 0]]).project([math.nan, 0])


def test_frontier_by_hand() -> None:
    frontier = Frontier.of(np.array([[1, 0], [0.2, 0.2], [0.5, 0.8], [0, 1], [0, 1]]))
    assert frontier.points.tolist() == [[0, 1], [0.5, 0.8], [1, 0]]
    assert frontier.packages.tolist() == [3, 2, 0]
    first, second = math.hypot(0.5, 0.2), math.hypot(0.5, 0.8)
    assert frontier.arc == pytest.approx([0, first, first + second])
    assert frontier.length == pytest.approx(first + second)
    assert frontier.project([0.5, 0.8]) == pytest.approx(first / (first + second))


def test_lambda_is_one_at_the_official_end_and_zero_at_the_other() -> None:
    frontier = Frontier.of([[1, 0], [0, 1]])
    assert frontier.project([1, 0]) == 1.0
    assert frontier.project([0, 1]) == 0.0
    assert frontier.project([2, -1]) == 1.0
    assert frontier.project([0, 0]) == pytest.approx(0.5)
    assert frontier.project([0.75, 0.0]) == pytest.approx(0.875)


def test_distance_by_hand() -> None:
    frontier = Frontier.of([[1, 0], [0, 1]])
    assert frontier.distance([0, 0]) == pytest.approx(math.sqrt(0.5))
    assert frontier.distance([0.25, 0.75]) == pytest.approx(0, abs=1e-12)
    assert frontier.distance([1, -1]) == pytest.approx(1)


def test_between_two_equally_near_stretches_stands_the_middle() -> None:
    # The point is as far from the stretch below it as from the one to its left.
    frontier = Frontier.of(np.array([[0, 1], [0.9, 0.9], [1, 0]]))
    assert frontier.project([0.5, 0.5]) == pytest.approx(0.5)


def test_without_conflict_there_is_no_position() -> None:
    frontier = Frontier.of(np.array([[1, 1], [0.2, 0.9], [1, 1]]))
    assert frontier.degenerate
    assert frontier.length == 0
    assert frontier.packages.tolist() == [0]
    assert frontier.project([0.3, 0.3]) is None
    assert frontier.distance([1, 0]) == pytest.approx(1)


def test_the_bilateral_frontier_ignores_absent_principals() -> None:
    u = np.array([[1, 0.0, 0], [0.4, 1.0, 0.4], [0, 0.0, 1], [0.6, 0.5, 0.5]])
    assert Frontier.of(u, official=0, unofficial=2).packages.tolist() == [2, 3, 0]


@given(games(2))
def test_frontier_points_run_from_one_end_to_the_other(u: Floats) -> None:
    frontier = Frontier.of(u)
    assert (np.diff(frontier.points[:, 0]) > 0).all()
    assert (np.diff(frontier.points[:, 1]) < 0).all()
    assert (u[frontier.packages] == frontier.points).all()
    assert pareto_mask(u)[frontier.packages].all()
    for point, arc in zip(frontier.points, frontier.arc, strict=True):
        assert frontier.distance(point) == pytest.approx(0, abs=1e-9)
        if not frontier.degenerate:
            assert frontier.project(point) == pytest.approx(arc / frontier.length)


@given(games(2), points)
def test_relabelling_the_seats_mirrors_lambda(u: Floats, point: tuple[float, float]) -> None:
    here = Frontier.of(u).project(point)
    mirrored = Frontier.of(u[:, ::-1]).project(point[::-1])
    relabelled = Frontier.of(u, official=1, unofficial=0).project(point[::-1])
    if here is None:
        assert mirrored is None
    else:
        assert mirrored == relabelled == pytest.approx(1 - here, abs=1e-6)
        assert 0 <= here <= 1


@given(games(2), points)
def test_no_point_of_a_fine_sampling_of_the_line_is_nearer(
    u: Floats, point: tuple[float, float]
) -> None:
    frontier = Frontier.of(u)
    samples = frontier.points
    if not frontier.degenerate:
        shares = np.linspace(0, 1, 201)
        samples = np.column_stack(
            [np.interp(shares * frontier.length, frontier.arc, c) for c in frontier.points.T]
        )
    nearest = np.hypot(*(samples - point).T).min()
    assert frontier.distance(point) <= nearest + 1e-9
    assert nearest - frontier.distance(point) <= frontier.length / 400 + 1e-9


@given(games(2), st.lists(points, min_size=1, max_size=6))
@example(np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.75]]), [(0.2, 0.9), (0.5, 0.5)])
@example(np.array([[1.0, 1.0]]), [(0.5, 0.5)])
def test_many_points_are_projected_as_each_alone(
    u: Floats, places: list[tuple[float, float]]
) -> None:
    frontier = Frontier.of(u)
    if frontier.degenerate:
        with pytest.raises(UsageError, match="no place on this frontier"):
            frontier.project_all(places)
        return
    found = frontier.project_all(places).tolist()
    assert found == pytest.approx([frontier.project(place) for place in places], abs=1e-12)


def test_a_point_of_three_has_no_place_on_a_frontier_of_two() -> None:
    with pytest.raises(UsageError, match=r"shape \(1, 3\)"):
        Frontier.of([[1, 0], [0, 1]]).project_all([[0.5, 0.5, 0.5]])
