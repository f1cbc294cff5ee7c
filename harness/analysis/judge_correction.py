"""What a judge's figures come to once the errors that it is known to make are taken out.

A judge has read transcripts whose truth is known. From these pairs follows how its reading depends
on the truth: on average it reads ``a + b * truth``. The mean of a run that it has judged, q, is
then corrected to

    theta = (q - a) / b          and a difference d of two arms to          d / b

Of a yes/no measure ``a`` is one minus the specificity and ``b`` is sensitivity plus specificity
minus one, and this is the estimate of Rogan and Gladen (Am J Epidemiol 107, 1978, 71-76). Of counts
and values it is the classical calibration line. How often what is judged occurs may differ between
the known transcripts and the run. How the judge errs, given the truth, may not.

The interval is Fieller's (1954): all theta that ``q - a - b * theta`` does not refute, with the
variance of q over the scenarios of the run and those of a and b over the known transcripts, after
Lang and Reiczigel (Prev Vet Med 113, 2014, 13-22), who add one right and one wrong answer to
sensitivity and specificity each. It has no ends where b cannot be told from 0. Such a judge cannot
tell, and then there is no corrected figure either. Where b can be told from 0, and the run has so
few scenarios that there are no ends all the same, there is a figure without an interval.

Of counts and values there is no corrected figure where the readings do not lie near a line over the
truth (:mod:`harness.analysis.judge_errors`).

A difference is divided by b alone, since ``a`` is in both arms. That holds where the judge errs
alike in both. Labels of both arms' own turns need no such assumption
(:mod:`harness.analysis.labelled_turns`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from harness.analysis.intervals import ALPHA, ClusterT, cluster_t, t_quantile
from harness.analysis.judge_errors import Errors
from harness.analysis.observations import ROUNDING

Ends = tuple[float, float]
CANNOT_TELL: Final = "this judge cannot tell: its readings do not follow the truth closely enough"
ONE_SCENARIO: Final = "one scenario says nothing of how scenarios differ"
FEW_SCENARIOS: Final = "so few scenarios leave its interval without ends"
ALIKE: Final = "all scenarios read alike, which says nothing of how others would differ"


@dataclass(frozen=True)
class Spread:
    """A mean, or a difference, over the scenarios of a run.

    Attributes:
        mean: As the judge reads it.
        variance: Of the mean; None for fewer than two scenarios, and where it cannot be told.
        free: Its degrees of freedom.
        why: Why there is no variance; empty where there is one.
    """

    mean: float
    variance: float | None
    free: int
    why: str = ""

    @classmethod
    def of(cls, mean: float, t: ClusterT | None, ends: tuple[float, float] | None) -> Spread:
        """From the interval over scenarios.

        Args:
            t: None for fewer than two scenarios.
            ends: Of a share or a count, an interval that has a width even where all scenarios are
                alike. It gives the variance there, where t has none. None of other measures: that
                a few scenarios are alike does not say that others are.
        """
        if t is None:
            return cls(mean, None, 0, ONE_SCENARIO)
        if t.sd > 0:
            return cls(mean, t.sd**2 / (t.df + 1), t.df)
        if ends is None or ends[1] <= ends[0]:
            return cls(mean, None, t.df, ALIKE)
        far = max(mean - ends[0], ends[1] - mean)
        return cls(mean, (far / t_quantile(1 - ALPHA / 2, t.df)) ** 2, t.df)


@dataclass(frozen=True)
class Corrected:
    """A figure without the judge's errors.

    Attributes:
        value: Not clipped to what the measure allows; None where it cannot be told.
        interval: Likewise; None where it cannot be told.
        why: Why there is none; empty where there is one.
    """

    value: float | None
    interval: tuple[float, float] | None
    why: str = ""


def count_interval(mean: float, scenarios: int, *, level: float = 1 - ALPHA) -> Ends | None:
    """Interval of a mean count that has a width even where every scenario has the same: the score
    interval of a count, with each scenario as one observation and Student's quantile.

    Args:
        mean: At least 0.
        scenarios: S; None is given for fewer than two.
    """
    if scenarios < 2:
        return None
    square = t_quantile((1 + level) / 2, scenarios - 1) ** 2
    centre = mean + square / (2 * scenarios)
    half = math.sqrt(square * (mean / scenarios + square / (4 * scenarios**2)))
    return max(0.0, centre - half), centre + half


def apart(estimate: float, each: Iterable[Ends | None]) -> Ends | None:
    """An interval of a difference, from the widths of those of its two sides; None where one of
    them has none."""
    half = 0.0
    for ends in each:
        if ends is None:
            return None
        half = math.hypot(half, (ends[1] - ends[0]) / 2)
    return estimate - half, estimate + half


def corrected_mean(found: Spread, errors: Errors, *, level: float = 1 - ALPHA) -> Corrected:
    """The mean of an arm without the judge's errors."""
    return _corrected(
        found, found.mean - errors.a, errors, (errors.var_a, errors.cov, errors.var_b), level
    )


