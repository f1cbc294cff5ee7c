"""How far readers agree: Cohen's kappa and Krippendorff's alpha, from their definitions.

Both compare the agreement that is there with what chance would bring. 1 is full agreement and 0
that of chance; below 0 readers disagree more than chance would have them.

Sources: J. Cohen, "A coefficient of agreement for nominal scales", 1960; K. Krippendorff,
"Computing Krippendorff's alpha-reliability", 2011.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

import numpy as np

from harness.errors import UsageError
from harness.seeds import stream

Level = Literal["nominal", "ordinal", "interval"]
DRAWS: Final = 1000
"""Bootstrap samples of an interval."""
LEAST_CLUSTERS: Final = 5
"""Clusters below which no interval is given: resampling so few says nothing."""
Unit = TypeVar("Unit")


@dataclass(frozen=True)
class Agreed:
    """A figure with its interval.

    Attributes:
        value: Of all units; None where it is undefined.
        low, high: Ends of the 95 % interval; None where there are too few clusters, where it is
            undefined in most samples, or where all samples give the same: that is no certainty.
        n: Units that count.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int


def cohen_kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> float | None:
    """Cohen's kappa of two readers: (p_o - p_e) / (1 - p_e).

    Args:
        pairs: ``(n,)``, for each unit the label of the one and of the other.

    Returns:
        At most 1. None without units, and where both give the same label to all units: nothing
        tells then whether they would ever disagree.
    """
    if not pairs:
        return None
    n = len(pairs)
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    expected = sum(first[label] * second[label] for label in first) / n**2
    if expected >= 1.0:
        return None
    observed = sum(a == b for a, b in pairs) / n
    return (observed - expected) / (1.0 - expected)


def krippendorff_alpha(
    units: Sequence[Sequence[float | None]], level: Level = "nominal"
) -> float | None:
    """Krippendorff's alpha of any number of readers, with missing values: 1 - D_o / D_e.

    Args:
        units: For each unit, the values that its readers give; None is missing. Units with fewer
            than two values say nothing and are left out.
        level: How different two values are: ``nominal``, they differ; ``ordinal``, by the ranks
            between them; ``interval``, by the square of their difference.

    Returns:
        At most 1. None where there are no two values to compare, and where all values are the same.

    Raises:
        UsageError: A value is not finite.
    """
    counted = [
        Counter(value for value in unit if value is not None)
        for unit in units
        if sum(value is not None for value in unit) >= 2
    ]
    if any(not math.isfinite(value) for unit in counted for value in unit):
        raise UsageError("the values that are compared must be finite")
    whole: Counter[float] = Counter()
    for unit in counted:
        whole.update(unit)
    if len(whole) < 2:
        return None
    apart = _difference(whole, level)
    n = sum(whole.values())
    observed = sum(
        _disagreement(unit, apart) / (sum(unit.values()) - 1) for unit in counted if len(unit) > 1
    )
    expected = _disagreement(whole, apart) / (n - 1)
    return 1.0 - observed / expected


def _disagreement(counts: Mapping[float, int], apart: Callable[[float, float], float]) -> float:
    """The sum of the differences of all pairs of values."""
    return sum(
        one * other * apart(a, b) for a, one in counts.items() for b, other in counts.items()
    )


def _difference(whole: Mapping[float, int], level: Level) -> Callable[[float, float], float]:
    """The difference of two values, squared."""
    if level == "nominal":
        return lambda a, b: float(a != b)
    if level == "interval":
        return lambda a, b: (a - b) ** 2
    # Half of the values that are equal to one lie below it, so to speak.
    rank, below = dict[float, float](), 0.0
    for value in sorted(whole):
        rank[value] = below + whole[value] / 2
        below += whole[value]
    return lambda a, b: (rank[a] - rank[b]) ** 2


def clustered(
    clusters: Sequence[Sequence[Unit]],
    figure: Callable[[Sequence[Unit]], float | None],
    *,
    seed: int = 0,
    draws: int = DRAWS,
) -> Agreed:
    """A figure of units that come in clusters, with a 95 % interval by resampling whole clusters
    (percentiles).

    Args:
        clusters: The units of each cluster. One without units is left out.
        figure: What is worked out of units; None where it is undefined.
        seed: Of the resampling.
        draws: How often it is done.
    """
    held = [list(cluster) for cluster in clusters if cluster]
    units = [unit for cluster in held for unit in cluster]
    value = figure(units)
    if value is None or len(held) < LEAST_CLUSTERS:
        return Agreed(value, None, None, len(units))
    random = stream(seed, "clustered bootstrap")
    found = []
    for _ in range(draws):
        drawn = random.integers(0, len(held), len(held))
        sample = figure([unit for index in drawn for unit in held[index]])
        if sample is not None:
            found.append(sample)
    if len(found) < draws / 2 or min(found) == max(found):
        return Agreed(value, None, None, len(units))
    low, high = np.quantile(found, (0.025, 0.975))
    return Agreed(value, float(min(low, value)), float(max(high, value)), len(units))
