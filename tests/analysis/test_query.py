"""The language of filters: what it means of a row, and that SQLite means the same."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.analysis.query import MOST_DEPTH, MOST_LENGTH, Query, Value, in_quotes, parse
from harness.errors import UsageError

ROW: dict[str, Value] = {
    "skew": 0.25,
    "gap": None,
    "gain_u": -0.1,
    "gain_o": 0.3,
    "ending": "deal",
    "twin": "none",
    "scenario": "ceasefire",
    "model_u": "openai/Qwen3-8b@http://127.0.0.1:8000/v1",
    "ambiguous": True,
    "signable": False,
    "arm": ("track-1", "backchannel"),
    "red_lines.crossed_u": 1.0,
    "calls": 12,
    "deal": True,
}
NAMES = {name: name for name in ROW} | {"crossed_u": "red_lines.crossed_u"}


@pytest.mark.parametrize(
    "text",
    [
        "skew > .2",
        "skew>=.25 and skew<=+.25",
        'skew > .2 and arm == "track-1"',
        "arm == backchannel",
        "arm != track-1.5",
        "arm in (track-1.5, track-1)",
        "arm ~ BACK",
        "ending == void or red_lines.crossed_u >= 1",
        "crossed_u == 1",
        "not (scenario in (supply, opening))",
        "scenario not in (supply, opening)",
        "gain_u < 0",
        "gain_u < gain_o",
        "gain_u == \N{MINUS SIGN}.1",
        "model_u ~ 'qwen3-8B'",
        "model_u ~ qwen",
        "model_u == openai/Qwen3-8b@http://127.0.0.1:8000/v1",
        ".1 < skew <= .3",
        "'a' < ending",
        "0 == signable",
        "ambiguous",
        "ambiguous == YES",
        "not signable",
        "signable == No",
        "gap is missing",
        "gap == none",
        "gap == missing",
        "gap is none",
        "skew is not missing",
        "skew != none",
        "twin == none",
        "calls == 12 AND NOT skew < 0",
        "skew == 5 or gap == 5 or calls == 12",
        "scenario > alpha",
        "ending != 3",
        "gain_u != gain_o",
        "ending == deal",
    ],
)
def test_what_holds(text: str) -> None:
    assert parse(text, NAMES).holds(ROW)


@pytest.mark.parametrize(
    "text",
    [
        "skew > .25",
        "gap > 0",
        "gap < 0",
        "not gap > 0",
        "gap != 0",
        "gap ~ x",
        "gap in (0, 1)",
        "gap not in (0, 1)",
        "not (gap > 0 and skew > 0)",
        "skew > gap",
        "ending == 3",
        "ending > 3",
        "not ending > 3",
        "ending",
        "skew ~ '25'",
        "arm == track-1.5",
        "arm != track-1",
        "arm not in (track-1, other)",
        "arm < ending",
        "ending < arm",
        "gain_u == gain_o",
        "arm is missing",
        "twin is missing",
        "twin != none",
        "skew == none",
        "skew == '0.25'",
        "model_u ~ \N{LATIN SMALL LETTER LONG S}",
        ".3 < skew < .4",
        "skew > .2 and not ambiguous",
    ],
)
def test_what_does_not_hold(text: str) -> None:
    assert not parse(text, NAMES).holds(ROW)


def test_and_binds_closer_than_or() -> None:
    row: dict[str, Value] = {"a": 1, "b": 0, "c": 0}
    assert parse("a or b and c").holds(row)
    assert not parse("(a or b) and c").holds(row)
    assert not parse("not a or b").holds(row)


def test_it_says_which_names_it_asks_for() -> None:
    query = parse("skew > 0 and (crossed_u or skew < gain_o or gap is missing)", NAMES)
    assert query.names == ("skew", "red_lines.crossed_u", "gain_o", "gap")
    assert query.text.startswith("skew > 0")


def test_what_is_no_number_is_missing() -> None:
    assert parse("x is missing").holds({"x": float("nan")})
    assert parse("x is missing").holds({})


@pytest.mark.parametrize(
    ("text", "at", "said"),
    [
        ("", 1, "the filter is empty"),
        ("  ", 1, "the filter is empty"),
        ("skwe > .2", 1, "no field or score 'skwe'"),
        ("skew > .2 and gapp < 0", 15, "no field or score 'gapp'"),
        ("skew > ", 7, "the filter ends where a number or a word should be"),
        ("skew > .2 ending", 11, "there is 'ending' where 'and', 'or' or the end should be"),
        ("skew = .2", 6, "'=' is no sign of a filter"),
        ("skew > .2 && gap", 11, "'&' is no sign"),
        ('ending == "deal', 11, "'\"' is no sign"),
        ("(skew > .2", 11, "the filter ends where ')' should be"),
        ("skew in .2", 9, "there is '.2' where '(' and a list should be"),
        ("skew in (.2 .3)", 13, "where ',' or ')' should be"),
        ("skew in (.2,)", 13, "there is ')' where a number or a word should be"),
        ("skew is .2", 9, "there is '.2' where 'missing' should be"),
        ("and", 1, "there is 'and' where a field or a score should be"),
        ("skew > and", 8, "there is 'and' where a number or a word should be"),
        (".2 skew", 4, "where a comparison such as '<' should be"),
        (".2", 3, "the filter ends where a comparison such as '<' should be"),
        (".2 ~ skew", 4, "where a comparison such as '<' should be"),
        ("model_u ~ 7", 11, "'~' looks for a text"),
        ("skew > 1e999", 8, "1e999 is too large"),
        ("ending == 'a\0b'", 11, "a text holds no NUL"),
        ("__import__('os')", 1, "no field or score '__import__'"),
        ("skew.__class__ == 1", 1, "no field or score 'skew.__class__'"),
        ("(" * (MOST_DEPTH + 1), MOST_DEPTH + 1, "too many brackets"),
        ("not " * MOST_DEPTH + "skew", 4 * MOST_DEPTH + 1, "too many brackets"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, at: int, said: str) -> None:
    with pytest.raises(UsageError) as error:
        parse(text, NAMES)
    assert said in error.value.what
    assert error.value.where == f"--filter, character {at}"
    assert error.value.fix


def test_a_name_that_is_nearly_right_is_guessed() -> None:
    with pytest.raises(UsageError) as error:
        parse("gain_a < 0", NAMES, where="filter", see="the columns")
    assert error.value.where == "filter, character 1"
    assert "did you mean 'gain_u' or 'gain_o'? See: the columns" in str(error.value.fix)


def test_a_filter_has_a_length() -> None:
    with pytest.raises(UsageError, match=str(MOST_LENGTH)):
        parse("a" * (MOST_LENGTH + 1))


def test_the_longest_filter_is_no_trouble_to_sqlite() -> None:
    many = " or ".join(["a"] * (MOST_LENGTH // 5))
    deep = "(" * (MOST_DEPTH - 1) + "a" + ")" * (MOST_DEPTH - 1)
    for text in (many, deep):
        assert _selects(parse(text), {"a": 1.0}) is True


# --- the same in SQLite ---------------------------------------------------------------------------

NUMBERS = st.one_of(
    st.integers(-3, 3),
    st.sampled_from([0.5, -0.5, 0.25, 1e300, -1e-300, float("inf")]),
    st.floats(allow_nan=False, width=32),
    st.booleans(),
)
# A NUL ends a text in SQLite's lower(); no text of a record holds one at a place that matters.
WORDS = st.one_of(
    st.sampled_from(["deal", "Deal", "", "1", "0.5", "DEAL-é", "É", "ſ", "none", "yes", "{}"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=4),
)
FIELDS = ("a", "b", "arm")
ROWS = st.fixed_dictionaries(
    {
        "a": st.one_of(st.none(), NUMBERS, WORDS),
        "b": st.one_of(st.none(), NUMBERS, WORDS),
        "arm": st.lists(WORDS, max_size=3).map(tuple),
    }
)


def _written(word: str) -> str:
    return f"'{word}'" if '"' in word else f'"{word}"'


LITERALS = st.one_of(
    st.sampled_from(["0", "1", ".5", "-.5", "-3", "1e300", "deal", "yes", "no", "1.", "x-1"]),
    WORDS.filter(lambda word: not {'"', "'"} <= set(word)).map(_written),
)
NAMED = st.sampled_from(FIELDS)
COMPARISONS = st.one_of(
    st.builds(
        "{} {} {}".format,
        NAMED,
        st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
        st.one_of(LITERALS, NAMED, st.sampled_from(["none", "missing"])),
    ),
    st.builds(
        "{} < {} <= {}".format, LITERALS.filter(lambda t: t[0] in "\"'0123."), NAMED, LITERALS
    ),
    st.builds(
        "{} ~ {}".format, NAMED, WORDS.filter(lambda w: not {'"', "'"} <= set(w)).map(_written)
    ),
    st.builds(
        "{} {} ({})".format,
        NAMED,
        st.sampled_from(["in", "not in"]),
        st.lists(LITERALS, min_size=1, max_size=3).map(", ".join),
    ),
    st.builds("{} is {}".format, NAMED, st.sampled_from(["missing", "not missing"])),
    NAMED,
)
QUERIES = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        st.builds("not ({})".format, inner),
        st.builds("({}) and ({})".format, inner, inner),
        st.builds("({}) or ({})".format, inner, inner),
    ),
    max_leaves=5,
)


def _selects(query: Query, row: dict[str, Any]) -> bool:
    """Whether SQLite selects the row, from a table with columns of a type of their own."""
    condition, parameters = query.sql({"a": "t.a", "b": "t.b", "arm": "t.arm"})
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE t (a, b, arm TEXT)")
        values = (row.get("a"), row.get("b"), json.dumps(row.get("arm", ())))
        database.execute("INSERT INTO t VALUES (?, ?, ?)", values)
        count = database.execute(f"SELECT count(*) FROM t WHERE {condition}", parameters)  # noqa: S608
        found: int = count.fetchone()[0]
    database.close()
    return found == 1


@settings(max_examples=120, deadline=None)
@given(QUERIES, ROWS)
@example("not (a > 0)", {"a": None, "b": 1, "arm": ()})
@example('a == "1"', {"a": 1, "b": "1", "arm": ("1",)})
@example("arm ~ ''", {"a": 1, "b": "1", "arm": ("",)})
@example("arm is missing and arm != x-1", {"a": True, "b": "É", "arm": ()})
def test_sqlite_means_the_same(text: str, row: dict[str, Any]) -> None:
    query = parse(text, {name: name for name in FIELDS})
    assert _selects(query, row) == query.holds(row)


def test_a_column_with_a_type_changes_nothing() -> None:
    """SQLite turns the word 1 into a number beside a column of numbers."""
    query = parse('a == "1"')
    condition, parameters = query.sql({"a": "x"})
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE t (x REAL)")
        database.execute("INSERT INTO t VALUES (1)")
        found = database.execute(f"SELECT count(*) FROM t WHERE {condition}", parameters)  # noqa: S608
        assert found.fetchone() == (0,)
    database.close()
    assert not query.holds({"a": 1.0})


def test_a_name_without_a_column_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        parse("a > 1").sql({})


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40))
@example('a "b" c')
@example("it's")
@example('"')
def test_any_text_in_quotes_is_that_text(text: str) -> None:
    query = parse(f"model_u == {in_quotes(text)} and arm == 'it''s'")
    assert query.holds({"model_u": text, "arm": "it's"})
    assert not query.holds({"model_u": f"{text}'", "arm": "it's"})
