"""Work that is done in a process of its own, so that pages need not wait for it meanwhile.

The process never outlives the one that has started it, whatever ends that one: it ends when its
standard input does, and the other end of that is nobody else's.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Final

CHUNK: Final = 1 << 16
NICER: Final = 10
"""How much less urgent the work is than pages, as ``nice`` counts."""
_START: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv.pop()); "
    "from harness.viewer.apart import bound; bound(); "
)


class Apart:
    """A process that does some work. Leaving the block ends it.

    Args:
        code: What it runs, such as ``from a.module import work; work()``.
        arguments: Its ``sys.argv[1:]``.

    Raises:
        OSError: It cannot be started.
    """

    def __init__(self, code: str, *arguments: str) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - our own code
            [sys.executable, "-P", "-c", _START + code, *arguments, json.dumps(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what it cannot do is said by whoever has started it
            start_new_session=True,  # the terminal's Ctrl-C is for the viewer
        )

    def __enter__(self) -> Apart:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
        self.process.wait()

    def lines(self) -> Iterator[str]:
        """What it writes, line by line, until it ends."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            yield line.decode("utf-8", errors="replace").rstrip("\n")

    def wait(self) -> bool:
        """Wait until it ends; whether its work is done."""
        return self.process.wait() == 0


def bound() -> None:
    """End this process as soon as its standard input ends: called in the process that works."""
    with contextlib.suppress(AttributeError, OSError):
        os.nice(NICER)
    threading.Thread(target=_end_with_input, name="bound", daemon=True).start()


def _end_with_input() -> None:
    # Not by sys.stdin: a thread that waits in it keeps the interpreter from ending well.
    with contextlib.suppress(OSError):
        while os.read(0, CHUNK):
            pass
    os._exit(1)
