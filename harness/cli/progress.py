"""Progress on stderr, drawn at a fixed rate however fast the events come."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from harness.cli.console import notes

if TYPE_CHECKING:
    from rich.console import RenderableType

    from harness.orchestrator.tally import Tally

FRAMES_PER_SECOND = 4
PLAIN_EVERY = 10.0
"""Seconds between two lines when the output is not a terminal."""

BAR = 40
"""Columns of the bar, which fits the narrowest terminal."""


@contextmanager
def showing(tally: Tally, display: str, title: str) -> Iterator[None]:
    """Show ``tally`` while the block runs: a live line on a terminal, a line now and then else."""
    if display == "auto":
        display = "rich" if sys.stderr.isatty() else "plain"
    if display == "none":
        yield
        return
    clock = time.monotonic()
    if display == "rich":
        from rich.live import Live

        console = notes()
        with Live(
            get_renderable=lambda: _bar(tally, title, time.monotonic() - clock),
            console=console,
            refresh_per_second=FRAMES_PER_SECOND,
            transient=True,
        ):
            yield
    else:
        stop = threading.Event()

        def speak() -> None:
            while not stop.wait(PLAIN_EVERY):
                print_line(tally, time.monotonic() - clock)

        thread = threading.Thread(target=speak, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
    if tally.planned:
        print_line(tally, time.monotonic() - clock)


def print_line(tally: Tally, seconds: float) -> None:
    """One plain line; on a terminal it is broken between words."""
    console = notes()
    console.print(summary(tally, seconds), markup=False, soft_wrap=not console.is_terminal)


def summary(tally: Tally, seconds: float) -> str:
    """Where the run stands, in words."""
    if not tally.planned:  # endpoints are asked whether they are there, a cluster is joined
        return ", ".join(filter(None, [f"getting ready, {seconds:.1f} s", tally.waiting]))
    parts = [f"{tally.finished}/{tally.planned} dialogues"]
    if tally.resumed:
        parts.append(f"{tally.resumed} from before")
    if tally.taken:
        parts.append(f"{tally.taken} reused")
    if tally.void:
        parts.append(f"{tally.void} void")
    if tally.failed:
        parts.append(f"{tally.failed} failed")
    if tally.broken_off:
        parts.append(f"{tally.broken_off} broken off")
    if tally.calls:
        parts += [f"{tally.calls:,} calls", *tally.spending.words()]
    parts.append(f"{seconds:.1f} s")
    if tally.waiting:
        parts.append(tally.waiting)
    left = remaining(tally, seconds)
    if left is not None:
        parts.append(f"about {_duration(left)} left")
    return ", ".join(parts)


def remaining(tally: Tally, seconds: float) -> float | None:
    """Seconds to go at the pace so far; None before anything finished, or where
    nothing is left to play now."""
    played = tally.done + tally.void + tally.failed
    if tally.stopped is not None:
        return None
    left = tally.planned - tally.finished - tally.failed - tally.broken_off
    if not played or left <= 0:
        return None
    return seconds / played * left


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def _bar(tally: Tally, title: str, seconds: float) -> RenderableType:
    from rich.console import Group
    from rich.padding import Padding
    from rich.progress_bar import ProgressBar

    from harness.report.tables import shown

    # A bar does not end its line, and the words need the whole of the next.
    bar = Padding(ProgressBar(total=max(1, tally.planned), completed=tally.finished, width=BAR), 0)
    return Group(shown(title, "bold"), bar, shown(summary(tally, seconds), "dim"))
