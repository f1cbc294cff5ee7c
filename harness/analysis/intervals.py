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
