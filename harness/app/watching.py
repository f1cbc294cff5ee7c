"""What a run shows so far, while it is played: read beside it, at little cost."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from harness.errors import Track15Error

if TYPE_CHECKING:
    from harness.analysis.in_play import InPlay
    from harness.records.reader import RunFolder

EVERY_S: Final = 5.0
"""Seconds between two looks, at least."""
LOOK_S: Final = 0.2
"""Most seconds of a look."""
ONCE_S: Final = 1.0
"""Most seconds of a look by somebody who waits for it."""
REST: Final = 40.0
"""Times what a look took that passes until the next one: so looking takes at most 2.5 % of the time
that a run takes."""


class Watching:
    """Looks, in a thread of its own, at what a run has written.

    Args:
        folder: The run; it need not be there yet.
        every_s: Seconds between two looks, at least.

    Attributes:
        text: What may be said so far, in a line; empty where nothing may.
        took_s: Processor seconds of all looks.
    """

    def __init__(self, folder: Path, every_s: float = EVERY_S) -> None:
        self.text = ""
        self.took_s = 0.0
        self._folder, self._every_s = folder, every_s
        self._run: InPlay | None = None
        self._stop = threading.Event()

    @contextlib.contextmanager
    def going_on(self) -> Iterator[None]:
        """Look for as long as the block lasts."""
        thread = threading.Thread(target=self._go_on, name="so far", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    def _go_on(self) -> None:
        wait = self._every_s
        while not self._stop.wait(wait):
            began = time.thread_time()
            self.look()
            took = time.thread_time() - began
            self.took_s += took
            wait = max(self._every_s, REST * took)

    def look(self) -> None:
        """Look once. A run that cannot be read says nothing: whoever plays it meets the reason."""
        from harness.analysis.in_play import InPlay
        from harness.records.reader import RunFolder

        try:
            if self._run is None:
                self._run = InPlay(RunFolder(self._folder))
            self.text = " ".join(self._run.sentences(LOOK_S))
        except Track15Error:
            self._run, self.text = None, ""


def so_far_of(folder: RunFolder, seconds: float = ONCE_S) -> list[str]:
    """What a run that is not finished shows of its primary question, a sentence a line-up; none for
    one that is, and where nothing can be said.

    Args:
        folder: The run.
        seconds: Most time to read it. What is said after a part of it holds as well.

    Raises:
        RecordError: A file of the run is damaged.
    """
    from harness.analysis.in_play import InPlay

    if folder.finished() >= folder.info.dialogues:
        return []
    return InPlay(folder).sentences(seconds)
