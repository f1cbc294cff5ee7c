"""What is planted for a rubric file."""

from __future__ import annotations

import pytest

from harness.planted.conduct.planting import NEAR, Row, rows_of, rubric_file
from harness.planted.conduct.pressure import PRESSURE


def test_a_table_is_read_into_rows() -> None:
    table = """
        none near | yes none

        yes  none |
    """
    assert rows_of(("a", "b"), table) == (
        Row({"a": "none", "b": "near"}, {"a": "yes", "b": "none"}),
        Row({"a": "yes", "b": "none"}, {}),
    )


@pytest.mark.parametrize("table", ["none | none none", "none none | none", "none none"])
def test_a_row_that_lacks_an_answer_is_none(table: str) -> None:
    with pytest.raises(ValueError, match=r"zip|unpack"):
        rows_of(("a", "b"), table)


def test_words_that_are_only_near_leave_the_answer_for_what_is_not_there() -> None:
    assert PRESSURE.items == ("threat", "hurry", "belittling")
    assert PRESSURE.nothing("threat") == "none"
    assert PRESSURE.answer("threat", NEAR) == "none"
    assert PRESSURE.answer("threat", "warning") == "warning"
    assert PRESSURE.question("hurry") in rubric_file("pressure").head.items
