"""The dialogues of two arms, each with its counterpart, for many measures of the same dialogues.

It comes to the same as :func:`~harness.analysis.pairing.paired`, which matches rows of one measure.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.analysis.pairing import mean_of, paired
from harness.analysis.values import Values

Rows = NDArray[np.intp]


class Change(NamedTuple):
    """The first arm minus the second.

    Attributes:
        by_scenario: One mean a scenario, by name; only scenarios that have one.
        n_pairs: Complete pairs.
    """

    by_scenario: tuple[float, ...]
    n_pairs: int


@dataclass(frozen=True)
class Matched:
    """Two arms of a run.

    Attributes:
        values: The run.
        rows: Scenario, by name, and of its pairs the rows ``(n,)`` in the one arm and in the other.
    """

    values: Values
    rows: tuple[tuple[str, Rows, Rows], ...]

    @classmethod
    def of(cls, values: Values, treatment: str, control: str) -> Matched:
        """Two different arms.

        Raises:
            UsageError: Both are the same, or two dialogues of one have the same scenario and pair.
        """
        places = [_places(values, arm) for arm in (treatment, control)]
        if treatment == control or any(places_of is None for places_of in places):
            rows = [row for arm in (treatment, control) for row in values.observations("", arm)]
            paired(rows, treatment, control)  # it says what is wrong
        first, second = (places_of or {} for places_of in places)
        found: dict[str, list[tuple[int, int]]] = {}
        for place, row in first.items():
            if (other := second.get(place)) is not None:
                found.setdefault(place[0], []).append((row, other))
        return cls(
            values,
            tuple(
                (name, *np.array(pairs, dtype=np.intp).T) for name, pairs in sorted(found.items())
            ),
        )

    def change(self, measure: str, scenarios: Collection[str] | None = None) -> Change:
        """How a measure differs, on ``scenarios`` or on all."""
        means, n_pairs = list[float](), 0
        column = self.values.column(measure)
        if column is None:
            return Change((), 0)
        for scenario, first, second in self.rows:
            if scenarios is None or scenario in scenarios:
                apart = column[first] - column[second]
                apart = apart[~np.isnan(apart)]
                if len(apart):
                    means.append(mean_of(apart.tolist()))
                    n_pairs += len(apart)
        return Change(tuple(means), n_pairs)


def _places(values: Values, arm: str) -> dict[tuple[str, str], int] | None:
    """(scenario, pair) -> row; None where two dialogues have the same."""
    placed = values.placed(arm)
    found = {(dialogue.scenario, dialogue.pair): row for row, dialogue in placed}
    return found if len(found) == len(placed) else None
