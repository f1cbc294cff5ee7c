"""How much a measure varies, from a pilot: what the power of a design rests on."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from harness.analysis.observations import ROUNDING, Observation
from harness.analysis.scale import Scale

YES_NO: Final = (0.1, 0.5)
"""Assumed SDs of a yes/no measure between and within scenarios: .5 is the most a dialogue can
vary."""
OF_THE_RANGE: Final = (0.025, 0.1)
"""Assumed SDs of any other measure, as shares of its range: .05 and .20 of skew, which has 2."""


@dataclass(frozen=True)
class Spread:
    """How much a measure varies.

    Attributes:
        between: SD between scenarios of the true difference (of the true mean, against 0).
        within: SD of a dialogue within its scenario and arm.
        correlation: Of the two dialogues of a pair, within their scenario, in [-1, 1].
        source: Where that is known from, in words.
    """

    between: float
    within: float
    correlation: float
    source: str


def assumed(scale: Scale) -> Spread | None:
    """What is assumed without a pilot; None of a measure whose range has no two ends. No gain from
    pairing is assumed: sampling breaks it where models play."""
    if scale.width is None:
        return None
    between, within = YES_NO if scale.yes_no else (scale.width * share for share in OF_THE_RANGE)
    return Spread(between, within, 0.0, "assumed; --from RUN takes them from a pilot")


def dialogue_sd(groups: Iterable[Sequence[float | None]]) -> float | None:
    """Pooled SD within groups, which are the dialogues of one scenario and arm; None where no group
    has two values. None is a missing value."""
    squares, free = 0.0, 0
    for group in groups:
        values = np.array([value for value in group if value is not None])
        if len(values) > 1:
            squares += float(((values - values.mean()) ** 2).sum())
            free += len(values) - 1
    if not free:
        return None
    sd = math.sqrt(squares / free)
    return sd if sd > ROUNDING else 0.0


def spread_of(
    rows: Sequence[Observation], treatment: str, control: str | None, otherwise: Spread | None
) -> Spread | None:
    """The spread that a pilot shows.

    The variance between scenarios is that of their means less what dialogues within them explain,
    and never below 0; with few scenarios it is a rough guess. Where the pilot lacks an arm of the
    comparison, the SD of a dialogue is that over all its arms, and the rest is assumed.

    Args:
        rows: Of the measure, of all arms of the pilot.
        treatment, control: The arms that are to be compared; against 0 without a control.
        otherwise: What is assumed.

    Returns:
        None where no scenario and arm has two values, or what is needed is not known.
    """
    cells: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for row in rows:
        if row.value is not None:
            cells[row.arm, row.scenario][row.pair] = row.value
    arms = [treatment] if control is None else [treatment, control]
    scenarios = sorted({name for _, name in cells})
    units = [_unit([cells.get((arm, name), {}) for arm in arms]) for name in scenarios]
    units = [unit for unit in units if len(unit)]
    of_units = dialogue_sd([unit.tolist() for unit in units])
    if of_units is None or len(units) < 2:
        within = dialogue_sd([list(cell.values()) for cell in cells.values()])
        if within is None or otherwise is None:
            return None
        return Spread(otherwise.between, within, 0.0, "that of a dialogue over all arms")
    within = dialogue_sd([list(cell.values()) for (arm, _), cell in cells.items() if arm in arms])
    within = within or 0.0
    means = np.array([unit.mean() for unit in units])
    explained = float(np.mean([of_units**2 / len(unit) for unit in units]))
    between = math.sqrt(max(0.0, float(means.var(ddof=1)) - explained))
    correlation = 0.0
    if control is not None and within:
        correlation = float(np.clip(1 - of_units**2 / (2 * within**2), -1, 1))
    return Spread(between, within, correlation, f"over {len(units)} scenarios")


def _unit(values: Sequence[dict[str, float]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """``(n,)`` differences of complete pairs of a scenario; of one arm its values."""
    keys = sorted(set.intersection(*map(set, values)))
    if len(values) == 1:
        return np.array([values[0][key] for key in keys])
    return np.array([values[0][key] - values[1][key] for key in keys])
