"""Gives stages to workers to play, and survives the loss of any worker.

A dialogue is given to one worker at a time. When the connection to a worker ends, its dialogues are
played again by others. Later messages of a lost worker are ignored. So no result arrives twice, and
only time is lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import traceback
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Protocol, Self

from harness.errors import Track15Error
from harness.kinds import kind_of
from harness.models.identity import Said
from harness.models.limits.budget import Allowance
from harness.records.finished import Finished
from harness.records.spec import StageSpec
from harness.records.transcript import VoidReason
from harness.stages.base import unplayed
from harness.workers.executor import NOTHING, Lines
from harness.workers.leases import Lease
from harness.workers.messages import Frame, to_error, to_finished
from harness.workers.progress import Progress
from harness.workers.proxies import BEGIN, FIND, KEEP, PUT, REFUSED, SAID, SETTLE, WAIT
from harness.workers.reply_service import ReplyService
from harness.workers.resources import Setup

DEATHS: Final = 3
"""Workers that may die one after the other before any dialogue is finished."""
LOSSES: Final = 3
"""Workers that a dialogue may lose before it counts as failed: it may be what ends them, though one
that was beside it in play may be as well."""
GRACE: Final = 10.0
"""Seconds a worker has to end by itself when all is played."""


class WorkerError(Track15Error):
    """Workers cannot be started, or end again and again (exit code 1)."""


class Connection(Protocol):
    """The connection to one worker, which has been given its :class:`Setup`."""

    def send(self, frame: Frame) -> None:
        """Send a frame; a frame that cannot arrive is lost silently."""
        ...

    async def receive(self) -> Sequence[Frame]:
        """The next frames; none at all once the worker, or the way to it, is gone."""
        ...

    async def end(self, grace: float) -> str:
        """End the worker, at once or after ``grace`` seconds; what became of it, in words."""
        ...


Connect = Callable[[Setup], Awaitable[Connection]]
"""Starts a worker.

Raises:
    Track15Error: It cannot be started.
