"""The Pareto frontier, and a coordinate along it.

A package is on the frontier when no other is at least as good for every principal and better for
one. Packages below somebody's reservation value belong to it too: over-concession must show.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from harness.bargaining.space import (
    TOLERANCE,
    Bools,
    Floats,
    Ints,
    utility_matrix,
    utility_vector,
)
from harness.errors import UsageError

_TOGETHER: Final = 256
"""Points that are projected at a time: so many stay in a processor's cache, and millions of them do
not fill the memory."""
_BRUTE_FORCE_PAIRS: Final = 4096
"""Up to this many comparisons, comparing everything beats another level of recursion."""


def pareto_mask(utilities: ArrayLike) -> Bools:
    """Which rows of ``utilities`` ``(n, principals)`` are on the Pareto frontier; exact.

    Values closer than 1e-12 count as equal. Equal rows are on the frontier together or not at all.
    Divide and conquer over the principals (Kung, Luccio & Preparata 1975): O(n log n) for two,
    O(n log^(p-1) n) for p.
    """
    u = utility_matrix(utilities)
    if len(u) == 0:
        return np.zeros(0, dtype=np.bool_)
    # On ranks, dominance is transitive; "greater by more than a tolerance" on floats is not, and
    # could leave a frontier empty.
    ranks = np.column_stack([_ranks(column) for column in u.T])
    order = np.lexsort(ranks.T[::-1])[::-1]  # best first by principal 0, ties by 1, ...
    ordered = ranks[order]
    first_of_kind = np.ones(len(u), dtype=np.bool_)
    first_of_kind[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    distinct = ordered[first_of_kind]
    kept = np.zeros(len(distinct), dtype=np.bool_)
    kept[_maxima(distinct, np.arange(len(distinct)))] = True
    mask = np.empty(len(u), dtype=np.bool_)
    mask[order] = kept[np.cumsum(first_of_kind) - 1]
    return mask


def _ranks(column: Floats) -> Ints:
    """Integer ranks; neighbours in sorted order no further apart than the tolerance share one."""
    order = np.argsort(column, kind="stable")
    steps = np.diff(column[order]) > TOLERANCE
    ranks = np.empty(len(column), dtype=np.intp)
    ranks[order] = np.concatenate(([0], np.cumsum(steps)))
    return ranks


def _maxima(rows: Ints, members: Ints) -> Ints:
    """Undominated ``members`` of ``rows``, which are distinct and sorted best first.

    No row dominates an earlier one, and an earlier one dominates a later one as soon as it is at
    least as good from the second column on.
    """
    principals = rows.shape[1]
    if principals == 1 or len(members) <= 1:
        return members[:1]
    if principals == 2:
        second = rows[members, 1]
        best_before = np.maximum.accumulate(second)[:-1]
        return members[np.concatenate(([True], second[1:] > best_before))]
    if len(members) ** 2 <= _BRUTE_FORCE_PAIRS:
        tail = rows[members, 1:]
        beaten = np.asarray(np.tril(_at_least(tail, tail), k=-1).any(axis=1), dtype=np.bool_)
        return members[~beaten]
    half = len(members) // 2
    top, bottom = _maxima(rows, members[:half]), _maxima(rows, members[half:])
    beaten = _covered(rows[bottom, 1:], rows[top, 1:])
    return np.concatenate((top, bottom[~beaten]))


def _covered(low: Ints, high: Ints) -> Bools:
    """Which rows of ``low`` have some row of ``high`` at least as good in every column."""
    beaten = np.zeros(len(low), dtype=np.bool_)
    if len(low) == 0 or len(high) == 0:
        return beaten
    if low.shape[1] == 1:
        return np.asarray(low[:, 0] <= high[:, 0].max(), dtype=np.bool_)
    if len(low) * len(high) <= _BRUTE_FORCE_PAIRS:
        return np.asarray(_at_least(low, high).any(axis=1), dtype=np.bool_)
    if low.shape[1] == 2:
        by_first = high[np.argsort(high[:, 0])]
        best_from = np.maximum.accumulate(by_first[::-1, 1])[::-1]
        start = np.searchsorted(by_first[:, 0], low[:, 0], side="left")
        inside = start < len(high)
        beaten[inside] = best_from[start[inside]] >= low[inside, 1]
        return beaten
    pivots = np.unique(np.concatenate((low[:, 0], high[:, 0])))
    if len(pivots) == 1:
        return _covered(low[:, 1:], high[:, 1:])
    # The upper half by the first column covers the lower half in that column for certain.
    pivot = pivots[len(pivots) // 2]
    low_up, high_up = low[:, 0] >= pivot, high[:, 0] >= pivot
    beaten[low_up] = _covered(low[low_up], high[high_up])
    beaten[~low_up] = _covered(low[~low_up], high[~high_up])
    rest = np.flatnonzero(~low_up & ~beaten)
    beaten[rest] = _covered(low[rest, 1:], high[high_up, 1:])
    return beaten


def _at_least(low: Ints, high: Ints) -> Bools:
    """``[i, j]``: row j of ``high`` is at least as good as row i of ``low`` in every column."""
    covers = np.ones((len(low), len(high)), dtype=np.bool_)
    for low_column, high_column in zip(low.T, high.T, strict=True):
        covers &= high_column[None, :] >= low_column[:, None]
    return covers


@dataclass(frozen=True, eq=False)
class Frontier:
    """The bilateral frontier as a line in utility space, from second seat's best to first's.

    Skew is a property of the bilateral pair: with more than two principals this is the frontier of
    the two columns alone, whatever the packages do to the others.

    Attributes:
        points: ``(m, 2)`` utilities (official, unofficial) of the distinct frontier packages, the
            first column rising, the second falling.
        packages: ``(m,)`` the lowest row number that gives each point.
        arc: ``(m,)`` arc length from the first point, in utility units; ``arc[0]`` is 0.
    """

    points: Floats
    packages: Ints
    arc: Floats

    @classmethod
    def of(cls, utilities: ArrayLike, official: int = 0, unofficial: int = 1) -> Frontier:
        """Frontier of two columns of ``utilities`` ``(n, principals)``, n >= 1.

        Raises:
            UsageError: No package, or a column that is not there.
        """
        u = utility_matrix(utilities)
        if len(u) == 0 or not {official, unofficial} <= set(range(u.shape[1])):
            raise UsageError(
                f"utilities of shape {u.shape} have no frontier between {official} and {unofficial}"
            )
        pair = u[:, [official, unofficial]]
        on = np.flatnonzero(pareto_mask(pair))
        on = on[np.argsort(pair[on, 0], kind="stable")]
        distinct = np.concatenate(([True], np.diff(pair[on, 0]) > TOLERANCE))
        packages = np.minimum.reduceat(on, np.flatnonzero(distinct))
        points = pair[packages]
        steps = np.hypot(*np.diff(points, axis=0).T)
        return cls(points, packages, np.concatenate(([0.0], np.cumsum(steps))))

    @property
    def length(self) -> float:
        """Total arc length, >= 0; 0 when one point is best for both."""
        return float(self.arc[-1])

    @property
    def degenerate(self) -> bool:
        """One package is best for both seats: no conflict, so no position along the frontier."""
        return len(self.points) == 1

    def project(self, point: ArrayLike) -> float | None:
        """Position lambda in [0, 1] of the frontier point nearest to ``point`` ``(2,)``.

        1 is the end best for the official seat, 0 the end best for the other; distances are
        Euclidean. When several are equally near, the midpoint of the outermost two, so that no
        seat is favoured and relabelling the seats maps lambda to 1 - lambda. None when
        :attr:`degenerate`.
        """
        if self.degenerate:
            return None
        distance, arc = self._nearest(point)
        tied = arc[distance <= distance.min() + TOLERANCE]
        return min(1.0, max(0.0, float(tied.min() + tied.max()) / 2 / self.length))

    def project_all(self, points: ArrayLike) -> Floats:
        """:meth:`project` of ``(k, 2)`` points at once: ``(k,)`` positions in [0, 1].

        Raises:
            UsageError: The frontier is :attr:`degenerate`, or the points are not pairs.
        """
        shape = utility_matrix(points).shape
        if self.degenerate or shape[1] != 2:
            raise UsageError(f"points of shape {shape} have no place on this frontier")
        places = np.empty(shape[0])
        for rows, distance, arc in self._nearest_all(points):
            tied = distance <= distance.min(axis=1, keepdims=True) + TOLERANCE
            first = np.where(tied, arc, np.inf).min(axis=1)
            last = np.where(tied, arc, -np.inf).max(axis=1)
            places[rows] = np.clip((first + last) / 2 / self.length, 0.0, 1.0)
        return places

    def distances(self, points: ArrayLike) -> Floats:
        """:meth:`distance` of ``(k, 2)`` points at once: ``(k,)``, >= 0."""
        found = np.empty(len(utility_matrix(points)))
        for rows, distance, _ in self._nearest_all(points):
            found[rows] = distance.min(axis=1)
        return found

    def _nearest_all(self, points: ArrayLike) -> Iterator[tuple[slice, Floats, Floats]]:
        """:meth:`_nearest` of many points, some at a time: each is held against all lines."""
        p = utility_matrix(points)
        for start in range(0, len(p), _TOGETHER):
            rows = slice(start, start + _TOGETHER)
            if self.degenerate:
                yield rows, np.hypot(*(p[rows] - self.points).T)[:, None], self.arc[None, :]
                continue
            # One column at a time: over many pairs of numbers numpy takes longer.
            (x, y), (across, down) = self.points[:-1].T, np.diff(self.points, axis=0).T
            right, up = p[rows, :1] - x, p[rows, 1:] - y
            along = np.clip((right * across + up * down) / (across**2 + down**2), 0.0, 1.0)
            distance = np.hypot(right - along * across, up - along * down)
            yield rows, distance, self.arc[:-1] + along * np.diff(self.arc)

    def distance(self, point: ArrayLike) -> float:
        """Euclidean distance from ``point`` ``(2,)`` to the line, in utility units; >= 0."""
        return float(self._nearest(point)[0].min())

    def _nearest(self, point: ArrayLike) -> tuple[Floats, Floats]:
        """Per segment: distance to its nearest point, and that point's arc length."""
        p = utility_vector(point, 2, "a point beside the frontier")
        if self.degenerate:
            return np.hypot(*(p - self.points).T), self.arc
        start, step = self.points[:-1], np.diff(self.points, axis=0)
        along = np.clip(((p - start) * step).sum(axis=1) / (step**2).sum(axis=1), 0.0, 1.0)
        distance = np.hypot(*(p - start - along[:, None] * step).T)
        return distance, self.arc[:-1] + along * np.diff(self.arc)
