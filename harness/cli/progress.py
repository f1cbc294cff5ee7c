"""Progress on stderr, drawn at a fixed rate however fast the events come."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from harness.cli.console import notes
from harness.errors import counted
from harness.visible import visible

if TYPE_CHECKING:
    from rich.console import RenderableType

    from harness.workers.progress import Progress

FRAMES_PER_SECOND = 4
PLAIN_EVERY = 10.0
"""Seconds between two lines when the output is not a terminal."""

BAR = 40
"""Columns of the bar, which fits the narrowest terminal."""


def _nothing() -> str:
    return ""


@contextmanager
def showing(
    progress: Progress, display: str, title: str, so_far: Callable[[], str] = _nothing
) -> Iterator[None]:
    """Show it while the block runs: a live line on a terminal, a line now and then else.

    Args:
        progress: Of the run.
        display: ``auto``, ``rich``, ``plain`` or ``none``.
        title: Of what is played.
        so_far: What the run shows by now, in a line; empty where nothing may be said.
    """
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
            get_renderable=lambda: _bar(progress, title, time.monotonic() - clock, so_far()),
            console=console,
            refresh_per_second=FRAMES_PER_SECOND,
            transient=True,
        ):
            yield
    else:
        stop = threading.Event()

        def speak() -> None:
            said = ""
            while not stop.wait(PLAIN_EVERY):
                print_line(progress, time.monotonic() - clock)
                if (text := so_far()) != said:
                    said = text
                    _print(visible(text))

        thread = threading.Thread(target=speak, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
    if progress.planned:
        print_line(progress, time.monotonic() - clock)


def print_line(progress: Progress, seconds: float) -> None:
    """One plain line; on a terminal it is broken between words."""
    _print(summary(progress, seconds))


def _print(text: str) -> None:
    console = notes()
    console.print(text, markup=False, soft_wrap=not console.is_terminal)


def _short(address: str) -> str:
    """A model by its name on its server; a delegation of the user's own by its whole name."""
    return address.partition("/")[2].partition("@http")[0] or address


def summary(progress: Progress, seconds: float) -> str:
    """Where the run stands, in words."""
    if not progress.planned:  # endpoints are asked whether they are there, a cluster is joined
        return ", ".join(filter(None, [f"getting ready, {seconds:.1f} s", progress.waiting]))
    parts = [f"{progress.finished}/{progress.planned} {progress.noun}"]
    if progress.by_model:
        each = (f"{_short(model)} {done}" for model, done in progress.by_model.items())
        parts[0] += f" ({', '.join(each)})"
    if progress.resumed:
        parts.append(f"{progress.resumed} from before")
    if progress.taken:
        parts.append(f"{progress.taken} reused")
    if talks := progress.void - progress.void_beside:
        parts.append(f"{talks} void")
    if others := progress.void_beside:
        parts.append(f"{others} other {'stage' if others == 1 else 'stages'} void")
    if progress.failed:
        parts.append(f"{progress.failed} failed")
    if progress.broken_off:
        parts.append(f"{progress.broken_off} broken off")
    if progress.calls:
        parts += [counted(progress.calls, "call"), *progress.spending.words()]
    parts.append(f"{seconds:.1f} s")
    if progress.waiting:
        parts.append(progress.waiting)
    left = remaining(progress, seconds)
    if left is not None:
        parts.append(f"about {_duration(left)} left")
    return ", ".join(parts)


def remaining(progress: Progress, seconds: float) -> float | None:
    """Seconds to go at the pace so far; None before anything finished, or where
    nothing is left to play now."""
    played = progress.done + progress.void + progress.failed
    if progress.stopped is not None:
        return None
    left = progress.planned - progress.finished - progress.failed - progress.broken_off
    if not played or left <= 0:
        return None
    return seconds / played * left


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def _bar(progress: Progress, title: str, seconds: float, so_far: str = "") -> RenderableType:
    from rich.console import Group
    from rich.padding import Padding
    from rich.progress_bar import ProgressBar

    from harness.report.tables import shown

    # A bar does not end its line, and the words need the whole of the next.
    bar = Padding(
        ProgressBar(total=max(1, progress.planned), completed=progress.finished, width=BAR), 0
    )
    lines = [summary(progress, seconds), *filter(None, [so_far])]
    return Group(shown(title, "bold"), bar, *(shown(line, "dim") for line in lines))
