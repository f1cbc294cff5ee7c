"""Runs Python's garbage collector rarely while many dialogues are in play.

The whole process shares one collector. So only the owner of a process changes it: the command line,
and a worker. In a notebook it is left as it is.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG = 100_000
"""New containers between two looks at the youngest ones; Python's default is 700."""


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look for cycles rarely while the block runs.

    What a dialogue leaves behind goes by reference counts. With many in play the collector walks
    through all of them again and again and finds next to nothing: at 1,000 dialogues that was a
    third of the time of the whole harness (docs/performance.md).
    """
    before = gc.get_threshold()
    gc.freeze()  # with what garbage there may be: looking for it costs as much as fifty calls
    gc.set_threshold(YOUNG, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
