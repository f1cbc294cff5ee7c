"""Pairs that are found once, for many measures."""

from __future__ import annotations

import math
from array import array

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.analysis.matched import Matched
from harness.analysis.pairing import paired
from harness.analysis.proceedings import Dialogue
from harness.analysis.values import Values
from harness.errors import UsageError

Row = tuple[str, str, int, float | None]
ROWS = st.lists(
    st.tuples(
        st.sampled_from("tco"),
        st.sampled_from(["dam", "border"]),
        st.integers(1, 4),
        st.none() | st.floats(-1, 1),
    ),
    unique_by=lambda row: row[:3],
)


def values_of(rows: list[Row]) -> Values:
    """A run of these rows: arm, scenario, epoch and the value of ``own.worth``."""
    values = Values()
    for number, (arm, scenario, epoch, _) in enumerate(rows):
        one = values.dialogues[str(number)] = Dialogue((arm,), scenario, f"none/{epoch}")
        values._by_arm.setdefault(arm, []).append((number, one))
    column = [math.nan if value is None else value for *_, value in rows]
    values._columns["own.worth"] = array("d", column)
    return values


@given(ROWS)
@example([("t", "dam", 1, 0.5), ("c", "dam", 1, 0.25), ("t", "border", 1, 1.0), ("c", "dam", 2, 1)])
def test_it_comes_to_the_same_as_pairing_the_rows_of_each_measure(rows: list[Row]) -> None:
    values = values_of(rows)
    found = paired(values.observations("own.worth"), "t", "c")
    change = Matched.of(values, "t", "c").change("own.worth")
    assert change == (tuple(found.values().tolist()), found.n_pairs)


def test_some_scenarios_alone_and_a_measure_that_nobody_has() -> None:
    values = values_of([(arm, place, 1, 0.5) for arm in "tc" for place in ("dam", "border")])
    matched = Matched.of(values, "t", "c")
    assert matched.change("own.worth", ["dam"]) == ((0.0,), 1)
    assert matched.change("own.worth", []) == ((), 0)
    assert matched.change("own.other") == ((), 0)


def test_an_arm_against_itself_and_two_dialogues_in_one_place() -> None:
    twice = values_of([("t", "dam", 1, 0.5), ("t", "dam", 1, 0.5), ("c", "dam", 1, 0.5)])
    with pytest.raises(UsageError, match="cannot be compared with itself"):
        Matched.of(twice, "c", "c")
    with pytest.raises(UsageError, match="two dialogues claim the pair"):
        Matched.of(twice, "t", "c")
