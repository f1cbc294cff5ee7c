"""Where words go: results to stdout, everything else to stderr."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

PIPED_WIDTH = 100
"""Columns when the output is not a terminal and COLUMNS is not set."""


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
