"""What is at stake in words alone: ranked, so that it can be compared and not added up.

A row of the table of values becomes an order of options with a word for each, and the rows an order
of issues. The words say where on its own issue an option lies; what the issues weigh against one
another, beyond their order, is not told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

Facts = dict[str, Any]

_PLACES: Final = (
    (0.75, "nearly as good"),
    (0.55, "good"),
    (0.35, "in between"),
    (0.2, "poor"),
    (0.0, "close to the worst"),
)
"""From which share of the way between its issue's worst and best an option is called what."""
_LEAVING: Final = ((0.2, "grave"), (0.4, "bad"), (0.65, "tolerable"))
"""Below which value of no deal leaving is called what; ``good`` beyond."""
_MOVED: Final = ((0.05, "a little "), (0.15, ""))
"""Below which change of it it is a little better or worse, or better or worse; much so beyond."""
_STILL: Final = 0.005


def ranked(rows: Sequence[Facts]) -> list[Facts]:
    """Issues from the most important to the least, each with its options from best to worst.

    Args:
        rows: Of the table of values. Only points that the table shows apart are told apart.

    Returns:
        Per issue ``id``, ``name``, ``cost``; ``alike``, whether it weighs as much as the one
        before; ``options``: groups of ``ids`` that are worth the same, with the word ``place``.
    """
    ordered = _by_importance(rows)
    found = []
    for index, row in enumerate(ordered):
        found.append(
            {
                "id": row["id"],
                "name": row["name"],
                "cost": row["cost"],
                "alike": index > 0 and ordered[index - 1]["importance"] == row["importance"],
                "options": _groups(row["options"]),
            }
        )
    return found


def _signable(row: Facts, never: Collection[str]) -> list[float]:
    """Points of the options that are on no red line; of all where all are."""
    points = [option["points"] for option in row["options"] if option["id"] not in never]
    return points or [option["points"] for option in row["options"]]


def _middle(row: Facts, never: Collection[str]) -> float:
    """Points of the option that lies nearest to half-way between the best and the worst."""
    points = [option["points"] for option in row["options"]]
    half = (max(points) + min(points)) / 2
    return min(_signable(row, never), key=lambda worth: (abs(worth - half), worth))


def _beside(points: float, no_deal: float) -> str:
    """A package beside no agreement, as better or worse and by how much in words."""
    word = moved(no_deal / 100, points / 100)
    return word if word is not None else "neither better nor worse"


def _by_importance(rows: Sequence[Facts]) -> list[Facts]:
    return sorted(rows, key=lambda row: -row["importance"])


def _groups(options: Sequence[Facts]) -> list[Facts]:
    ordered = sorted(options, key=lambda option: -option["points"])
    best, worst = ordered[0]["points"], ordered[-1]["points"]
    return [
        {"ids": [option["id"] for option in group], "place": _place(points, best, worst)}
        for points, group in groupby(ordered, key=lambda option: option["points"])
    ]


def _place(points: float, best: float, worst: float) -> str:
    if best == worst:
        return "alike"
    if points in (best, worst):
        return "best" if points == best else "worst"
    share = (points - worst) / (best - worst)
    return next(word for bound, word in _PLACES if share >= bound)


def enough(rows: Sequence[Facts], no_deal: float, never: Mapping[str, Collection[str]]) -> Facts:
    """What makes up for having no agreement, told without a number, which an order of issues does
    not say: a package that is best on the most important issues and elsewhere the worst that could
    be signed; and one whose options lie as near the middle of each issue as any.

    Args:
        rows: Of the table of values.
        no_deal: Points that having no agreement is worth.
        never: Issue -> options on its red lines.

    Returns:
        ``enough``: ids of the fewest leading issues whose best options, with the worst on all
        others, are worth more than no agreement; empty where no number of them is, short of all
        (then ``last`` is the issue that is missing), or where the worst on all is (``always``).
        ``short``: whether there are fewer that are not enough, so that it can be said of them.
        ``middle``: the package in the middle beside no agreement, such as "a little worse".
    """
    spans = {
        row["id"]: (min(points), max(points))
        for row in _by_importance(rows)
        for points in [_signable(row, never.get(row["id"], ()))]
    }
    *leading, last = spans
    total = sum(worst for worst, _ in spans.values())
    always = total > no_deal
    ids: list[str] = []
    for issue in leading:
        if total > no_deal:
            break
        ids.append(issue)
        worst, best = spans[issue]
        total += best - worst
    found = ids if total > no_deal and not always else []
    return {
        "enough": found,
        "short": len(found) > 1,
        "always": always,
        "last": last,
        "middle": _beside(sum(_middle(row, never.get(row["id"], ())) for row in rows), no_deal),
    }


def leaving(reservation: float) -> str:
    """The word for a value of no deal in [0, 1]: grave, bad, tolerable or good."""
    return next((word for bound, word in _LEAVING if reservation < bound), "good")


def moved(before: float, now: float) -> str | None:
    """How a value of no deal has changed, such as "a little better"; None where it has not."""
    change = abs(now - before)
    if change < _STILL:
        return None
    size = next((word for bound, word in _MOVED if change < bound), "much ")
    return size + ("better" if now > before else "worse")
