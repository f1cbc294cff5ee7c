"""Words of every script are found, wherever they stand in a text."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.viewer.searching import expression_of
from harness.viewer.spelling import BETWEEN, TOKENIZE, spelled, unspelled


def found(text: str, wanted: str) -> bool:
    """Whether a text is found by what is typed."""
    with sqlite3.connect(":memory:") as db:
        db.execute(f"CREATE VIRTUAL TABLE texts USING fts5 (public, private, {TOKENIZE})")
        db.execute("INSERT INTO texts VALUES (?, NULL)", (spelled(text),))
        sql, expression = (
            "SELECT 1 FROM texts WHERE texts MATCH ?",
            expression_of(wanted, private=True),
        )
        hit = db.execute(sql, (expression,)).fetchone()
    db.close()
    return hit is not None


@pytest.mark.parametrize(
    ("text", "wanted", "is_there"),
    [
        ("双方同意停火三十天。", "停火", True),
        ("双方同意停火三十天。", "三十天", True),
        ("双方同意停火三十天。", "火停", False),
        ("双方同意停火三十天。", "停火 同意", True),
        ("双方同意停火三十天。", "停*", True),
        ("国境を越えるトラックを止める", "トラック", True),
        ("国境を越えるトラックを止める", "えるト", True),
        ("เราจะหยุดยิงวันนี้", "หยุดยิง", True),
        ("เราจะหยุดยิงวันนี้", "หยิด", False),
        ("제재를 완화합니다", "완화", True),
        ("हम युद्धविराम चाहते हैं", "युद्धविराम", True),
        ("हम युद्धविराम चाहते हैं", "युद्ध", False),
        ("הפסקת אש עכשיו", "אש", True),
        ("Прекращение огня", "огня", True),
        ("Le café est fermé", "cafe ferme", True),
        ("a cease-fire", "ceasefire", False),
        ("第3条", "3", True),
        ("第3条 ceasefire条項", "ceasefire", True),
    ],
)
def test_a_word_is_found(text: str, wanted: str, is_there: bool) -> None:
    assert found(text, wanted) is is_there


@given(st.text(max_size=40))
@example("井戸")
@example("a" + BETWEEN)
def test_spelling_adds_and_takes_nothing_else(text: str) -> None:
    plain = text.replace(BETWEEN, "")
    assert unspelled(spelled(plain)) == plain
    if plain.isascii():
        assert spelled(plain) is plain
