"""Factorials whose every number is known: cells of scenarios, as the rows of a run."""

from __future__ import annotations

from itertools import combinations

from harness.analysis.factorial_effects import FactorialFinding, corrected, full_factorial
from harness.analysis.observations import Observation
from harness.analysis.scale import UNKNOWN, Scale

Cell = frozenset[str]
Worlds = list[dict[Cell, float]]
"""Of each scenario: the mechanisms that are on -> the value."""


def cells_of(names: tuple[str, ...]) -> dict[Cell, str]:
    on = [set(c) for size in range(len(names) + 1) for c in combinations(names, size)]
    return {frozenset(cell): "-".join(sorted(cell)) or "none" for cell in on}


def decomposed(
    names: tuple[str, ...],
    worlds: Worlds,
    scale: Scale = UNKNOWN,
    lost: frozenset[str] = frozenset(),
) -> FactorialFinding:
    """The finding on one dialogue a scenario and cell, in twins of the same value; ``lost`` names
    ``SCENARIO/ARM/TWIN`` without a value."""
    cells = cells_of(names)
    rows = [
        Observation(
            f"s{number}",
            f"{twin}/1",
            arm,
            None if f"s{number}/{arm}/{twin}" in lost else world[cell],
        )
        for number, world in enumerate(worlds)
        for cell, arm in cells.items()
        for twin in ("none", "seats")
    ]
    blank = FactorialFinding(mechanisms=names, track="1", switched=names, played=len(cells))
    return corrected([full_factorial(blank, cells, rows, scale)])[0]


def spread(effect: float, count: int = 12, names: tuple[str, str] = ("a", "b")) -> Worlds:
    """Scenarios in which the first does something, of different sizes, and the second does none."""
    first, second = names
    return [
        {
            cell: 0.01 * s
            + (first in cell) * effect * (1 + 0.1 * (s % 3))
            + (second in cell) * 0.002 * (-1) ** s
            for cell in cells_of(names)
        }
        for s in range(count)
    ]
