"""Parquet, pandas and polars, with the real packages."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from harness.errors import MissingExtraError
from harness.exchange.arrow import GROUP, frame, parquet_chunks, wanted
from harness.exchange.column import Column
from harness.exchange.tables import TABLES, Table
from harness.exchange.tidy import columns_of, rows_of
from harness.records.reader import RunFolder

# In one process: Inspect and pandas take seconds to import, and are imported when they are used.
pytestmark = pytest.mark.xdist_group("exchange")
COLUMN = (Column("count", "integer", "how many"),)


@pytest.mark.parametrize("table", TABLES)
def test_parquet_holds_the_rows(run: RunFolder, table: Table) -> None:
    import pyarrow.parquet as pq

    columns, rows = columns_of(table, run), list(rows_of(table, run))
    read = pq.read_table(io.BytesIO(b"".join(parquet_chunks(columns, rows))))
    assert read.column_names == [column.name for column in columns]
    assert read.to_pylist() == [{name: row[name] for name in read.column_names} for row in rows]


def test_a_column_says_what_it_means() -> None:
    import pyarrow.parquet as pq

    columns = (*COLUMN, Column("share", "number", "of all", "there is none"))
    read = pq.read_schema(io.BytesIO(b"".join(parquet_chunks(columns, []))))
    assert read.field("count").metadata == {b"description": b"how many"}
    told = {b"description": b"of all", b"missing": b"there is none"}
    assert read.field("share").metadata == told


def test_rows_are_written_a_group_at_a_time() -> None:
    import pyarrow.parquet as pq

    taken = 0

    def rows() -> object:
        nonlocal taken
        for number in range(2 * GROUP + 1):
            taken += 1
            yield {"count": number}

    chunks = parquet_chunks(COLUMN, rows())  # type: ignore[arg-type]
    first = next(chunks)
    assert taken == GROUP
    whole = first + b"".join(chunks)
    assert pq.ParquetFile(io.BytesIO(whole)).num_row_groups == 3


def test_pandas_has_counts_that_may_be_missing() -> None:
    import pandas as pd

    found = frame(COLUMN, [{"count": 2**60 + 1}, {"count": None}], "pandas")
    assert found["count"].dtype == pd.Int64Dtype()
    assert found["count"][0] == 2**60 + 1, "no fraction in between"
    assert found["count"][1] is pd.NA


def test_polars_has_them_too() -> None:
    import polars as pl

    found = frame(COLUMN, [{"count": 2**60 + 1}, {"count": None}], "polars")
    assert found.schema == {"count": pl.Int64}
    assert found["count"].to_list() == [2**60 + 1, None]


def test_a_label_is_a_categorical() -> None:
    import pandas as pd
    import polars as pl
    import pyarrow.parquet as pq

    columns = (Column("arm", "label", ""), Column("words", "text", ""))
    rows = [{"arm": arm, "words": arm} for arm in ("b", None, "a", "b")]
    pandas, polars = (frame(columns, rows, to) for to in ("pandas", "polars"))
    assert isinstance(pandas["arm"].dtype, pd.CategoricalDtype)
    assert pandas["words"].dtype == pd.StringDtype()
    assert pandas.groupby("arm", observed=True).size().to_dict() == {"a": 1, "b": 2}
    assert polars.schema["arm"] == pl.Categorical
    assert polars["arm"].to_list() == ["b", None, "a", "b"]
    read = pq.read_table(io.BytesIO(b"".join(parquet_chunks(columns, rows))))
    assert isinstance(read.to_pandas()["arm"].dtype, pd.CategoricalDtype)
    assert read.to_pylist() == rows


def test_frames_of_a_run_say_the_same(run: RunFolder) -> None:
    import pandas as pd

    columns, rows = columns_of("dialogues", run), list(rows_of("dialogues", run))
    pandas, polars = (frame(columns, rows, to) for to in ("pandas", "polars"))
    assert polars.to_dicts() == [{c.name: row[c.name] for c in columns} for row in rows]
    assert pandas["settlement.agreement"].dtype == pd.BooleanDtype()
    assert pandas["settlement.skew"].isna().tolist() == [
        row["settlement.skew"] is None for row in rows
    ]


def test_a_missing_package_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "pyarrow.parquet", raising=False)
    monkeypatch.setitem(sys.modules, "pyarrow", None)  # as if it were not installed
    with pytest.raises(MissingExtraError, match="pyarrow") as caught:
        next(parquet_chunks(COLUMN, []))
    assert "[frames]" in str(caught.value)


def test_a_package_that_lacks_another_one_says_so_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "halfway.py").write_text("import not_there_at_all")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="not_there_at_all"):
        _ = wanted("halfway")
