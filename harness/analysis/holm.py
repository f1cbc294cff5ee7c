"""Holm's step-down correction for asking several questions of one run (Holm 1979)."""

from __future__ import annotations

from collections.abc import Sequence

from harness.errors import UsageError


def holm(p_values: Sequence[float | None], declared: int | None = None) -> list[float | None]:
    """Adjusted p values, in the order given.

    The i-th smallest of m becomes max over j <= i of min(1, (m - j + 1) p_j). Rejecting where the
    adjusted p is below alpha keeps the chance of any false rejection below alpha, however the tests
    depend on each other.

    Args:
        p_values: Each in [0, 1]; None (could not be computed) stays None.
        declared: m, where it was fixed before the numbers were in: questions without an answer
            count in it, as if their p were 1, so that an answer which comes later changes no other.
            None: m is how many p values are known.

    Raises:
        UsageError: A p value outside [0, 1].
    """
    known = [(p, index) for index, p in enumerate(p_values) if p is not None]
    for p, index in known:
        if not 0 <= p <= 1:
            raise UsageError(f"p value {index + 1} is {p}, which is not in [0, 1]")
    adjusted: list[float | None] = [None] * len(p_values)
    floor = 0.0
    m = len(known) if declared is None else max(declared, len(known))
    for rank, (p, index) in enumerate(sorted(known)):
        floor = max(floor, min(1.0, (m - rank) * p))
        adjusted[index] = floor
    return adjusted
