"""``--executor ray``: the same record from a cluster, whichever of its parts is lost."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from harness.delegations.seating import seat_delegations
from harness.errors import UsageError
from harness.kinds import load_kind
from harness.models.address import parse_address
from harness.models.pool import EndpointPool
from harness.models.settings import PoolSettings
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import Plan, make_plan
from harness.orchestrator.run import play_plan
from harness.orchestrator.setup import setup_of
from harness.prompting.talks import Prompts
from harness.records.finished import Finished
from harness.records.folder import PLAN, TRANSCRIPTS
from harness.records.reader import RunFolder
from harness.records.spend import paid_calls
from harness.records.writer import RunWriter
from harness.workers import ray as joining
from harness.workers.backend import Backend
from harness.workers.driver import RemoteExecutor
from harness.workers.executor import LocalExecutor
from harness.workers.progress import Progress
from harness.workers.quotas import split
from harness.workers.ray import Cluster, hold_installed
from harness.workers.replies import KeepingWriter, ReplyFiles
from harness.workers.reply_service import ReplyService
from tests.support import questions
from tests.support.command import ON_RAY, environment, track15
from tests.support.disputes import write
from tests.support.mock_server import MockServer
from tests.support.player import plays
from tests.support.runs import bench_of, play, run_info, tiny_plan, tiny_suite

SCRIPTED = ("run", "quickstart", "--epochs", "1", "--display", "none", "--no-report")
CONNECTIONS = 4

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("ray")]


def test_ray_is_asked_for_by_name_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match="'ray'") as error:
        hold_installed()
    assert "[ray]'" in str(error.value)


class Taking:
    """Joins a cluster as Ray does: it takes SIGTERM, where it can."""

    def __init__(self) -> None:
        self.joined = 0

    def init(self, **options: Any) -> None:
        self.joined += 1
        with contextlib.suppress(ValueError):  # in a thread it cannot
            signal.signal(signal.SIGTERM, signal.SIG_IGN)


def test_joining_leaves_the_handlers_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    taking = Taking()
    monkeypatch.setattr(joining, "_ray", lambda: taking)
    before = signal.getsignal(signal.SIGTERM)
    joining._join(None)
    with ThreadPoolExecutor() as threads:
        threads.submit(joining._join, None).result()
    assert signal.getsignal(signal.SIGTERM) == before
    assert taking.joined == 2


def test_the_same_bytes_on_a_cluster_of_its_own(tmp_path: Path) -> None:
    here = track15(*SCRIPTED, "--log-dir", "here", cwd=tmp_path)
    there = track15(*ON_RAY, *SCRIPTED[2:], "--log-dir", "there", cwd=tmp_path)
    assert (here.code, there.code) == (0, 0), there.err
    assert here.out == there.out
    one, other = (next(tmp_path.glob(f"{d}/*/{TRANSCRIPTS}")) for d in ("here", "there"))
    assert one.read_bytes() == other.read_bytes()


def test_a_cluster_that_is_not_there_ends_with_one_message(tmp_path: Path) -> None:
    done = track15(*SCRIPTED, "--executor", "ray", "--ray-address", "127.0.0.1:1", cwd=tmp_path)
    done.fails(1, "cannot be joined", "--ray-address 127.0.0.1:1", "fix:")


# --- two nodes -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def nodes() -> Iterator[Any]:
    """A cluster of two nodes on this machine, on loopback; the second one is ``nodes.second``."""
    with pytest.MonkeyPatch.context() as patch:
        # The second keeps 127.0.0.1 what it is: Ray would put the machine's own address there.
        own = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
        for name, value in environment(**own).items():  # read when Ray is imported
            patch.setenv(name, value)
        import ray
        from ray.cluster_utils import Cluster as TestCluster

        one = {"num_cpus": 1, "node_ip_address": "127.0.0.1", "object_store_memory": 80 << 20}
        soon = {"health_check_period_ms": 500, "health_check_timeout_ms": 500}
        soon |= {"health_check_failure_threshold": 2, "health_check_initial_delay_ms": 0}
        head = {**one, "include_dashboard": False, "_system_config": soon}
        cluster = TestCluster(initialize_head=True, head_node_args=head)
        try:
            cluster.second = cluster.add_node(**one)
            ray.init(
                address=cluster.address,
                _node_ip_address="127.0.0.1",
                log_to_driver=False,
                logging_level="ERROR",
            )
            yield cluster
        finally:
            ray.shutdown()
            cluster.shutdown()


class Watched(KeepingWriter):
    """Does something once dialogues are on disk and both actors have started."""

    def __init__(self, path: Path, plan: Plan, lines: list[Any], act: Callable[[], None]) -> None:
        super().__init__(path, run_info(plan))
        self._lines = lines
        self._act: Callable[[], None] | None = act

    def _written(self, group: Sequence[Finished]) -> None:
        super()._written(group)
        if len(self.played) >= 3 and len(self._lines) == 2 and self._act is not None:
            self._act()
            self._act = None


def model_plan(tmp_path: Path, server: MockServer) -> Plan:
    address = f"openai/m@{server.base_url}"
    suite = tiny_suite(write(tmp_path), epochs=8, protocol={"rounds": 1, "turns": 3})
    models = {"official": address, "unofficial": address}
    return make_plan(suite, Overrides(models=models), Prompts().hashes())


async def on_ray(plan: Plan, writer: RunWriter, lines: list[Any]) -> Progress:
    progress, cluster = Progress(), Cluster()

    async def connect(setup: Any) -> Any:
        lines.append(await cluster.connect(setup))
        return lines[-1]

    keeping = ReplyFiles(writer.path) if plan.addresses else None
    setup = setup_of(plan, PoolSettings(max_connections=CONNECTIONS), keeping=keeping)
    shares = split(setup.wire, setup.players, 2)
    setups = [setup.model_copy(update={"wire": share, "distant": True}) for share in shares]
    with contextlib.nullcontext() if keeping is None else keeping.open() as kept:
        reply_service = None if kept is None else ReplyService(kept)
        async with RemoteExecutor(
            setups, connect, progress, reply_service=reply_service
        ) as executor:
            await play_plan(plan, writer, executor, progress)
    cluster.close()
    return progress


async def here(plan: Plan, writer: RunWriter) -> None:
    async with EndpointPool(PoolSettings(max_connections=CONNECTIONS)) as pool:
        chat, prompts = pool.chat(parse_address(plan.addresses[0])), Prompts()
        executor = LocalExecutor(
            bench_of(
                plan.scenarios,
                lambda spec: seat_delegations(spec, lambda _: chat, prompts),
                Progress(),
            ),
            Progress(),
            slots=CONNECTIONS,
        )
        await play_plan(plan, writer, executor, Progress())


def kept_once(plan: Plan, folder: Path) -> bool:
    ids = Counter(t.id for t in RunFolder(folder).transcripts())
    return ids == Counter(plan.ids)


def test_scripts_play_the_same_on_two_nodes(nodes: Any, tmp_path: Path) -> None:
    plan = tiny_plan(write(tmp_path), epochs=6)
    lines: list[Any] = []
    with RunWriter(tmp_path / "ray", run_info(plan)) as writer:
        progress = asyncio.run(on_ray(plan, writer, lines))
    assert (progress.done, progress.failed) == (len(plan.ids), 0)
    assert len({line.node for line in lines}) == len(lines) == 2, "one on each node"
    play(plan, tmp_path / "here")
    one, other = (tmp_path / name / TRANSCRIPTS for name in ("ray", "here"))
    assert one.read_bytes() == other.read_bytes()


def test_a_kind_of_ones_own_leaves_the_same_bytes(nodes: Any, tmp_path: Path) -> None:
    """Actors load it as they load delegations, and are sent the talks that it reads."""
    load_kind(f"{questions.KIND}:KIND")
    model = questions.Model()
    with MockServer(model) as server:
        backend = Backend(executor="ray", workers=2)
        progress = questions.sit(
            questions.session(tmp_path, server, "ray", epochs=3, backend=backend)
        )
        assert (progress.done, progress.failed) == (9, 0)
        asked = (model.moves, len(model.questions))
        questions.sit(questions.session(tmp_path, server, "here", epochs=3))
        assert (model.moves, len(model.questions)) == (2 * asked[0], 2 * asked[1])
    for name in (TRANSCRIPTS, questions.QUESTIONS, PLAN):
        assert (tmp_path / "ray" / name).read_bytes() == (tmp_path / "here" / name).read_bytes()


@pytest.mark.parametrize("lost", ["actor", "node"])
def test_what_is_killed_costs_no_dialogue_and_plays_none_twice(
    nodes: Any, tmp_path: Path, lost: str
) -> None:
    import ray

    lines: list[Any] = []

    def kill() -> None:
        if lost == "actor":
            ray.kill(lines[0]._actor)
        else:
            nodes.remove_node(nodes.second, allow_graceful=False)

    with MockServer(plays, latency=0.02) as server:
        plan = model_plan(tmp_path, server)
        with Watched(tmp_path / "ray", plan, lines, kill) as writer:
            progress = asyncio.run(on_ray(plan, writer, lines))
        # Requests of what was killed may still be open at the server when another begins.
        assert server.max_in_flight <= CONNECTIONS + CONNECTIONS // 2
        asked, counted = len(server.requests), sum(1 for _ in paid_calls(tmp_path / "ray"))
        assert counted <= asked <= counted + CONNECTIONS // 2, "what was in flight, no more"
        with RunWriter(tmp_path / "here", run_info(plan)) as writer:
            asyncio.run(here(plan, writer))
    assert (progress.done, progress.failed) == (len(plan.ids), 0)
    assert [line for line in lines if line.how != "ended"], "an actor was lost"
    assert kept_once(plan, tmp_path / "ray")
    one, other = (tmp_path / name / TRANSCRIPTS for name in ("ray", "here"))
    assert one.read_bytes() == other.read_bytes()
