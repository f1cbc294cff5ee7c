"""Looking after every scenario: the sequence holds its level, the ordinary interval does not."""

from __future__ import annotations

from benchmarks.sequences import COURSES, TRUE, row_of, table

KNOWN = {course.name: course for course in COURSES}
SEED = 3


def test_peeking_keeps_its_level_in_plan_order_alone() -> None:
    row = row_of(KNOWN["of 28, short ones favour one side, in plan order"], 120, SEED)
    assert row.sequence <= 0.05
    assert row.held >= 0.95
    assert row.ordinary > 0.1
    assert row.end <= 0.11
    wrong = row_of(KNOWN["of 28, short ones favour one side, as they end"], 60, SEED)
    assert wrong.sequence > 0.2, "as they end they are a selection"


def test_a_large_effect_is_shown_before_the_end() -> None:
    row = row_of(TRUE, 60, SEED)
    assert row.sequence > 0.75
    assert row.after < 11


def test_the_table_has_every_course() -> None:
    lines = table(2, SEED)
    names = [line.split(" | ")[0].removeprefix("| ") for line in lines]
    assert names[2 : 2 + len(KNOWN)] == list(KNOWN)
    assert names[-1] == TRUE.name
