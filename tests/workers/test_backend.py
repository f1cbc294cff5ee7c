"""Where a run is played: here, or by workers that share what the endpoints take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.errors import UsageError
from harness.models.settings import PoolSettings
from harness.orchestrator.setup import setup_of
from harness.workers import processes, ray
from harness.workers.backend import Backend, open_backend
from harness.workers.driver import RemoteExecutor
from harness.workers.executor import LocalExecutor
from harness.workers.progress import Progress
from harness.workers.resources import Resources, Setup
from tests.support.disputes import write
from tests.support.runs import tiny_plan

MODEL = "openai/m@http://127.0.0.1:9/v1"
ADDRESS = "127.0.0.1:1"


@pytest.mark.parametrize(
    ("backend", "here"),
    [
        (Backend(), True),
        (Backend(workers=1), True),
        (Backend(workers=2), False),
        (Backend(executor="ray"), False),
        (Backend(workers=1, executor="ray"), False),
    ],
)
def test_one_worker_on_this_machine_is_this_process(backend: Backend, here: bool) -> None:
    assert backend.here is here


class FakeCluster:
    """Stands for a cluster that can be reached."""

    def __init__(self, address: str | None, cpus: int = 3) -> None:
        self.address = address
        self.cpus = cpus
        self.closed = False

    async def connect(self, setup: Setup) -> Any:
        raise AssertionError("nothing is played")

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    wire = PoolSettings(max_connections=5)
    return setup_of(tiny_plan(write(tmp_path)), wire).model_copy(update={"addresses": (MODEL,)})


async def opened(backend: Backend, setup: Setup, said: list[str] | None = None) -> Any:
    """The executor. No worker is started before there is something to play."""
    told = [] if said is None else said
    async with (
        Resources(setup) as resources,
        open_backend(backend, setup, resources, Progress(), None, told.append) as executor,
    ):
        return executor


async def test_here_it_plays_itself(setup: Setup) -> None:
    executor = await opened(Backend(), setup)
    assert isinstance(executor, LocalExecutor)
    assert executor.slots == 5


async def test_workers_share_the_connections(setup: Setup) -> None:
    executor = await opened(Backend(workers=2), setup)
    assert isinstance(executor, RemoteExecutor)
    assert executor.slots == 5
    assert [post._setup.slots for post in executor._posts] == [3, 2]
    assert {post._connect for post in executor._posts} == {processes.connect}
    assert not any(post._setup.distant for post in executor._posts)


async def test_more_workers_than_connections_are_not_started(setup: Setup) -> None:
    said: list[str] = []
    executor = await opened(Backend(workers=8), setup, said)
    assert len(executor._posts) == 5
    assert said == [
        f"5 of 8 workers: {MODEL} takes 5 requests at once, and each worker needs a part of that."
    ]


@pytest.mark.parametrize(("workers", "started"), [(None, 3), (2, 2)])
async def test_a_cluster_gives_an_actor_a_cpu_and_is_closed(
    setup: Setup, monkeypatch: pytest.MonkeyPatch, workers: int | None, started: int
) -> None:
    clusters: list[FakeCluster] = []

    def cluster(address: str | None) -> FakeCluster:
        clusters.append(FakeCluster(address))
        return clusters[-1]

    monkeypatch.setattr(ray, "Cluster", cluster)
    said: list[str] = []
    executor = await opened(Backend(workers, "ray", ADDRESS), setup, said)
    assert len(executor._posts) == started
    assert all(post._setup.distant for post in executor._posts), "no file of ours is there"
    assert [(one.address, one.closed) for one in clusters] == [(ADDRESS, True)]
    assert said == []


async def test_fewer_actors_than_cpus_are_no_news(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ray, "Cluster", lambda address: FakeCluster(address, cpus=64))
    said: list[str] = []
    executor = await opened(Backend(executor="ray"), setup, said)
    assert (len(executor._posts), said) == (5, []), "64 were not asked for"


async def test_a_cluster_is_closed_whatever_happens(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = FakeCluster(None)
    monkeypatch.setattr(ray, "Cluster", lambda address: made)
    with pytest.raises(UsageError, match="in play"):
        async with (
            Resources(setup) as resources,
            open_backend(Backend(executor="ray"), setup, resources, Progress(), None, print),
        ):
            raise UsageError("in play")
    assert made.closed
