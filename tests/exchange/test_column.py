"""The columns of tables by what they hold."""

from __future__ import annotations

from harness.exchange.column import Column, flag, label, number, text, whole


def test_a_column_says_what_it_holds_and_whether_it_was_heard() -> None:
    assert text("a", "words") == Column("a", "text", "words", "", private=False)
    assert label("a", "words", "none") == Column("a", "label", "words", "none", private=False)
    assert whole("a", "words", private=True) == Column("a", "integer", "words", "", private=True)
    assert number("a", "words").private, "numbers follow from true values"
    assert not number("a", "words", private=False).private
    assert (flag("a", "words").kind, flag("a", "words").private) == ("boolean", True)
