"""A difference between two delegations, family by family of scenarios.

An effect that is in one family alone is no effect on "disputes", and one that is for in one family
and against in another has a mean that says nothing of either.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.analysis.families import Family
from harness.analysis.intervals import ALPHA, ClusterT, cluster_t, t_quantile
from harness.analysis.observations import ROUNDING
from harness.analysis.scale import Scale


@dataclass(frozen=True)
class InFamily:
    """A difference on the scenarios of one family.

    Attributes:
        family: What it is called.
        estimate: Mean over its scenarios, in units of the measure.
        interval: 95 % cluster t interval inside what the measure allows, uncorrected; None for
            fewer than two scenarios, and where they do not differ.
        n_scenarios: Scenarios with a difference.
    """

    family: str
    estimate: float
    interval: tuple[float, float] | None
    n_scenarios: int


@dataclass(frozen=True)
class Split:
    """Two families in which a difference has opposite signs.

    Attributes:
        above: That in which it is positive.
        below: That in which it is negative.
        shown: Whether the two are further apart than chance would put them.
    """

    above: InFamily
    below: InFamily
    shown: bool


def by_family(
    differences: Sequence[tuple[str, float]], families: Sequence[Family], scale: Scale
) -> tuple[InFamily, ...]:
    """The difference in each family that has a scenario with one; none where only one has.

    Args:
        differences: (scenario, difference).
        families: That scenarios fall into, each into one.
        scale: Of the measure; it bounds the intervals.
    """
    found = []
    for family in families:
        values = _of(differences, family)
        if values:
            spread = cluster_t(values)
            found.append(
                InFamily(
                    family=family.title,
                    estimate=math.fsum(values) / len(values),
                    interval=_interval(spread, scale),
                    n_scenarios=len(values),
                )
            )
    return tuple(found) if len(found) > 1 else ()


def disagreement(
    differences: Sequence[tuple[str, float]], families: Sequence[Family], scale: Scale
) -> Split | None:
    """The two families that a difference is furthest apart in, where its sign is not the same.

    Whether that is shown is asked of every two families (Welch 1947), each at its share of the
    level (Bonferroni): otherwise the more families there are, the more of them would disagree.
    """
    parts = {one.family: one for one in by_family(differences, families, scale)}
    if not parts:
        return None
    ordered = sorted(parts.values(), key=lambda one: one.estimate)
    low, high = ordered[0], ordered[-1]
    if low.estimate >= -ROUNDING or high.estimate <= ROUNDING:
        return None
    values = {family.title: _of(differences, family) for family in families}
    level = ALPHA / math.comb(len(parts), 2)
    return Split(high, low, _differ(values[high.family], values[low.family], level))


def _of(differences: Sequence[tuple[str, float]], family: Family) -> list[float]:
    members = frozenset(family.scenarios)
    return [value for scenario, value in differences if scenario in members]


def _interval(spread: ClusterT | None, scale: Scale) -> tuple[float, float] | None:
    if spread is None or spread.sd == 0:
        return None
    if scale.width is None:
        return spread.lo, spread.hi
    return max(spread.lo, -scale.width), min(spread.hi, scale.width)


def _differ(one: Sequence[float], other: Sequence[float], level: float) -> bool:
    """Whether the means of two groups of scenarios differ at a level, by Welch's t test."""
    first, second = cluster_t(one), cluster_t(other)
    if first is None or second is None:
        return False
    errors = [first.sd**2 / len(one), second.sd**2 / len(other)]
    total = math.fsum(errors)
    if total <= ROUNDING**2:
        return False
    degrees = total**2 / sum(
        error**2 / (len(values) - 1) for error, values in zip(errors, (one, other), strict=True)
    )
    # Rounded down, so that it errs towards not shown.
    critical = t_quantile(1 - level / 2, max(1, math.floor(degrees)))
    return abs(first.mean - second.mean) > critical * math.sqrt(total)


def as_json(found: Sequence[InFamily]) -> list[Mapping[str, object]]:
    """The same as plain JSON values."""
    return [
        {
            "family": one.family,
            "estimate": one.estimate,
            "interval": None if one.interval is None else list(one.interval),
            "n_scenarios": one.n_scenarios,
        }
        for one in found
    ]
