"""Long results go through a pager, where a person reads them at a terminal."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.pager import Pager

from harness.cli.console import results

if TYPE_CHECKING:
    from rich.console import Console

PLAIN_TERMINALS = frozenset({"dumb", "emacs"})
"""Terminals that cannot move the cursor."""
LESS = "-FRXK"
"""Options of less where the user has set none: colours pass, the text stays on the screen, and
Ctrl-C ends it."""


@contextlib.contextmanager
def paged(*, wanted: bool = True) -> Iterator[Console]:
    """A console for results. At the end of the block, what it was given goes through the pager that
    ``PAGER`` names, or less, if it is longer than the screen.

    Args:
        wanted: Use a pager at all. There is none where the output or the input is no terminal.
    """
    console = results()
    if not (wanted and _interactive()):
        yield console
        return
    with console.pager(_Pager(console), styles=not console.no_color, links=False):
        yield console


def _interactive() -> bool:
    """Whether somebody reads, and can turn pages."""
    streams = (sys.stdin, sys.stdout)
    if not all(stream is not None and stream.isatty() for stream in streams):
        return False
    return os.environ.get("TERM") not in PLAIN_TERMINALS


class _Pager(Pager):
    """Shows a text that a console has rendered, filtered as all that it renders."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def show(self, content: str) -> None:
        import click

        if content.count("\n") < self._console.height:
            self._console.file.write(content)
            self._console.file.flush()
            return
        if not os.environ.get("PAGER"):
            os.environ.setdefault("LESS", LESS)
        click.echo_via_pager(content, color=True)
