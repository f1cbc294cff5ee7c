"""How much of what came of a meeting is the article's doing, and how much the revealed hand's
(claim C13).

The later real talks are played in four cells: with the readers' link on or off, and the hand's on
or off. Each part is its Shapley value (1953): what it adds, averaged over both orders of switching
the two on. The parts add up to the whole, exactly, in every scenario. They are worked out scenario
by scenario, over the episodes that have a value in all four cells, and intervals are over scenarios
(:func:`~harness.analysis.intervals.cluster_t`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Final

from pydantic import BaseModel, ConfigDict

from harness.analysis.factorial import decompose
from harness.analysis.intervals import cluster_t
from harness.errors import UsageError

ARTICLE: Final = "article"
HAND: Final = "hand"
NEITHER: Final[frozenset[str]] = frozenset()
CELLS: Final = (NEITHER, frozenset({ARTICLE}), frozenset({HAND}), frozenset({ARTICLE, HAND}))
"""Which links are on, in the four cells."""

Cells = Mapping[frozenset[str], Sequence[float | None]]
"""Links that are on -> value of each episode, None where it has none; one order for all cells."""


class PartOfWhole(BaseModel):
    """One part, in units of the measure.

    Attributes:
        mean: Over scenarios, each of the same weight.
        lo, hi: Ends of its 95 % interval over scenarios; None of fewer than two.
        p: Two-sided p of 0; None of fewer than two scenarios, or where all are alike.
    """

    model_config = ConfigDict(frozen=True)

    mean: float
    lo: float | None = None
    hi: float | None = None
    p: float | None = None


class ByScenario(BaseModel):
    """The parts of one scenario; they add up to ``total``, the cell with both minus that with
    neither."""

    model_config = ConfigDict(frozen=True)

    article: float
    hand: float
    total: float
    interaction: float
    episodes: int


class Chain(BaseModel):
    """What came of the meeting, in parts.

    Attributes:
        article, hand: The Shapley value of each link; they add up to ``total``.
        total: Both links on, minus neither.
        interaction: How much more one does with the other on than off.
        scenarios: Those that have parts.
        without: Scenarios without an episode that has a value in all cells.
        missing: Episodes, over all scenarios, that lack a value in some cell.
    """

    model_config = ConfigDict(frozen=True)

    article: PartOfWhole | None = None
    hand: PartOfWhole | None = None
    total: PartOfWhole | None = None
    interaction: PartOfWhole | None = None
    scenarios: dict[str, ByScenario] = {}
    without: tuple[str, ...] = ()
    missing: int = 0


def parts(scenarios: Mapping[str, Cells]) -> Chain:
    """The article's and the hand's part in a difference between four cells.

    An episode that lacks a value in one cell is left out of all of them, and counted: the cells
    would else be of different episodes.

    Args:
        scenarios: Scenario -> its cells.

    Returns:
        All parts None where no scenario has any.

    Raises:
        UsageError: A scenario has other cells, or cells of different lengths; or a value is not
            finite.
    """
    found: dict[str, ByScenario] = {}
    without, missing = [], 0
    for name, cells in scenarios.items():
        episodes = _episodes(name, cells)
        whole = [episode for episode in episodes if None not in episode]
        missing += len(episodes) - len(whole)
        if not whole:
            without.append(name)
            continue
        means = {
            cell: fmean(value for value in values if value is not None)
            for cell, values in zip(CELLS, zip(*whole, strict=True), strict=True)
        }
        split = decompose(means, (ARTICLE, HAND))
        assert split.shapley is not None
        assert split.interactions is not None
        assert split.total is not None
        found[name] = ByScenario(
            article=split.shapley[ARTICLE],
            hand=split.shapley[HAND],
            total=split.total,
            interaction=split.interactions[0].effect,
            episodes=len(whole),
        )
    return Chain(
        article=_mean([one.article for one in found.values()]),
        hand=_mean([one.hand for one in found.values()]),
        total=_mean([one.total for one in found.values()]),
        interaction=_mean([one.interaction for one in found.values()]),
        scenarios=found,
        without=tuple(without),
        missing=missing,
    )


def _episodes(name: str, cells: Cells) -> list[tuple[float | None, ...]]:
    """Values of each episode, cell by cell."""
    if set(cells) != set(CELLS):
        raise UsageError(f"scenario {name} does not have the four cells of two links")
    if len({len(values) for values in cells.values()}) > 1:
        raise UsageError(f"the cells of scenario {name} do not have the same episodes")
    return list(zip(*(cells[cell] for cell in CELLS), strict=True))


def _mean(values: Sequence[float]) -> PartOfWhole | None:
    if not values:
        return None
    t = cluster_t(values)
    if t is None:
        return PartOfWhole(mean=values[0])
    return PartOfWhole(mean=t.mean, lo=t.lo, hi=t.hi, p=t.p)
