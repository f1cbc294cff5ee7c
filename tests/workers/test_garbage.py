"""Who tells the garbage collector to look rarely: who owns the process, and nobody else."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from harness.models.settings import PoolSettings
from harness.orchestrator.session import Session
from harness.orchestrator.setup import setup_of
from harness.workers.executor import LocalExecutor
from harness.workers.garbage import YOUNG, rare_collections
from harness.workers.messages import Frame
from harness.workers.worker import Worker
from tests.support.disputes import write
from tests.support.inprocess import typed
from tests.support.runs import tiny_plan

SHORT = ("run", "quickstart", "--scenario", "opening", "--limit", "2", "--display", "none")


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The collector's youngest threshold at every dialogue that is played."""
    found: list[int] = []
    play = LocalExecutor.play

    async def looked(self: LocalExecutor, *arguments: Any) -> Any:
        found.append(gc.get_threshold()[0])
        return await play(self, *arguments)

    monkeypatch.setattr(LocalExecutor, "play", looked)
    return found


def test_it_is_put_back() -> None:
    before = gc.get_threshold(), gc.get_freeze_count()
    with rare_collections():
        assert gc.get_threshold()[0] == YOUNG
    assert (gc.get_threshold(), gc.get_freeze_count()) == before


def test_a_session_leaves_it_alone(tmp_path: Path, seen: list[int]) -> None:
    session = Session(tiny_plan(write(tmp_path)), tmp_path / "run")
    with session.opened() as writer:
        asyncio.run(session.play(writer))
    assert seen == [gc.get_threshold()[0]] * 8


def test_the_command_line_tells_it(tmp_path: Path, seen: list[int]) -> None:
    before = gc.get_threshold()
    assert typed(*SHORT, cwd=tmp_path).code == 0
    assert seen == [YOUNG, YOUNG]
    assert gc.get_threshold() == before


async def test_a_worker_does_what_its_process_lets_it(tmp_path: Path) -> None:
    entered = []

    @contextmanager
    def playing() -> Iterator[None]:
        entered.append("in")
        yield
        entered.append("out")

    worker = Worker(lambda _: None, playing=playing)
    setup = setup_of(tiny_plan(write(tmp_path)), PoolSettings())
    worker.take(Frame("setup", parts=(setup.model_dump_json(by_alias=True).encode(),)))
    worker.take(Frame("stop"))
    await worker.run()
    assert entered == ["in", "out"]
