"""The private table of values as a delegate reads it: points out of 100, that add up.

A delegate that was told by its principal reads tenths of a point. What one has from hearsay it
reads in whole points, since a rumour has no decimals; by the first rules of talks it read tenths
as well. Whatever is shown elsewhere in points is the sum of what the table shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from harness.disputes.scenario import CostMix, Package
from harness.prompting.ranks import enough, leaving, ranked
from harness.records.spec import RULES
from harness.view import Brief, Dispute, View

Facts = dict[str, Any]

MOSTLY: Final = 0.6
"""Share of an issue's cost from which it is said to be mostly of one kind."""
HEARSAY: Final = 0.75
"""Below this ``knowledge`` of its principal a delegate has its values from hearsay."""
SAME: Final = 0.5
"""Points within which the delegate's own threshold is what leaving is worth to its principal."""
_WHOLE: Final = 10
"""Tenths in a point."""


def worth(view: View) -> Facts:
    """The believed value of every option in points out of 100, and of no agreement."""
    return worth_by(view.brief, view.dispute, view.rules)


def worth_by(brief: Brief, dispute: Dispute, rules: int = RULES) -> Facts:
    """As :func:`worth`, by another brief than the one that holds now."""
    unit = _unit(brief, rules)
    importance, points = _importance(brief, unit), table_of_points(brief, rules)
    names = {issue.id: issue.name for issue in dispute.issues}
    rows = [
        {
            "id": issue.id,
            "name": issue.name,
            "importance": shown(importance[issue.id]),
            "cost": _cost(brief.costs[issue.id]),
            "options": [
                {
                    "id": option.id,
                    "points": shown(points[issue.id][option.id]),
                }
                for option in issue.options
            ],
        }
        for issue in dispute.issues
    ]
    no_deal = leaving_of(brief, rules)
    in_words = brief.style == "words"
    never = {line.issue: line.options for line in brief.red_lines}
    return {
        "rows": rows,
        "ranked": ranked(rows) if in_words else [],
        **(enough(rows, no_deal / _WHOLE, never) if in_words else {}),
        "about": unit == _WHOLE,
        "no_deal": shown(no_deal),
        "leaving": leaving(brief.belief.reservation),
        **_own_scale(brief, no_deal),
        "red_lines": [
            {"name": names[line.issue], "options": list(line.options), "why": line.why}
            for line in brief.red_lines
        ],
    }


def leaving_of(brief: Brief, rules: int = RULES) -> int:
    """What no agreement is worth to the delegate's principal, in tenths of a point."""
    return _rounded(100 * brief.belief.reservation, _unit(brief, rules))


def own_leaving_of(brief: Brief, rules: int = RULES) -> int | None:
    """The points from which a delegate that is told its own stake would rather sign than leave;
    None where that is what leaving is worth to its principal, or where there is no such point."""
    if brief.style != "own":
        return None
    threshold = _own_scale(brief, leaving_of(brief, rules))["threshold"]
    return None if threshold is None else int(threshold)


def _cost(mix: CostMix) -> str:
    """What kind of cost an issue brings, in words: one kind where it is most of it, else two."""
    shares = {"material": mix.material, "political": mix.political, "emotional": mix.emotional}
    first, second, _ = sorted(shares, key=lambda kind: -shares[kind])
    if shares[first] >= MOSTLY:
        return f"mostly {first}"
    return f"{first} and {second}"


def _own_scale(brief: Brief, no_deal: int) -> Facts:
    """The delegate's own stake on the scale of its table.

    V(x) = 1 - kbar (1 - u) + reward, solved for the believed value u, with kbar the weighted mean
    of the costs it internalises: ``own_no_deal``, the points that are worth as much to it as
    leaving before the reward; ``credit``, the points that the reward makes up for (None without
    one); and ``threshold``, the whole points from which it would rather sign than leave, with the
    reward counted: None where that is what leaving is worth to its principal (``no_deal``, in
    tenths), or where there is no such point because kbar = 0; 0 where it would sign anything.

    A script weighs issue by issue, with the costs of each. The three are a mean over all issues,
    and true of a single package only where every issue has the same mix of costs.
    """
    felt = brief.profile.internalised
    kbar = sum(
        weight
        * (
            brief.costs[issue].material * felt.material
            + brief.costs[issue].political * felt.political
            + brief.costs[issue].emotional * felt.emotional
        )
        for issue, weight in brief.belief.weights.items()
    )
    reward = brief.profile.deal_reward
    if kbar <= 0:
        credit = 100 if reward > 0 else None
        return {
            "own_no_deal": None,
            "credit": credit,
            "threshold": 0 if reward > 0 else None,
            "indifferent": reward <= 0,
        }
    level = 1 - (1 - brief.stake.no_deal) / kbar
    threshold = 100 * (level - reward / kbar)
    same = abs(threshold - no_deal / _WHOLE) < SAME
    return {
        "own_no_deal": shown(_tenths(100 * max(0.0, min(1.0, level)))),
        "credit": _whole(100 * min(1.0, reward / kbar)) if reward > 0 else None,
        "threshold": None if same else max(0, min(100, _whole(threshold))),
        "indifferent": False,
    }


def _unit(brief: Brief, rules: int) -> int:
    """Tenths of a point in the smallest step of the table."""
    return _WHOLE if rules > 1 and brief.profile.knowledge < HEARSAY else 1


def _importance(brief: Brief, unit: int) -> dict[str, int]:
    """Weights in tenths of a point, in steps of ``unit``, that sum to 100 points (largest
    remainders)."""
    exact = {issue: 1000 / unit * weight for issue, weight in brief.belief.weights.items()}
    # A weight such as .29 is 28.999... times 1/100; it is meant as 29.
    floor = {issue: int(value + 1e-9) for issue, value in exact.items()}
    short = 1000 // unit - sum(floor.values())
    by_remainder = sorted(exact, key=lambda issue: floor[issue] - exact[issue])
    for issue in by_remainder[:short]:
        floor[issue] += 1
    return {issue: steps * unit for issue, steps in floor.items()}


def table_of_points(brief: Brief, rules: int = RULES) -> dict[str, dict[str, int]]:
    """Issue -> option -> tenths of a point. Whole points would be easier to read, but six or eight
    roundings add up to three points, and terms below a delegate's limit would seem to meet it."""
    unit = _unit(brief, rules)
    importance = _importance(brief, unit)
    return {
        issue: {
            option: _rounded(importance[issue] / 10 * value, unit)
            for option, value in options.items()
        }
        for issue, options in brief.belief.values.items()
    }


def points_of(brief: Brief, packages: Sequence[Package], rules: int = RULES) -> list[int]:
    """The worth of complete packages in tenths of a point: what :func:`table_of_points` adds up to,
    without the options that none of them holds."""
    if not packages:
        return []
    unit = _unit(brief, rules)
    importance, values = _importance(brief, unit), brief.belief.values
    return [
        sum(
            _rounded(importance[issue] / 10 * values[issue][option], unit)
            for issue, option in package.items()
        )
        for package in packages
    ]


def _rounded(points: float, unit: int) -> int:
    """Tenths of a point, in steps of ``unit``, halves up."""
    return unit * _whole(_WHOLE / unit * points)


def _tenths(points: float) -> int:
    """Tenths of a point, halves up."""
    return _rounded(points, 1)


def shown(tenths: int) -> int | float:
    """Tenths as points: 84 is 8.4, and 80 is 8."""
    return tenths / 10 if tenths % 10 else tenths // 10


def _whole(points: float) -> int:
    """Nearest whole number, halves up."""
    return int(points + 0.5 + 1e-9)
