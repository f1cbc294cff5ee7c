"""The list of columns, and the page that shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.exchange.tables import COLUMNS, TABLES, Table, described
from harness.report.rows import FIELDS

PAGE = Path(__file__).parents[2] / "docs" / "export.md"


def test_the_page_lists_the_columns_as_they_are() -> None:
    assert described() in PAGE.read_text(encoding="utf-8"), "docs/export.md: Columns"


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_named_once_and_explained(table: Table) -> None:
    columns = COLUMNS[table]
    assert len({one.name for one in columns}) == len(columns)
    assert all(one.words for one in columns)
    assert {"run", "id", "arm", "scenario", "twin", "epoch"} <= {one.name for one in columns}


def test_a_dialogue_has_the_fields_of_its_row() -> None:
    assert set(FIELDS) <= {one.name for one in COLUMNS["dialogues"]}
