"""The private table of values as a delegate reads it: points out of 100, that add up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from harness.disputes.scenario import CostMix, Package
from harness.view import Brief, Dispute, View

Facts = dict[str, Any]

MOSTLY: Final = 0.6
"""Share of an issue's cost from which it is said to be mostly of one kind."""


def worth(view: View) -> Facts:
    """The believed value of every option in points out of 100, and of no agreement."""
    return worth_by(view.brief, view.dispute)


def worth_by(brief: Brief, dispute: Dispute) -> Facts:
    """As :func:`worth`, by another brief than the one that holds now."""
    importance, points = _importance(brief), table_of_points(brief)
    names = {issue.id: issue.name for issue in dispute.issues}
    return {
        "rows": [
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
        ],
        "no_deal": shown(_tenths(100 * brief.belief.reservation)),
        **_own_scale(brief),
        "red_lines": [
            {"name": names[line.issue], "options": list(line.options), "why": line.why}
            for line in brief.red_lines
        ],
    }


def _cost(mix: CostMix) -> str:
    """What kind of cost an issue brings, in words: one kind where it is most of it, else two."""
    shares = {"material": mix.material, "political": mix.political, "emotional": mix.emotional}
    first, second, _ = sorted(shares, key=lambda kind: -shares[kind])
    if shares[first] >= MOSTLY:
        return f"mostly {first}"
    return f"{first} and {second}"


def _own_scale(brief: Brief) -> Facts:
    """The delegate's own stake on the scale of its table, so that a model and a script weigh the
    same numbers: ``own_no_deal``, the points that are worth as much to it as leaving, and
    ``credit``, the points that the reward for a deal makes up for (None without a reward).

    V(x) = 1 - kbar (1 - u) + reward, solved for the believed value u; kbar is the weighted mean of
    the costs it internalises. Both are None, and the reward outweighs everything, at kbar = 0.
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
        return {"own_no_deal": None, "credit": 100 if reward > 0 else None}
    level = 1 - (1 - brief.stake.no_deal) / kbar
    return {
        "own_no_deal": shown(_tenths(100 * max(0.0, min(1.0, level)))),
        "credit": _whole(100 * min(1.0, reward / kbar)) if reward > 0 else None,
    }


def _importance(brief: Brief) -> dict[str, int]:
    """Weights in tenths of a point that sum to 100 points (largest remainders)."""
    exact = {issue: 1000 * weight for issue, weight in brief.belief.weights.items()}
    # A weight such as .29 is 28.999... times 1/100; it is meant as 29.
    floor = {issue: int(value + 1e-9) for issue, value in exact.items()}
    short = 1000 - sum(floor.values())
    by_remainder = sorted(exact, key=lambda issue: floor[issue] - exact[issue])
    for issue in by_remainder[:short]:
        floor[issue] += 1
    return floor


def table_of_points(brief: Brief) -> dict[str, dict[str, int]]:
    """Issue -> option -> tenths of a point. Whole points would be easier to read, but six or eight
    roundings add up to three points, and terms below a delegate's limit would seem to meet it."""
    importance = _importance(brief)
    return {
        issue: {
            option: _tenths(importance[issue] / 10 * value) for option, value in options.items()
        }
        for issue, options in brief.belief.values.items()
    }


def points_of(brief: Brief, packages: Sequence[Package]) -> list[int]:
    """The worth of complete packages in tenths of a point: what :func:`table_of_points` adds up to,
    without the options that none of them holds."""
    if not packages:
        return []
    importance, values = _importance(brief), brief.belief.values
    return [
        sum(
            _tenths(importance[issue] / 10 * values[issue][option])
            for issue, option in package.items()
        )
        for package in packages
    ]


def _tenths(points: float) -> int:
    """Tenths of a point, halves up."""
    return int(10 * points + 0.5 + 1e-9)


def shown(tenths: int) -> int | float:
    """Tenths as points: 84 is 8.4, and 80 is 8."""
    return tenths / 10 if tenths % 10 else tenths // 10


def _whole(points: float) -> int:
    """Nearest whole number, halves up."""
    return int(points + 0.5 + 1e-9)
