"""Which places of a ranking are left open: a mean has a rank, and what the data show has a range.

An entry can stand no higher than below all that are shown to be above it, and no lower than above
all that it is shown to be above. The differences are corrected together, so all ranges of a table
hold at once in 95 % of tables, as long as the tests keep their level (Mogstad et al. 2024).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from harness.analysis.comparison_measures import GAIN
from harness.analysis.comparison_parts import Difference, Entry, Slice


def placed(found: Slice) -> Slice:
    """The same with the places that each entry may truly have; none where gains are not tested."""
    tested = [one for one in found.differences if one.measure == GAIN.name]
    if not tested:
        return found
    above, below = _shown(tested)
    size = Counter(entry.seat for entry in found.entries if entry.rank is not None)
    entries = tuple(_placed(entry, above, below, size) for entry in found.entries)
    return replace(found, entries=entries)


def _shown(tested: Sequence[Difference]) -> tuple[Counter[str], Counter[str]]:
    """Entry -> how many are shown to be above it, and how many below."""
    above, below = Counter[str](), Counter[str]()
    for one in tested:
        if one.effect.shown and one.effect.estimate:
            better, worse = (one.one, one.other)
            if one.effect.estimate < 0:
                better, worse = worse, better
            above[worse] += 1
            below[better] += 1
    return above, below


def _placed(entry: Entry, above: Counter[str], below: Counter[str], size: Counter[str]) -> Entry:
    if entry.rank is None:
        return entry
    return replace(entry, places=(1 + above[entry.id], size[entry.seat] - below[entry.id]))
