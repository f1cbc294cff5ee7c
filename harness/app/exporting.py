"""A run as files that other tools read."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Literal, get_args

from harness.analysis.costs import Price
from harness.analysis.query import Query, parse
from harness.app.listing import SEE, scoring
from harness.app.runs import Notify, Run, load, unheard
from harness.errors import UsageError, suggest
from harness.exchange import arrow, formats
from harness.exchange.negotiations import negotiation_chunks
from harness.exchange.tables import OF_WHOLE, PRIVATE, TABLES, Table
from harness.exchange.tidy import Chosen, columns_of, is_scored, rows_of, run_name, unpriced
from harness.files.writing import STDOUT, is_stdout, stream_out, write_together
from harness.records.folder import LOG_DIR
from harness.records.reader import RunFolder
from harness.report.rows import names_in

To = Literal["jsonl", "csv", "parquet", "inspect", "talks"]
FORMATS: Final[tuple[To, ...]] = get_args(To)
ALL: Final = "all"
LOG: Final = ".eval"
"""How the file of a log of Inspect is called, and how Inspect knows it."""
MANY: Final = 1000
"""Dialogues of one log from which on it is told what that takes."""


def export(
    run: Run = None,
    *,
    to: str,
    table: str | None = None,
    out: str | os.PathLike[str] | None = None,
    by_arm: bool = False,
    filter: str | None = None,  # noqa: A002 - as the option is called
    public: bool = False,
    models_file: str | os.PathLike[str] | None = None,
    log_dir: str | os.PathLike[str] = LOG_DIR,
    notify: Notify = unheard,
) -> Path:
    """Write a run for other tools. Nothing is played, scored or executed.

    Args:
        run: As for :func:`~harness.app.load`.
        to: ``jsonl``, ``csv`` or ``parquet`` for tables; ``inspect`` for a log of Inspect;
            ``talks`` for the dialogues in the form that ``track15 import jsonl`` reads.
        table: ``dialogues`` (the default), ``moves``, ``concessions``, ``scores``, ``probes``,
            ``episodes``, ``words``, ``corrected``, or ``all``.
        out: A file; a folder for all tables; ``-`` for the standard output, for JSON lines and CSV
            of one table. Logs of Inspect: a name with ``.eval`` is one log, any other a folder of
            logs. None: that output where it can be, else a name after the run's, here.
        by_arm: A row for each arm of a dialogue that arms share, rather than one row.
        filter: Only dialogues of which this holds, as ``track15 show --filter`` has it. Figures of
            the whole run, as in ``corrected``, are then left out.
        public: Only what everyone at the table heard: no thoughts, private turns, briefs, prompts,
            raw replies, answers afterwards, probes, true values, nor what follows from them.
        models_file: Models by name, with their prices; None for ``models.yaml`` here.
        log_dir: Folder that run folders are in.
        notify: Told what is missing.

    Returns:
        Where it went; ``-`` for the standard output.

    Raises:
        UsageError: An option is unknown, or does not go with another; an optional package is not
            installed.
        InputError: The file of models has a mistake.
        RecordError: There is no such run, it is damaged, or ``out`` cannot be written.
    """
    _known("to", to, FORMATS)
    if to == "inspect" and (table is not None or by_arm):
        raise UsageError(
            "a log of Inspect has one sample a dialogue, and no tables",
            fix="leave --table and --by-arm out",
        )
    if to == "talks" and (table is not None or by_arm):
        raise UsageError(
            "it has one dialogue a line, and no tables", fix="leave --table and --by-arm out"
        )
    _known("table", table or TABLES[0], (*TABLES, ALL))
    if public and table in PRIVATE:
        raise UsageError(
            f"the table {table} has nothing that was heard at the table",
            where="--public",
            fix="leave out --public, or take another table",
        )
    if filter is not None:
        _hold_choosable((_as_table(table),) if table != ALL else ())
    folder = load(run, log_dir=log_dir, notify=notify)
    priced = to not in ("inspect", "talks") and table in (None, TABLES[0], ALL)
    price = _price(models_file, wanted=priced)
    chosen = Chosen(_query(folder, filter), by_arm, public, price)
    place = _place(folder, to, table or TABLES[0], out)
    if to == "talks":
        chunks = negotiation_chunks(folder, chosen)
        stream_out(place, formats.shown(chunks) if is_stdout(place) else chunks)
        return STDOUT if is_stdout(place) else place
    if not public and not is_scored(folder):
        notify(f"the run has no scores, and so their columns are empty; type: {scoring(folder)}")
    if to == "inspect":
        _write_logs(place, folder, chosen, notify)
    elif table == ALL:
        tables = [one for one in TABLES if not (public and one in PRIVATE)]
        if filter is not None:
            left = [one for one in tables if one in OF_WHOLE]
            tables = [one for one in tables if one not in OF_WHOLE]
            if left:
                notify(f"left out, since it is of the whole run: {', '.join(left)}")
        files = {f"{one}.{to}": _chunks(one, folder, chosen, to) for one in tables}
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
    models_file: str | os.PathLike[str] | None = None,
) -> dict[str, Any]:
    """Table -> data frame; see :func:`harness.app.frames`.

    Raises:
        UsageError: A name is unknown, or a package is not installed.
        RecordError: The run is damaged.
    """
    _known("to", to, get_args(arrow.Frames))
    for table in tables:
        _known("table", table, TABLES)
    if filter is not None:
        if tuple(tables) == TABLES:
            tables = [one for one in TABLES if one not in OF_WHOLE]
        _hold_choosable(tables)
    price = _price(models_file, wanted=TABLES[0] in tables)
    chosen = Chosen(_query(folder, filter), by_arm, price=price)
    return {
        table: arrow.frame(columns_of(table, folder), rows_of(table, folder, chosen), to)
        for table in tables
    }


def _write_logs(place: Path, folder: RunFolder, chosen: Chosen, notify: Notify) -> None:
    """Write one log of Inspect, or a folder of several."""
    from harness.exchange.inspect_log import PART, eval_chunks, eval_files

    if _is_one_log(place):
        if (many := len(folder.index())) > MANY and chosen.query is None:
            notify(
                f"one log of {many:,} dialogues is held in memory while it is written and read; "
                f"for a folder of logs of up to {PART}: --out {place.with_suffix('')}"
            )
        stream_out(place, eval_chunks(folder, chosen))
        return
    write_together(place, _without_old(place, folder, eval_files(folder, chosen)))


def _is_one_log(place: Path) -> bool:
    """A pipe or a device takes one log too."""
    special = place.exists() and not (place.is_dir() or place.is_file())
    return place.suffix == LOG or special


def _without_old(
    place: Path, folder: RunFolder, files: Iterable[tuple[str, Iterator[bytes]]]
) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The same files, if the folder has no other log of this run: Inspect would read both.

    Raises:
        UsageError: It has; nothing was replaced.
    """
    written = set()
    for name, chunks in files:
        written.add(name)
        yield name, chunks
    logs = re.compile(re.escape(run_name(folder)) + r"-\d{4,}\.eval")
    old = sorted(one.name for one in place.glob(f"*{LOG}") if logs.fullmatch(one.name))
    if left := [name for name in old if name not in written]:
        raise UsageError(
            f"{place} has logs of an earlier export of this run, such as {left[0]}, which would be "
            "read with the new ones",
            where="--out",
            fix="name another folder, or remove them",
        )