"""


class RemoteExecutor:
    """Implements :class:`~harness.workers.executor.Executor`. Workers are started when they
    are first needed.

    Args:
        setups: One for each worker.
        connect: Starts a worker.
        progress: Counts what workers report.
        budget: What the run may spend; None for no limit.
        reply_service: Where workers keep replies that cannot reach the files; None where all can.
    """

    def __init__(
        self,
        setups: Sequence[Setup],
        connect: Connect,
        progress: Progress,
        *,
        budget: Allowance | None = None,
        reply_service: ReplyService | None = None,
    ) -> None:
        self.slots = sum(setup.slots for setup in setups)
        self._posts = [_Post(self, setup, connect) for setup in setups]
        self._progress = progress
        self._budget = budget
        self.reply_service = reply_service
        self._deaths = 0
        self._told = False
        self._error: Track15Error | None = None

    async def play(self, spec: StageSpec, inputs: Lines = NOTHING) -> Finished:
        """See :class:`~harness.workers.executor.Executor`."""
        text = spec.model_dump_json(by_alias=True).encode()
        for _ in range(LOSSES):
            if self._error is not None:
                raise self._error
            known = () if self.reply_service is None else self.reply_service.known(spec.id)
            head = {"id": spec.id, "inputs": list(inputs), "known": bool(known)}
            frame = Frame("play", head, (text, *inputs.values(), *known))
            post = min(self._posts, key=lambda post: post.load)
            with contextlib.suppress(_LostError):
                return await post.play(frame)
        if self._error is not None:
            raise self._error
        return _failed(spec)

    async def aclose(self) -> None:
        """See :class:`~harness.workers.executor.Executor`."""
        await asyncio.gather(*(post.close() for post in self._posts))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    # --- what posts report -------------------------------------------------------------------

    def lease(self) -> Lease | None:
        return None if self._budget is None else Lease(self._budget)

    @property
    def deaths(self) -> int:
        """Deaths in a row so far."""
        return self._deaths

    def count(self, counts: Any) -> None:
        self._progress.add(counts)

    def waits(self) -> None:
        """Note what a worker now waits for. Shown is what the first waiting worker waits for."""
        self._progress.wait(next((post.waits for post in self._posts if post.waits), ""))

    def refused(self, found: Mapping[str, Sequence[str]]) -> None:
        """A worker found out what a server does not take."""
        self._progress.refused(found)

    def said(self, found: Mapping[str, Said]) -> None:
        """Replies that a worker got said who answered."""
        self._progress.said(found)

    def finished(self) -> None:
        """A dialogue came back: whatever ends workers, it does not end all of them."""
        if self._deaths:
            self._deaths = 0
            for post in self._posts:
                post.deaths_before = 0

    def died(self, deaths_before: int, how: str) -> None:
        """A worker is gone. Those that were running side by side, as on one machine that is lost,
        count once; one that was started in the place of a dead one counts on top of it."""
        self._deaths = max(self._deaths, deaths_before + 1)
        if self._deaths >= DEATHS:
            self.fail(
                WorkerError(
                    f"stopped: {self._deaths} workers in a row ended before they finished a "
                    f"dialogue. The last: {how}",
                    fix="see their messages above; if memory is short, use fewer --workers or "
                    "--max-connections. The same command resumes",
                )
            )

    def fail(self, error: Track15Error) -> None:
        """The run cannot go on."""
        self._error = self._error or error
        for post in self._posts:
            post.abandon(self._error)

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """Stop the run on any exception in the block, so that nobody waits for ever."""
        try:
            yield
        except Track15Error as error:  # a file of replies that cannot be written
            self.fail(error)
        except Exception:  # noqa: BLE001 - a mistake of ours, which `fail` hands on
            what = "a mistake in track15 itself, in the driver:\n" + traceback.format_exc()
            self.fail(WorkerError(what))

    def settled(self) -> None:
        """Something was counted: when the limit is reached, all are told at once."""
        if not self._told and self._budget is not None and self._budget.reached:
            self._told = True
            for post in self._posts:
                post.say(Frame("reached"))


class _LostError(Exception):
    """The worker that played it is gone."""


class _Post:
    """The place of one worker; when it dies, another takes it."""

    def __init__(self, executor: RemoteExecutor, setup: Setup, connect: Connect) -> None:
        self._executor = executor
        self._setup = setup
        self._connect = connect
        self._starting = asyncio.Lock()
        self._line: Connection | None = None
        self._loan: Lease | None = None
        self._listener: asyncio.Task[None] | None = None
        self._answers: set[asyncio.Task[None]] = set()
        self._playing: dict[str, asyncio.Future[Finished]] = {}
        self._here = 0
        self._cut = False
        self.deaths_before = 0
        self.waits = ""
        """What its worker waits for; empty while it need not."""

    @property
    def load(self) -> float:
        """Dialogues in play, or about to be, of those it has slots for."""
        return self._here / self._setup.slots

    async def play(self, frame: Frame) -> Finished:
        key = frame.head["id"]
        self._here += 1
        try:
            line = await self._open()
            coming: asyncio.Future[Finished] = asyncio.get_running_loop().create_future()
            self._playing[key] = coming
            try:
                line.send(frame)
                return await coming
            finally:
                # Whoever gave the run up may have left an error there that nobody waits for any
                # more: untaken, it would be printed.
                if coming.done() and not coming.cancelled():
                    coming.exception()
        except asyncio.CancelledError:
            self._cut = True
            raise
        finally:
            self._here -= 1
            self._playing.pop(key, None)

    def say(self, frame: Frame) -> None:
        if self._line is not None:
            self._line.send(frame)

    def abandon(self, error: Exception) -> None:
        """Nothing in play here will come back."""
        self._cut = True
        _abandon(self._playing, error)

    async def close(self) -> None:
        """End the worker: at once where dialogues are broken off, else when it is ready."""
        line, self._line = self._line, None
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.wait([self._listener])
        if line is not None:
            if not self._cut:
                line.send(Frame("stop"))
            await line.end(0.0 if self._cut else GRACE)
        if self._loan is not None:
            self._loan.lost()

    async def _open(self) -> Connection:
        async with self._starting:
            if self._line is None:
                self.deaths_before = self._executor.deaths
                self._line = await self._connect(self._setup)
                self._loan = self._executor.lease()
                self._listener = asyncio.create_task(self._listen(self._line, self._loan))
            return self._line

    async def _listen(self, line: Connection, lease: Lease | None) -> None:
        with self._executor.told():
            while frames := await line.receive():
                for frame in frames:
                    self._take(frame, line, lease)
            # The next dialogue gets a new worker, whose dialogues are not lost with this one.
            self._line, lost, self._playing = None, self._playing, {}
            self._wait("")
            try:
                how = await line.end(0.0)
                if lease is not None:
                    lease.lost()
                    self._executor.settled()
                self._executor.died(self.deaths_before, how)
            finally:
                _abandon(lost, _LostError())

    def _take(self, frame: Frame, line: Connection, lease: Lease | None) -> None:
        reply_service = self._executor.reply_service
        match frame.type:
            case "finished":
                self._executor.count(frame.head["counts"])
                coming = self._playing.get(frame.head["id"])
                if coming is not None and not coming.done():
                    coming.set_result(to_finished(frame))
                self._executor.finished()
            case "counts":
                self._executor.count(frame.head["counts"])
            case "error":
                self._executor.fail(to_error(frame.head))
            case "note" if frame.head["name"] == SETTLE and lease is not None:
                lease.settle(frame.head["value"])
                self._executor.settled()
            case "note" if frame.head["name"] == WAIT:
                self._wait(frame.head["value"])
            case "note" if frame.head["name"] == REFUSED:
                self._executor.refused(frame.head["value"])
            case "note" if frame.head["name"] == SAID:
                self._executor.said(frame.head["value"])
            case "note" if frame.head["name"] == PUT and reply_service is not None:
                reply_service.put(frame.head["value"])
            case "request" if frame.head["name"] == BEGIN and lease is not None:
                self._answer(frame, line, lease.begin)
            case "request" if frame.head["name"] == KEEP and reply_service is not None:
                self._answer(frame, line, reply_service.keep)
            case "request" if frame.head["name"] == FIND and reply_service is not None:
                self._answer(frame, line, reply_service.find)
            case _:
                self._executor.fail(WorkerError(f"a worker said {frame.type!r}: not understood"))

    def _wait(self, what: str) -> None:
        self.waits = what
        self._executor.waits()

    def _answer(self, frame: Frame, line: Connection, ask: Callable[[Any], Awaitable[Any]]) -> None:
        """Answer a request as soon as there is something to say."""

        async def answer() -> None:
            with self._executor.told():
                value = await ask(frame.head["value"])
                line.send(Frame("reply", {"number": frame.head["number"], "value": value}))

        task = asyncio.create_task(answer())
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)


def _abandon(playing: Mapping[str, asyncio.Future[Finished]], error: Exception) -> None:
    for coming in playing.values():
        if not coming.done():
            coming.set_exception(error)


def _failed(spec: StageSpec) -> Finished:
    """A stage whose workers died, one after the other: kept as failed, and played again when the
    run is resumed."""
    detail = f"the worker that played it died, {LOSSES} times"
    why = VoidReason(kind="endpoint", seat=None, detail=detail)
    return Finished.of(unplayed(kind_of(spec.kind), spec, why))
