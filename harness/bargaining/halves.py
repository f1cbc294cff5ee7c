"""The package with the largest product of two delegates' gains, without going through all packages.

Utilities are additive, so what a package is worth is what its first issues are worth plus what the
others are. Of all ways to settle the first half of the issues only those matter that no other way
beats: at least as good for both delegates, and clearly better for one. Whoever has one of these for
each half has the best package among their combinations (meet in the middle; Horowitz & Sahni 1974).

It is the package that :func:`harness.bargaining.solutions.nash` finds. Where rounding could tell
the two searches apart, this one says that it does not know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from harness.bargaining.solutions import TIE
from harness.bargaining.space import Floats, Ints

LEAST: Final = 1e-3
"""The least product of gains that is found this way. Below it a gain may be so small that what is
clearly better or tied hangs on the last digits of it."""
_CLEAR: Final = 1e-8
"""By how much a way must be better, on the scale of u, to put another one out: enough for the log
of the product to differ by more than a tie."""
_NUDGE: Final = 1e-6
"""Share of the first delegate's value that is added to the second's: of ways that are worth the
same to the second, one that is better for the first puts the others out."""
_NEAR: Final = 10 * TIE
"""Products this close may tie, as shares of the largest."""
_SAME: Final = TIE / 2
"""Products this close do tie."""


class _Half(NamedTuple):
    """The ways to settle one half of the issues, the best for the first delegate first.

    Attributes:
        ways: Row-major numbers of them within the half.
        values: ``(ways,)`` what the first delegate gets.
        nudges: ``(ways,)`` what is added to the values of the second.
    """

    ways: Ints
    values: Floats
    nudges: Floats

    @classmethod
    def of(cls, gains: Sequence[Floats]) -> _Half:
        values = _sums(gains)
        ways = np.argsort(-values, kind="stable")
        values = values[ways]
        return cls(ways, values, values * _NUDGE)

    def unbeaten(self, gains: Sequence[Floats]) -> tuple[Ints, Floats, Floats]:
        """The ways that no other beats, by what the second delegate ``gains``: their numbers, and
        what both get."""
        second = _sums(gains)[self.ways]
        nudged = second + self.nudges
        best = np.maximum.accumulate(nudged)
        best -= _CLEAR
        kept = (nudged > best).nonzero()[0]
        return self.ways[kept], self.values[kept], second[kept]


@dataclass(frozen=True, eq=False)
class Halves:
    """What one delegate gains by either half of the issues, prepared for any other delegate.

    Attributes:
        cut: Issues of the first half.
        first: Ways to settle them.
        second: Ways to settle the others.
    """

    cut: int
    first: _Half
    second: _Half

    @classmethod
    def of(cls, gains: Sequence[Floats]) -> Halves:
        """Of what it gains by every option, issue by issue in the order of the agenda: finite
        numbers, which nobody checks here."""
        sizes = np.array([len(each) for each in gains])
        ways = sizes.cumprod()
        cut = 1 + int(np.abs(ways - ways[-1] // ways).argmin())
        return cls(cut, _Half.of(gains[:cut]), _Half.of(gains[cut:]))

    def best_with(self, gains: Sequence[Floats], over: float, other_over: float) -> int | None:
        """The package with the largest product of gains over no deal; of several, the lowest row.

        Args:
            gains: What the other delegate gains by every option, as for :meth:`of`.
            over: What a package is worth to this delegate over no deal, beside what it gains by
                the options.
            other_over: The same of the other delegate.

        Returns:
            Its row; None where it is not known without going through all packages, since some
            gain is next to nothing or there are packages next to each other.
        """
        ways, ours, theirs = self.first.unbeaten(gains[: self.cut])
        more_ways, more_ours, more_theirs = self.second.unbeaten(gains[self.cut :])
        product = np.maximum((ours + over)[:, None] + more_ours, 0.0)
        product *= (theirs + other_over)[:, None] + more_theirs  # below 0 with the second gain
        most = float(product.max())
        if most < LEAST:
            return None
        one, other = (product >= most * (1.0 - _NEAR)).nonzero()
        if len(one) > 1 and product[one, other].min() < most * (1.0 - _SAME):
            return None
        return int((ways[one] * len(self.second.ways) + more_ways[other]).min())


def _sums(gains: Sequence[Floats]) -> Floats:
    """The sum over some issues of what every way to settle them brings, in row-major order."""
    total = gains[0] if gains else np.zeros(1)
    for each in gains[1:]:
        total = (total[:, None] + each).ravel()
    return total
