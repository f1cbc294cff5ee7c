"""A worker and what it says: the tests are its driver, and speak frames to it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, Any

import pytest

from harness import kinds
from harness.delegations.seating import seat_delegations
from harness.models.reply import ModelReply
from harness.models.settings import PoolSettings
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import Plan, make_plan
from harness.orchestrator.setup import setup_of
from harness.prompting.talks import Prompts
from harness.records.finished import Finished
from harness.records.spec import StageSpec, TalksSpec
from harness.records.transcript import Transcript
from harness.stages.base import Kind
from harness.workers import worker as module
from harness.workers.executor import LocalExecutor
from harness.workers.messages import Frame, read_frame_blocking, to_finished
from harness.workers.progress import Progress
from harness.workers.proxies import BEGIN, KEEP, KNOWN
from harness.workers.replies import ReplyFiles
from harness.workers.resources import Setup
from harness.workers.worker import Worker
from tests.support.command import environment
from tests.support.disputes import write
from tests.support.mock_server import MockServer
from tests.support.player import plays
from tests.support.runs import bench_of, no_model, tiny_plan, tiny_suite

WIRE = PoolSettings(max_connections=2, max_retries=0)


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return tiny_plan(write(tmp_path), epochs=1)


def spec_of(plan: Plan, which: int = 0) -> StageSpec:
    return list(plan.stages())[which].spec


def setup_frame(setup: Setup) -> Frame:
    return Frame("setup", parts=(setup.model_dump_json(by_alias=True).encode(),))


def play_frame(spec: StageSpec, *, name: str | None = None, known: bytes | None = None) -> Frame:
    head = {"id": name or spec.id, "inputs": [], "known": known is not None}
    text = spec.model_dump_json(by_alias=True).encode()
    return Frame("play", head, (text,) if known is None else (text, known))


class Said:
    """What a worker has said, frame by frame."""

    def __init__(self, worker: Worker, frames: asyncio.Queue[Frame]) -> None:
        self.worker = worker
        self._frames = frames

    async def next(self, *types: str) -> Frame:
        """The next frame of one of these types; others are passed over."""
        while True:
            frame = await self._frames.get()
            if frame.type in types:
                return frame

    def answer(self, frame: Frame, value: Any) -> None:
        self.worker.take(Frame("reply", {"number": frame.head["number"], "value": value}))


@asynccontextmanager
async def working(setup: Setup) -> AsyncIterator[Said]:
    """A worker in this loop, told to stop at the end of the block."""
    frames: asyncio.Queue[Frame] = asyncio.Queue()
    worker = Worker(frames.put_nowait)
    running = asyncio.create_task(worker.run())
    worker.take(setup_frame(setup))
    try:
        yield Said(worker, frames)
    finally:
        worker.take(Frame("stop"))
        await running


async def played_here(plan: Plan, spec: StageSpec) -> Finished:
    bench = bench_of(plan.scenarios, lambda s: seat_delegations(s, no_model, None), Progress())
    return await LocalExecutor(bench, Progress(), slots=1).play(spec)


async def test_what_it_plays_is_what_would_be_played_here(plan: Plan) -> None:
    async with working(setup_of(plan, WIRE)) as said:
        for which in (0, 1):
            said.worker.take(play_frame(spec_of(plan, which)))
        frames = [await said.next("finished") for _ in range(2)]
    found = {frame.head["id"]: to_finished(frame).record for frame in frames}
    for which in (0, 1):
        spec = spec_of(plan, which)
        assert found[spec.id] == (await played_here(plan, spec)).record


async def test_a_worker_that_is_told_to_stop_at_once_stops() -> None:
    frames: asyncio.Queue[Frame] = asyncio.Queue()
    worker = Worker(frames.put_nowait)
    worker.take(Frame("stop"))
    await worker.run()
    assert frames.empty()


async def test_a_stage_that_it_reads_otherwise_is_not_played(plan: Plan) -> None:
    async with working(setup_of(plan, WIRE)) as said:
        said.worker.take(play_frame(spec_of(plan), name="f" * 16))
        error = await said.next("error", "finished")
    assert error.type == "error"
    assert f"{'f' * 16} as {spec_of(plan).id}" in error.head["what"]


@pytest.mark.parametrize(
    ("spoil", "kind", "says"),
    [
        (lambda setup: setup.model_copy(update={"version": "0"}), "UsageError", "has version"),
        (lambda setup: setup.model_copy(update={"kinds": ("nope:X",)}), "UsageError", "nope"),
    ],
)
async def test_what_it_cannot_open_is_told_and_not_raised(
    plan: Plan, spoil: Callable[[Setup], Setup], kind: str, says: str
) -> None:
    async with working(spoil(setup_of(plan, WIRE))) as said:
        error = await said.next("error")
    assert error.head["kind"] == kind
    assert says in error.head["what"]


async def test_a_mistake_of_ours_does_not_look_like_a_death(plan: Plan) -> None:
    async with working(setup_of(plan, WIRE)) as said:
        said.worker.take(Frame("play", {"id": "x", "inputs": [], "known": False}, (b"{",)))
        error = await said.next("error")
    assert error.head["what"].startswith("a mistake in track15 itself, in a worker:")
    assert "ValueError" in error.head["what"]


class Broken(Kind[TalksSpec]):
    """A kind of a user's, with a mistake in it."""

    name = "talks"
    spec = TalksSpec
    record = Transcript

    async def play(self, spec: TalksSpec, inputs: Any, bench: Any) -> Any:
        raise LookupError("no such seat")


