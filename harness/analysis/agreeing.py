"""The interval of a measure of agreement, as kappa and alpha, of units that come in clusters."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Final, TypeVar

import numpy as np

from harness.analysis.agreement import LEAST_CLUSTERS, Agreed
from harness.analysis.intervals import ALPHA, t_quantile
from harness.analysis.observations import ROUNDING

Values = TypeVar("Values", bound=tuple[Hashable, ...])
_TWO: Final = 2
"""Clusters with a disagreement, of which each may be left out."""
_MOST_LOG: Final = 50.0


def agreeing(
    clusters: Sequence[Sequence[Values]], figure: Callable[[Counter[Values]], float | None]
) -> Agreed:
    """A measure of agreement of units that come in clusters, with a 95 % interval.

    The interval is Student's, of the logarithm of what is lacking to 1, with the error of the
    jackknife over clusters. Resampling gives one that is too short here, the more so the better the
    readers agree (docs/validity.md has how often either holds the truth). There is none of fewer
    than :data:`LEAST_CLUSTERS` clusters, nor where the figure is the same whichever of them is left
    out, as kappa is 0 of a reader who always says the same.

    Where no cluster holds a disagreement, or a single one, the lower end is ``1 - w / (1 - p)``:
    ``w`` is the upper end of Wilson's interval of the share of such clusters, and ``p`` the chance
    that two of all values are the same. So what they hold is taken to be drawn by chance.

    Args:
        clusters: For each, its units: the values that readers give, None for a missing one.
        figure: 1 where all agree, and at most that; None where it is undefined.
    """
    held = [Counter(cluster) for cluster in clusters if cluster]
    whole = Counter[Values]()
    for cluster in held:
        whole.update(cluster)
    value, n, count = figure(whole), whole.total(), len(held)
    if value is None or count < LEAST_CLUSTERS:
        return Agreed(value, None, None, n)
    apart = sum(any(len(set(unit) - {None}) > 1 for unit in cluster) for cluster in held)
    t = t_quantile(1 - ALPHA / 2, count - 1)
    if apart < _TWO:
        low = 1 - _wilson_upper(apart, count, t) / (1 - _same_by_chance(whole))
        return Agreed(value, min(value, max(-1.0, low)), 1.0, n)
    without = [figure(whole - cluster) for cluster in held]
    lacking = np.array([math.nan if one is None else 1 - one for one in without])
    logs = np.log(lacking) if (lacking > 0).all() else np.full(1, math.nan)
    if not np.ptp(logs) > ROUNDING:  # undefined without a cluster, or the same without any
        return Agreed(value, None, None, n)
    squares = float(((logs - logs.mean()) ** 2).sum())
    far = math.exp(min(t * math.sqrt(squares * (count - 1) / count), _MOST_LOG))
    low, high = 1 - (1 - value) * far, 1 - (1 - value) / far
    return Agreed(value, max(-1.0, low), high, n)


def _wilson_upper(some: int, of: int, t: float) -> float:
    share, square = some / of, t**2
    half = math.sqrt(square * (share * (1 - share) / of + square / (4 * of**2)))
    return (share + square / (2 * of) + half) / (1 + square / of)


def _same_by_chance(whole: Mapping[Values, int]) -> float:
    """The chance that two of all values are the same."""
    values = Counter[Hashable]()
    for unit, count in whole.items():
        for one in unit:
            if one is not None:
                values[one] += count
    return sum(count**2 for count in values.values()) / values.total() ** 2
