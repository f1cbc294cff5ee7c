"""Finding a run folder by path, by name, by the start of a name, or the latest."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from harness.errors import RecordError, suggest
from harness.files.advice import RUNS, UnwritableError
from harness.files.paths import shown_path
from harness.files.regular import read_head
from harness.files.shipped import examples, leave_shipped, ships
from harness.files.writing import write_together
from harness.records.activity import has_dialogues, last_played
from harness.records.folder import LOG_DIR, RUN
from harness.records.reader import RunFolder

Notify = Callable[[str], None]
"""Told, in words, what a user should know; a sentence or so at a time."""


@runtime_checkable
class HasFolder(Protocol):
    """Anything with a run folder, such as the result of :func:`~harness.app.run`."""

    @property
    def folder(self) -> RunFolder:
        """The run, for reading."""


Run = str | os.PathLike[str] | RunFolder | HasFolder | None
"""A run, in any of the ways in which it may be named."""


def unheard(_: str) -> None:
    """The default ``notify``: drops the message."""


def run_folders(log_dir: Path) -> list[Path]:
    """Run folders below ``log_dir``, the latest first, then the examples that ship and have no copy
    there."""
    own = _own(log_dir)
    shipped = sorted(p.parent for p in examples().glob(f"*/{RUN}"))
    names = {path.name for path in own}
    return own + [path for path in shipped if path.name not in names]


def _own(log_dir: Path) -> list[Path]:
    found = [path.parent for path in log_dir.glob(f"*/{RUN}")]
    return sorted(found, key=lambda folder: (_played(folder), folder.name), reverse=True)


def _played(folder: Path) -> datetime:
    """When a run was last played; nothing here fails, whatever its files hold."""
    try:
        head = read_head(folder / RUN, _HEAD)
    except OSError:
        head = b""
    created = _CREATED.search(head)
    return last_played(folder, created.group(1).decode() if created else "")


_HEAD = 1 << 16
"""Bytes of ``run.json`` in which it is looked for when the run was made."""
_CREATED = re.compile(rb'"created": ?"([0-9T:.+Z -]{1,40})"')


def _latest(log_dir: Path, notify: Notify) -> RunFolder:
    """The run that was played last, the user's own before the examples; never one without any
    dialogue.

    Raises:
        RecordError: There is none.
    """
    folders = run_folders(log_dir)
    if not folders:
        raise RecordError("no run yet", where=str(log_dir), fix="play one: track15 run quickstart")
    played = next((folder for folder in folders if has_dialogues(folder)), None)
    empty = folders[0] != played
    if played is None or (empty and played not in _own(log_dir)):
        folder = RunFolder(folders[0])
        raise RecordError(
            "this run has no dialogue yet",
            where=str(folder.path),
            fix=f"play it: {folder.info.typed or 'type the command that made it again'}",
        )
    if empty:
        notify(
            f"{shown_path(folders[0])} has no dialogue yet; the latest run with some is "
            f"{shown_path(played)}"
        )
    return RunFolder(played)


def load(
    run: Run = None, *, log_dir: str | os.PathLike[str] = LOG_DIR, notify: Notify = unheard
) -> RunFolder:
    """A run, for reading.

    Args:
        run: Its folder, its name below ``log_dir``, or the start of that; None or ``latest`` for
            the one that was played last. What ``run`` or ``load`` gave is that run itself.
        log_dir: Folder that holds the run folders.
        notify: Told where the latest has no dialogue yet, and another is taken.

    Raises:
        RecordError: There is none, several fit, or it is damaged.
    """
    if isinstance(run, RunFolder):
        return run
    if isinstance(run, HasFolder):
        return run.folder
    return open_run(None if run is None else os.fspath(run), Path(log_dir), notify)


def open_run(name: str | None, log_dir: Path, notify: Notify = unheard) -> RunFolder:
    """The run called ``name``; the one that was played last when no name is given.

    Raises:
        RecordError: There is none, or several fit.
    """
    if name is not None and (Path(name) / RUN).is_file():
        return RunFolder(Path(name))
    if name is None or name == "latest":
        return _latest(log_dir, notify)
    folders = run_folders(log_dir)
    if Path(name).is_dir():
        return RunFolder(Path(name))  # says what is missing there
    # The user's own runs hide the shipped examples.
    groups = [_own(log_dir), folders]
    matches = [
        [f for f in group if fits(f.name)]
        for fits in (name.__eq__, lambda known: known.startswith(name))
        for group in groups
    ]
    fitting = next((found for found in matches if found), [])
    if len(fitting) == 1:
        return RunFolder(fitting[0])
    if fitting:
        names = ", ".join(folder.name for folder in fitting)
        raise RecordError(f"{name!r} fits several runs", fix=f"name one of: {names}")
    known = [*(["latest"] if folders else ()), *(folder.name for folder in folders[:8])]
    fix = suggest(name, known) if known else "none yet"
    raise RecordError(
        f"no run {name!r}", where=str(log_dir), fix=f"{fix}; or give a run folder's path"
    )


def to_write(
    folder: RunFolder,
    log_dir: Path,
    notify: Notify = unheard,
    *,
    hold: Callable[[RunFolder], object] | None = None,
    or_read: bool = False,
) -> RunFolder:
    """A run whose folder may be written into: the run itself, or the user's own copy of an example
    that ships. Whatever writes into a run that a user named asks for it.

    Args:
        folder: The run.
        log_dir: Folder that the copy goes into. One that is there is gone on with.
        notify: Told that it is a copy.
        hold: Called with an example before it is copied: where it raises, there is no copy.
        or_read: Give the example where no copy of it may be made here.

    Raises:
        RecordError: The copy cannot be made.
    """
    if not ships(folder.path):
        return folder
    if hold is not None:
        hold(folder)
    copy = log_dir / folder.path.name
    try:
        leave_shipped(copy)
        if not (copy / RUN).is_file():
            _copy(folder.path, copy)
    except UnwritableError as error:
        if or_read and error.read_only:
            return folder
        raise
    notify(
        f"{copy.name} is an example that ships, and stays as it is. Yours is a copy of it: "
        f"{shown_path(copy)}"
    )
    return RunFolder(copy)


def _copy(run: Path, to: Path) -> None:
    """Copy the files of a run, all of them or none."""
    files = {path.name: path for path in run.iterdir() if path.suffix in (".json", ".jsonl")}
    last = files.pop(RUN)  # a folder is a run once it has this
    named = [*sorted(files.items()), (RUN, last)]
    write_together(to, ((name, [path.read_bytes()]) for name, path in named), elsewhere=RUNS)
