"""The dialogues of a comparison and their values, row by row."""

from __future__ import annotations

import math

from harness.analysis.comparison_rows import cells
from tests.support.meetings import empty, meet


def test_values_are_entered_row_by_row() -> None:
    found = empty("a")
    found.put(3, ("gain", "u"), 0.5)
    assert [found.value(row, "gain", "u") for row in (2, 3, 4)] == [None, 0.5, None]
    assert found.value(0, "skew", "u") is None


def test_a_column_has_a_place_for_every_dialogue() -> None:
    found = empty("a")
    for gain in (0.5, None, 0.25):
        meet(found, "x", gain)
    column = found.column("gain", "u").tolist()
    assert column[::2] == [0.5, 0.25]
    assert math.isnan(column[1])
    assert all(math.isnan(value) for value in found.column("regret", "u").tolist())
    found.put(1, ("gain", "u"), "it broke off")
    assert found.why_missing([0, 1, 2], "gain", "u") == {"it broke off": 1}
    assert found.why_missing([0, 1], "regret", "u") == {"it was not scored": 2}


def test_a_dialogue_stands_in_each_of_its_arms() -> None:
    found = empty("a")
    meet(found, "x", 0.1, arms=("plain", "lean"), epoch=2)
    assert [cell[3] for cell in cells(found.rows[0])] == ["plain", "lean"]
    assert found.rows[0].others("u") == (("o", found.rows[0].players["o"]),)
