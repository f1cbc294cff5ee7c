"""Means and changes over transcripts whose truth is known, each with its 95 % interval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from harness.analysis.agreement import Agreed, clustered
from harness.analysis.intervals import ALPHA, cluster_t, t_quantile

FEW_APART: Final = 5
"""Transcripts that differ from the others below which Student's interval alone does not hold."""
Change = tuple[int, int, int, int]
"""Some, of how many; and in another telling some, of how many."""


def mean_of(values: Sequence[float], far: float | None = None) -> Agreed:
    """A mean with its t interval.

    Where nearly all transcripts have the same value, that says little of how far another may lie
    from it. With ``far`` the interval is then at least as wide as if the share of transcripts lay
    so far off that Wilson's interval leaves open where none of n does: t² / (n + t²).

    Args:
        values: One a transcript.
        far: How far a single value may lie off; None gives no interval where all are the same.
    """
    found = cluster_t(values)
    if found is None:
        return Agreed(values[0] if values else None, None, None, len(values))
    apart = len(values) - max(Counter(values).values())
    if far is not None and apart < FEW_APART:
        square = t_quantile(1 - ALPHA / 2, found.df) ** 2
        wide = far * square / (len(values) + square)
        low, high = min(found.lo, found.mean - wide), max(found.hi, found.mean + wide)
        return Agreed(found.mean, low, high, len(values))
    if found.sd == 0:
        return Agreed(found.mean, None, None, len(values))
    return Agreed(found.mean, found.lo, found.hi, len(values))


def change_of(parts: Sequence[Change]) -> Agreed:
    """A share in another telling, less the share as written.

    Args:
        parts: One a transcript.
    """
    return clustered([[part] for part in parts], _change)


def _change(parts: Counter[Change]) -> float | None:
    """The second share less the first."""
    sums = [sum(part[place] * count for part, count in parts.items()) for place in range(4)]
    some, of, later, of_later = sums
    return later / of_later - some / of if of and of_later else None
