"""Columns of scores: built-in, of older versions, of the user's own."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from harness.analysis.query import Value
from harness.errors import RecordError
from harness.evaluators.registry import measures
from harness.exchange.column import Column, Kind
from harness.exchange.measured import as_kind, listed, measured, shipped
from harness.records.folder import SCORES
from harness.records.reader import RunFolder
from tests.support.run_folders import make_run, make_suite


def kinds(folder: RunFolder) -> dict[str, Kind]:
    return {column.name: column.kind for column in measured(folder)}


def test_a_run_without_scores_has_the_columns_of_every_built_in_measure(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run", make_suite(), {}, [], [])
    found = kinds(folder)
    assert found["settlement.skew"] == "number"
    assert found["settlement.agreement"] == "boolean"
    assert found["process.void_kind"] == "text"
    assert set(found) <= measures().keys()
    assert not [name for name in found if name.startswith("probing.")], "of another kind of stage"


def test_a_built_in_measure_has_its_range_and_where_it_is_missing() -> None:
    known = measures()
    for column in shipped():
        assert known[column.name].range in column.words
        assert column.missing == known[column.name].undefined
        assert column.private
    rows = listed().splitlines()[2:]
    assert [row.count("|") for row in rows] == [5] * len(shipped())


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([True, None], "boolean"),
        ([True, 0.5], "number"),
        ([0.5, "much"], "text"),
        ([None], "number"),
    ],
)
def test_what_a_users_evaluator_found_has_the_kind_of_its_values(
    tmp_path: Path, values: list[Value], kind: Kind
) -> None:
    folder = make_run(tmp_path / "run", make_suite(), {}, [], [])
    lines = [
        {"id": str(n), "evaluator": "mine", "version": 1, "values": {"it": value}}
        for n, value in enumerate(values)
    ]
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    (folder.path / SCORES).write_text(text)
    assert kinds(folder)["mine.it"] == kind
    column = Column("mine.it", kind, "")
    held = [as_kind(value, column, "here") for value in values]
    assert [one is None for one in held] == [value is None for value in values]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("much", "number"),
        (0.5, "boolean"),
        (True, "x"),
        (0.5, "integer"),
        (math.inf, "integer"),
    ],
)
def test_a_value_that_its_column_cannot_hold_is_told(value: Value, kind: Kind) -> None:
    with pytest.raises(RecordError, match=r"mine\.it is no") as caught:
        as_kind(value, Column("mine.it", kind, ""), "dialogue 1")
    assert caught.value.where == "dialogue 1"


def test_a_count_is_an_integer() -> None:
    column = next(one for one in shipped() if one.name == "process.turns")
    assert column.kind == "integer"
    held = as_kind(7.0, column, "here")
    assert (held, type(held)) == (7, int)
    assert type(as_kind(2**60 + 1, column, "here")) is int


def test_yes_is_one_among_numbers() -> None:
    held = as_kind(True, Column("mine.it", "number", ""), "here")
    assert held == 1.0
    assert isinstance(held, float)
