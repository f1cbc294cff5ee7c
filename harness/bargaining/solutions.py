"""Where disinterested theory would settle: the ZOPA and four solution points within it.

All are computed over a finite set of packages, with utilities u ``(n, principals)`` and the value
of no deal r ``(principals,)``. Each solution is a row number, or None when the ZOPA is empty: then
agreeing is the error (Raiffa 1982). Every solution is Pareto-optimal. In a symmetric dispute a
solution can be a mirrored pair of packages; ``ties`` keeps all of them, since taking one of the
pair as the reference would invent a skew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from harness.bargaining.frontier import pareto_mask
from harness.bargaining.space import TOLERANCE, Bools, Floats, Ints, utility_matrix, utility_vector

SolutionName = Literal["nash", "kalai_smorodinsky", "egalitarian", "utilitarian"]
SOLUTION_NAMES: Final[tuple[SolutionName, ...]] = (
    "nash",
    "kalai_smorodinsky",
    "egalitarian",
    "utilitarian",
)

TIE: Final = 1e-10
"""Criteria this close are tied. Wider than TOLERANCE: they are quotients and logs of utilities."""


@dataclass(frozen=True, eq=False)
class Solutions:
    """Row numbers of the solution points; None where the ZOPA is empty.

    Attributes:
        nash: argmax of the product of gains u - r (Nash 1950).
        kalai_smorodinsky: max-min of gains as a share of the largest individually rational gain
            (Kalai & Smorodinsky 1975).
        egalitarian: max-min of gains (Kalai 1977).
        utilitarian: argmax of the sum of utilities within the ZOPA.
        zopa_size: Number of packages that every principal prefers weakly to no deal.
        ties: Per solution, every equally good row in ascending order; the field is its first.
    """

    nash: int | None
    kalai_smorodinsky: int | None
    egalitarian: int | None
    utilitarian: int | None
    zopa_size: int
    ties: dict[SolutionName, Ints]

    def points(self, name: SolutionName, utilities: ArrayLike) -> Floats | None:
        """Utilities ``(k, principals)`` of all rows tied for a solution; None without a ZOPA."""
        rows = self.ties[name]
        return utility_matrix(utilities)[rows] if len(rows) else None


def zopa(utilities: ArrayLike, reservations: ArrayLike) -> Bools:
    """Mask ``(n,)`` of packages with u >= r for every principal (within 1e-12); may be empty."""
    return _inside(utility_matrix(utilities).T, reservations)


def _inside(columns: Sequence[Floats] | Floats, reservations: ArrayLike) -> Bools:
    """:func:`zopa` of utilities that lie principal by principal."""
    r = utility_vector(reservations, len(columns), "reservation values")
    inside: Bools = columns[0] >= r[0] - TOLERANCE
    for column, reservation in zip(columns[1:], r[1:], strict=True):  # faster than all(axis=1)
        inside &= column >= reservation - TOLERANCE
    return inside


def nash(utilities: ArrayLike, reservations: ArrayLike) -> int | None:
    """Nash point (Nash 1950). Where no package gives everybody a gain: the largest sum of gains.

    Ties go to the lowest row number. Invariant under positive affine rescaling of any principal's
    utility, save in that fallback.
    """
    return nash_by_principal(utility_matrix(utilities).T, reservations)


def nash_by_principal(columns: Sequence[Floats] | Floats, reservations: ArrayLike) -> int | None:
    """:func:`nash` of utilities that lie principal by principal: only the ZOPA is copied.

    Args:
        columns: Per principal, ``(n,)`` finite utilities.
        reservations: ``(principals,)``.
    """
    inside = np.flatnonzero(_inside(columns, reservations))
    if len(inside) == 0:
        return None
    # Columns that lie together are reduced several times faster.
    gains = _gains(np.stack([column[inside] for column in columns]).T, reservations)
    return int(inside[_best(*_nash_criteria(gains))[0]])


def kalai_smorodinsky(utilities: ArrayLike, reservations: ArrayLike) -> int | None:
    """Kalai-Smorodinsky point (1975): max-min of (u - r) / (max u - r), max over the ZOPA.

    Ties go to the larger sum of these shares, then the lowest row number. A principal that no
    package in the ZOPA gives a gain is satisfied by all of them and left out of the minimum.
    Invariant under positive affine rescaling.
    """
    return solve(utilities, reservations).kalai_smorodinsky


def egalitarian(utilities: ArrayLike, reservations: ArrayLike) -> int | None:
    """Egalitarian point (Kalai 1977): max-min of u - r; ties by sum, then lowest row number."""
    return solve(utilities, reservations).egalitarian


def utilitarian(utilities: ArrayLike, reservations: ArrayLike) -> int | None:
    """Utilitarian point: the largest sum of u in the ZOPA; ties to the lowest row number."""
    return solve(utilities, reservations).utilitarian


def solve(utilities: ArrayLike, reservations: ArrayLike) -> Solutions:
    """All four solution points over ``utilities`` ``(n, principals)``.

    Raises:
        UsageError: Shapes that do not fit, or numbers that are not finite.
    """
    u = utility_matrix(utilities)
    inside = np.flatnonzero(zopa(u, reservations))
    if len(inside) == 0:
        none = {name: np.zeros(0, dtype=np.intp) for name in SOLUTION_NAMES}
        return Solutions(None, None, None, None, 0, none)
    # Whatever dominates a package of the ZOPA is in the ZOPA and no worse by any criterion.
    candidates = inside[pareto_mask(u[inside])]
    gains = _gains(u[candidates], reservations)
    total = gains.sum(axis=1)
    shares = _shares(gains)
    criteria: dict[SolutionName, tuple[Floats, ...]] = {
        "nash": _nash_criteria(gains),
        "kalai_smorodinsky": (shares.min(axis=1), shares.sum(axis=1)),
        "egalitarian": (gains.min(axis=1), total),
        "utilitarian": (total,),
    }
    ties = {name: candidates[_best(*keys)] for name, keys in criteria.items()}
    first = {name: int(rows[0]) for name, rows in ties.items()}
    return Solutions(**first, zopa_size=len(inside), ties=ties)


def _gains(u: Floats, reservations: ArrayLike) -> Floats:
    """Gains over no deal of packages in the ZOPA; what is within the tolerance counts as none."""
    gains = np.maximum(u - np.asarray(reservations, dtype=np.float64), 0.0)
    gains[gains <= TOLERANCE] = 0.0
    return gains


def _nash_criteria(gains: Floats) -> tuple[Floats, ...]:
    """The product of the gains; their sum where no package gives everybody one."""
    everybody = (gains.min(axis=1) > 0).any()
    return (_log_product(gains),) if everybody else (gains.sum(axis=1),)


def _log_product(gains: Floats) -> Floats:
    """Log of the product of gains; a sum of logs, since the product of many may underflow."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(gains).sum(axis=1), dtype=np.float64)


def _shares(gains: Floats) -> Floats:
    """Gains over each principal's largest gain; 1 for a principal that cannot gain."""
    largest = gains.max(axis=0)
    shares = np.ones_like(gains)
    np.divide(gains, largest, out=shares, where=largest > 0)
    return shares


def _best(*criteria: Floats) -> Ints:
    """Positions that maximise the criteria lexicographically, ascending."""
    best = np.arange(len(criteria[0]))
    for criterion in criteria:
        value = criterion[best]
        best = best[value >= value.max() - TIE]
    return best
