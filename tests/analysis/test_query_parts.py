"""The parts of a filter by themselves; test_query.py has them as they are written."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from harness.analysis.query_parts import (
    Compare,
    Join,
    Missing,
    Name,
    Not,
    OneOf,
    holds,
    lowered,
    names_of,
    sql_of,
)


@given(st.text())
@example("QWEN É İ")
def test_only_latin_letters_lose_their_case(text: str) -> None:
    assert lowered(text) == "".join(c.lower() if "A" <= c <= "Z" else c for c in text)


def test_unknown_is_neither_true_nor_false() -> None:
    unknown, yes, no = Compare("a", ">", 0.0), Missing("a"), Not(Missing("a"))
    assert holds(unknown, {}) is None
    assert holds(Not(unknown), {}) is None
    assert holds(Join("and", (unknown, yes)), {}) is None
    assert holds(Join("and", (unknown, no)), {}) is False
    assert holds(Join("or", (unknown, no)), {}) is None
    assert holds(Join("or", (unknown, yes)), {}) is True


def test_names_stand_in_the_order_of_the_text() -> None:
    part = Join("or", (Compare("b", "<", Name("a")), Not(OneOf("c", (1.0,))), Missing("b")))
    assert list(names_of(part)) == ["b", "a", "c", "b"]


def test_every_literal_is_a_parameter() -> None:
    """No word of a user's stands in the SQL itself."""
    given: list[float | str] = []
    word = "'; DROP TABLE t; --"
    part = Join("and", (Compare("a", "~", word), OneOf("a", (word, 2.0)), Compare("a", "<", word)))
    condition = sql_of(part, {"a": "x"}, (), given)
    assert "DROP" not in condition
    assert given == [lowered(word), word, 2.0, word]
    assert condition.count("?") == len(given)
