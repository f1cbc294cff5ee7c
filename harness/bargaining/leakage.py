"""What offers give away of a hand: the weights of issues, as the other side can infer them (C8).

Each estimator sees what the other side sees: the offers, and the public order of the options of
each issue. None sees a value. Each misleads alone, in another way, so several stand side by side:

- :func:`kept`: an issue matters more, the more of its own best option a side keeps asking for. The
  steadiest of them.
- :func:`frequency`: an issue matters more, the less often a side changes what it asks for there. It
  says next to nothing where a side trades one issue for another.
- :func:`bayesian`: over all choices of the issues that matter most, how well does each explain
  offers that concede by the clock? The best of the three where they do, and worse where they do
  not.

A single dialogue says little: over many, the mean of :func:`recovered` is what leaks.
:func:`over_time` has all three for several sides at once, at several points of their talks.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from harness.bargaining.space import Floats, Ints
from harness.errors import UsageError

MOST_ISSUES: Final = 10
"""Issues of which all choices are enumerated: 637 of them. No dispute has more."""
STEP: Final = 0.2
"""By how much an issue that stays as it was gains on the others, in the frequency model."""
SPREAD: Final = 0.1
"""Standard deviation of an offer's value about the schedule, in the Bayesian model."""
CONCEDED: Final = 0.4
"""How much of its value the Bayesian model takes a side to have conceded by its last offer."""
RATIO: Final = 3.0
"""How much more than the others the issues matter that matter most, in the Bayesian model."""
ESTIMATORS: Final = ("kept", "frequency", "bayesian")
"""In the order of :func:`over_time`."""
_NOTHING: Final = 1e-300
"""What sums of weights are divided by where they are 0."""


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
    return _last(0, offers)


def frequency(offers: ArrayLike) -> Floats:
    """Weights by how seldom an issue changes from one offer to the next (van Krimpen, Looije &
    Hajizadeh 2013).

    Args:
        offers: As for :func:`kept`.

    Raises:
        UsageError: As :func:`kept`.
    """
    return _last(1, offers)


def bayesian(offers: ArrayLike) -> Floats:
    """The posterior mean of the weights over all choices of the issues that matter most, for a side
    that concedes by the clock (after Hindriks & Tykhonov 2008).

    A hypothesis is a set of half of the issues at most, each of which weighs :data:`RATIO` times as
    much as each of the others. (Theirs are orders of the issues. For eight issues that is 40,320
    hypotheses where this has 162, and it recovers as much.) The value of the t-th of n offers is
    expected at ``1 - CONCEDED * t / (n - 1)``.

    Args:
        offers: As for :func:`kept`.

    Raises:
        UsageError: As :func:`kept`, or there are more than :data:`MOST_ISSUES` issues.
    """
    return _last(2, offers)


def over_time(places: Floats, counts: tuple[tuple[int, ...], ...]) -> Floats:
    """What all estimators say of several sides after some of their offers. Nothing is checked.

    Args:
        places: ``(sides, offers, issues)`` as for :func:`kept`; 0 after the last offer of a side
            that made fewer than others.
        counts: ``(sides, points)`` numbers of offers, of which the first are seen; as many points
            for each side. The largest is the number that the Bayesian model takes a side to make:
            whoever watches knows how long the talks are to last.

    Returns:
        ``(estimators, sides, points, issues)`` weights, in the order of :data:`ESTIMATORS`; zeros
        where nothing is kept anywhere, or no offer is seen.

    Raises:
        UsageError: There are more than :data:`MOST_ISSUES` issues.
    """
    _, offers, issues = places.shape
    seen, expected = _schedule(counts, offers)
    found = np.empty((len(ESTIMATORS), *seen.shape[:2], issues))
    np.matmul(seen, places, out=found[0])
    found[1] = _stayed(places, seen)
    found[2] = _posterior(places, seen, expected)
    found /= np.maximum(found.sum(axis=-1, keepdims=True), _NOTHING)
    return found


def recovered(estimate: ArrayLike, truth: ArrayLike) -> float | None:
    """Spearman's rank correlation of estimated and true weights, in [-1, 1].

    Args:
        estimate, truth: ``(issues,)``.

    Returns:
        None where all weights of one of them are equal, or there is a single issue.
    """
    one, other = standing(estimate), standing(truth)
    if not one.any() or not other.any():
        return None
    return float(np.clip(one @ other, -1.0, 1.0))


