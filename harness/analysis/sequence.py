"""An interval for a mean that may be read after every new value: a confidence sequence.

An ordinary interval holds its level at the one time that was fixed beforehand. Whoever looks after
every scenario, and stops where it excludes 0, finds an effect where there is none far more often
than in one run of twenty. The interval of this module holds at all times at once: in at most one
run of twenty does it leave the true mean out at *any* look.

For values of known standard deviation s it is the one of Robbins (1970), whose asymptotic form is
that of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024): after n values, with a normal
mixture of variance rho^2 over the effect, the mean plus and minus

    s sqrt(2 (n rho^2 + 1) / (n^2 rho^2) ln(sqrt(n rho^2 + 1) / alpha)).

Here s is estimated, from as few as six values. So the exact form for normal values of unknown s is
used, the mixture of t statistics (Lai 1976; Wang and Ramdas 2025), which comes to the above as n
grows. What the estimate costs is :func:`cost_of_estimate`. rho is chosen so that the interval is
narrowest about :data:`TUNED_FOR` values. Like a t interval it takes values to lie symmetrically
about their mean.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from numpy.typing import ArrayLike

from harness.analysis.intervals import ALPHA
from harness.analysis.observations import ROUNDING, finite_vector
from harness.errors import UsageError

TUNED_FOR: Final = 12
"""Values at which the interval is narrowest for its level: the scenarios of a usual suite."""


@dataclass(frozen=True)
class AtAnyTime:
    """A mean with an interval that may be read at any time.

    Attributes:
        n: Values.
        mean: Of them.
        sd: Their standard deviation (divisor n - 1); 0 up to rounding is 0.
        lo, hi: Ends of the interval; None where there are too few values for one, or where all
            are alike, so that nothing is known of how they differ.
    """

    n: int
    mean: float
    sd: float
    lo: float | None
    hi: float | None


def at_any_time(values: ArrayLike, *, alpha: float = ALPHA) -> AtAnyTime | None:
    """The interval after these values.

    Args:
        values: ``(n,)``, in the order in which they came.
        alpha: Chance that the interval ever leaves the mean out, in (0, 1).

    Returns:
        None without a value.

    Raises:
        UsageError: Values that are not finite, or ``alpha`` outside (0, 1).
    """
    numbers = finite_vector(values, "the values of a sequence").tolist()
    _hold_level(alpha)
    n = len(numbers)
    if not n:
        return None
    mean = math.fsum(numbers) / n
    sd = math.sqrt(math.fsum((x - mean) ** 2 for x in numbers) / (n - 1)) if n > 1 else 0.0
    if sd <= ROUNDING * max(1.0, abs(mean)):
        return AtAnyTime(n, mean, 0.0, None, None)
    half = sd * radius(n, alpha)
    if math.isinf(half):
        return AtAnyTime(n, mean, sd, None, None)
    return AtAnyTime(n, mean, sd, mean - half, mean + half)


def radius(n: int, alpha: float = ALPHA) -> float:
    """Half of the interval after ``n`` values, in their estimated standard deviations; infinite
    where there are too few.

    It is where the mixture of t statistics over effects of variance rho^2 reaches 1 / alpha.
    """
    _hold_level(alpha)
    if n < 2:
        return math.inf
    spread = 1 + n * rho_squared(alpha)
    bound = (math.sqrt(spread) / alpha) ** (2 / n)
    if bound >= spread:
        return math.inf
    return math.sqrt((n - 1) * (bound - 1) / (1 - bound / spread) / n)


def radius_known(n: int, alpha: float = ALPHA) -> float:
    """The same where the standard deviation is known, ``n`` >= 1."""
    _hold_level(alpha)
    spread = 1 + n * rho_squared(alpha)
    return math.sqrt(2 * spread / (n * (spread - 1)) * math.log(math.sqrt(spread) / alpha))


def cost_of_estimate(n: int, alpha: float = ALPHA) -> float:
    """How many times wider the interval is because the standard deviation is estimated."""
    return radius(n, alpha) / radius_known(n, alpha)


def rho_squared(alpha: float = ALPHA, tuned_for: int = TUNED_FOR) -> float:
    """rho^2 by which the interval is narrowest about ``tuned_for`` values (the approximation of
    Waudby-Smith et al. 2024)."""
    log = -2 * math.log(alpha)
    return (log + math.log(log + 1)) / tuned_for


def _hold_level(alpha: float) -> None:
    if not 0 < alpha < 1:
        raise UsageError(f"the level of a sequence must lie between 0 and 1, not {alpha}")
