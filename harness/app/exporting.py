"""A run as files that other tools read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Literal, get_args

from harness.analysis.query import Query, parse
from harness.app.listing import SEE, scoring
from harness.app.runs import Notify, Run, load, unheard
from harness.errors import UsageError, suggest
from harness.exchange import arrow, formats
from harness.exchange.tables import TABLES, Table
from harness.exchange.tidy import Chosen, columns_of, is_scored, rows_of
from harness.files.writing import STDOUT, is_stdout, stream_out, write_together
from harness.records.folder import LOG_DIR
from harness.records.reader import RunFolder
from harness.report.rows import names_in

To = Literal["jsonl", "csv", "parquet", "inspect"]
FORMATS: Final[tuple[To, ...]] = get_args(To)
ALL: Final = "all"


def export(
    run: Run = None,
    *,
    to: str,
    table: str | None = None,
    out: str | os.PathLike[str] | None = None,
    by_arm: bool = False,
    filter: str | None = None,  # noqa: A002 - as the option is called
    log_dir: str | os.PathLike[str] = LOG_DIR,
    notify: Notify = unheard,
) -> Path:
    """Write a run for other tools. Nothing is played, scored or executed.

    Args:
        run: As for :func:`~harness.app.load`.
        to: ``jsonl``, ``csv`` or ``parquet`` for tables; ``inspect`` for a log of Inspect.
        table: ``dialogues`` (the default), ``moves``, ``concessions``, ``scores``, or ``all``.
        out: A file; a folder for all tables; ``-`` for the standard output, for JSON lines and CSV
            of one table. None: that output where it can be, else a name after the run's, here.
        by_arm: A row for each arm of a dialogue that arms share, rather than one row.
        filter: Only dialogues of which this holds, as ``track15 show --filter`` has it.
        log_dir: Folder that run folders are in.
        notify: Told what is missing.

    Returns:
        Where it went; ``-`` for the standard output.

    Raises:
        UsageError: An option is unknown, or does not go with another; an optional package is not
            installed.
        RecordError: There is no such run, it is damaged, or ``out`` cannot be written.
    """
    _known("to", to, FORMATS)
    if to == "inspect" and (table is not None or by_arm):
        raise UsageError(
            "a log of Inspect has one sample a dialogue, and no tables",
            fix="leave --table and --by-arm out",
        )
    _known("table", table or TABLES[0], (*TABLES, ALL))
    folder = load(run, log_dir=log_dir, notify=notify)
    chosen = Chosen(_query(folder, filter), by_arm)
    place = _place(folder, to, table or TABLES[0], out)
    if not is_scored(folder):
        notify(f"the run has no scores, and so their columns are empty; type: {scoring(folder)}")
    if to == "inspect":
        from harness.exchange.inspect_log import eval_chunks

        stream_out(place, eval_chunks(folder, chosen))
    elif table == ALL:
        files = {f"{one}.{to}": _chunks(one, folder, chosen, to) for one in TABLES}
        write_together(place, files)
    else:
        chunks = _chunks(_as_table(table), folder, chosen, to)
        stream_out(place, formats.shown(chunks) if is_stdout(place) else chunks)
    return STDOUT if is_stdout(place) else place


def tidy_frames(
    folder: RunFolder,
    to: arrow.Frames,
    *,
    tables: Sequence[Table] = TABLES,
    by_arm: bool = False,
    filter: str | None = None,  # noqa: A002 - as the option is called
) -> dict[str, Any]:
    """Table -> data frame; see :func:`harness.app.frames`.

    Raises:
        UsageError: A name is unknown, or a package is not installed.
        RecordError: The run is damaged.
    """
    _known("to", to, get_args(arrow.Frames))
    for table in tables:
        _known("table", table, TABLES)
    chosen = Chosen(_query(folder, filter), by_arm)
    return {
        table: arrow.frame(columns_of(table, folder), rows_of(table, folder, chosen), to)
        for table in tables
    }


def _known(option: str, name: str, names: Iterable[str]) -> None:
    if name not in names:
        raise UsageError(f"unknown {name!r}", where=option, fix=suggest(name, names))


def _as_table(name: str | None) -> Table:
    return next((table for table in TABLES if table == name), TABLES[0])


def _query(folder: RunFolder, text: str | None) -> Query | None:
    return None if text is None else parse(text, names_in(folder), see=SEE)


def _place(folder: RunFolder, to: str, table: str, out: str | os.PathLike[str] | None) -> Path:
    """Where it is to go."""
    text = to in ("jsonl", "csv") and table != ALL
    if out is None:
        if text:
            return STDOUT
        name = folder.path.resolve().name
        ending = {"inspect": ".eval", "parquet": f".{table}.parquet"}[to] if table != ALL else ""
        return Path(name + (ending or "-tables"))
    place = Path(out)
    if not text and is_stdout(place):
        what = "several tables" if table == ALL else f"the format {to}"
        raise UsageError(
            f"{what} cannot go to the standard output", where="--out", fix="name a place for it"
        )
    if table == ALL and place.exists() and not place.is_dir():
        raise UsageError(
            f"{place} is no folder", where="--out", fix="name a folder: a file a table goes there"
        )
    return place


def _chunks(table: Table, folder: RunFolder, chosen: Chosen, to: str) -> Iterator[bytes]:
    columns, rows = columns_of(table, folder), rows_of(table, folder, chosen)
    if to == "parquet":
        return arrow.parquet_chunks(columns, rows)
    return (formats.csv_chunks if to == "csv" else formats.jsonl_chunks)(columns, rows)
