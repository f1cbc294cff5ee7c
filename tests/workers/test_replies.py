"""Replies are kept until the transcript holds them, and no longer."""

from __future__ import annotations

import asyncio
import errno
import os
from pathlib import Path
from typing import Any

import pytest

from harness.delegations.seating import seat_delegations
from harness.errors import ModelError, RecordError
from harness.models.replies.journal import CALLS
from harness.models.replies.store import ReplyStore
from harness.models.reply import ModelReply
from harness.models.request import Request
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import Plan, make_plan
from harness.orchestrator.run import play_plan
from harness.prompting.talks import Prompts
from harness.records.folder import TRANSCRIPTS
from harness.records.reader import RunFolder
from harness.records.spend import paid_calls
from harness.records.writer import RunWriter
from harness.workers.executor import LocalExecutor
from harness.workers.progress import Progress
from harness.workers.replies import KeepingWriter, ReplyFiles
from tests.support.chats import FakeChat, move_json
from tests.support.disputes import write
from tests.support.runs import bench_of, finished, run_info, tiny_suite

MODEL = "openai/fake"
PASS = move_json({"action": "pass", "position": None})


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    protocol = {"rounds": 1, "turns": 2, "repairs": 0, "debrief": False}
    arms = {"one": {"track": "1"}}
    suite = tiny_suite(
        write(tmp_path), arms=arms, contrasts=None, twins=["none"], protocol=protocol
    )
    models = {"official": MODEL, "unofficial": MODEL}
    return make_plan(suite, Overrides(models=models), Prompts().hashes())


class Mortal:
    """A model that passes each turn; the process dies when it is asked for the ``deadly``-th time,
    the endpoint breaks down at the ``broken``-th, the ``bad``-th reply is unusable."""

    def __init__(self) -> None:
        self.seeds: list[int | None] = []
        self.deadly = self.broken = self.bad = 0

    def __call__(self, asked: Request) -> str | Exception:
        if len(self.seeds) + 1 == self.deadly:
            raise KeyboardInterrupt
        if len(self.seeds) + 1 == self.broken:
            self.broken = 0
            return ModelError("down")
        self.seeds.append(asked.seed)
        return "Hm." if len(self.seeds) == self.bad else PASS


@pytest.fixture
def model() -> Mortal:
    return Mortal()


def sit(
    plan: Plan, folder: Path, model: Mortal, *, retry_void: bool = False, **keeping: Any
) -> Progress:
    """One sitting of the run."""
    progress, prompts, chat = Progress(), Prompts(), FakeChat(model)
    with (
        KeepingWriter(folder, run_info(plan), retry_void=retry_void) as writer,
        ReplyFiles(folder, **keeping).open() as kept,
    ):
        executor = LocalExecutor(
            bench_of(
                plan.scenarios,
                lambda spec: seat_delegations(spec, kept.chats(spec, lambda _: chat), prompts),
                progress,
            ),
            progress,
            slots=1,
        )
        asyncio.run(play_plan(plan, writer, executor, progress, retry_void=retry_void))
    return progress


@pytest.fixture
def whole(plan: Plan, tmp_path: Path) -> bytes:
    """The record of a run that nothing interrupted: 2 dialogues of 4 calls."""
    model = Mortal()
    assert sit(plan, tmp_path / "whole", model).done == 2
    assert len(model.seeds) == 8
    assert not (tmp_path / "whole" / CALLS).exists()
    return (tmp_path / "whole" / TRANSCRIPTS).read_bytes()


@pytest.mark.usefixtures("interrupted")
@pytest.mark.parametrize("deadly", range(1, 9))
def test_a_run_that_dies_goes_on_with_the_next_call(
    plan: Plan, tmp_path: Path, model: Mortal, whole: bytes, deadly: int
) -> None:
    folder = tmp_path / "run"
    model.deadly = deadly
    with pytest.raises(KeyboardInterrupt):
        sit(plan, folder, model)
    model.deadly = 0
    assert sit(plan, folder, model).done == 2 - (deadly - 1) // 4
    assert len(model.seeds) == len(set(model.seeds)) == 8, "no call twice, none left out"
    assert (folder / TRANSCRIPTS).read_bytes() == whole
    assert not (folder / CALLS).exists()
    timings = [timing for timing in RunFolder(folder).timings() if timing.calls]
    assert [call.attempts for timing in timings for call in timing.calls] == [1] * 8


def test_a_dialogue_that_an_endpoint_broke_off_goes_on_there(
    plan: Plan, tmp_path: Path, model: Mortal, whole: bytes
) -> None:
    folder = tmp_path / "run"
    model.broken = 3
    progress = sit(plan, folder, model)
    assert (progress.failed, progress.done) == (1, 1)
    assert (folder / CALLS).exists()
    assert len(list(paid_calls(folder))) == 6
    progress = sit(plan, folder, model)
    assert len(model.seeds) == len(set(model.seeds)) == 8
    assert progress.spending.reused == 2
    assert (folder / TRANSCRIPTS).read_bytes() == whole
    (again,) = (t for t in RunFolder(folder).timings() if t.calls and t.calls[0].attempts == 0)
    assert [call.attempts for call in again.calls] == [0, 0, 1, 1], "counted with the first try"
    assert not (folder / CALLS).exists()


