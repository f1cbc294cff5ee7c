"""Known transcripts as a judge has read them."""

from __future__ import annotations

from typing import Final

from harness.analysis.judge_errors import JudgedPair

NOISY: Final = ((1, 1, 40), (1, 0, 10), (0, 0, 45), (0, 1, 5))
"""Of a judge that errs: (truth, judged, how many)."""


def pairs(*cells: tuple[float, float, int]) -> list[JudgedPair]:
    """(truth, judged, how many), spread evenly over six scenarios."""
    each = [(truth, judged) for truth, judged, count in cells for _ in range(count)]
    return [JudgedPair(f"s{number % 6}", *one) for number, one in enumerate(each)]
