"""Where an outcome lies: lopsided (skew, claim C9), wasteful (efficiency), far from fairness.

All dialogues count. A dialogue without a deal enters at the reservation point; conditioning on
agreement selects, and reverses effects (docs/method.md). Undefined is None, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from harness.bargaining.frontier import Frontier
from harness.bargaining.solutions import SOLUTION_NAMES, SolutionName, Solutions, zopa
from harness.bargaining.space import TOLERANCE, Floats, utility_matrix, utility_vector

SKEW_CLEAR: Final = 0.01
"""A skew up to this size favours nobody: about a tenth of what the zone of agreement of a story
dispute allows."""
GAP_CLEAR: Final = 0.05
"""Likewise for the difference of normalised gains: a twentieth of what a side can gain."""


@dataclass(frozen=True)
class Position:
    """One outcome against the frontier and the solution points of its dispute.

    Attributes:
        agreed: Whether there was a deal; otherwise the outcome stands at the reservation point.
        position: lambda in [0, 1] on the bilateral frontier, 1 best for the official seat.
        skew: lambda minus that of the Kalai-Smorodinsky point, in [-1, 1], + towards the official
            seat (primary measure).
        skew_nash: The same against the Nash point.
        frontier_distance: Euclidean distance to the bilateral frontier, in utility units.
        surplus_share: See :func:`surplus_share`.
        efficiency: See :func:`efficiency`.
        distances: Euclidean distance over all principals to each solution point.

    ``position`` is None on a degenerate frontier; the skews are None there and, like the distances
    and ``efficiency``, where the ZOPA is empty.
    """

    agreed: bool
    position: float | None
    skew: float | None
    skew_nash: float | None
    frontier_distance: float
    surplus_share: float | None
    efficiency: float | None
    distances: dict[SolutionName, float | None]


def locate(
    deal_u: ArrayLike | None,
    utilities: ArrayLike,
    reservations: ArrayLike,
    frontier: Frontier,
    solutions: Solutions,
    *,
    official: int = 0,
    unofficial: int = 1,
) -> Position:
    """Every position measure of one outcome.

    Args:
        deal_u: ``(principals,)`` utilities of the deal; None for no deal.
        utilities: ``(n, principals)`` of every package.
        reservations: ``(principals,)`` values of no deal.
        frontier: ``Frontier.of(utilities, official, unofficial)``.
        solutions: ``solve(utilities, reservations)``.
        official: Column of the official seat.
        unofficial: Column of the other seat.
    """
    u = utility_matrix(utilities)
    r = utility_vector(reservations, u.shape[1], "reservation values")
    point = entry_point(deal_u, r)
    pair = [official, unofficial]
    best = solutions.utilitarian
    references = {name: solutions.points(name, u) for name in SOLUTION_NAMES}

    def skew_against(name: SolutionName) -> float | None:
        reference = references[name]
        return None if reference is None else skew(point[pair], frontier, reference[:, pair])

    return Position(
        agreed=deal_u is not None,
        position=frontier.project(point[pair]),
        skew=skew_against("kalai_smorodinsky"),
        skew_nash=skew_against("nash"),
        frontier_distance=frontier.distance(point[pair]),
        surplus_share=surplus_share(deal_u, r, seat=official),
        efficiency=_efficiency(point, r, None if best is None else float(u[best].sum())),
        distances={name: solution_distance(point, points) for name, points in references.items()},
    )


def entry_point(deal_u: ArrayLike | None, reservations: ArrayLike) -> Floats:
    """Utilities at which an outcome enters every mean: the deal's, or r where there is none."""
    r = np.asarray(reservations, dtype=np.float64)
    return r if deal_u is None else utility_vector(deal_u, len(r), "utilities of a deal")


def skew(deal_u: ArrayLike, frontier: Frontier, reference_u: ArrayLike | None) -> float | None:
    """lambda(deal) - lambda(reference), in [-1, 1]; positive is towards the official seat.

    Args:
        deal_u: ``(2,)`` utilities of the outcome to (official, unofficial); r for no deal.
        frontier: Bilateral frontier of the dispute.
        reference_u: ``(2,)`` utilities of the reference point, or ``(k, 2)`` of all points tied for
            it, which count by the midpoint of the outermost two; None if there is none.

    Returns:
        None without a reference or on a degenerate frontier.
    """
    middle = _middle(frontier, reference_u)
    here = None if middle is None else frontier.project(deal_u)
    return None if here is None or middle is None else here - middle


