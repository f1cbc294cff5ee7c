"""The sign-flip test: could scenario-level differences this far from 0 be chance?

Under the null hypothesis each scenario's difference is symmetric about 0, so its sign is a fair
coin. The p value is the share of all 2^S sign patterns whose mean is at least as far from 0 as the
one observed (Fisher 1935). It needs no normality, and with few scenarios it is coarse: no p lies
below 2 / 2^S, so S < 6 can never reach p < .05.

Kept by hand: ``scipy.stats.permutation_test`` gives the same p (a test holds it), but not the least
p that is possible, and importing ``scipy.stats`` is dear (:mod:`harness.analysis.intervals`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from harness.analysis.observations import Floats, finite_vector
from harness.errors import UsageError

EXACT_UP_TO: Final = 20
"""Scenarios up to which all 2^S patterns are counted (4 MiB of sums)."""

_TIE: Final = 1e-10
"""Sums this close, relative to the largest difference, are tied; a tie counts against an effect."""

_CHUNK: Final = 1 << 20
"""Random signs held at a time."""


@dataclass(frozen=True)
class SignFlip:
    """Result of the test.

    Attributes:
        p: Two-sided p value in (0, 1].
        min_p: Smallest p that this number of scenarios (and of draws) can give.
        method: Whether all patterns were counted or random ones drawn.
        flips: Patterns looked at: 2^S, or the number drawn.
        seed: Of the random patterns; None when exact.
    """

    p: float
    min_p: float
    method: Literal["exact", "monte_carlo"]
    flips: int
    seed: int | None = None


def sign_flip(differences: ArrayLike, *, draws: int = 100_000, seed: int = 0) -> SignFlip | None:
    """Two-sided sign-flip test of mean 0.

    Args:
        differences: ``(S,)``, one a scenario; missing ones dropped by the caller.
        draws: Random patterns above :data:`EXACT_UP_TO` scenarios, where
            p = (1 + as extreme) / (1 + draws), which is never 0 and keeps the level
            (Phipson & Smyth 2010).
        seed: Of these patterns.

    Returns:
        None for S = 0. p = 1 for S = 1, and where every difference is 0.

    Raises:
        UsageError: Values that are not finite, or no draws.
    """
    values = finite_vector(differences, "the differences between scenarios")
    if draws < 1:
        raise UsageError("the sign-flip test needs at least one draw")
    count = len(values)
    if count == 0:
        return None
    # Only sizes and the size of the observed sum matter; sorting makes the order of rows, and a
    # change of sign of all of them, leave even random draws as they were.
    largest = float(np.abs(values).max())
    scaled = values / largest if largest > 0 else values
    sizes = np.sort(np.abs(scaled))
    bar = abs(math.fsum(scaled.tolist())) - _TIE
    if count <= EXACT_UP_TO:
        # A pattern and its opposite are equally extreme, so half of them suffice.
        patterns = 1 << (count - 1)
        p = int((np.abs(_all_sums(sizes)) >= bar).sum()) / patterns
        return SignFlip(p=p, min_p=1 / patterns, method="exact", flips=2 * patterns)
    p = (1 + _extreme_draws(sizes, bar, draws, seed)) / (1 + draws)
    min_p = max(2.0 ** (1 - count), 1 / (1 + draws))
    return SignFlip(p=p, min_p=min_p, method="monte_carlo", flips=draws, seed=seed)


def _all_sums(sizes: Floats) -> Floats:
    """The ``(2^(S-1),)`` signed sums in which the first difference keeps its sign."""
    sums = sizes[:1]
    for size in sizes[1:]:
        sums = np.concatenate((sums + size, sums - size))
    return sums


def _extreme_draws(sizes: Floats, bar: float, draws: int, seed: int) -> int:
    """How many of ``draws`` random signed sums are at least ``bar`` from 0."""
    generator = np.random.Generator(np.random.PCG64(seed))
    rows = max(1, _CHUNK // len(sizes))
    total = float(sizes.sum())
    extreme = 0
    for start in range(0, draws, rows):
        shape = (min(rows, draws - start), len(sizes))
        positive = generator.integers(0, 2, size=shape, dtype=np.int8) @ sizes
        extreme += int((np.abs(2 * positive - total) >= bar).sum())
    return extreme
