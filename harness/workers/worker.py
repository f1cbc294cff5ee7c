"""A worker: plays the dialogues it is sent, many at once, and sends each back written out.

It never touches the run folder's record. ``python -m harness.workers.worker`` speaks
:mod:`~harness.workers.messages` over its standard input and output.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, Final

from harness.errors import Track15Error, UsageError
from harness.kinds import kind_of, read_spec
from harness.models.identity import Said
from harness.stages.own_code import OwnCode
from harness.visible import GuardedStream
from harness.workers.executor import LocalExecutor
from harness.workers.garbage import rare_collections
from harness.workers.messages import Frame, of_error, of_finished, read_frame_blocking
from harness.workers.progress import Counts, Progress
from harness.workers.proxies import (
    REFUSED,
    SAID,
    WAIT,
    BudgetProxy,
    JournalProxy,
    StoreProxy,
)
from harness.workers.replies import OpenReplies, ReplyFiles
from harness.workers.resources import Resources, Setup
from harness.workers.spending import Spending

COUNTS_EVERY: Final = 0.25
"""Seconds between two reports of calls and tokens, for the progress display."""


class Worker:
    """Plays what the driver sends. It does not matter how frames are carried.

    Args:
        send: Takes a frame for the driver; called in the event loop.
        playing: Makes a context manager that is active while dialogues are played, for a process
            that the worker has to itself.
    """

    def __init__(
        self,
        send: Callable[[Frame], None],
        playing: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._send = send
        self._playing = playing
        self._frames: asyncio.Queue[Frame] = asyncio.Queue()
        self._numbers = itertools.count()
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._progress = Progress()
        self._told: Counts = self._progress.counts()
        self._budget: BudgetProxy | None = None
        self._resources: Resources | None = None
        self._refusals: dict[str, tuple[str, ...]] = {}
        self._said: dict[str, Said] = {}
        self._journal = JournalProxy(self.request)

    def take(self, frame: Frame) -> None:
        """Take a frame of the driver's; in the event loop, in any order but ``setup`` first."""
        if frame.type == "reply":
            asked = self._asked.pop(frame.head["number"], None)
            if asked is not None and not asked.done():
                asked.set_result(frame.head["value"])
        elif frame.type == "reached":
            if self._budget is not None:
                self._budget.reached = True
        else:
            self._frames.put_nowait(frame)

    async def run(self) -> None:
        """Play until told to stop. What stops the run is told to the driver, never raised."""
        try:
            await self._run()
        except Track15Error as error:
            self._send(Frame("error", of_error(error)))
        except Exception:  # noqa: BLE001 - a mistake of ours must not look like a worker that died
            self._send(Frame("error", _crash()))

    async def request(self, name: str, value: Any) -> Any:
        """Ask the driver something only it can say; gives its reply."""
        number = next(self._numbers)
        asked = self._asked[number] = asyncio.get_running_loop().create_future()
        self._send(Frame("request", {"number": number, "name": name, "value": value}))
        return await asked

    def note(self, name: str, value: Any) -> None:
        """Tell the driver something; no reply comes."""
        self._send(Frame("note", {"name": name, "value": value}))

    async def _run(self) -> None:
        first = await self._frames.get()
        if first.type == "stop":
            return
        setup = Setup.model_validate_json(first.parts[0])
        self._progress.spending = Spending(setup.wire.endpoints)
        if setup.budgeted:
            self._budget = BudgetProxy(self.request, self.note)
        kept = self._kept(setup.keeping) if setup.keeping and setup.distant else None
        reporting = asyncio.create_task(self._report())
        try:
            async with Resources(
                setup, budget=self._budget, kept=kept, notice=partial(self.note, WAIT)
            ) as resources:
                self._resources = resources
                bench = resources.bench(self._progress.call)
                executor = LocalExecutor(bench, self._progress, slots=setup.slots)
                try:
                    with self._playing():
                        while (frame := await self._frames.get()).type != "stop":
                            task = asyncio.create_task(self._play(executor, frame))
                            self._tasks.add(task)
                            task.add_done_callback(self._tasks.discard)
                finally:
                    for task in self._tasks:
                        task.cancel()
                    if self._tasks:
                        await asyncio.wait(self._tasks)
        finally:
            reporting.cancel()

    async def _play(self, executor: LocalExecutor, frame: Frame) -> None:
        try:
            text, *more = frame.parts
            spec = read_spec(text)
            if spec.id != frame.head["id"]:
                raise UsageError(
                    f"the worker reads stage {frame.head['id']} as {spec.id}",
                    fix="install the same versions of track15 and pydantic everywhere",
                )
            if frame.head["known"]:
                self._journal.learn(spec.id, more.pop())
            inputs = dict(zip(frame.head["inputs"], more, strict=True))
            with OwnCode(kind_of(spec.kind), f"stage {spec.id}"):
                finished = await executor.play(spec, inputs)
        except Track15Error as error:
            self._send(Frame("error", of_error(error)))
        except Exception:  # noqa: BLE001 - see run
            self._send(Frame("error", _crash()))
        else:
            self._tell_refusals()
            self._tell_said()
            self._send(of_finished(finished, self._news()))

    def _tell_refusals(self) -> None:
        """Tell what servers were found not to take, where that has changed."""
        found = {} if self._resources is None else self._resources.notes()
        if found != self._refusals:
            self._refusals = found
            self.note(REFUSED, found)

    def _tell_said(self) -> None:
        """Tell what replies say of who answers, where that is new."""
        said = {} if self._resources is None else self._resources.said()
        if said != self._said:
            self._said = said
            self.note(SAID, said)

    def _kept(self, keeping: ReplyFiles) -> OpenReplies:
        """The way to what the driver keeps."""
        cache = None if keeping.cache is None else StoreProxy(self.request, self.note)
        return OpenReplies(keeping, self._journal, cache)

    async def _report(self) -> None:
        while True:
            await asyncio.sleep(COUNTS_EVERY)
            if counts := self._news():
                self._send(Frame("counts", {"counts": counts}))

    def _news(self) -> Counts:
        """What has been counted since the last time."""
        now = self._progress.counts()
        news = {name: value - self._told[name] for name, value in now.items()}
        self._told = now
        return {name: value for name, value in news.items() if value}


