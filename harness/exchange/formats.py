"""JSON lines and CSV: text, streamed."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic_core import to_json

from harness.exchange.column import Column
from harness.visible import visible, visible_json

BATCH: Final = 1000
"""Rows that are held at a time."""
_FORMULA: Final = re.compile("'*[=+@\t\r\uff1d\uff0b\uff0d\uff20-]")
"""How a formula begins; the signs in full width too, which some spreadsheets take."""
_QUOTED: Final = frozenset(',"\r\n')


def jsonl_chunks(columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """One JSON object a row and line, with every column in its order; what is missing is null.

    Characters that act on a terminal are escaped: the same data, safe to look at.
    """
    for batch in _batched(rows):
        yield b"".join(_json_line(columns, row) for row in batch)


def csv_chunks(columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """A header and a line a row (RFC 4180, UTF-8, ``\\n``).

    What is missing is an empty field, and an empty text is ``""``, which DuckDB tells apart. A text
    that a spreadsheet would take for a formula is :func:`guarded`.
    """
    yield ",".join(column.name for column in columns).encode() + b"\n"
    for batch in _batched(rows):
        yield "".join(
            ",".join(_field(row[column.name]) for column in columns) + "\n" for row in batch
        ).encode()


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula, and that no reader of CSV ends early.

    A text that begins like a formula gets a ``'`` before it, and so does one that already has such
    a ``'``: whoever takes one off again where it stands before a sign has every text as it was. A
    NUL, at which readers stop, becomes U+FFFD.
    """
    text = text.replace("\0", "\ufffd")
    return f"'{text}" if _FORMULA.match(text) else text


def shown(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same lines with characters that act on a terminal made visible, for the standard output:
    CSV has no escapes for them, and a file keeps them as they are."""
    for chunk in chunks:
        yield visible(chunk.decode()).encode()


def _batched(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    source = iter(rows)
    while batch := list(itertools.islice(source, BATCH)):
        yield batch


def _json_line(columns: Sequence[Column], row: Mapping[str, Any]) -> bytes:
    """A number that JSON has no sign for is written as its name."""
    values = {column.name: row[column.name] for column in columns}
    return visible_json(to_json(values, inf_nan_mode="strings").decode()).encode() + b"\n"


def _field(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(value)
    text = guarded(value)
    if not text or not _QUOTED.isdisjoint(text) or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text
