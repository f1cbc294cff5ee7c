"""What makes the joint values of a principal sound, and why nobody is sent to talks with them.

Called by :mod:`harness.disputes.checks`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from harness.disputes.parts import Contents, Joint, Principal
from harness.errors import suggest
from harness.files.problems import KeyPath, Problem

Options = Mapping[str, set[str]]
"""Issue -> its options."""


def issues_alone(principal: Principal, options: Options) -> Options:
    """The issues that a principal gives a weight and values of their own: all but those that it
    values only together with another."""
    paired = {issue for pair in principal.joint for issue in pair.issues}
    return {i: each for i, each in options.items() if i in principal.weights or i not in paired}


def joint_problems(principal: Principal, options: Options, at: KeyPath) -> list[Problem]:
    """Every inconsistency of the pairs of a principal, each at its own field.

    Args:
        at: Where they stand.
    """
    found, seen = list[Problem](), set[frozenset[str]]()
    for index, pair in enumerate(principal.joint):
        there: KeyPath = (*at, index)
        if unknown := _unknown(pair, options, there):
            found += unknown
            continue
        together = frozenset(pair.issues)
        if len(together) < 2:
            what, fix = f"{pair.issues[0]!r} stands in it twice", "name two different issues"
            found.append(Problem((*there, "issues"), what, fix))
            continue
        if together in seen:
            what = f"{' and '.join(pair.issues)} are a pair already"
            found.append(Problem((*there, "issues"), what, "put both tables into one"))
        seen.add(together)
        found += _table(pair, options, (*there, "values"))
    return found


def best_of(
    principal: Principal, alone: Mapping[str, str], options: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """The best package for a principal; the first in agenda order where several are.

    Args:
        alone: The best option of each issue that has values of its own, by these.
        options: Issue -> its options, in agenda order.
    """
    paired = {issue for pair in principal.joint for issue in pair.issues}
    axes = [issue for issue in options if issue in paired]
    worth = np.zeros([len(options[issue]) for issue in axes])
    for place, issue in enumerate(axes):
        if (own := principal.values.get(issue)) is not None:
            column = principal.weights[issue] * np.array([own[o] for o in options[issue]])
            worth += column.reshape([-1 if at == place else 1 for at in range(len(axes))])
    add_pairs(worth, axes, principal.joint, options)
    chosen = np.unravel_index(int(worth.argmax()), worth.shape)
    best = {i: options[i][int(place)] for i, place in zip(axes, chosen, strict=True)}
    return {issue: best.get(issue) or alone[issue] for issue in options}


def add_pairs(
    worth: NDArray[np.float64],
    axes: Sequence[str],
    joint: Sequence[Joint],
    options: Mapping[str, Sequence[str]],
) -> None:
    """Add what pairs are worth to the value of every package.

    Args:
        worth: Value of packages, one axis an issue and one place an option; changed in place.
        axes: The issue of each axis.
        joint: Pairs of issues among ``axes``.
        options: Issue -> its options, in the order of the places.
    """
    for pair in joint:
        first, second = pair.issues
        rows = [[pair.values[one][other] for other in options[second]] for one in options[first]]
        table = pair.weight * np.array(rows)
        where = axes.index(first), axes.index(second)
        if where[0] > where[1]:
            table = table.T
        worth += table.reshape([len(options[i]) if i in pair.issues else 1 for i in axes])


def _unknown(pair: Joint, options: Options, at: KeyPath) -> list[Problem]:
    return [
        Problem((*at, "issues", n), f"unknown issue {name!r}", suggest(name, sorted(options)))
        for n, name in enumerate(pair.issues)
        if name not in options
    ]


def _table(pair: Joint, options: Options, at: KeyPath) -> list[Problem]:
    """Whether a table has every pair of options, from 0 to 1."""
    first, second = pair.issues
    found = _keys(pair.values, first, options[first], at)
    for name, row in pair.values.items():
        if name in options[first]:
            found += _keys(row, second, options[second], (*at, name))
    spread = [value for row in pair.values.values() for value in row.values()]
    if not found and (max(spread) != 1 or min(spread) != 0):
        what = f"values run from {min(spread):g} to {max(spread):g}"
        fix = "the best pair is worth 1 and the worst 0; put the importance into the weight"
        found.append(Problem(at, what, fix))
    return found


def _keys(row: Mapping[str, object], issue: str, known: set[str], at: KeyPath) -> list[Problem]:
    found = [
        Problem((*at, name), f"unknown option of {issue!r} {name!r}", suggest(name, sorted(known)))
        for name in row
        if name not in known
    ]
    if missing := sorted(known - row.keys()):
        what = f"option of {issue!r} {', '.join(missing)} missing"
        found.append(Problem(at, what, "add a line for each"))
    return found


def not_to_be_played(s: Contents) -> list[Problem]:
    """Joint values in a scenario that is about to be played.

    A delegate is told what its principal wants an issue at a time. It feels the cost of an issue by
    that issue's mix of costs, and what is publicly believed of its principal is written issue by
    issue too. None of this says anything of a pair. Talks that were held elsewhere need none of it.
    """
    return [
        Problem(
            ("principals", pid, "joint"),
            "joint values are for talks that were held elsewhere: what a delegate is told and what "
            "it feels of a cost are stated an issue at a time",
            "leave 'joint' out and give these issues weights and values of their own; finished "
            "talks are imported with it",
        )
        for pid, principal in s.principals.items()
        if principal.joint
    ]
