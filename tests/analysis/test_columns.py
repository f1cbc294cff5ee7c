"""What is added up from columns is what is added up from the scores one by one."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.analysis.columns import LARGEST, Columns, unpacked
from harness.analysis.proceedings import Dialogue, Went
from harness.analysis.values import Values
from harness.records.score import Score

Row = tuple[tuple[str, ...], float | bool | str | None, str]
ROWS = st.lists(
    st.tuples(
        st.sampled_from([("a",), ("b",), ("a", "b")]),
        st.one_of(
            st.none(),
            st.booleans(),
            st.floats(allow_nan=False, allow_infinity=False),
            st.sampled_from(["yes", "no\nmore", ""]),
        ),
        st.sampled_from(["void: a", "void: b\n1", ""]),
    ),
    min_size=1,
    max_size=12,
)


LINEUPS = ("", "u=x", "u=y")


def lineup_of(number: int) -> str:
    return LINEUPS[number % 3]


def went(number: int, arms: tuple[str, ...]) -> Went:
    scenario, lineup = f"s{number % 2}", lineup_of(number)
    dialogue = Dialogue(arms=arms, scenario=scenario, pair=f"none/{number}", lineup=lineup)
    return Went(str(number), dialogue, "done", "deal", None, (), (), (), ())


def shown(values: Values) -> list[object]:
    """Everything that is asked of a measure, of all dialogues and of each line-up's."""
    own = [values.of_lineup(lineup) for lineup in LINEUPS[1:]]
    return [
        [one.summary("e.m", arm) for one in own for arm in ("a", "b")],
        values.measures(),
        [(values.summary("e.m", arm), values.brief("e.m", arm)) for arm in ("a", "b")],
        list(values.observations("e.m")),
        values.of("e.m"),
    ]


@given(ROWS, st.integers(1, 5))
@example([(("a",), 0.5, ""), (("a", "b"), None, ""), (("b",), True, "")], 2)
@example([(("a",), "yes", ""), (("a",), "no", ""), (("a",), 1.0, "")], 1)
@example([(("a",), 2 * LARGEST, ""), (("b",), -0.25, "")], 4)
@example([(("a",), True, ""), (("a",), False, "")], 2)
def test_columns_in_any_parts_come_to_the_same_as_scores(rows: list[Row], part: int) -> None:
    one_by_one, in_parts = Values(), Values()
    one_by_one.add_talks(went(n, arms) for n, (arms, _, _) in enumerate(rows))
    for n, (_, value, why) in enumerate(rows):
        reasons = {"m": why} if why else {}
        score = Score(id=str(n), evaluator="e", version=1, values={"m": value}, why_null=reasons)
        one_by_one.add_score(score, {"e.m"})
    for first in range(0, len(rows), part):
        columns, some = Columns(), rows[first : first + part]
        for n, (arms, value, why) in enumerate(some, first):
            columns.add("e", arms, {"m": value}, {"m": why} if why else {}, lineup_of(n))
        in_parts.add_talks(went(first + n, arms) for n, (arms, _, _) in enumerate(some))
        in_parts.add_columns(columns.closed(), first)
    in_parts.complete()
    assert shown(in_parts) == shown(one_by_one)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([("a",), ("a", "b")]),
            st.lists(
                st.sampled_from([None, True, 0.5, 2 * LARGEST, math.nan, "said"]),
                min_size=3,
                max_size=3,
            ),
            st.dictionaries(st.sampled_from("xyz"), st.sampled_from(["void", "lost"]), max_size=2),
        ),
        min_size=1,
        max_size=6,
    )
)
@example(
    [(("a",), [None, True, "said"], {"x": "void"}), (("a",), [None, 0.5, None], {"z": "lost"})]
)
def test_measures_of_an_evaluator_are_what_each_is_by_itself(
    rows: list[tuple[tuple[str, ...], list[float | bool | str | None], dict[str, str]]],
) -> None:
    together, alone = Columns(), Columns()
    for n, (arms, values, why) in enumerate(rows):
        together.add("e", arms, dict(zip("xyz", values, strict=True)), why, lineup_of(n))
        for name, value in zip("xyz", values, strict=True):
            alone.add(f"e.{name}", arms, {name: value}, why, lineup_of(n))
    found = together.closed()
    assert list(found.values()) == list(alone.closed().values())
    assert list(found) == ["e.x", "e.y", "e.z"]


def test_an_evaluator_without_a_measure_has_no_column() -> None:
    columns = Columns()
    columns.add("e", ("a",), {}, {})
    assert columns.closed() == {}


def test_what_is_no_number_never_enters() -> None:
    columns = Columns()
    for value in (1.0, math.nan, 2.0):
        columns.add("e", ("a",), {"m": value}, {})
    (column,) = columns.closed().values()
    assert unpacked(column.values).tolist() == pytest.approx([1.0, math.nan, 2.0], nan_ok=True)
    assert [(told.words, told.dialogues) for told in column.missing] == [("the value was nan", 1)]