def skews(deals_u: ArrayLike, frontier: Frontier, reference_u: ArrayLike | None) -> Floats | None:
    """:func:`skew` of ``(k, 2)`` outcomes at once: ``(k,)``, each in [-1, 1].

    Args:
        deals_u: Utilities of the outcomes to (official, unofficial).
        frontier, reference_u: As for :func:`skew`, and None for the same reasons.
    """
    middle = _middle(frontier, reference_u)
    return None if middle is None else frontier.project_all(deals_u) - middle


def _middle(frontier: Frontier, reference_u: ArrayLike | None) -> float | None:
    """Where the reference lies on the frontier; None without one, or on a degenerate frontier."""
    if reference_u is None:
        return None
    marks = [frontier.project(point) for point in distinct(reference_u)]
    known = [mark for mark in marks if mark is not None]
    return (min(known) + max(known)) / 2 if known else None


def signs_disagree(skew: float | None, gap: float | None) -> bool | None:
    """Whether skew and the difference of normalised gains clearly favour different seats; None
    where one of them is missing."""
    if skew is None or gap is None:
        return None
    return skew * gap < 0 and abs(skew) > SKEW_CLEAR and abs(gap) > GAP_CLEAR


def distinct(points: ArrayLike) -> Floats:
    """``(k, 2)`` points of ``(n, 2)``, in their order: of those that are the same but for rounding
    the first. A dispute whose packages tie has thousands of solutions at one place."""
    rows = np.atleast_2d(np.asarray(points, dtype=np.float64))
    _, first = np.unique(np.round(rows, 9), axis=0, return_index=True)
    kept: Floats = rows[np.sort(first)]
    return kept


def surplus_share(
    deal_u: ArrayLike | None, reservations: ArrayLike, *, seat: int = 0
) -> float | None:
    """(u_seat - r_seat) / sum_P (u_P - r_P), in [0, 1].

    None without a deal, where any principal gets less than r, and where nobody gains.
    """
    if deal_u is None:
        return None
    gains = entry_point(deal_u, reservations) - np.asarray(reservations, dtype=np.float64)
    total = float(gains.sum())
    if (gains < -TOLERANCE).any() or total <= TOLERANCE:
        return None
    return min(1.0, max(0.0, float(gains[seat]) / total))


def efficiency(outcome_u: ArrayLike, utilities: ArrayLike, reservations: ArrayLike) -> float | None:
    """Joint gain of an outcome over the largest joint gain in the ZOPA.

    sum_P (u_P - r_P) / max_ZOPA sum_P (u_P - r_P): 1 at the utilitarian point, 0 at no deal
    (``outcome_u`` = r). Measured from r, not from 0, so that it does not depend on where a
    principal's scale starts. Negative when the deal destroys joint value; above 1 only for a deal
    outside the ZOPA. None when the ZOPA is empty or holds no joint gain.
    """
    u = utility_matrix(utilities)
    r = utility_vector(reservations, u.shape[1], "reservation values")
    joint = u[zopa(u, r)].sum(axis=1)
    return _efficiency(entry_point(outcome_u, r), r, float(joint.max()) if len(joint) else None)


def _efficiency(point: Floats, r: Floats, best: float | None) -> float | None:
    """As :func:`efficiency`; ``best`` is the largest sum of utilities in the ZOPA."""
    possible = 0.0 if best is None else best - float(r.sum())
    return float(point.sum() - r.sum()) / possible if possible > TOLERANCE else None


def solution_distance(outcome_u: ArrayLike, solution_u: ArrayLike | None) -> float | None:
    """Euclidean distance in utility space to the nearest point ``(k, principals)`` of a solution.

    Between 0 and the square root of the number of principals; None where there is no solution.
    """
    if solution_u is None:
        return None
    apart = np.atleast_2d(np.asarray(solution_u)) - np.asarray(outcome_u)
    return float(np.linalg.norm(apart, axis=1).min())