def _crash() -> dict[str, str | None]:
    """An exception that nobody expected, for the driver to show."""
    text = "a mistake in track15 itself, in a worker:\n" + traceback.format_exc()
    return {"kind": "Track15Error", "what": text, "where": None, "fix": None}


# --- as a process --------------------------------------------------------------------------------


class _Output(asyncio.Protocol):
    """Frames on their way out; a driver that is gone ends the process."""

    def __init__(self) -> None:
        self.flushed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_lost(self, error: Exception | None) -> None:
        if error is not None:
            os._exit(1)
        self.flushed.set_result(None)


def main() -> None:
    """Serve the driver at the other end of standard input and output."""
    # Ctrl-C is the driver's, which ends its workers itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source = os.fdopen(os.dup(0), "rb")
    sink = os.fdopen(os.dup(1), "wb", buffering=0)
    # What code of the user's prints must not get between the frames.
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout, sys.stderr = GuardedStream(sys.stdout), GuardedStream(sys.stderr)
    asyncio.run(_serve(source, sink))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # the reader may still be waiting, and would disturb Python's own ending


async def _serve(source: Any, sink: Any) -> None:
    loop = asyncio.get_running_loop()
    transport, output = await loop.connect_write_pipe(_Output, sink)
    worker = Worker(lambda frame: transport.write(frame.encode()), playing=rare_collections)

    def read() -> None:
        # In a thread: code of the user's may keep the loop busy for ever, and a driver that was
        # killed must not leave anybody behind that goes on paying for calls.
        while (frame := read_frame_blocking(source)) is not None:
            loop.call_soon_threadsafe(worker.take, frame)
            if frame.type == "stop":
                return
        os._exit(1)

    threading.Thread(target=read, daemon=True).start()
    await worker.run()
    transport.close()
    await output.flushed


if __name__ == "__main__":
    main()
