"""Parquet files, and data frames of pandas and polars: all by way of Arrow, which keeps types and
missing values. Its packages are the extra ``frames``, and are imported when they are asked for.
"""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from harness.errors import MissingExtraError
from harness.exchange.column import Column

EXTRA: Final = "frames"
GROUP: Final = 5000
"""Rows of a row group of a Parquet file: as many are held at a time."""
Frames = Literal["pandas", "polars"]


def wanted(package: str, extra: str = EXTRA) -> Any:
    """A module of an optional package.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        return importlib.import_module(package)
    except ModuleNotFoundError as error:
        top = package.partition(".")[0]
        if (error.name or "").partition(".")[0] != top:
            raise
        raise MissingExtraError(top, extra) from None


def parquet_chunks(columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """A Parquet file, a row group at a time.

    Raises:
        MissingExtraError: pyarrow is not installed.
    """
    parquet = wanted("pyarrow.parquet")
    sink = _Sink()
    with parquet.ParquetWriter(sink, schema_of(columns), compression="zstd") as writer:
        source = iter(rows)
        while group := list(itertools.islice(source, GROUP)):
            writer.write_table(arrow_table(columns, group))
            yield sink.taken()
    yield sink.taken()


def schema_of(columns: Sequence[Column]) -> Any:
    """The Arrow schema of a table. What each column means stands with it as ``description``, and
    where it may be missing as ``missing``.

    Raises:
        MissingExtraError: pyarrow is not installed.
    """
    arrow = wanted("pyarrow")
    kinds = {
        "text": arrow.string(),
        "label": arrow.dictionary(arrow.int32(), arrow.string()),
        "integer": arrow.int64(),
        "number": arrow.float64(),
        "boolean": arrow.bool_(),
    }
    return arrow.schema(
        [arrow.field(one.name, kinds[one.kind], metadata=_told(one)) for one in columns]
    )


def _told(column: Column) -> dict[str, str]:
    told = {"description": column.words, "missing": column.missing}
    return {name: words for name, words in told.items() if words}


def arrow_table(columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> Any:
    """The rows as an Arrow table.

    Raises:
        MissingExtraError: pyarrow is not installed.
    """
    arrow = wanted("pyarrow")
    values: dict[str, list[Any]] = {column.name: [] for column in columns}
    for row in rows:
        for name, held in values.items():
            held.append(row[name])
    return arrow.table(values, schema=schema_of(columns))


def frame(columns: Sequence[Column], rows: Iterable[Mapping[str, Any]], to: Frames) -> Any:
    """The rows as a data frame. What is missing is missing, whatever the type of its column: in
    pandas the columns have nullable types, so that no count becomes a fraction for a gap.

    Raises:
        MissingExtraError: A package is not installed.
    """
    library = wanted(to)
    table = arrow_table(columns, rows)
    if to == "polars":
        return library.from_arrow(table)
    arrow = wanted("pyarrow")
    types = {
        arrow.string(): library.StringDtype(),
        arrow.int64(): library.Int64Dtype(),
        arrow.float64(): library.Float64Dtype(),
        arrow.bool_(): library.BooleanDtype(),
    }
    return table.to_pandas(types_mapper=types.get)


class _Sink:
    """A file that keeps what is written to it until it is taken."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def write(self, part: Any) -> int:
        held = bytes(part)
        self._parts.append(held)
        self._size += len(held)
        return len(held)

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """What was written may still be taken."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        whole, self._parts = b"".join(self._parts), []
        return whole
