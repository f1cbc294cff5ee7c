"""What values a measure can take, read from the range that its definition states."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_RANGE: Final = re.compile(r"(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)?")
_COUNT: Final = re.compile(r"(\d+), \d+, \.\.\.")


@dataclass(frozen=True)
class Scale:
    """Ends of a measure's values; None where it has none, or they are not known.

    Attributes:
        lo, hi: The least and the largest value, in units of the measure.
        yes_no: Every value is 0 or 1, so that a mean is a share.
    """

    lo: float | None = None
    hi: float | None = None
    yes_no: bool = False

    @property
    def width(self) -> float | None:
        """The largest difference that two values can have; None without both ends."""
        return None if self.lo is None or self.hi is None else self.hi - self.lo

    def holds(self, value: float) -> bool:
        """Whether a mean can be ``value``."""
        return not (
            (self.lo is not None and value < self.lo) or (self.hi is not None and value > self.hi)
        )


UNKNOWN: Final = Scale()
"""Of a measure whose range is not stated in numbers."""


def scale_of(range_: str) -> Scale:
    """The scale that a range states: ``yes/no``, ``-1..1, + to the official seat``, ``0, 1, ...``.

    Anything else, such as ``real``, bounds nothing.
    """
    text = range_.strip()
    if text.startswith("yes/no"):
        return Scale(0.0, 1.0, yes_no=True)
    if (ends := _RANGE.match(text)) is not None:
        after = text[ends.end() : ends.end() + 1]
        hi = None if ends[2] is None or after not in ("", ",", " ", ";") else float(ends[2])
        lo = float(ends[1])
        return Scale(lo, hi) if hi is None or hi > lo else UNKNOWN
    if (count := _COUNT.match(text)) is not None:
        return Scale(float(count[1]), None)
    return UNKNOWN
