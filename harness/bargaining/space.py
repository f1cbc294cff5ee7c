"""The outcome space: every package of an agenda, and what a principal gets from each.

Utilities are additive over issues: u(x) = sum_i c_i[x_i], where ``contributions`` c_i holds weight
times value of each option of issue i (Keeney & Raiffa 1976). Packages are numbered row-major: the
last issue varies fastest.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harness.errors import UsageError

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

TOLERANCE: Final = 1e-12
"""Utilities (order of magnitude 1) this close are equal: rounding noise, not a preference."""

MAX_PACKAGES: Final = 5_000_000
"""Largest space that is enumerated: 8 issues of 6 options are 1.7 million packages."""


@dataclass(frozen=True)
class OutcomeSpace:
    """All packages over issues with ``shape[i]`` options each.

    Raises:
        UsageError: No issue, or an issue without options.
    """

    shape: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.shape or any(options < 1 for options in self.shape):
            raise UsageError(
                f"an outcome space needs at least one option in every issue, not {self.shape}",
                fix="give every issue at least one option",
            )

    @classmethod
    def of(cls, contributions: Sequence[ArrayLike]) -> OutcomeSpace:
        """The space that one principal's contributions are written over."""
        return cls(tuple(len(np.atleast_1d(np.asarray(c))) for c in contributions))

    @property
    def size(self) -> int:
        """Number of packages."""
        return math.prod(self.shape)

    def index(self, package: Sequence[int]) -> int:
        """Row-major number of ``package``, in 0..size-1."""
        number = 0
        for options, choice in zip(self.shape, self._checked(package), strict=True):
            number = number * options + choice
        return number

    def package(self, index: int) -> tuple[int, ...]:
        """The package numbered ``index``; inverse of :meth:`index`."""
        if not 0 <= index < self.size:
            raise UsageError(f"package number {index} is not in 0..{self.size - 1}")
        rest, choices = int(index), []
        for options in reversed(self.shape):
            rest, choice = divmod(rest, options)
            choices.append(choice)
        return tuple(reversed(choices))

    def utilities(self, contributions: Sequence[ArrayLike]) -> Floats:
        """Utility of every package to one principal, shape ``(size,)``.

        Sums in issue order, exactly as :meth:`utility_of` does, so both give the same floats.
        """
        self._check_enumerable()
        total = np.zeros(1)
        for c in self._checked_contributions(contributions):
            # Option by option: numpy adds long rows three times faster than many short ones.
            wider = np.empty((len(total), len(c)))
            for option, value in enumerate(c):
                np.add(total, value, out=wider[:, option])
            total = wider.ravel()
        return total

    def utility_of(
        self, contributions: Sequence[Sequence[float] | Floats], package: Sequence[int]
    ) -> float:
        """Utility of one package without enumerating the space (``contributions`` as above)."""
        choices = self._checked(package)
        try:
            terms = [float(c[choice]) for c, choice in zip(contributions, choices, strict=True)]
        except (IndexError, ValueError):
            raise self._misfit([len(c) for c in contributions]) from None
        return sum(terms)

    def all_packages(self) -> NDArray[np.uint16]:
        """Every package in order, ``(size, issues)``; read-only, built once per shape on demand."""
        self._check_enumerable()
        return _grid(self.shape)

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        """Packages in order, as tuples, one at a time."""
        return iter(np.ndindex(self.shape))

    def _checked(self, package: Sequence[int]) -> list[int]:
        """``package`` as plain integers, each a legal option of its issue."""
        choices = [int(choice) for choice in package]
        if len(choices) != len(self.shape) or not all(
            0 <= choice < options for choice, options in zip(choices, self.shape, strict=True)
        ):
            raise UsageError(
                f"package {tuple(choices)} is not in the outcome space {self.shape}",
                fix="give one option index per issue, counted from 0",
            )
        return choices

    def _checked_contributions(self, contributions: Sequence[ArrayLike]) -> list[Floats]:
        arrays = [np.asarray(c, dtype=np.float64) for c in contributions]
        if tuple(a.shape for a in arrays) != tuple((options,) for options in self.shape):
            raise self._misfit([a.shape for a in arrays])
        if not np.isfinite(np.concatenate(arrays)).all():
            raise UsageError("a contribution of an option is not a finite number")
        return arrays

    def _check_enumerable(self) -> None:
        if self.size > MAX_PACKAGES:
            raise UsageError(
                f"{self.size:,} packages are too many to enumerate (at most {MAX_PACKAGES:,})",
                fix="use fewer issues or fewer options per issue",
            )

    def _misfit(self, found: object) -> UsageError:
        return UsageError(
            f"contributions of sizes {found} do not fit an outcome space of shape {self.shape}",
            fix="give one 1-D array per issue with one number per option",
        )


@lru_cache(maxsize=8)
def _grid(shape: tuple[int, ...]) -> NDArray[np.uint16]:
    grid = np.indices(shape, dtype=np.uint16).reshape(len(shape), -1).T.copy()
    grid.flags.writeable = False
    return grid


def utility_matrix(utilities: ArrayLike) -> Floats:
    """``utilities`` as a float array ``(n, principals)``.

    Raises:
        UsageError: Not two-dimensional, no principal, or a number that is not finite.
    """
    u = np.asarray(utilities, dtype=np.float64)
    if u.ndim != 2 or u.shape[1] == 0:
        raise UsageError(f"utilities must have shape (packages, principals), not {u.shape}")
    if not np.isfinite(u).all():
        raise UsageError("a utility is not a finite number")
    return u


def utility_vector(values: ArrayLike, principals: int, what: str) -> Floats:
    """``values`` as a float array ``(principals,)``; ``what`` names it in the error."""
    v = np.asarray(values, dtype=np.float64)
    if v.shape != (principals,) or not np.isfinite(v).all():
        raise UsageError(f"{what} must be {principals} finite numbers, one per principal")
    return v
