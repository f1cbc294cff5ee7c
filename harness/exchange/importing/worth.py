"""What terms are worth, from a source's own points onto the scale of a scenario.

A source says how many points each option of an issue is worth to a party; a package is worth their
sum, and that of the points of pairs of options where it has such. On the scale of a scenario the
worst package is 0 and the best 1: the weight of an issue is its share of the range, and its options
run from 0 to 1. That changes the unit and the zero of each party's points and nothing else, so
every measure that no such change can touch is the same in both. A pair of issues is scaled as if it
were an issue. Then 0 is the sum of what is worst in each, which no package need have, and 1
likewise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from harness.exchange.importing.base import BadNegotiationError
from harness.exchange.importing.negotiation import Together
from harness.records.spec import Points

_NEAR = 1e-9


@dataclass(frozen=True, slots=True)
class Worth:
    """What terms are worth to one party, on the scale of a scenario.

    Attributes:
        weights: Issue -> weight; they sum to 1.
        values: Issue -> option -> value in [0, 1].
        reservation: The value of no deal, in [0, 1].
        points: What 0 and 1 are in the source's points.
        joint: Pairs of issues that are valued together, in the source's names.
    """

    weights: dict[str, float]
    values: dict[str, dict[str, float]]
    reservation: float
    points: Points
    joint: tuple[Pair, ...] = ()


class Pair(NamedTuple):
    """Two issues that are valued together, on the scale of a scenario."""

    issues: tuple[str, str]
    weight: float
    values: dict[str, dict[str, float]]


def scaled(
    points: Mapping[str, Mapping[str, float]],
    issues: Mapping[str, Sequence[str]],
    reservation: float,
    unit: str,
    joint: Sequence[Together] = (),
) -> Worth:
    """The scale of a party.

    Args:
        points: Issue -> option -> points; complete, but for issues that stand in ``joint``.
        issues: Issue -> its options.
        reservation: What no deal is worth, in points.
        unit: What the points are called.
        joint: Points of pairs of options.

    Raises:
        BadNegotiationError: Points are missing; all packages are worth the same; or no deal is
            worth less than the worst package or more than the best, so that it has no place on the
            scale.
    """
    paired = {issue for pair in joint for issue in pair.issues}
    _hold_complete(
        points, {i: each for i, each in issues.items() if i in points or i not in paired}
    )
    low = {issue: min(points[issue].values()) for issue in issues if issue in points}
    high = {issue: max(points[issue].values()) for issue in low}
    pairs = [_spread(pair, issues) for pair in joint]
    zero = sum(low.values()) + sum([least for least, _ in pairs])
    one = sum(high.values()) + sum([most for _, most in pairs])
    room = one - zero
    if room <= _NEAR * max(1.0, abs(one), abs(zero)):
        raise BadNegotiationError("every package is worth the same; give points that differ")
    slack = _NEAR * room
    if not zero - slack <= reservation <= one + slack:
        raise BadNegotiationError(
            f"no deal is worth {reservation:g}, and packages are worth {zero:g} to {one:g}; a "
            "party that would take any package, or none, has nothing to negotiate"
        )
    weights, values = {}, {}
    for issue, options in issues.items():
        if issue not in points:
            continue
        spread = high[issue] - low[issue]
        weights[issue] = spread / room
        if spread > 0:
            values[issue] = {o: (points[issue][o] - low[issue]) / spread for o in options}
        else:  # it does not matter to the party: without weight, any ladder is the same
            values[issue] = {o: at / (len(options) - 1) for at, o in enumerate(options)}
    return Worth(
        weights=weights,
        values=values,
        reservation=min(1.0, max(0.0, (reservation - zero) / room)),
        points=Points(zero=zero, one=one, unit=unit),
        joint=tuple(
            Pair(
                pair.issues,
                (most - least) / room,
                {
                    a: {b: (value - least) / (most - least) for b, value in row.items()}
                    for a, row in pair.values.items()
                },
            )
            for pair, (least, most) in zip(joint, pairs, strict=True)
        ),
    )


def _spread(pair: Together, issues: Mapping[str, Sequence[str]]) -> tuple[float, float]:
    """The least and the most points of a pair.

    Raises:
        BadNegotiationError: It is not complete, names what there is not, or all are alike.
    """
    first, second = pair.issues
    for issue in pair.issues:
        if issue not in issues:
            raise BadNegotiationError(f"joint points of {issue!r}, which is no issue")
    if first == second:
        raise BadNegotiationError(f"joint points of {first!r} with itself; name two issues")
    _hold_complete({first: dict.fromkeys(pair.values, 0.0)}, {first: issues[first]})
    for row in pair.values.values():
        _hold_complete({second: row}, {second: issues[second]})
    points = [value for row in pair.values.values() for value in row.values()]
    if min(points) == max(points):
        raise BadNegotiationError(
            f"the joint points of {first!r} and {second!r} are all the same; leave them out"
        )
    return min(points), max(points)


def _hold_complete(
    points: Mapping[str, Mapping[str, float]], issues: Mapping[str, Sequence[str]]
) -> None:
    for issue, options in issues.items():
        if issue not in points:
            raise BadNegotiationError(f"the points of issue {issue!r} are missing")
        missing = [option for option in options if option not in points[issue]]
        if missing:
            raise BadNegotiationError(f"the points of {issue!r}: {missing[0]!r} are missing")
        if more := points[issue].keys() - set(options):
            raise BadNegotiationError(f"points of {issue!r}: {min(more)!r}, which is no option")
    if more := points.keys() - issues.keys():
        raise BadNegotiationError(f"points of {min(more)!r}, which is no issue")
