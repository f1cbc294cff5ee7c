"""The list of columns, and the page that shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.exchange.measured import listed
from harness.exchange.tables import COLUMNS, OF_WHOLE, TABLES, Table, described

PAGE = Path(__file__).parents[2] / "docs" / "export.md"


def test_the_page_lists_the_columns_as_they_are() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert described() in page, "docs/export.md: Columns"
    assert listed() in page, "docs/export.md: Columns of scores"


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_named_once_and_explained(table: Table) -> None:
    columns = COLUMNS[table]
    assert len({one.name for one in columns}) == len(columns)
    assert all(one.words for one in columns)
    keys = {"run", "arm", "scenario", "twin", "epoch", "lineup"}
    own = {"probes": {"probe"}, "episodes": {"id", "stages"}}
    keys |= own.get(table, {"id", "model_o", "model_u"})
    if table in OF_WHOLE:
        keys = {"run", "arm", "lineup", "measure"}
    assert keys <= {one.name for one in columns}


def test_numbers_are_private_or_what_was_taken() -> None:
    open_ = {
        one.name.rpartition("_")[0] or one.name
        for columns in COLUMNS.values()
        for one in columns
        if one.kind == "number" and not one.private
    }
    assert open_ == {"seconds", "dollars"}


@pytest.mark.parametrize("table", TABLES)
def test_what_may_be_missing_says_where(table: Table) -> None:
    told = [one.missing for one in COLUMNS[table] if one.missing]
    assert told
    assert not [words for words in told if words.endswith(".") or "|" in words]
