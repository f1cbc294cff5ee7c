"""What terms are worth, from a source's own points onto the scale of a scenario.

A source says how many points each option of an issue is worth to a party; a package is worth their
sum. On the scale of a scenario the worst package is 0 and the best 1: the weight of an issue is its
share of the range, and its options run from 0 to 1. That changes the unit and the zero of each
party's points and nothing else, so every measure that no such change can touch is the same in both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.exchange.importing.base import BadNegotiationError
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
    """

    weights: dict[str, float]
    values: dict[str, dict[str, float]]
    reservation: float
    points: Points


def scaled(
    points: Mapping[str, Mapping[str, float]],
    issues: Mapping[str, Sequence[str]],
    reservation: float,
    unit: str,
) -> Worth:
    """The scale of a party.

    Args:
        points: Issue -> option -> points, complete.
        issues: Issue -> its options.
        reservation: What no deal is worth, in points.
        unit: What the points are called.

    Raises:
        BadNegotiationError: Points are missing; all packages are worth the same; or no deal is
            worth less than the worst package or more than the best, so that it has no place on the
            scale.
    """
    _hold_complete(points, issues)
    low = {issue: min(points[issue].values()) for issue in issues}
    high = {issue: max(points[issue].values()) for issue in issues}
    zero, one = sum(low.values()), sum(high.values())
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
    )


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
