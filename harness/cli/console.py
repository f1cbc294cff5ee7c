"""Where words go: results to stdout, everything else to stderr."""

from __future__ import annotations

import errno
import io
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

PIPED_WIDTH = 100
"""Columns when the output is not a terminal and COLUMNS is not set."""


_UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def open_streams() -> None:
    """Make stdout and stderr take every word: also where the shell has closed them, and where the
    encoding of a pipe lacks a character (ASCII and cp1252 have no minus sign)."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - until exit
            setattr(sys, name, nowhere)
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def cannot_write(error: OSError) -> bool:
    """Whether a standard stream could not be written, as on a full disk. Files of a run say so
    themselves, as :class:`~harness.errors.RecordError`."""
    return error.errno in _UNWRITABLE and error.filename is None


def discard_output() -> None:
    """Send nowhere what Python still flushes on exit: it would fail once more."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())


def results() -> Console:
    """The console for results: stdout; plain when it is not a terminal."""
    return _console(stderr=False)


def notes() -> Console:
    """The console for progress and notes: stderr."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None
    if not stream.isatty() and "COLUMNS" not in os.environ:
        width = PIPED_WIDTH

    class Output(Console):
        def on_broken_pipe(self) -> None:
            """A reader that left early (head, less) is no failure; ``main`` handles it."""
            raise BrokenPipeError

    return Output(stderr=stderr, width=width, highlight=False, soft_wrap=False)


def program() -> str:
    """What the user types to start this program: after ``make demo`` it is not on the PATH."""
    started = Path(sys.argv[0])
    if started.name != "track15" or shutil.which("track15") is not None:
        return "track15"
    return shown_path(started)


def shown_path(path: os.PathLike[str]) -> str:
    """A path as the user would type it: relative when it is below the current folder."""
    text = os.path.relpath(path)
    return os.fspath(path) if text.startswith("..") else text