def test_a_void_dialogue_is_asked_anew(plan: Plan, tmp_path: Path, model: Mortal) -> None:
    folder = tmp_path / "run"
    model.bad = 2
    assert sit(plan, folder, model).void == 1
    assert sit(plan, folder, model, retry_void=True).done == 1
    assert len(model.seeds) == 2 + 4 + 4, "all of its calls, the bad one too"


@pytest.mark.usefixtures("interrupted")
def test_replies_of_a_retry_that_died_are_not_lost(
    plan: Plan, tmp_path: Path, model: Mortal
) -> None:
    folder = tmp_path / "run"
    model.bad = 2
    sit(plan, folder, model)
    model.deadly = 6 + 3
    with pytest.raises(KeyboardInterrupt):
        sit(plan, folder, model, retry_void=True)
    model.deadly = 0
    assert sit(plan, folder, model, retry_void=True).done == 1
    assert len(model.seeds) == 6 + 4


def test_what_a_process_left_of_a_finished_dialogue_is_swept(
    plan: Plan, tmp_path: Path, model: Mortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "run"
    with monkeypatch.context() as patch:  # killed between the transcript and the journal
        patch.setattr(KeepingWriter, "_written", RunWriter._written)
        sit(plan, folder, model)
    assert (folder / CALLS).exists()
    sit(plan, folder, model)
    assert not (folder / CALLS).exists()
    assert len(model.seeds) == 8


def test_another_run_takes_what_the_cache_has(plan: Plan, tmp_path: Path, whole: bytes) -> None:
    cache = tmp_path / "cache.sqlite"
    first, second = Mortal(), Mortal()
    sit(plan, tmp_path / "one", first, cache=cache)
    progress = sit(plan, tmp_path / "two", second, cache=cache)
    assert (len(first.seeds), len(second.seeds)) == (8, 0)
    assert progress.spending.reused == 8
    assert progress.spending.tokens == 0
    assert (tmp_path / "two" / TRANSCRIPTS).read_bytes() == whole
    assert list(paid_calls(tmp_path / "two")) == []


def test_a_retried_void_dialogue_bypasses_the_cache(
    plan: Plan, tmp_path: Path, model: Mortal
) -> None:
    folder, cache = tmp_path / "run", tmp_path / "cache.sqlite"
    model.bad = 2
    sit(plan, folder, model, cache=cache)
    with ReplyStore(cache) as store:
        assert "Hm." in {reply.text for _, reply in store.items()}
    (void,) = (t.id for t in RunFolder(folder).transcripts() if t.status == "void")
    sit(plan, folder, model, retry_void=True, cache=cache, fresh=frozenset({void}))
    assert len(model.seeds) == 6 + 4
    with ReplyStore(cache) as store:
        assert {reply.text for _, reply in store.items()} == {PASS}


def test_a_runnable_is_never_cached(plan: Plan, tmp_path: Path) -> None:
    """What the code behind a name does may have changed."""
    cache = tmp_path / "cache.sqlite"
    for name in ("one", "two"):
        model = Mortal()
        sit(plan, tmp_path / name, model, cache=cache, uncached=frozenset({MODEL}))
        assert len(model.seeds) == 8


def test_a_keeping_travels_to_another_process(tmp_path: Path) -> None:
    import pickle

    keeping = ReplyFiles(tmp_path, tmp_path / "c", frozenset({"a"}), frozenset({"b"}))
    assert pickle.loads(pickle.dumps(keeping)) == keeping  # noqa: S301 - made right here


def test_replies_are_forgotten_only_when_the_records_of_all_are_on_disk(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, synced = tmp_path / "run", os.fsync
    kept: list[set[str]] = []

    def watched(file: int) -> None:
        with ReplyStore(folder / CALLS) as store:
            kept.append({key.partition("/")[0] for key, _ in store.items()})
        synced(file)

    both = [finished(key) for key in ("a" * 16, "b" * 16)]
    over = [*both, finished("c" * 16, status="failed")]
    with KeepingWriter(folder, run_info(plan)) as writer:
        with ReplyStore(folder / CALLS) as store:
            for one in over:
                store.put(f"{one.id}/digest/{MODEL}", ModelReply(text=PASS))
        monkeypatch.setattr(os, "fsync", watched)
        writer.append_all(over)
        monkeypatch.undo()
        assert kept == [{one.id for one in over}], "at the one time that the disk was waited for"
        assert writer.begun() == {"c" * 16}


def test_replies_stay_when_the_records_cannot_be_written(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "run"

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with KeepingWriter(folder, run_info(plan)) as writer:
        with ReplyStore(folder / CALLS) as store:
            for key in ("a", "b"):
                store.put(f"{key * 16}/digest/{MODEL}", ModelReply(text=PASS))
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(RecordError, match="No space left"):
            writer.append_all([finished("a" * 16), finished("b" * 16)])
        monkeypatch.undo()
        assert writer.begun() == {"a" * 16, "b" * 16}
