"""JSON lines and CSV: what is written is what is read."""

from __future__ import annotations

import csv
import io
import json
import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.exchange.column import Column
from harness.exchange.formats import BATCH, csv_chunks, guarded, jsonl_chunks, shown
from harness.visible import visible

COLUMNS = (
    Column("words", "text", ""),
    Column("count", "integer", ""),
    Column("value", "number", ""),
    Column("holds", "boolean", ""),
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "words": st.none()
            | st.text(st.characters(codec="utf-8", exclude_characters="\0"))
            | st.text("'=+-@\t\r\n,\" x", max_size=6),
            "count": st.none() | st.integers(),
            "value": st.none() | st.floats(allow_nan=False, allow_infinity=False),
            "holds": st.none() | st.booleans(),
        }
    ),
    max_size=5,
)
HARD = [
    {"words": '=1+1,"x"\r\ny', "count": 0, "value": 0.1, "holds": False},
    {"words": "", "count": None, "value": None, "holds": None},
    {"words": None, "count": -1, "value": 1e300, "holds": True},
]


SIGNS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet takes for the beginning of a formula."""


def unguarded(text: str) -> str:
    """The text as it was: without the one ``'`` that stands before a sign."""
    bare = text.lstrip("'")
    return text[1:] if text.startswith("'") and bare.startswith(SIGNS) else text


@settings(max_examples=40)
@given(ROWS)
@example(HARD)
def test_json_lines_hold_the_rows(rows: list[dict[str, object]]) -> None:
    text = b"".join(jsonl_chunks(COLUMNS, rows)).decode()
    assert [json.loads(line) for line in text.split("\n")[:-1]] == rows
    assert text.count("\n") == len(rows)


@settings(max_examples=40)
@given(ROWS)
@example(HARD)
def test_csv_holds_the_rows(rows: list[dict[str, object]]) -> None:
    text = b"".join(csv_chunks(COLUMNS, rows)).decode()
    read = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert read[0] == [column.name for column in COLUMNS]
    assert len(read) == len(rows) + 1
    for row, (words, count, value, holds) in zip(rows, read[1:], strict=True):
        assert not words.startswith(SIGNS)
        assert unguarded(words) == (row["words"] or "")
        assert (int(count) if count else None) == row["count"]
        assert (float(value) if value else None) == row["value"]
        assert {"": None, "true": True, "false": False}[holds] == row["holds"]


@pytest.mark.parametrize("sign", SIGNS)
def test_no_text_is_a_formula_to_a_spreadsheet(sign: str) -> None:
    assert guarded(f"{sign}1+1") == f"'{sign}1+1"
    assert guarded(f"'{sign}1+1") == f"''{sign}1+1", "told apart from the one above"
    for text in (f"1{sign}1", f" {sign}", "'quoted'", "'", ""):
        assert guarded(text) == text


def test_a_number_below_0_is_a_number() -> None:
    row = {"words": None, "count": -1, "value": -0.5, "holds": None}
    assert b"".join(csv_chunks(COLUMNS, [row])).splitlines()[1] == b",-1,-0.5,"


def test_a_nul_ends_no_field() -> None:
    row = {"words": "a\0b", "count": 1, "value": None, "holds": None}
    text = b"".join(csv_chunks(COLUMNS, [row])).decode()
    assert next(csv.DictReader(io.StringIO(text)))["words"] == "a\ufffdb"
    (line,) = jsonl_chunks(COLUMNS, [row])
    assert json.loads(line)["words"] == "a\0b"


def test_csv_tells_an_empty_text_from_a_missing_one() -> None:
    rows = [dict.fromkeys(("count", "value", "holds"), None) | {"words": w} for w in ("", None)]
    assert b"".join(csv_chunks(COLUMNS, rows)).splitlines()[1:] == [b'"",,,', b",,,"]


def test_a_number_that_json_has_no_sign_for_is_named() -> None:
    row = {"words": None, "count": None, "value": math.inf, "holds": None}
    (line,) = jsonl_chunks(COLUMNS, [row])
    assert json.loads(line)["value"] == "Infinity"


def test_rows_are_taken_as_they_come() -> None:
    taken = 0

    def rows() -> object:
        nonlocal taken
        for number in range(3 * BATCH):
            taken += 1
            yield {"words": "x", "count": number, "value": None, "holds": None}

    chunks = jsonl_chunks(COLUMNS, rows())  # type: ignore[arg-type]
    next(chunks)
    assert taken == BATCH
    assert sum(chunk.count(b"\n") for chunk in chunks) == 2 * BATCH


ACTS = {"words": "a\x1b[2Jb\x7f\u202ec\r", "count": None, "value": None, "holds": None}


def test_json_lines_hold_what_acts_on_a_terminal_and_do_not_act() -> None:
    (line,) = jsonl_chunks(COLUMNS, [ACTS])
    assert json.loads(line) == ACTS
    assert visible(line.decode()) == line.decode()


def test_csv_keeps_it_in_a_file_and_shows_it_on_the_output() -> None:
    chunks = list(csv_chunks(COLUMNS, [ACTS]))
    assert str(ACTS["words"]) in b"".join(chunks).decode()
    text = b"".join(shown(chunks)).decode()
    assert visible(text) == text
    assert len(list(csv.reader(io.StringIO(text, newline="")))) == 2