async def test_a_mistake_in_a_kind_of_a_users_is_told_as_one(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "_KINDS", {"talks": Broken()})
    async with working(setup_of(plan, WIRE)) as said:
        said.worker.take(play_frame(spec_of(plan)))
        error = await said.next("error")
    assert "failed in its own code: LookupError at test_worker.py:" in error.head["what"]
    assert error.head["where"] == f"stage {spec_of(plan).id}"


# --- with a model --------------------------------------------------------------------------------


def with_model(tmp_path: Path, server: MockServer) -> Plan:
    address = f"openai/m@{server.base_url}"
    suite = tiny_suite(write(tmp_path), epochs=1, protocol={"rounds": 1, "turns": 1})
    models = {"official": address, "unofficial": address}
    return make_plan(suite, Overrides(models=models), Prompts().hashes())


async def test_every_reply_is_the_drivers_before_it_is_used(tmp_path: Path) -> None:
    with MockServer(plays) as server:
        plan = with_model(tmp_path, server)
        setup = setup_of(plan, WIRE, keeping=ReplyFiles(tmp_path / "run"))
        async with working(setup.model_copy(update={"distant": True})) as said:
            said.worker.take(play_frame(spec_of(plan)))
            first = await said.next("request", "finished")
            assert (first.head["name"], first.head["value"][0]) == (KEEP, spec_of(plan).id)
            asked = len(server.requests)
            while (frame := first).type == "request":
                said.answer(frame, None)
                first = await said.next("request", "finished")
            calls = first.head["calls"]
        assert asked == 1, "it waited for the first to be kept"
        assert calls == len(server.requests) > 1
    assert not (tmp_path / "run").exists(), "it never touches the run folder"


async def test_what_is_known_is_not_asked_again(tmp_path: Path) -> None:
    with MockServer(plays) as server:
        plan = with_model(tmp_path, server)
        setup = setup_of(plan, WIRE, keeping=ReplyFiles(tmp_path / "run"))
        setup = setup.model_copy(update={"distant": True})
        known: dict[str, ModelReply] = {}
        records = []
        for _ in range(2):
            async with working(setup) as said:
                said.worker.take(play_frame(spec_of(plan), known=KNOWN.dump_json(known)))
                while (frame := await said.next("request", "finished")).type == "request":
                    _, request, text = frame.head["value"]
                    known[request] = ModelReply.model_validate_json(text)
                    said.answer(frame, None)
                records.append(to_finished(frame).record)
        assert len(server.requests) == len(known)
    assert records[0] == records[1]


async def test_it_asks_before_it_spends_and_stops_when_told(tmp_path: Path) -> None:
    with MockServer(plays) as server:
        plan = with_model(tmp_path, server)
        async with working(setup_of(plan, WIRE, budgeted=True)) as said:
            said.worker.take(play_frame(spec_of(plan)))
            asks = await said.next("request")
            assert asks.head["name"] == BEGIN
            assert server.requests == []
            said.worker.take(Frame("reached"))
            limit = {"kind": "LimitReachedError", "what": "spent", "where": None, "fix": None}
            said.answer(asks, limit)
            finished = to_finished(await said.next("finished"))
        assert server.requests == []
    assert (finished.status, finished.void, finished.detail) == ("failed", "budget", "spent")


async def test_counts_come_while_nothing_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "COUNTS_EVERY", 0.0)
    with MockServer(plays) as server:
        plan = with_model(tmp_path, server)
        async with working(setup_of(plan, WIRE)) as said:
            said.worker.take(play_frame(spec_of(plan)))
            sums: dict[str, float] = {}
            frame = await said.next("counts", "finished")
            while True:
                for name, value in frame.head["counts"].items():
                    sums[name] = sums.get(name, 0) + value
                if frame.type == "finished":
                    break
                frame = await said.next("counts", "finished")
        assert sums["calls"] == frame.head["calls"] == len(server.requests), "each is told once"


# --- as a process --------------------------------------------------------------------------------


def start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "harness.workers.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        cwd=Path(__file__).parents[2],
    )


async def test_a_process_speaks_frames_alone(plan: Plan) -> None:
    spec = spec_of(plan)
    frames = (setup_frame(setup_of(plan, WIRE)), play_frame(spec))
    with start() as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for frame in frames:
            process.stdin.write(frame.encode())
        process.stdin.flush()
        finished = await asyncio.to_thread(read_until, "finished", process.stdout)
        process.stdin.write(Frame("stop").encode())
        process.stdin.flush()
        assert await asyncio.to_thread(process.wait) == 0
        assert process.stdout.read() == b""
    assert finished is not None
    assert to_finished(finished).record == (await played_here(plan, spec)).record


def read_until(wanted: str, file: IO[bytes]) -> Frame | None:
    """The next frame of this type; others are passed over."""
    while (frame := read_frame_blocking(file)) is not None:  # type: ignore[arg-type]
        if frame.type == wanted:
            return frame
    return None


def test_a_driver_that_is_gone_leaves_nobody_behind() -> None:
    with start() as process:
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait() == 1