def corrected_difference(found: Spread, errors: Errors, *, level: float = 1 - ALPHA) -> Corrected:
    """The difference of two arms without the judge's errors, where it errs alike in both. What is
    known of it by one calibration is then one source of error, and not two."""
    return _corrected(found, found.mean, errors, (0.0, 0.0, errors.var_b), level)


def independent_difference(
    readings: Sequence[tuple[float, float]],
    one: Errors,
    other: Errors,
    ends: tuple[Ends | None, Ends | None] = (None, None),
    *,
    level: float = 1 - ALPHA,
) -> Corrected:
    """The difference of two sides that were read by judges whose errors are known apart from each
    other: by other judges, or by calibrations of their own.

        theta = (q - a) / b - (q' - a') / b'

    Three intervals are joined by the distances of their ends (MOVER: Zou and Donner, Stat Med 27,
    2008, 1693-1702): that over scenarios with both lines held fixed, so that what scenarios have in
    common counts for the pairing, and Fieller's of each line with its reading held fixed.

    Args:
        readings: What the judges read of both sides, a pair a scenario; at least one.
        one, other: How they err.
        ends: As of :meth:`Spread.of`, of the mean of each side.
    """
    known = [one, other]
    means = [math.fsum(pair[side] for pair in readings) / len(readings) for side in (0, 1)]
    sides: list[tuple[float, Ends]] = []
    for errors, mean in zip(known, means, strict=True):
        held = corrected_mean(Spread(mean, 0.0, errors.free), errors, level=level)
        if held.value is None or held.interval is None:
            return held
        sides.append((held.value, held.interval))
    (first, (lo, hi)), (second, (other_lo, other_hi)) = sides
    value = first - second
    scaled = [pair[0] / one.b - pair[1] / other.b for pair in readings]
    mean = math.fsum(scaled) / len(scaled)
    spread = Spread.of(mean, cluster_t(scaled, level=level), _scaled(mean, means, known, ends))
    if spread.variance is None:
        return Corrected(value, None, spread.why)
    half = t_quantile((1 + level) / 2, spread.free) * math.sqrt(spread.variance)
    down = math.hypot(half, first - lo, other_hi - second)
    up = math.hypot(half, hi - first, second - other_lo)
    return Corrected(value, (value - down, value + up))


def _scaled(
    middle: float,
    means: Sequence[float],
    known: Sequence[Errors],
    ends: tuple[Ends | None, Ends | None],
) -> Ends | None:
    """An interval of a difference of two means, each over the slope of its judge, by the farther
    of the distances of their ends; None where a side has none."""
    first, second = ends
    if first is None or second is None:
        return None
    sides = list(zip((first, second), means, known, strict=True))
    below, above = (
        [abs(of[end] - mean) / errors.b for of, mean, errors in sides] for end in (0, 1)
    )
    far = max(math.hypot(below[0], above[1]), math.hypot(above[0], below[1]))
    return middle - far, middle + far


def _corrected(
    found: Spread,
    over: float,
    errors: Errors,
    variances: tuple[float, float, float],
    level: float,
) -> Corrected:
    """``over / b`` with Fieller's interval."""
    if errors.b <= ROUNDING:
        return Corrected(None, None, CANNOT_TELL)
    b, theta = errors.b, over / errors.b
    var_a, cov, var_b = variances
    own = var_a + 2 * theta * cov + theta**2 * var_b
    square = t_quantile((1 + level) / 2, errors.free) ** 2
    if b**2 <= square * errors.var_b:
        return Corrected(None, None, CANNOT_TELL)
    if found.variance is None:
        return Corrected(theta, None, found.why)
    parts = [(found.variance, found.free), (max(own, 0.0), errors.free)]
    square = t_quantile((1 + level) / 2, _free(parts)) ** 2
    first = b**2 - square * var_b
    second = over * b + square * cov
    third = over**2 - square * (found.variance + var_a)
    if first <= 0:  # the judge can tell, as was held above, and the scenarios are too few
        return Corrected(theta, None, FEW_SCENARIOS)
    root = math.sqrt(max(0.0, second**2 - first * third))
    return Corrected(theta, ((second - root) / first, (second + root) / first))


def _free(parts: Sequence[tuple[float, int]]) -> int:
    """Welch's degrees of freedom of a sum of independent variances."""
    total = math.fsum(variance for variance, _ in parts)
    below = math.fsum(variance**2 / free for variance, free in parts if variance)
    if not below:
        return max(free for _, free in parts)
    return max(1, math.floor(total**2 / below + ROUNDING))
