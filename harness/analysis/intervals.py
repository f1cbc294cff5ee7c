"""The cluster t interval: a mean over scenarios, with the scenario as the unit of inference.

A t-test over dialogues takes seeds of one scenario for independent evidence: over 8 scenarios of
20 seeds it finds an effect where there is none in a third of the runs (docs/method.md).

Student's distribution is scipy's; the three lines around it are not. ``scipy.stats.ttest_1samp``
gives the same interval to 1e-12 (a test holds it). Importing ``scipy.stats`` would cost every run
and every report 0.5 s of a processor and 49 MB, where ``scipy.special`` is enough.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from numpy.typing import ArrayLike

from harness.analysis.observations import ROUNDING, finite_vector
from harness.errors import UsageError

ALPHA: Final = 0.05
"""Level of every test; intervals cover 1 − ALPHA."""


@dataclass(frozen=True)
class ClusterT:
    """Mean of scenario-level values with its t interval.

    Attributes:
        mean: Every scenario weighs the same, however many dialogues it had.
        sd: Standard deviation between scenarios (divisor S - 1); 0 up to rounding is 0.
        lo: Lower end of the interval; equal to ``hi`` where ``sd`` is 0.
        hi: Upper end.
        p: Two-sided p of mean 0, in [0, 1]; None where ``sd`` is 0, since t is then undefined.
        df: Degrees of freedom, S - 1.
    """

    mean: float
    sd: float
    lo: float
    hi: float
    p: float | None
    df: int


def cluster_t(means: ArrayLike, *, level: float = 1 - ALPHA) -> ClusterT | None:
    """Mean, interval and test over scenarios.

    Args:
        means: ``(S,)``, one mean or mean difference a scenario.
        level: Coverage, in (0, 1).

    Returns:
        None for S < 2: one scenario says nothing of how scenarios differ.

    Raises:
        UsageError: Values that are not finite, or a level outside (0, 1).
    """
    values = finite_vector(means, "the means of scenarios")
    if not 0 < level < 1:
        raise UsageError(f"the level of an interval must lie between 0 and 1, not {level}")
    count = len(values)
    if count < 2:
        return None
    mean = math.fsum(values.tolist()) / count
    sd = math.sqrt(math.fsum(((values - mean) ** 2).tolist()) / (count - 1))
    if sd <= ROUNDING * max(1.0, abs(mean)):
        return ClusterT(mean=mean, sd=0.0, lo=mean, hi=mean, p=None, df=count - 1)
    error = sd / math.sqrt(count)
    half = t_quantile((1 + level) / 2, count - 1) * error
    p = two_sided_p(mean / error, count - 1)
    return ClusterT(mean=mean, sd=sd, lo=mean - half, hi=mean + half, p=p, df=count - 1)


def t_quantile(probability: float, df: int) -> float:
    """Quantile of Student's t; ``probability`` in (0, 1), ``df`` >= 1."""
    from scipy.special import stdtrit

    return float(stdtrit(df, probability))


def two_sided_p(t: float, df: int) -> float:
    """P(|T| >= |t|) for Student's t with ``df`` >= 1 degrees of freedom."""
    from scipy.special import stdtr

    return float(2 * stdtr(df, -abs(t)))


def share_interval(
    means: ArrayLike, dialogues: int, *, level: float = 1 - ALPHA
) -> tuple[float, float] | None:
    """Interval of the mean of a yes/no measure, inside [0, 1] and never without a width.

    Wilson's score interval (1927) with Student's quantile of S - 1 degrees of freedom, for as many
    independent dialogues as the spread between scenarios is worth: p(1 - p) / (sd² / S), where sd
    has the divisor S, held between S (the dialogues of a scenario all alike) and ``dialogues`` (as
    if independent), after Korn and Graubard (1998). Where all scenarios have the same share it is
    S: how far the dialogues of a scenario agree by themselves is then not known.

    Args:
        means: ``(S,)``, the share of "yes" of each scenario, in [0, 1].
        dialogues: With a value, over all scenarios; at least S.
        level: Coverage, in (0, 1).

    Returns:
        None for S < 2.

    Raises:
        UsageError: As :func:`cluster_t`; or a share outside [0, 1].
    """
    t = cluster_t(means, level=level)
    if t is None:
        return None
    if not 0 <= t.mean <= 1:
        raise UsageError(f"a share lies in [0, 1], not at {t.mean}")
    count = t.df + 1
    spread = t.sd**2 * t.df / count**2  # of the mean
    free = t.mean * (1 - t.mean)
    worth = count if spread == 0 or free == 0 else min(max(free / spread, count), dialogues)
    square = t_quantile((1 + level) / 2, t.df) ** 2
    centre = (t.mean + square / (2 * worth)) / (1 + square / worth)
    half = math.sqrt(square * (free / worth + square / (4 * worth**2))) / (1 + square / worth)
    return max(0.0, centre - half), min(1.0, centre + half)


def share_difference(
    treatment: tuple[float, tuple[float, float]], control: tuple[float, tuple[float, float]]
) -> tuple[float, float]:
    """Interval of the difference of two shares from their own, in [-1, 1] (Newcombe 1998, method
    10; without a gain from pairing).

    Args:
        treatment, control: A share, and its interval.
    """
    (p, (p_lo, p_hi)), (q, (q_lo, q_hi)) = treatment, control
    down = math.hypot(p - p_lo, q_hi - q)
    up = math.hypot(p_hi - p, q - q_lo)
    return max(-1.0, p - q - down), min(1.0, p - q + up)
