"""Whether readings lie on a line over what is true, as a correction by a line takes for granted."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.observations import ROUNDING, Floats

LEVEL: Final = 0.01
"""Chance of finding a bend where there is none. It is small since every measure of a judge is
tried, and what is refused is lost."""
MOST_OFF: Final = 0.1
"""How far a truth may be read off the line, as a share of the range of truths. No mixture of truths
is then corrected wrongly by more, and only one of a single truth by so much. A smaller bend is not
worth the figure that it would cost."""
LEAST_LEVELS: Final = 3
"""Different truths that a bend needs: two points always lie on a line."""
LEAST_AGAIN: Final = 5
"""Readings beyond one of each truth, from which it is told how far those of one truth differ."""


def bends(truth: Floats, judged: Floats) -> bool:
    """Whether readings bend by so much that a line would correct them wrongly: the test of
    :func:`lack_of_fit` finds it at :data:`LEVEL`, and a truth is read off the line by more than
    :data:`MOST_OFF`.

    Args:
        truth: ``(n,)``, what is so.
        judged: ``(n,)``, what is read.
    """
    p = lack_of_fit(truth, judged)
    return p is not None and p < LEVEL and farthest(truth, judged) > MOST_OFF


def farthest(truth: Floats, judged: Floats) -> float:
    """How far the mean of a truth lies off the line at most, corrected by its slope, as a share of
    the range of truths; infinite where the line does not rise.

    Args:
        truth: ``(n,)``, what is so; at least two differ.
        judged: ``(n,)``, what is read.
    """
    levels, _, _, means, line, slope = _means(truth, judged)
    if slope <= ROUNDING:
        return math.inf
    return float(np.abs(means - line).max()) / slope / float(np.ptp(levels))


def lack_of_fit(truth: Floats, judged: Floats) -> float | None:
    """The chance of means so far from a line, if they lie on one.

    The F test of lack of fit: how far the means of each truth lie from the least squares line,
    against how far readings of one truth differ (R. A. Fisher, "The goodness of fit of regression
    formulae", 1922; Draper and Smith, "Applied Regression Analysis", 1998, section 2.1).

    Args:
        truth: ``(n,)``, what is so.
        judged: ``(n,)``, what is read.

    Returns:
        p in [0, 1]; None where there are fewer than :data:`LEAST_LEVELS` truths, or fewer than
        :data:`LEAST_AGAIN` readings beyond one of each.
    """
    again = len(truth) - len(np.unique(truth))
    if len(truth) - again < LEAST_LEVELS or again < LEAST_AGAIN:
        return None
    levels, place, counts, means, line, _ = _means(truth, judged)
    within = float(((judged - means[place]) ** 2).sum())
    off = float((counts * (means - line) ** 2).sum())
    whole = float(((judged - judged.mean()) ** 2).sum())
    if off <= ROUNDING * max(whole, 1.0):
        return 1.0
    if within <= ROUNDING * whole:
        return 0.0
    from scipy.special import fdtrc

    free = len(levels) - 2
    return float(fdtrc(free, again, off / free / (within / again)))


def _means(
    truth: Floats, judged: Floats
) -> tuple[Floats, NDArray[np.intp], NDArray[np.intp], Floats, Floats, float]:
    """The truths, which of them each reading has, how many have each, their means, where the line
    has them, and its slope."""
    levels, place, counts = np.unique(truth, return_inverse=True, return_counts=True)
    means = np.bincount(place, weights=judged) / counts
    middle = truth - truth.mean()
    slope = float(middle @ judged) / float(middle @ middle)
    line = judged.mean() + slope * (levels - truth.mean())
    return levels, place, counts, means, line, slope
