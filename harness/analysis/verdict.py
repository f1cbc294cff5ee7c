"""The one rule for "shown", and which single scenario an effect hangs on.

An effect is *shown* where its interval over scenarios excludes 0 and, under twelve scenarios, the
exact sign-flip test agrees (p < .05). A secondary one must also pass Holm's correction. The
sign-flip test can reach p < .05 from six scenarios on, so with fewer nothing is ever shown. Both
tests assume that scenarios' differences lie symmetrically about their mean (docs/method.md).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from harness.analysis.intervals import ALPHA

VETO_BELOW: Final = 12
"""Scenarios below which the sign-flip test can veto: from there on the two agree closely."""
LEAST_SCENARIOS: Final = 6
"""Scenarios that an effect takes to be shown: the least p of the sign-flip test is 2 / 2^S."""
_CARRIES: Final = 0.5
"""Share of an effect that has to be left without a scenario, or the effect hangs on it."""


def is_shown(
    interval: tuple[float, float] | None,
    p_signflip: float | None,
    scenarios: int,
    holm_p: float | None = None,
) -> bool | None:
    """Whether an effect is shown.

    Args:
        interval: 95 %, over scenarios; None where there is none.
        p_signflip: Exact, or of random patterns, in (0, 1].
        scenarios: S.
        holm_p: Corrected p of a secondary effect; None for a primary one and for a control.

    Returns:
        None without an interval.
    """
    if interval is None:
        return None
    lo, hi = interval
    return not lo <= 0 <= hi and not vetoed(p_signflip, scenarios) and (holm_p or 0) < ALPHA


def vetoed(p_signflip: float | None, scenarios: int) -> bool:
    """Whether the sign-flip test forbids to call an effect of so many scenarios shown."""
    return scenarios < VETO_BELOW and (p_signflip is None or p_signflip >= ALPHA)


def carried_by(differences: Sequence[tuple[str, float]]) -> tuple[str, float] | None:
    """The one scenario without which less than half of an effect is left, or its sign turns.

    Args:
        differences: (scenario, difference).

    Returns:
        The scenario, and the mean of the others; None where there is no such scenario, or where
        fewer than three are compared.
    """
    count = len(differences)
    total = math.fsum(value for _, value in differences)
    if count < 3 or total == 0:
        return None
    sign = math.copysign(1.0, total)
    name, largest = max(differences, key=lambda pair: sign * pair[1])
    rest = (total - largest) / (count - 1)
    return (name, rest) if sign * rest < _CARRIES * abs(total) / count else None
