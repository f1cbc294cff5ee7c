"""``track15 view [RUN | FOLDER]``: runs and their dialogues in a browser, on this machine alone."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from harness.cli.console import echo, say
from harness.cli.options import log_dir_option


@click.command()
@click.argument("run", required=False, metavar="[RUN | FOLDER]")
@click.option("--port", type=click.IntRange(1, 65535), help="Port.  [default: the first free one]")
@click.option("--no-open", is_flag=True, help="Open no browser.")
@click.option("--rebuild", is_flag=True, help="Build the index of each run anew.")
@log_dir_option
def command(run: str | None, port: int | None, no_open: bool, rebuild: bool, log_dir: Path) -> None:
    """Show runs in a browser: what they found, every dialogue, where ground was given, and search.

    RUN is a run's folder or name, FOLDER one that has run folders in it; by default all runs. The
    viewer answers on this machine alone (127.0.0.1), sends nothing anywhere, and ends with Ctrl-C.
    It keeps an index, .viewer.sqlite, in the run's folder; the file may be deleted at any time.
    """
    from harness.app.viewing import place_of, view

    place = place_of(run, log_dir)

    def ready(address: str, number: int) -> None:
        echo(address)
        sys.stdout.flush()
        say("Press Ctrl-C to end.")
        if not no_open and _has_browser():
            click.launch(address)

    view(place, port=port, rebuild=rebuild, ready=ready)


def _has_browser() -> bool:
    """Whether somebody sits in front of a screen: a terminal, and a display on Linux."""
    screen = sys.platform in ("darwin", "win32") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    return sys.stdout.isatty() and screen
