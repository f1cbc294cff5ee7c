"""Terminal output: results to stdout, everything else to stderr.

Text from outside reaches the terminal only through this module: whatever is written to a standard
stream is filtered by :mod:`harness.visible`. Rich's own colours and cursor movements are the one
exception; a console filters the text before it adds them.
"""

from __future__ import annotations

import errno
import io
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from harness.files.paths import shown_path
from harness.visible import GuardedStream, visible, visible_json

if TYPE_CHECKING:
    from rich.console import Console

PIPED_WIDTH = 100
"""Columns when the output is not a terminal and COLUMNS is not set."""
USUAL_WIDTH = 80
"""Columns when what is said about the width cannot be used."""
LEAST_WIDTH = 40
MOST_WIDTH = 1000
"""Tables narrower than the least cannot be read; a width beyond the most is a mistake."""


_UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def open_streams() -> None:
    """Make stdout and stderr accept any text.

    They then work even where the shell has closed them, or where a pipe's encoding lacks a
    character (ASCII and cp1252 have no minus sign). Control characters are escaped.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            stream = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - until exit
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
        if not isinstance(stream, GuardedStream):
            setattr(sys, name, GuardedStream(stream))


def echo(text: str = "", *, err: bool = False) -> None:
    """Write a line of text to stdout, or to stderr."""
    import click

    # Named, since click writes past a stream it finds misconfigured.
    click.echo(visible(text), file=sys.stderr if err else sys.stdout)


def echo_json(document: str) -> None:
    """Write a line of JSON to stdout: the same data, safe at a terminal."""
    import click

    click.echo(visible_json(document), file=sys.stdout)


def cannot_write(error: OSError) -> bool:
    """Whether a standard stream could not be written, as on a full disk. Files of a run say so
    themselves, as :class:`~harness.errors.RecordError`."""
    return error.errno in _UNWRITABLE and error.filename is None


def discard_output() -> None:
    """Discard what Python still flushes on exit: writing it would fail once more."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())


def results() -> Console:
    """The console for results: stdout; plain when it is not a terminal."""
    return console_on(sys.stdout)


def notes() -> Console:
    """The console for progress and notes: stderr."""
    return console_on(sys.stderr)


def say(text: str) -> None:
    """Print one line on stderr as it is, without markup and without wrapping."""
    notes().print(text, markup=False, soft_wrap=True)


def console_on(stream: TextIO) -> Console:
    """A console on a stream, past the stream's guard: it filters text itself."""
    from rich.console import Console, ConsoleDimensions, ConsoleOptions, RenderableType
    from rich.segment import Segment
    from rich.text import Text

    inner: TextIO = getattr(stream, "inner", stream)

    class Output(Console):
        def on_broken_pipe(self) -> None:
            """A reader that left early (head, less) is no failure; ``main`` handles it."""
            raise BrokenPipeError

        @property
        def size(self) -> ConsoleDimensions:
            """Asked anew each time: a window changes its size during a run."""
            return ConsoleDimensions(*dimensions(inner))

        @size.setter
        def size(self, new_size: tuple[int, int]) -> None:
            """The stream tells its size."""

        def render_str(self, text: str, **options: Any) -> Text:
            return super().render_str(visible(text), **options)

        def render(
            self, renderable: RenderableType, options: ConsoleOptions | None = None
        ) -> Iterable[Segment]:
            """Before the layout, so that widths are right, and after it, so that nothing is left
            out whatever it came in."""
            if isinstance(renderable, Text):
                renderable = _visible_text(renderable)
            for segment in super().render(renderable, options):
                yield segment if segment.control else segment._replace(text=visible(segment.text))

    width, height = dimensions(inner)
    return Output(
        file=inner, width=width, height=height, highlight=False, emoji=False, soft_wrap=False
    )


def _visible_text(text: Any) -> Any:
    """A Rich text without acting characters; with its parts' own styles where it had none."""
    from rich.text import Text

    if visible(text.plain) == text.plain:
        return text
    shown = Text(justify=text.justify, overflow=text.overflow, no_wrap=text.no_wrap, end=text.end)
    offsets = sorted({0, len(text), *(edge for s in text.spans for edge in (s.start, s.end))})
    for part in text.divide([at for at in offsets if 0 < at < len(text)]):
        piece = Text(visible(part.plain), style=text.style)
        for span in part.spans:
            piece.stylize(span.style)
        shown.append_text(piece)
    return shown


def dimensions(stream: TextIO, environ: Mapping[str, str] | None = None) -> tuple[int, int]:
    """Columns and lines of a stream. A width that cannot be used (COLUMNS=0, a window of a few
    columns) counts as :data:`USUAL_WIDTH`."""
    told = os.environ if environ is None else environ
    size = None
    if stream.isatty():
        try:
            size = os.get_terminal_size(stream.fileno())
        except (OSError, ValueError):
            size = None
    columns = _number(told.get("COLUMNS")) if "COLUMNS" in told else None
    if columns is None:
        if size is not None:
            columns = size.columns
        else:
            columns = USUAL_WIDTH if "COLUMNS" in told or stream.isatty() else PIPED_WIDTH
    if not LEAST_WIDTH <= columns <= MOST_WIDTH:
        columns = USUAL_WIDTH
    lines = _number(told.get("LINES")) or (size.lines if size is not None else 0) or 25
    return columns, min(lines, MOST_WIDTH)


def _number(text: str | None) -> int | None:
    if text is None or not (text.isascii() and text.isdigit() and len(text) < 9):
        return None
    return int(text)


def program() -> str:
    """What the user types to start this program: after ``make demo`` it is not on the PATH."""
    started = Path(sys.argv[0])
    if started.name != "track15" or shutil.which("track15") is not None:
        return "track15"
    return shown_path(started)
