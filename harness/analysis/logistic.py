"""P(sign) over the value of a package: a logistic curve, its threshold and its slope.

The curve is fitted by Firth's penalised likelihood. Without the penalty there is no estimate where
answers are separated, that is where everything above some value is signed and nothing below it; and
a model that knows what it wants answers just so. With it the slope stays finite, and the threshold
lies between the two answers. Intervals leave out one scenario at a time, since the scenario is the
unit of inference.

Sources: Firth 1993, Biometrika 80; Heinze & Schemper 2002 (separation); Tukey 1958 (jackknife).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.intervals import ALPHA, t_quantile

Floats = NDArray[np.float64]

_STEPS: Final = 1000
"""Near separation the steps shrink by a share each, since the information is not the curvature of
the penalty: some samples need a hundred."""
_NEAR: Final = 1e-8
_GAIN: Final = 0.1
"""Share of the gain that a step promises and has to bring."""
_LONGEST: Final = 5.0
"""Longest step of the intercept or the slope, of standardised values."""


@dataclass(frozen=True)
class Curve:
    """P(sign) = 1 / (1 + exp(-slope (value - threshold))).

    Attributes:
        threshold: Value at which signing and leaving are as likely.
        slope: Change of the log odds for one unit of value; the larger, the sharper.
        separated: No value above the lowest that was signed was left: the slope is as steep as the
            penalty lets it be, and says nothing more.
    """

    threshold: float
    slope: float
    separated: bool


def fit(values: Sequence[float] | Floats, signed: Sequence[bool]) -> Curve | None:
    """Fit a curve.

    Args:
        values: ``(n,)`` finite.
        signed: ``(n,)``.

    Returns:
        None where all answers or all values are the same, or where what is worth more is not signed
        more often (slope <= 0): then there is no threshold.
    """
    x, y = np.asarray(values, dtype=np.float64), np.asarray(signed, dtype=np.float64)
    if len(x) == 0 or y.min() == y.max():
        return None
    lowest, highest = float(x[y == 1].min()), float(x[y == 0].max())
    separated = lowest > highest
    # Of separated answers only those beside the gap say where the curve runs, however many there
    # are: the gap is the unit, and the curve is looked for from there.
    centre = (lowest + highest) / 2 if separated else float(x.mean())
    scale = lowest - highest if separated else float(x.std())
    if scale <= _NEAR:
        return None
    found = _firth((x - centre) / scale, y, start=1.0 if separated else 0.0)
    if found is None or found[1] <= _NEAR:
        return None
    intercept, slope = found
    threshold = centre - scale * intercept / slope
    return Curve(
        # The penalty may pull it past the answers beside the gap, where they say it is not.
        threshold=min(max(threshold, highest), lowest) if separated else threshold,
        slope=slope / scale,
        separated=separated,
    )


def _firth(z: Floats, y: Floats, start: float) -> tuple[float, float] | None:
    """(intercept, slope) that solve X'(y - p + h (1/2 - p)) = 0; None where Newton's method does
    not come to an end.

    Args:
        start: Slope from which it is looked for.
    """
    design = np.column_stack([np.ones_like(z), z])
    beta = np.array([0.0, start])
    reached = _penalised(design, y, beta)
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-np.clip(design @ beta, -30, 30)))
        weighted = design * (p * (1 - p))[:, None]
        information = design.T @ weighted
        if np.linalg.det(information) < 1e-12:
            return None
        inverse = np.linalg.inv(information)
        leverage = np.einsum("ij,jk,ik->i", weighted, inverse, design)
        score = design.T @ (y - p + leverage * (0.5 - p))
        step = inverse @ score
        step *= min(1.0, _LONGEST / max(float(np.abs(step).max()), _NEAR))
        # A whole step may overshoot where answers are separated; half of it may not (Armijo).
        while float(np.abs(step).max()) >= _NEAR:
            further = _penalised(design, y, beta + step)
            if further >= reached + _GAIN * float(score @ step):
                break
            step /= 2
        else:
            return float(beta[0]), float(beta[1])
        beta, reached = beta + step, further
    return None


def _penalised(design: Floats, y: Floats, beta: Floats) -> float:
    """Log likelihood with Firth's penalty, half the log of the determinant of the information."""
    eta = np.clip(design @ beta, -30, 30)
    p = 1 / (1 + np.exp(-eta))
    sign, log_det = np.linalg.slogdet(design.T @ (design * (p * (1 - p))[:, None]))
    likelihood = float((y * eta - np.logaddexp(0, eta)).sum())
    return likelihood + 0.5 * float(log_det) if sign > 0 else -math.inf


@dataclass(frozen=True)
class Estimate:
    """A number of a whole sample, with what leaving out a scenario makes of it.

    Attributes:
        value: Of the whole.
        interval: 95 % jackknife interval with S - 1 degrees of freedom; None for fewer than three
            scenarios, or where the number is not there without one of them.
    """

    value: float
    interval: tuple[float, float] | None


def jackknifed(
    clusters: Mapping[str, tuple[Sequence[float], Sequence[bool]]],
    of: Callable[[Curve], float],
) -> Estimate | None:
    """A number of the curve over all scenarios, with its interval.

    Args:
        clusters: Scenario -> values and answers.
        of: The number.

    Returns:
        None where there is no curve.
    """
    whole = _pooled(clusters)
    if whole is None:
        return None
    value, left = of(whole), []
    for name in clusters:
        without = _pooled({other: one for other, one in clusters.items() if other != name})
        if without is None:
            return Estimate(value, None)
        left.append(of(without))
    count = len(left)
    if count < 3:
        return Estimate(value, None)
    mean = math.fsum(left) / count
    error = math.sqrt((count - 1) / count * math.fsum((one - mean) ** 2 for one in left))
    half = t_quantile(1 - ALPHA / 2, count - 1) * error
    return Estimate(value, (value - half, value + half))


def _pooled(clusters: Mapping[str, tuple[Sequence[float], Sequence[bool]]]) -> Curve | None:
    values = [value for one, _ in clusters.values() for value in one]
    return fit(values, [answer for _, answers in clusters.values() for answer in answers])
