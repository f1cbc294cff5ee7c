"""How far readers agree: Cohen's kappa and Krippendorff's alpha, from their definitions.

Both compare the agreement that is there with what chance would bring. 1 is full agreement and 0
that of chance; below 0 readers disagree more than chance would have them.

Sources: J. Cohen, "A coefficient of agreement for nominal scales", 1960; K. Krippendorff,
"Computing Krippendorff's alpha-reliability", 2011.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from harness.errors import UsageError
from harness.seeds import stream

Floats = NDArray[np.float64]
Level = Literal["nominal", "ordinal", "interval"]
DRAWS: Final = 1000
"""Bootstrap samples of an interval."""
LEAST_CLUSTERS: Final = 10
"""Clusters below which no interval is given: resampling so few gives one that is too short."""
_SAME: Final = 1e-12
"""Figures that differ by no more are the same."""
Unit = TypeVar("Unit", bound=Hashable)


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


def cohen_kappa(pairs: Iterable[tuple[Hashable, Hashable]]) -> float | None:
    """Cohen's kappa of two readers: (p_o - p_e) / (1 - p_e).

    Args:
        pairs: ``(n,)``, for each unit the label of the one and of the other; or how often each
            pair of labels is given.

    Returns:
        At most 1. None without units, and where both give the same label to all units: nothing
        tells then whether they would ever disagree.
    """
    counts = Counter(pairs)
    n = sum(counts.values())
    if not n:
        return None
    first, second = Counter[Hashable](), Counter[Hashable]()
    for (one, other), count in counts.items():
        first[one] += count
        second[other] += count
    expected = sum(first[label] * second[label] for label in first) / n**2
    if expected >= 1.0:
        return None
    observed = sum(count for (one, other), count in counts.items() if one == other) / n
    return (observed - expected) / (1.0 - expected)


def krippendorff_alpha(
    units: Iterable[tuple[float | None, ...]], level: Level = "nominal"
) -> float | None:
    """Krippendorff's alpha of any number of readers, with missing values: 1 - D_o / D_e.

    Args:
        units: For each unit, the values that its readers give; None is missing. Units with fewer
            than two values say nothing and are left out. Or how often each such row of values is
            given.
        level: How different two values are: ``nominal``, they differ; ``ordinal``, by the ranks
            between them; ``interval``, by the square of their difference.

    Returns:
        At most 1. None where there are no two values to compare, and where all values are the same.

    Raises:
        UsageError: A value is not finite.
    """
    held = [
        (Counter(value for value in unit if value is not None), count)
        for unit, count in Counter(units).items()
        if count and sum(value is not None for value in unit) >= 2
    ]
    whole = Counter[float]()
    for unit, count in held:
        for value, times in unit.items():
            whole[value] += times * count
    if not all(map(math.isfinite, whole)):
        raise UsageError("the values that are compared must be finite")
    if len(whole) < 2:
        return None
    apart, n = _difference(whole, level), sum(whole.values())
    observed = sum(
        count * _disagreement(unit, apart) / (sum(unit.values()) - 1) for unit, count in held
    )
    return 1.0 - observed * (n - 1) / _disagreement(whole, apart)


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
    figure: Callable[[Counter[Unit]], float | None],
    *,
    many: Callable[[Sequence[Unit], Floats], Floats] | None = None,
    seed: int = 0,
    draws: int = DRAWS,
) -> Agreed:
    """A figure of units that come in clusters, with a 95 % interval by resampling whole clusters
    (percentiles). Of fewer than :data:`LEAST_CLUSTERS` clusters there is none.

    Args:
        clusters: The units of each cluster. One without units is left out.
        figure: What is worked out of units, of which it is told how often each occurs; None where
            it is undefined.
        many: The same of many samples at once, which is far quicker; None where there is none.
        seed: Of the resampling.
        draws: How often it is done.
    """
    held = [Counter(cluster) for cluster in clusters if cluster]
    whole = Counter[Unit]()
    for cluster in held:
        whole.update(cluster)
    value, n, kinds = figure(whole), sum(whole.values()), list(whole)
    if value is None or len(held) < LEAST_CLUSTERS:
        return Agreed(value, None, None, n)
    counts = np.array([[cluster[kind] for kind in kinds] for cluster in held])
    drawn = stream(seed, "clustered bootstrap").multinomial(
        len(held), np.full(len(held), 1 / len(held)), size=draws
    )
    times = drawn @ counts
    if many is None:
        each = (figure(Counter(dict(zip(kinds, row, strict=True)))) for row in times.tolist())
        samples = np.array([math.nan if one is None else one for one in each])
    else:
        samples = many(kinds, times.astype(np.float64))
    found = samples[~np.isnan(samples)]
    if len(found) < draws / 2 or np.ptp(found) <= _SAME:
        return Agreed(value, None, None, n)
    low, high = np.quantile(found, (0.025, 0.975))
    return Agreed(value, float(min(low, value)), float(max(high, value)), n)
