"""The viewer over a run or a folder of runs."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from harness.app.measuring import measure
from harness.app.runs import run_folders
from harness.errors import RecordError
from harness.records.folder import RUN
from harness.viewer import answers
from harness.viewer.app import make_app, prepare
from harness.viewer.play import Play
from harness.viewer.runs import Runs
from harness.viewer.server import HOST, listening, serve

if TYPE_CHECKING:
    from harness.app.house import House
    from harness.app.sitting import SitDown

TELL: Final = "from harness.app.viewing import tell; tell()"
"""What a process of its own runs to work out the answer of a large run."""


def view(
    place: Path,
    *,
    port: int | None,
    rebuild: bool,
    ready: Callable[[str, int], None],
    house: House | None = None,
    first: SitDown | None = None,
) -> int:
    """Serve the viewer until the user interrupts; how many sittings that has ended.

    Args:
        place: As of :func:`place_of`.
        port: To listen at; None for the first free one.
        rebuild: Whether indices are thrown away and built anew.
        ready: Told the address of the first page, and the port, once pages are answered.
        house: Where people sit down; None for a viewer that plays nothing, and changes nothing.
        first: The sitting that begins at once, in ``house``; None for none.

    Raises:
        UsageError: The port cannot be used.
        Track15Error: The sitting cannot be begun.
    """
    with contextlib.closing(listening(port)) as opened:
        number = opened.getsockname()[1]
        pages = [] if house is None else Play(house).routes
        app = make_app(Runs(place, rebuild=rebuild, tell=TELL), port=number, more=pages)
        path = "" if house is None else "play"
        if house is not None and first is not None:
            path = f"play/{house.begin(first).name}"
        try:
            prepare()
            serve(app, opened, lambda: ready(f"http://{HOST}:{number}/{path}", number))
        finally:
            ended = 0 if house is None else house.close()
    return ended


def tell() -> None:
    """As :func:`harness.viewer.answers.tell`, with as many processes as there are cores."""
    answers.tell(lambda folder: measure(folder, rescore=False, page=False).findings)


def place_of(name: str | None, log_dir: Path) -> Path:
    """What to view: a run folder, a folder of them, or a run by its name.

    Args:
        name: Path or name; None for the folder that runs are in, or the shipped examples where it
            has none.
        log_dir: Folder that run folders are in.

    Raises:
        RecordError: There is no such run.
    """
    if name is None:
        folders = run_folders(log_dir)
        own = [folder for folder in folders if folder.parent == log_dir]
        return log_dir if own or not folders else folders[0].parent
    path = Path(name)
    if path.is_dir():
        _hold_runs(path)
        return path
    from harness.app.runs import open_run

    return open_run(name, log_dir).path


def _hold_runs(path: Path) -> None:
    if (path / RUN).is_file() or any(path.glob(f"*/{RUN}")):
        return
    raise RecordError(
        "there is no run in this folder",
        where=os.fspath(path),
        fix="name a run folder or a folder of them, or see: track15 list runs",
    )
