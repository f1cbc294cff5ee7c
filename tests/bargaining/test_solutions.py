"""ZOPA and the four solution points."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from harness.bargaining import solutions
from harness.bargaining.frontier import pareto_mask
from harness.bargaining.solutions import SOLUTION_NAMES, solve, zopa
from harness.bargaining.space import Floats
from harness.errors import UsageError

Dispute = tuple[Floats, Floats]

ALONE = {
    "nash": solutions.nash,
    "kalai_smorodinsky": solutions.kalai_smorodinsky,
    "egalitarian": solutions.egalitarian,
    "utilitarian": solutions.utilitarian,
}


@st.composite
def disputes(draw: st.DrawFn, principals: int | None = None) -> Dispute:
    p = draw(st.integers(2, 3)) if principals is None else principals
    n = draw(st.integers(1, 25))
    u = draw(arrays(np.int64, (n, p), elements=st.integers(0, 16))) / 16
    r = draw(arrays(np.int64, (p,), elements=st.integers(0, 10))) / 16
    return u, r


def test_by_hand() -> None:
    # Four packages in the ZOPA of r = (.1, .2); the last is outside.
    u = np.array([[0.9, 0.3], [0.7, 0.5], [0.5, 0.6], [0.3, 0.9], [1.0, 0.1]])
    r = np.array([0.1, 0.2])
    # Gains (.8, .1), (.6, .3), (.4, .4), (.2, .7); largest gains (.8, .7).
    # Products .08, .18, .16, .14; least shares .143, .429, .5, .25; least gains .1, .3, .4, .2.
    found = solve(u, r)
    assert found.nash == 1
    assert found.kalai_smorodinsky == 2
    assert found.egalitarian == 2
    assert found.utilitarian == 0
    assert found.zopa_size == 4
    # The sum is tied three ways (1.2, 1.2, 1.1, 1.2).
    assert found.ties["utilitarian"].tolist() == [0, 1, 3]


def test_four_points_can_all_differ() -> None:
    u = np.array([[1.0, 0.05], [0.60, 0.30], [0.5, 0.33], [0.42, 0.36], [0.1, 0.55]])
    found = solve(u, [0, 0])
    assert (found.utilitarian, found.nash, found.egalitarian) == (0, 1, 3)
    # Shares (1, .09), (.6, .545), (.5, .6), (.42, .65), (.1, 1).
    assert found.kalai_smorodinsky == 1


def test_kalai_smorodinsky_takes_the_ideal_point_from_the_zopa_alone() -> None:
    # Least shares (row 1..3) against the largest gains in the ZOPA (.5, .7): .43, .6, .5. Row 0 is
    # unacceptable to the second principal; with its 1.0 as ideal they were .43, .3, .25.
    u = np.array([[1.0, 0.0], [0.5, 0.5], [0.3, 0.8], [0.25, 0.9]])
    assert solve(u, [0.0, 0.2]).kalai_smorodinsky == 2


def test_zopa_is_weak_and_tolerates_rounding() -> None:
    u = [[0.1 + 0.2, 0.5], [0.3, 0.5], [0.29, 0.5]]
    assert zopa(u, [0.1 + 0.2, 0.5]).tolist() == [True, True, False]


def test_an_empty_zopa_has_no_solution() -> None:
    found = solve([[0.9, 0.1], [0.1, 0.9]], [0.5, 0.5])
    assert found.zopa_size == 0
    for name in SOLUTION_NAMES:
        assert getattr(found, name) is None
        assert found.points(name, [[0.9, 0.1], [0.1, 0.9]]) is None
        assert ALONE[name]([[0.9, 0.1], [0.1, 0.9]], [0.5, 0.5]) is None


def test_without_a_common_gain_nash_takes_the_largest_sum() -> None:
    u = np.array([[0.5, 0.3], [0.3, 0.7], [0.3, 0.3]])
    assert solve(u, [0.3, 0.3]).nash == 1


def test_a_principal_that_cannot_gain_does_not_hold_up_the_others() -> None:
    u = np.array([[0.4, 0.3, 0.5], [0.6, 0.2, 0.5], [0.5, 0.6, 0.5]])
    found = solve(u, [0.2, 0.1, 0.5])
    assert found.kalai_smorodinsky == 2


def test_many_principals_do_not_underflow_the_product() -> None:
    u = np.full((2, 200), 0.01)
    u[1, ::2], u[1, 1::2] = 0.02, 0.009
    assert solve(u, np.zeros(200)).nash == 1


def test_a_mirrored_pair_is_reported_as_a_tie() -> None:
    u = np.array([[0.8, 0.4], [0.4, 0.8], [1.0, 0.0], [0.0, 1.0]])
    found = solve(u, [0.1, 0.1])
    assert found.nash == 0
    assert found.ties["nash"].tolist() == [0, 1]
    points = found.points("nash", u)
    assert points is not None
    assert points.tolist() == [[0.8, 0.4], [0.4, 0.8]]


def test_reservations_must_fit() -> None:
    with pytest.raises(UsageError, match="reservation values must be 2"):
        solve([[0.1, 0.2]], [0.1])


@given(disputes())
def test_solutions_are_in_the_zopa_and_on_the_frontier(dispute: Dispute) -> None:
    u, r = dispute
    inside, undominated = zopa(u, r), pareto_mask(u)
    found = solve(u, r)
    assert found.zopa_size == inside.sum()
    for name in SOLUTION_NAMES:
        row = getattr(found, name)
        assert row == ALONE[name](u, r)
        if row is None:
            assert not inside.any()
            assert len(found.ties[name]) == 0
        else:
            assert found.ties[name][0] == row
            assert inside[found.ties[name]].all()
            assert undominated[found.ties[name]].all()


@given(disputes())
def test_solutions_reach_the_optimum_found_package_by_package(dispute: Dispute) -> None:
    u, r = dispute
    gains = [row - r for row in u if (row >= r).all()]
    assume(gains)
    largest = np.max(gains, axis=0)

    def least_share(gain: Floats) -> float:
        return min([g / m for g, m in zip(gain, largest, strict=True) if m > 0], default=1.0)

    found = solve(u, r)
    assert np.prod(u[found.nash] - r) == pytest.approx(max(np.prod(g) for g in gains))
    assert least_share(u[found.kalai_smorodinsky] - r) == pytest.approx(
        max(map(least_share, gains))
    )
    assert min(u[found.egalitarian] - r) == pytest.approx(max(map(min, gains)))
    assert sum(u[found.utilitarian] - r) == pytest.approx(max(map(sum, gains)))


@given(
    disputes(),
    st.lists(st.floats(0.1, 10), min_size=3, max_size=3),
    st.lists(st.floats(-5, 5), min_size=3, max_size=3),
)
def test_nash_and_kalai_smorodinsky_do_not_depend_on_the_scales(
    dispute: Dispute, factors: list[float], shifts: list[float]
) -> None:
    u, r = dispute
    scale, shift = np.array(factors[: len(r)]), np.array(shifts[: len(r)])
    before, after = solve(u, r), solve(u * scale + shift, r * scale + shift)
    assert before.ties["kalai_smorodinsky"].tolist() == after.ties["kalai_smorodinsky"].tolist()
    inside = zopa(u, r)
    if (u[inside] > r).all(axis=1).any():  # otherwise Nash falls back on a sum, which depends
        assert before.ties["nash"].tolist() == after.ties["nash"].tolist()


@given(disputes(2))
def test_a_symmetric_dispute_has_symmetric_solutions(dispute: Dispute) -> None:
    u, r = dispute
    both = np.vstack((u, u[:, ::-1]))
    found = solve(both, [r[0], r[0]])
    for name in SOLUTION_NAMES:
        rows = both[found.ties[name]]
        assert sorted(map(tuple, rows)) == sorted(map(tuple, rows[:, ::-1]))


@given(disputes(2))
def test_relabelling_the_principals_changes_nothing(dispute: Dispute) -> None:
    u, r = dispute
    before, after = solve(u, r), solve(u[:, ::-1], r[::-1])
    for name in SOLUTION_NAMES:
        assert before.ties[name].tolist() == after.ties[name].tolist()
