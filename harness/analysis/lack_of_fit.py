"""Whether readings lie on a line over what is true, as a correction by a line takes for granted."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.observations import ROUNDING, Floats
from harness.seeds import stream

LEVEL: Final = 0.01
"""Chance of finding a bend where there is none. It is small since every measure of a judge is
tried, and what is refused is lost."""
MOST_OFF: Final = 0.1
"""How far a truth may be read off the line, as a share of the range of truths. No mixture of truths
is then corrected wrongly by more, and only one of a single truth by so much. A smaller bend is not
worth the figure that it would cost."""
LEAST_GROUPS: Final = 3
"""Groups of truths that a bend needs: two points always lie on a line."""
LEAST_EACH: Final = 5
"""Readings of a group."""
DRAWS: Final = 999
_TINY: Final = 1e-300
_AT_ONCE: Final = 1_000_000
"""Numbers that are drawn at a time."""


def bends(truth: Floats, judged: Floats) -> bool:
    """Whether readings bend by so much that a line would correct them wrongly: the test of
    :func:`lack_of_fit` finds it at :data:`LEVEL`, and a group of truths is read off the line by
    more than :data:`MOST_OFF`.

    Args:
        truth: ``(n,)``, what is so; at least two differ.
        judged: ``(n,)``, what is read.
    """
    if farthest(truth, judged) <= MOST_OFF:
        return False
    p = lack_of_fit(truth, judged)
    return p is not None and p < LEVEL


def farthest(truth: Floats, judged: Floats) -> float:
    """How far the readings of a group of truths lie off the line at most, on average and corrected
    by its slope, as a share of the range of truths; infinite where the line does not rise.

    Args:
        truth, judged: As for :func:`bends`.
    """
    off, slope = _off_line(truth, judged)
    if slope <= ROUNDING:
        return math.inf
    group = groups(truth)
    means = np.bincount(group, weights=off) / np.bincount(group)
    return float(np.abs(means).max()) / slope / float(np.ptp(truth))


def lack_of_fit(truth: Floats, judged: Floats) -> float | None:
    """The chance that readings of groups of truths lie so far off the line, if all lie on it.

    What is tried is the F of lack of fit: how far the means of the groups lie off the least squares
    line, against how far readings of a group differ (Draper and Smith, "Applied Regression
    Analysis", 1998, section 2.1). Its table would not do, since readings of what is not there
    differ less than others. So it is held against the same readings with their distances from the
    line on either side of it by chance (C. F. J. Wu, "Jackknife, bootstrap and other resampling
    methods in regression analysis", 1986). The same readings give the same answer.

    Args:
        truth, judged: As for :func:`bends`.

    Returns:
        p in (0, 1]; None where there are fewer than :data:`LEAST_GROUPS` groups.
    """
    group = groups(truth)
    count = int(group.max()) + 1
    if count < LEAST_GROUPS:
        return None
    off, _ = _off_line(truth, judged)
    whole = float(((judged - judged.mean()) ** 2).sum())
    if float(off @ off) <= ROUNDING * max(whole, 1.0):
        return 1.0
    held = _ratio(off[None, :], group, count)[0]
    rng, beyond, left = stream(0, "lack of fit"), 0, DRAWS
    middle = truth - truth.mean()
    while left:
        rows = min(left, max(1, _AT_ONCE // len(truth)))
        drawn = off * (2.0 * rng.integers(0, 2, size=(rows, len(truth))) - 1.0)
        drawn -= drawn.mean(axis=1, keepdims=True)
        drawn -= (drawn @ middle / float(middle @ middle))[:, None] * middle
        beyond += int((_ratio(drawn, group, count) >= held).sum())
        left -= rows
    return (1 + beyond) / (1 + DRAWS)


def groups(truth: Floats) -> NDArray[np.intp]:
    """To which group each truth belongs, from 0 upwards: a truth of which there are
    :data:`LEAST_EACH` readings is one, and those in between are joined until there are as many."""
    levels, place, counts = np.unique(truth, return_inverse=True, return_counts=True)
    found, number, held = np.zeros(len(levels), dtype=np.intp), -1, LEAST_EACH
    for level, count in enumerate(counts.tolist()):
        if held >= LEAST_EACH:
            number, held = number + 1, 0
        found[level], held = number, held + count
    if held < LEAST_EACH and number > 0:
        found[found == number] = number - 1
    return found[place]


def _off_line(truth: Floats, judged: Floats) -> tuple[Floats, float]:
    """How far each reading lies off the least squares line, and its slope."""
    middle = truth - truth.mean()
    slope = float(middle @ judged) / float(middle @ middle)
    return np.asarray(judged - judged.mean() - slope * middle), slope


def _ratio(off: Floats, group: NDArray[np.intp], count: int) -> Floats:
    """For each row of distances, the squares between groups over those inside; F but for a
    factor."""
    members = (group[:, None] == np.arange(count)).astype(np.float64)
    sums = off @ members
    between = (sums**2 / members.sum(axis=0)).sum(axis=1)
    inside = np.maximum((off**2).sum(axis=1) - between, 0.0)
    return np.asarray(between / np.maximum(inside, ROUNDING * between + _TINY))
