"""Workers in the test's own event loop, behind the frames that a process would carry."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from harness.models.settings import PoolSettings
from harness.orchestrator.plan import Plan
from harness.orchestrator.run import play_plan
from harness.orchestrator.setup import setup_of
from harness.records.writer import RunWriter
from harness.workers.driver import RemoteExecutor
from harness.workers.messages import Frame
from harness.workers.progress import Progress
from harness.workers.replies import KeepingWriter, OpenReplies, ReplyFiles
from harness.workers.reply_service import ReplyService
from harness.workers.resources import Setup
from harness.workers.worker import Worker
from tests.support.runs import run_info


class Wire:
    """A way to a worker that runs in this very loop, and can be made to die: when it is sent a
    dialogue, which is lost, or with something it says, which still arrives."""

    def __init__(
        self, setup: Setup, doomed: Callable[[Frame], bool], last: Callable[[Frame], bool]
    ) -> None:
        self._doomed = doomed
        self._last = last
        self.said: asyncio.Queue[Frame | None] = asyncio.Queue()
        self.worker = Worker(self.said.put_nowait)
        self.played: list[str] = []
        self.ended = False
        self._running = asyncio.create_task(self._run())
        self.worker.take(Frame("setup", parts=(setup.model_dump_json(by_alias=True).encode(),)))

    def send(self, frame: Frame) -> None:
        if self.ended:
            return
        frame = Frame.decode(frame.encode())
        if frame.type == "play":
            self.played.append(frame.head["id"])
            if self._doomed(frame):
                self._die()
                return
        self.worker.take(frame)

    async def receive(self) -> Sequence[Frame]:
        if self.ended:
            return ()
        frame = await self.said.get()
        if frame is None:
            return ()
        if self._last(frame):
            self._die()
        return (Frame.decode(frame.encode()),)

    async def end(self, grace: float) -> str:
        if grace and not self.ended:
            await self._running
        self._die()
        await asyncio.wait([self._running])  # its connections close
        return "killed"

    def _die(self) -> None:
        self.ended = True
        self._running.cancel()
        self.said.put_nowait(None)

    async def _run(self) -> None:
        await self.worker.run()
        self.said.put_nowait(None)


class Fleet:
    """Starts such workers, and remembers them."""

    def __init__(
        self,
        doomed: Callable[[Frame], bool] = lambda frame: False,
        last: Callable[[Frame], bool] = lambda frame: False,
    ) -> None:
        self.doomed = doomed
        self.last = last
        self.wires: list[Wire] = []

    async def connect(self, setup: Setup) -> Wire:
        self.wires.append(Wire(setup, self.doomed, self.last))
        return self.wires[-1]

    def run(
        self, plan: Plan, folder: Path, *, workers: int, slots: int, cache: Path | None = None
    ) -> Progress:
        """Play a plan; with models, the driver keeps the replies."""
        keeping = ReplyFiles(folder, cache) if plan.addresses else None
        wire = PoolSettings(max_connections=slots)
        setup = setup_of(plan, wire, keeping=keeping).model_copy(update={"distant": True})
        progress = Progress()

        async def playing(writer: RunWriter, reply_service: ReplyService | None) -> None:
            workers_ = [setup] * workers
            async with RemoteExecutor(
                workers_, self.connect, progress, reply_service=reply_service
            ) as executor:
                assert executor.slots == workers * setup.slots
                await play_plan(plan, writer, executor, progress)

        if keeping is None:
            with RunWriter(folder, run_info(plan)) as writer:
                asyncio.run(playing(writer, None))
        else:
            with KeepingWriter(folder, run_info(plan)) as writer, keeping.open() as kept:
                asyncio.run(playing(writer, self.reply_service(kept)))
        return progress

    def reply_service(self, kept: OpenReplies) -> ReplyService:
        return ReplyService(kept)

    def played(self) -> Counter[str]:
        return Counter(key for wire in self.wires for key in wire.played)
