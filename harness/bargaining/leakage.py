"""What offers give away of a hand: the weights of issues, as the other side can infer them (C8).

Each estimator sees what the other side sees: the offers, and the public order of the options of
each issue. None sees a value. Each misleads alone, in another way, so several stand side by side:

- :func:`kept`: an issue matters more, the more of its own best option a side keeps asking for. The
  steadiest of them.
- :func:`frequency`: an issue matters more, the less often a side changes what it asks for there. It
  says next to nothing where a side trades one issue for another.
- :func:`bayesian`: over all orders of the issues, how well does each explain offers that concede by
  the clock? The best of the three where they do, and worse where they do not.

A single dialogue says little: over many, the mean of :func:`recovered` is what leaks.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise, permutations
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from harness.bargaining.space import Floats, Ints
from harness.errors import UsageError

LEAST_OFFERS: Final = 2
"""One offer, an opening as a rule, asks for the best everywhere and says nothing."""
MOST_ISSUES: Final = 8
"""Issues whose orders are enumerated: 40,320 of them."""
STEP: Final = 0.2
"""By how much an issue that stays as it was gains on the others, in the frequency model."""
SPREAD: Final = 0.1
"""Standard deviation of an offer's value about the schedule, in the Bayesian model."""
CONCEDED: Final = 0.4
"""How much of its value the Bayesian model takes a side to have conceded by its last offer."""


def kept(offers: ArrayLike) -> Floats:
    """Weights by the mean of what is kept.

    Args:
        offers: ``(offers, issues)`` place of each option on the public ladder of its issue, in
            [0, 1], 1 the best for the side whose offers these are.

    Returns:
        ``(issues,)`` weights, >= 0, of sum 1; equal ones where nothing is kept anywhere.

    Raises:
        UsageError: No offers, or places outside [0, 1].
    """
    return _normalised(_places(offers).mean(axis=0))


def frequency(offers: ArrayLike) -> Floats:
    """Weights by how seldom an issue changes from one offer to the next (van Krimpen, Looije &
    Hajizadeh 2013).

    Args:
        offers: As for :func:`kept`.

    Raises:
        UsageError: As :func:`kept`.
    """
    places = _places(offers)
    weights = np.full(places.shape[1], 1.0 / places.shape[1])
    for before, after in pairwise(places):
        weights = _normalised(weights + STEP * np.isclose(before, after))
    return weights


def bayesian(offers: ArrayLike) -> Floats:
    """The posterior mean of the weights over all orders of the issues, for a side that concedes by
    the clock (Hindriks & Tykhonov 2008).

    A hypothesis is an order of the issues, with weights that fall evenly from first to last. The
    value of the t-th of n offers is expected at ``1 - CONCEDED * t / (n - 1)``.

    Args:
        offers: As for :func:`kept`.

    Raises:
        UsageError: As :func:`kept`, or there are more than :data:`MOST_ISSUES` issues.
    """
    places = _places(offers)
    count, issues = places.shape
    if issues > MOST_ISSUES:
        raise UsageError(f"the orders of {issues} issues are too many; {MOST_ISSUES} are the most")
    hypotheses = _orders(issues)
    expected = 1.0 - CONCEDED * np.arange(count) / max(1, count - 1)
    off = hypotheses @ places.T - expected
    log = -(off**2).sum(axis=1) / (2 * SPREAD**2)
    belief = np.exp(log - log.max())
    mean: Floats = belief @ hypotheses / belief.sum()
    return mean


def recovered(estimate: ArrayLike, truth: ArrayLike) -> float | None:
    """Spearman's rank correlation of estimated and true weights, in [-1, 1].

    Args:
        estimate, truth: ``(issues,)``.

    Returns:
        None where all weights of one of them are equal, or there is a single issue.
    """
    one, other = rankdata(_rounded(estimate)), rankdata(_rounded(truth))
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(np.clip(np.corrcoef(one, other)[0, 1], -1.0, 1.0))


def finds_top(estimate: ArrayLike, truth: ArrayLike) -> float:
    """The share of the issues with the largest estimate that have the largest true weight, in
    [0, 1]: 1 where the top issue is found, and what chance gives where the estimates tie."""
    guessed = np.flatnonzero(_rounded(estimate) == _rounded(estimate).max())
    top = np.flatnonzero(_rounded(truth) == _rounded(truth).max())
    return float(np.isin(guessed, top).mean())


def _places(offers: ArrayLike) -> Floats:
    places = np.atleast_2d(np.asarray(offers, dtype=np.float64))
    if not places.size or not np.isfinite(places).all() or places.min() < 0 or places.max() > 1:
        raise UsageError("offers are places on the ladders of their issues, from 0 to 1")
    return places


def _normalised(weights: Floats) -> Floats:
    total = weights.sum()
    found: Floats = weights / total if total > 0 else np.full_like(weights, 1 / len(weights))
    return found


def _rounded(weights: ArrayLike) -> Floats:
    """So that what is equal but for rounding ties."""
    return np.asarray(weights, dtype=np.float64).round(9)


@lru_cache(maxsize=MOST_ISSUES)
def _orders(issues: int) -> Floats:
    """``(orders, issues)`` the weights of every order of the issues."""
    ranks: Ints = np.array(list(permutations(range(issues))), dtype=np.intp)
    shares = (issues - ranks) / (issues * (issues + 1) / 2)
    weights: Floats = np.asarray(shares, dtype=np.float64)
    return weights