def _known(option: str, name: str, names: Iterable[str]) -> None:
    if name not in names:
        raise UsageError(f"unknown {name!r}", where=option, fix=suggest(name, names))


def _hold_choosable(tables: Sequence[Table]) -> None:
    """Refuse to choose dialogues of a table that is of the whole run.

    Raises:
        UsageError: There is one among them.
    """
    for table in tables:
        if table in OF_WHOLE:
            raise UsageError(
                f"the table {table} has figures of the whole run, of which no dialogues can be "
                "chosen",
                where="--filter",
                fix="leave the filter out, or take another table",
            )


def _as_table(name: str | None) -> Table:
    return next((table for table in TABLES if table == name), TABLES[0])


def _query(folder: RunFolder, text: str | None) -> Query | None:
    return None if text is None else parse(text, names_in(folder), see=SEE)


def _price(models_file: str | os.PathLike[str] | None, *, wanted: bool) -> Price:
    """What calls cost, where dollars are exported; a file that was named is read anyway, so that a
    mistake in it is told."""
    if models_file is None and not wanted:
        return unpriced
    from harness.app.comparing import prices_of  # with all that compares: it takes its time

    return prices_of(None if models_file is None else Path(models_file))


def _place(folder: RunFolder, to: str, table: str, out: str | os.PathLike[str] | None) -> Path:
    """Where it is to go."""
    text = to in ("jsonl", "csv", "talks") and table != ALL
    if out is None:
        if text:
            return STDOUT
        name = folder.path.resolve().name
        if to == "inspect":
            from harness.exchange.inspect_log import PART

            return Path(name + (LOG if len(folder.index()) <= PART else "-inspect"))
        return Path(name + ("-tables" if table == ALL else f".{table}.parquet"))
    place = Path(out)
    if not text and is_stdout(place):
        what = "several tables" if table == ALL else f"the format {to}"
        raise UsageError(
            f"{what} cannot go to the standard output", where="--out", fix="name a place for it"
        )
    logs = to == "inspect" and not _is_one_log(place)
    if (table == ALL or logs) and place.exists() and not place.is_dir():
        fix = (
            f"name a folder, or a file {LOG}"
            if logs
            else "name a folder: a file a table goes there"
        )
        raise UsageError(f"{place} is no folder", where="--out", fix=fix)
    return place


def _chunks(table: Table, folder: RunFolder, chosen: Chosen, to: str) -> Iterator[bytes]:
    columns = columns_of(table, folder, public=chosen.public)
    rows = rows_of(table, folder, chosen)
    if to == "parquet":
        return arrow.parquet_chunks(columns, rows)
    return (formats.csv_chunks if to == "csv" else formats.jsonl_chunks)(columns, rows)
