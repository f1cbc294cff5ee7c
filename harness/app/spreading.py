"""Spreads work on the lines of a run over processes, and gives the results in their order.

A process that does the work answers over its pipes alone, and ends when they close: by an error, by
Ctrl-C or by the end of this process, whatever caused it. Whatever goes wrong in one - it cannot be
started, it is killed, a line is damaged - the part that it had is done here again. So an error is
the very one that one process gives, and no result depends on how many there are.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from queue import SimpleQueue
from typing import IO, Any, Final, TypeVar

from harness.files.regular import FOLLOW_LINKS

LEAST: Final = 2_000
"""Dialogues of a run below which one process is faster: another one takes a second to start."""
MOST: Final = 8
"""Processes at most: beyond that, the one that reads and writes is what takes the time."""
_PART: Final = 128
"""Lines that a process is given at once."""
_AHEAD: Final = 2
"""Parts that a process has at once: with the next one at hand it need not wait for this one."""
_START: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv.pop()); "
    "from harness.app.spreading import main; main()"
)
Item = TypeVar("Item")
Result = TypeVar("Result")
Work = Callable[[Sequence[Item]], Result]
"""Made once in every process; called with one part after another, in whatever order."""


def processes_for(dialogues: int) -> int:
    """In how many processes to measure a run of so many dialogues; 1 is this one alone."""
    if dialogues < LEAST:
        return 1
    known = getattr(os, "sched_getaffinity", None)  # what this process may use, where that is told
    cores = len(known(0)) if known is not None else os.cpu_count() or 1
    return min(cores, MOST)


def spread(
    make: Callable[..., Work[Item, Result]],
    setup: tuple[Any, ...] | Callable[[], tuple[Any, ...]],
    items: Iterable[Item],
    processes: int,
    *,
    part: int = _PART,
    descriptor: int | None = None,
) -> Iterator[Result]:
    """What the work makes of each part of ``items``, in order.

    Args:
        make: Gives the work, from ``setup``; a function or a class of a module of harness.
        setup: What it is made from, or what finds that out, while the others start. It is pickled,
            and so are items and results.
        items: Read as results are asked for, a few parts ahead.
        processes: How many others work; below 2, none does.
        part: Items of a part.
        descriptor: Of an open file that the others have too, under the same number.
    """
    parts = _parts(items, part)
    if processes < 2:
        work = make(*(setup() if callable(setup) else setup))
        yield from map(work, parts)
        return
    here: list[Work[Item, Result]] = []

    def done_here(given: list[Item]) -> Result:
        here[:] = here or [make(*made_from)]
        return here[0](given)

    with contextlib.ExitStack() as opened:
        others = [_Other(opened, make, descriptor) for _ in range(processes)]
        made_from = setup() if callable(setup) else setup
        for other in others:
            other.give(made_from)
        busy: deque[tuple[_Other, list[Item]]] = deque()
        for other, given in zip(others * _AHEAD, parts, strict=False):
            other.give(given)
            busy.append((other, given))
        ahead = next(parts, None)
        while busy:
            other, given = busy.popleft()
            found = other.take()
            if ahead is not None:  # before the result is used: it works on meanwhile
                other.give(ahead)
                busy.append((other, ahead))
            yield done_here(given) if found is None else found[0]
            ahead = next(parts, None) if ahead is not None else None


def _parts(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    rest = iter(items)
    while given := list(islice(rest, size)):
        yield given


class _Other:
    """Another process that works. Once it has failed, nothing more is expected of it."""

    def __init__(
        self, opened: contextlib.ExitStack, make: Callable[..., Any], descriptor: int | None
    ) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        with contextlib.suppress(OSError):
            self._process = subprocess.Popen(  # noqa: S603 - our own code
                [sys.executable, "-P", "-c", _START, json.dumps(sys.path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # what it cannot do is done again where it is heard
                pass_fds=() if descriptor is None else (descriptor,),
                start_new_session=True,  # the terminal's Ctrl-C is for this process
            )
            opened.callback(_end, self._process)
        self.give((FOLLOW_LINKS.get(), make))

    def give(self, what: object) -> None:
        """Send it something: what makes its work, what that is made from, then parts of it."""
        if self._process is None or self._process.stdin is None:
            return
        try:
            _send(self._process.stdin, what)
        except (OSError, ValueError):
            self._process = None

    def take(self) -> tuple[Any] | None:
        """What it has made of the part that it has; None where it has failed."""
        if self._process is None or self._process.stdout is None:
            return None
        try:
            found: tuple[Any] | None = pickle.load(self._process.stdout)  # noqa: S301 - our own
        except (OSError, EOFError, ValueError, pickle.UnpicklingError):
            found = None
        if found is None:
            self._process = None
        return found


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):
            if pipe is not None:
                pipe.close()
    process.wait()


def _send(pipe: IO[bytes], what: object) -> None:
    pickle.dump(what, pipe, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def main() -> None:
    """Work in a process of its own: parts come over the standard input, results go to the standard
    output, and nothing else does."""
    from harness.workers.garbage import rare_collections

    given, results = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    follow, make = pickle.load(given)  # noqa: S301 - of the process that has started this one
    FOLLOW_LINKS.set(follow)
    # Whoever waits until a result is taken does not read what is given meanwhile: both would wait.
    found = SimpleQueue[bytes | None]()
    sender = threading.Thread(target=_send_on, args=(found, results))
    sender.start()
    try:
        with rare_collections(), contextlib.suppress(EOFError, OSError):
            work = make(*pickle.load(given))  # noqa: S301 - likewise
            while True:
                part = pickle.load(given)  # noqa: S301 - likewise
                found.put(pickle.dumps((work(part),), protocol=pickle.HIGHEST_PROTOCOL))
    finally:
        found.put(None)
        sender.join()


def _send_on(found: SimpleQueue[bytes | None], pipe: IO[bytes]) -> None:
    """Send what is found, until there is None, or nobody who takes it."""
    with contextlib.suppress(OSError):
        while (result := found.get()) is not None:
            pipe.write(result)
            pipe.flush()