def standing(weights: ArrayLike) -> Floats:
    """Ranks as a vector of mean 0 and length 1, so that the product of two such vectors is their
    rank correlation. Ties share their mean rank.

    Args:
        weights: ``(..., issues)``.

    Returns:
        The same shape; zeros where all weights are equal, so that the product is 0: what a guess
        among the equal ones would recover in the mean.
    """
    held = _rounded(weights)
    # Issues below less issues above: twice the rank, about the middle one.
    each = np.ones(held.shape[-1])
    ranks = np.sign(held[..., :, None] - held[..., None, :]) @ each
    length = np.sqrt((ranks * ranks) @ each)[..., None]
    found: Floats = ranks / np.maximum(length, 1.0)
    return found


def finds_top(estimate: ArrayLike, truth: ArrayLike) -> float:
    """The share of the issues with the largest estimate that have the largest true weight, in
    [0, 1]: 1 where the top issue is found, and what chance gives where the estimates tie."""
    return float(np.isin(top_of(estimate), top_of(truth)).mean())


def top_of(weights: ArrayLike) -> Ints:
    """The places of the issues with the largest weight, from 0."""
    held = _rounded(weights)
    return np.flatnonzero(held == held.max())


def _last(estimator: int, offers: ArrayLike) -> Floats:
    """What one of the estimators makes of all offers of one side."""
    places = np.atleast_2d(np.asarray(offers, dtype=np.float64))
    if not places.size or not np.isfinite(places).all() or places.min() < 0 or places.max() > 1:
        raise UsageError("offers are places on the ladders of their issues, from 0 to 1")
    found: Floats = over_time(places[None], ((len(places),),))[estimator, 0, 0]
    return found if found.any() else np.full_like(found, 1.0 / len(found))


@lru_cache(maxsize=1024)
def _schedule(counts: tuple[tuple[int, ...], ...], offers: int) -> tuple[Floats, Floats]:
    """Both ``(sides, points, offers)``: 1 for an offer that was made by a point, and twice the
    value at which the Bayesian model expects it; 0 for one that was not."""
    order, made = np.arange(offers), np.array(counts)
    seen = (order < made[..., None]).astype(np.float64)
    conceded = CONCEDED * order / np.maximum(made.max(axis=1) - 1, 1)[:, None]
    expected: Floats = 2.0 * seen * (1.0 - conceded)[:, None]
    return seen, expected


def _stayed(places: Floats, seen: Floats) -> Floats:
    """``(sides, points, issues)`` weights of the frequency model, not to scale.

    After every offer the weights are brought to sum 1 again. The same weights come of leaving them
    as they are, and letting what is added grow with their sum.
    """
    gains = STEP * (places[:, 1:] == places[:, :-1])
    total = (1.0 + gains.sum(axis=-1)).cumprod(axis=1)
    gains[:, 1:] *= total[:, :-1, None]
    found: Floats = seen[..., 1:] @ gains
    found += 1.0 / places.shape[2]
    return found


def _posterior(places: Floats, seen: Floats, expected: Floats) -> Floats:
    """``(sides, points, issues)`` means of the Bayesian model, not to scale.

    Args:
        places: As for :func:`over_time`.
        seen, expected: From :func:`_schedule`.

    The squared distance of the values from the schedule is summed over offers, term by term; what
    depends on no hypothesis is left out.
    """
    weights, across = _hypotheses(places.shape[2])
    values = places @ across
    values *= values
    log = (expected @ places) @ across
    log -= seen @ values
    log -= log.max(axis=-1, keepdims=True)
    log *= 0.5 / SPREAD**2
    found: Floats = np.exp(log, out=log) @ weights
    return found


def _rounded(weights: ArrayLike) -> Floats:
    """So that what is equal but for rounding ties."""
    return np.asarray(weights, dtype=np.float64).round(9)


@lru_cache(maxsize=MOST_ISSUES)
def _hypotheses(issues: int) -> tuple[Floats, Floats]:
    """``(hypotheses, issues)`` their weights, and the same with the axes exchanged."""
    if issues > MOST_ISSUES:
        raise UsageError(f"the choices among {issues} issues are too many; {MOST_ISSUES} is most")
    chosen = (np.arange(1, 1 << issues)[:, None] >> np.arange(issues)) & 1
    chosen = chosen[chosen.sum(axis=1) <= max(1, issues // 2)]
    shares = 1.0 + (RATIO - 1.0) * chosen
    weights: Floats = shares / shares.sum(axis=1, keepdims=True)
    return weights, np.ascontiguousarray(weights.T)
