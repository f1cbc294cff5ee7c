"""Numbering of packages and additive utilities."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from harness.bargaining.space import (
    MAX_PACKAGES,
    Floats,
    OutcomeSpace,
    utility_matrix,
    utility_vector,
)
from harness.errors import UsageError

shapes = st.lists(st.integers(1, 4), min_size=1, max_size=5).map(tuple)


@st.composite
def spaces_with_contributions(draw: st.DrawFn) -> tuple[OutcomeSpace, list[Floats]]:
    shape = draw(shapes)
    value = st.floats(-2, 2)
    return OutcomeSpace(shape), [
        np.array(draw(st.lists(value, min_size=n, max_size=n))) for n in shape
    ]


def test_packages_are_numbered_with_the_last_issue_fastest() -> None:
    space = OutcomeSpace((2, 3))
    assert space.size == 6
    assert list(space) == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    assert space.index((1, 0)) == 3
    assert space.package(5) == (1, 2)


@given(shapes)
def test_package_inverts_index_and_agrees_with_enumeration(shape: tuple[int, ...]) -> None:
    space = OutcomeSpace(shape)
    packages = list(itertools.product(*map(range, shape)))
    assert [space.package(i) for i in range(space.size)] == packages
    assert [space.index(p) for p in packages] == list(range(space.size))
    assert [tuple(row) for row in space.all_packages().tolist()] == packages


def test_utilities_by_hand() -> None:
    space = OutcomeSpace((2, 2))
    assert space.utilities([[0.6, 0.0], [0.0, 0.4]]) == pytest.approx([0.6, 1.0, 0.0, 0.4])


@given(spaces_with_contributions())
def test_utility_of_one_package_is_bit_for_bit_that_of_the_enumeration(
    case: tuple[OutcomeSpace, list[Floats]],
) -> None:
    space, contributions = case
    every = space.utilities(contributions)
    assert [space.utility_of(contributions, package) for package in space] == every.tolist()


def test_a_space_can_be_read_off_contributions() -> None:
    assert OutcomeSpace.of([[1, 2], [1, 2, 3]]) == OutcomeSpace((2, 3))


def test_all_packages_is_built_once_and_cannot_be_changed() -> None:
    grid = OutcomeSpace((3, 2)).all_packages()
    assert OutcomeSpace((3, 2)).all_packages() is grid
    with pytest.raises(ValueError, match="read-only"):
        grid[0, 0] = 1


def test_one_package_is_valued_in_a_space_too_large_to_enumerate() -> None:
    space = OutcomeSpace((6,) * 20)
    assert space.size > MAX_PACKAGES
    contributions = [np.linspace(0, 0.05, 6)] * 20
    assert space.utility_of(contributions, (5,) * 20) == pytest.approx(1.0)
    assert space.index(space.package(space.size - 1)) == space.size - 1
    with pytest.raises(UsageError, match="too many to enumerate"):
        space.utilities(contributions)
    with pytest.raises(UsageError, match="too many to enumerate"):
        space.all_packages()


@pytest.mark.parametrize("shape", [(), (2, 0), (-1,)])
def test_a_space_without_packages_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(UsageError, match="at least one option"):
        OutcomeSpace(shape)


@pytest.mark.parametrize("package", [(0,), (0, 0, 0), (0, 3), (-1, 0), (2, 0)])
def test_a_package_outside_the_space_is_refused(package: tuple[int, ...]) -> None:
    space = OutcomeSpace((2, 3))
    with pytest.raises(UsageError, match="not in the outcome space"):
        space.index(package)
    with pytest.raises(UsageError, match="not in the outcome space"):
        space.utility_of([[0, 1], [0, 1, 2]], package)


@pytest.mark.parametrize("number", [-1, 6])
def test_a_number_outside_the_space_is_refused(number: int) -> None:
    with pytest.raises(UsageError, match=r"not in 0\.\.5"):
        OutcomeSpace((2, 3)).package(number)


@pytest.mark.parametrize("contributions", [[[1, 2]], [[1, 2], [1, 2]], [[[1, 2]], [1, 2, 3]]])
def test_contributions_of_another_shape_are_refused(contributions: list[ArrayLike]) -> None:
    with pytest.raises(UsageError, match="do not fit"):
        OutcomeSpace((2, 3)).utilities(contributions)


@pytest.mark.parametrize("contributions", [[[1, 2]], [[1, 2], [1]]])
def test_contributions_that_miss_the_package_are_refused(contributions: list[list[float]]) -> None:
    with pytest.raises(UsageError, match="do not fit"):
        OutcomeSpace((2, 3)).utility_of(contributions, (1, 2))


def test_numbers_that_are_not_finite_are_refused() -> None:
    with pytest.raises(UsageError, match="not a finite number"):
        OutcomeSpace((2,)).utilities([[0.0, float("nan")]])
    with pytest.raises(UsageError, match="not a finite number"):
        utility_matrix([[0.0, float("inf")]])
    with pytest.raises(UsageError, match="reservation values must be 2"):
        utility_vector([0.0, float("nan")], 2, "reservation values")


@pytest.mark.parametrize("shape", [(3,), (2, 2, 2), (3, 0)])
def test_utilities_must_be_packages_by_principals(shape: tuple[int, ...]) -> None:
    with pytest.raises(UsageError, match="shape"):
        utility_matrix(np.zeros(shape))
