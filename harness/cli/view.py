"""``track15 view [RUN | FOLDER]``: runs and their dialogues in a browser, on this machine alone."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.console import echo, program, say
from harness.cli.options import log_dir_option

if TYPE_CHECKING:
    from harness.app.house import House
    from harness.app.sitting import SitDown


@click.command()
@click.argument("run", required=False, metavar="[RUN | FOLDER]")
@click.option("--port", type=click.IntRange(1, 65535), help="Port.  [default: the first free one]")
@click.option("--no-open", is_flag=True, help="Open no browser.")
@click.option("--rebuild", is_flag=True, help="Build the index of each run anew.")
@click.option("--play", "plays", is_flag=True, help="Let people sit down to play; see play --web.")
@click.option(
    "--opponent",
    metavar="PROVIDER/MODEL[@URL]",
    help="With --play: a model that may sit opposite; without, a script alone does.",
)
@log_dir_option
def command(
    run: str | None,
    port: int | None,
    no_open: bool,
    rebuild: bool,
    plays: bool,
    opponent: str | None,
    log_dir: Path,
) -> int:
    """Show runs in a browser: what they found, every dialogue, where ground was given, and search.

    RUN is a run's folder or name, FOLDER one that has run folders in it; by default all runs. The
    viewer answers on this machine alone (127.0.0.1), sends nothing anywhere, and ends with Ctrl-C.
    It keeps an index, .viewer.sqlite, in the run's folder; the file may be deleted at any time.
    """
    from harness.app.viewing import place_of
    from harness.errors import UsageError

    if not plays:
        if opponent is not None:
            raise UsageError(
                "nobody plays here", where="--opponent", fix="add --play, or leave out --opponent"
            )
        serve(place_of(run, log_dir), port=port, no_open=no_open, rebuild=rebuild)
        return 0
    if run is not None:
        raise UsageError(
            "sittings go into the folder that runs are in, and all of it is shown",
            where="--play",
            fix="leave out RUN, or name the folder with --log-dir",
        )
    from harness.app.house import House
    from harness.app.sitting import SitDown

    house = House(
        SitDown("", opponent=opponent or "scripted"), log_dir=log_dir, command=typed(), notify=say
    )
    ended = serve(log_dir, port=port, no_open=no_open, rebuild=rebuild, house=house)
    return ended_code(ended)


def typed() -> str:
    """The command as it was typed."""
    return shlex.join([program(), *sys.argv[1:]])


def serve(
    place: Path,
    *,
    port: int | None,
    no_open: bool,
    rebuild: bool = False,
    house: House | None = None,
    first: SitDown | None = None,
    tell: Callable[[str], None] = echo,
) -> int:
    """Serve the viewer until the user interrupts; how many sittings that has ended.

    Args:
        place: A run folder, or a folder of them.
        port: To listen at; None for the first free one.
        no_open: Whether no browser is opened.
        rebuild: Whether indices are built anew.
        house: Where people sit down; None for none.
        first: The sitting that begins at once; None for none.
        tell: Writes the address.
    """
    from harness.app.viewing import view

    def ready(address: str, number: int) -> None:
        tell(address)
        sys.stdout.flush()
        say("Press Ctrl-C to end.")
        if not no_open and _has_browser():
            click.launch(address)

    return view(place, port=port, rebuild=rebuild, ready=ready, house=house, first=first)


def ended_code(ended: int) -> int:
    """The exit code of a viewer that was interrupted: sittings that this ended are told of."""
    from harness.cli.main import INTERRUPTED

    if not ended:
        return 0
    sittings = "1 sitting was" if ended == 1 else f"{ended} sittings were"
    say(f"{sittings} ended before the talks were over. What was played is kept.")
    return INTERRUPTED


def _has_browser() -> bool:
    """Whether somebody sits in front of a screen: a terminal, and a display on Linux."""
    screen = sys.platform in ("darwin", "win32") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    return sys.stdout.isatty() and screen
