"""What two delegates driven by their own stakes should settle on, in closed form.

A delegate maximising lambda u + pi 1[deal] accepts down to r - pi / lambda, so deal prestige acts
as a lower reservation value (claims C5, C6). These are predictions to hold scripted talks against:
a time-dependent tactic is not the Nash solution, so the sign must agree, not the size.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from harness.bargaining.solutions import nash_by_principal
from harness.bargaining.space import TOLERANCE
from harness.errors import UsageError


def settlement(stakes: Sequence[ArrayLike], no_deal: ArrayLike) -> int | None:
    """Package at which the product of the delegates' own gains V(x) - V(no deal) is largest.

    Args:
        stakes: Per delegate ``(n,)`` V of every package.
        no_deal: ``(delegates,)`` V of no deal.

    Returns:
        Row number; None when no package satisfies every delegate. Ties as in
        :func:`~harness.bargaining.solutions.nash`.

    Raises:
        UsageError: Stakes of different lengths, or numbers that are not finite.
    """
    arrays = [np.asarray(stake, dtype=np.float64) for stake in stakes]
    if not arrays or any(a.ndim != 1 or len(a) != len(arrays[0]) for a in arrays):
        raise UsageError("every delegate needs one stake per package")
    if not all(np.isfinite(a).all() for a in arrays):
        raise UsageError("a stake is not a finite number")
    return nash_by_principal(arrays, no_deal)


def effective_reservation(r: float, reward: float, k: float) -> float | None:
    """r - reward / k: the value below which a delegate prefers to fail; may be negative.

    Args:
        r: Value of no deal to the principal, as the delegate believes it.
        reward: What closing any deal is worth to the delegate (pi); negative if it costs.
        k: Share of the principal's utility it internalises (lambda), >= 0.

    Returns:
        At k = 0 only the deal matters: -inf for a reward, +inf for a penalty, and None
        (indifferent, undefined) for neither.

    Raises:
        UsageError: A number that is not finite, or a negative ``k``.
    """
    if not all(map(math.isfinite, (r, reward, k))) or k < 0:
        raise UsageError(f"no effective reservation for r={r}, reward={reward}, k={k}")
    if k == 0:
        return math.copysign(math.inf, -reward) if reward else None
    return r - reward / k


def linear_frontier_share(r_o: float, r_u: float, pi: float, lam: float) -> float | None:
    """Nash share u_u of the rewarded delegate's principal on the frontier u_o + u_u = 1.

    u_u = (1 + r_u' - r_o) / 2 with r_u' = r_u - pi / lam: a reward moves it by -pi / (2 lam), until
    the end of the frontier binds and it stays at 0. It is the *share* that is held to the frontier:
    r_u' itself may be far below 0, and then the Nash product is largest at the end, not inside.

    Args:
        r_o: Reservation value of the official seat, in [0, 1].
        r_u: Reservation value of the unofficial seat's principal, in [0, 1].
        pi: Reward of its delegate for any deal.
        lam: Share of the principal's utility the delegate internalises, >= 0.

    Returns:
        Share in [0, 1]; None where no agreement satisfies both delegates, or where the delegate
        is indifferent (pi = lam = 0).

    Raises:
        UsageError: A reservation value outside [0, 1], or unusable ``pi`` or ``lam``.
    """
    if not (0 <= r_o <= 1 and 0 <= r_u <= 1):
        raise UsageError(f"reservation values must be in [0, 1], not {r_o} and {r_u}")
    effective = effective_reservation(r_u, pi, lam)
    if effective is None or r_o + effective > 1 + TOLERANCE:
        return None
    return max(0.0, (1 + effective - r_o) / 2)
