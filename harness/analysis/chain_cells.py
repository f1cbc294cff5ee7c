"""The four cells of a chain among the arms of a suite: the article on and off, and the revealed
hand on and off (claim C13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.analysis.decomposition import ARTICLE, CELLS, HAND, Chain, parts
from harness.analysis.values import Values
from harness.suite.suite import Arm, Suite

MEASURE: Final = "later.gain_u"
"""What is taken apart: what the later talks bring the principal of seat u."""


def cells_of(suite: Suite) -> Mapping[frozenset[str], str] | None:
    """Links that are on -> the arm, in the order of :data:`~harness.analysis.decomposition.CELLS`.

    The first arm with both links on counts, with the first ones that are like it in everything
    else; of two without the article, the one that hears readers who were asked twice: being asked
    again would else be the article's part. None where a cell has no arm.
    """
    for arm in suite.arms.values():
        if _links(arm) == CELLS[-1]:
            found: dict[frozenset[str], str] = {}
            for name, other in sorted(suite.arms.items(), key=_hears_nobody):
                links = _links(other)
                if links is not None and _alike(arm, other, links):
                    found.setdefault(links, name)
            return {cell: found[cell] for cell in CELLS} if len(found) == len(CELLS) else None
    return None


def _links(arm: Arm) -> frozenset[str] | None:
    """Which links lead to the later talks of an arm; None where it has none, or where they are of
    a strength of its own."""
    if arm.then is None or arm.then.later is None:
        return None
    later = arm.then.later
    if later.has_own_strength:
        return None
    article = {ARTICLE} if later.readers and arm.then.article is not None else set()
    return frozenset(article | ({HAND} if later.hand else set()))


def _hears_nobody(named: tuple[str, Arm]) -> bool:
    """Whether the later talks of an arm hear no readers."""
    then = named[1].then
    return then is None or then.later is None or not then.later.readers


def _alike(whole: Arm, other: Arm, links: frozenset[str]) -> bool:
    """Whether two arms differ in their links alone."""
    assert whole.then is not None
    assert other.then is not None
    assert whole.then.later is not None
    assert other.then.later is not None
    same = {"then": None, "title": ""}
    if whole.model_copy(update=same) != other.model_copy(update=same):
        return False
    if whole.then.later.track != other.then.later.track:
        return False
    if ARTICLE not in links:
        return True
    told = ("article", "byline", "script")
    return all(getattr(whole.then, name) == getattr(other.then, name) for name in told)


def chain_parts(suite: Suite, values: Values) -> Chain | None:
    """The parts of the article and of the revealed hand; None where the suite has no such cells."""
    cells = cells_of(suite)
    if cells is None:
        return None
    by_cell = {
        cell: {(row.scenario, row.pair): row.value for row in values.observations(MEASURE, arm)}
        for cell, arm in cells.items()
    }
    places = sorted({place for rows in by_cell.values() for place in rows})
    scenarios = dict.fromkeys(scenario for scenario, _ in places)
    return parts(
        {
            scenario: {
                cell: [rows.get(place) for place in places if place[0] == scenario]
                for cell, rows in by_cell.items()
            }
            for scenario in scenarios
        }
    )
