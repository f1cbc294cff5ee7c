"""Workers that die: nothing lost, nothing twice, and an end when it is hopeless."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from harness.errors import InputError, LimitReachedError, Track15Error
from harness.models.limits.budget import Budget, Spend
from harness.models.settings import PoolSettings
from harness.orchestrator.plan import Plan
from harness.orchestrator.setup import setup_of
from harness.records.folder import TRANSCRIPTS
from harness.records.reader import RunFolder
from harness.workers.driver import DEATHS, LOSSES, RemoteExecutor, WorkerError
from harness.workers.leases import Lease
from harness.workers.messages import Frame, of_error
from harness.workers.progress import Progress
from harness.workers.proxies import BudgetProxy
from harness.workers.resources import Setup
from tests.support.disputes import write
from tests.support.fleet import Fleet, Wire
from tests.support.runs import play, tiny_plan


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return tiny_plan(write(tmp_path))


def the_same(plan: Plan, folder: Path, other: Path) -> None:
    play(plan, other)
    assert (folder / TRANSCRIPTS).read_bytes() == (other / TRANSCRIPTS).read_bytes()


def test_every_dialogue_goes_to_one_worker(plan: Plan, tmp_path: Path) -> None:
    fleet = Fleet()
    progress = fleet.run(plan, tmp_path / "run", workers=3, slots=2)
    assert (progress.done, progress.in_play) == (len(plan.ids), 0)
    assert fleet.played() == Counter(plan.ids)
    assert len(fleet.wires) == 3
    assert all(wire.ended for wire in fleet.wires)
    the_same(plan, tmp_path / "run", tmp_path / "plain")


def test_nothing_to_play_starts_no_worker(plan: Plan, tmp_path: Path) -> None:
    play(plan, tmp_path / "run")
    fleet = Fleet()
    assert fleet.run(plan, tmp_path / "run", workers=3, slots=2).resumed == len(plan.ids)
    assert not fleet.wires


def test_what_a_dead_worker_had_in_play_is_played_by_others(plan: Plan, tmp_path: Path) -> None:
    seen: Counter[str] = Counter()

    def doomed(frame: Frame) -> bool:
        """Every third dialogue ends the first worker that it is sent to."""
        key = frame.head["id"]
        seen[key] += 1
        return plan.ids.index(key) % 3 == 2 and seen[key] == 1

    progress = Fleet(doomed).run(plan, tmp_path / "run", workers=2, slots=2)
    assert (progress.done, progress.failed) == (len(plan.ids), 0)
    lines = (tmp_path / "run" / TRANSCRIPTS).read_bytes().splitlines()
    assert len(lines) == len(plan.ids), "none twice"
    the_same(plan, tmp_path / "run", tmp_path / "plain")


def test_workers_that_die_one_after_the_other_stop_the_run(plan: Plan, tmp_path: Path) -> None:
    fleet = Fleet(lambda frame: True)
    with pytest.raises(WorkerError, match=f"{DEATHS} workers in a row.*killed") as error:
        fleet.run(plan, tmp_path / "run", workers=2, slots=2)
    assert "resumes" in str(error.value)
    assert len(fleet.wires) <= 2 * DEATHS
    assert not (tmp_path / "run" / TRANSCRIPTS).read_bytes()
    assert Fleet().run(plan, tmp_path / "run", workers=1, slots=2).done == len(plan.ids)


def test_workers_that_die_at_different_speeds_stop_the_run_alike(
    plan: Plan, tmp_path: Path
) -> None:
    """One place's first worker starts only when the other's has died, as on a busy machine."""
    died = asyncio.Event()

    def doomed(frame: Frame) -> bool:
        died.set()
        return True

    class Uneven(Fleet):
        begun = 0

        async def connect(self, setup: Setup) -> Wire:
            self.begun += 1
            if self.begun == 2:
                await died.wait()
            return await super().connect(setup)

    fleet = Uneven(doomed)
    with pytest.raises(WorkerError, match=f"{DEATHS} workers in a row"):
        fleet.run(plan, tmp_path / "run", workers=2, slots=2)
    assert len(fleet.wires) <= 2 * DEATHS
    assert not (tmp_path / "run" / TRANSCRIPTS).read_bytes(), "no dialogue is to blame"


def test_workers_that_die_side_by_side_count_once(plan: Plan, tmp_path: Path) -> None:
    """As when the machine that they run on is lost."""
    seen: Counter[str] = Counter()

    def doomed(frame: Frame) -> bool:
        seen[frame.head["id"]] += 1
        return seen[frame.head["id"]] == 1

    fleet = Fleet(doomed)
    progress = fleet.run(plan, tmp_path / "run", workers=len(plan.ids), slots=1)
    assert progress.done == len(plan.ids) > DEATHS
    assert len(fleet.wires) == 2 * len(plan.ids)


def test_a_dialogue_that_ends_its_workers_is_kept_as_failed(plan: Plan, tmp_path: Path) -> None:
    bad = plan.ids[0]
    fleet = Fleet(lambda frame: frame.head["id"] == bad)
    progress = fleet.run(plan, tmp_path / "run", workers=4, slots=1)
    assert (progress.done, progress.failed) == (len(plan.ids) - 1, 1)
    assert fleet.played()[bad] == LOSSES
    transcript = RunFolder(tmp_path / "run").transcript(bad)
    assert transcript.status == "failed"
    assert transcript.void is not None
    assert transcript.void.seat is None
    assert "worker" in transcript.void.detail
    assert transcript.body.turns == ()
    again = Fleet().run(plan, tmp_path / "run", workers=1, slots=2)
    assert (again.resumed, again.done) == (len(plan.ids) - 1, 1)


def test_what_stops_a_worker_stops_the_run_with_its_words(plan: Plan, tmp_path: Path) -> None:
    class Broken(Wire):
        def send(self, frame: Frame) -> None:
            if frame.type != "play":
                super().send(frame)
            else:
                error = InputError("undefined variable", where="turn.md.j2:3", fix="define it")
                self.said.put_nowait(Frame("error", of_error(error)))

    class Fleet2(Fleet):
        async def connect(self, setup: Setup) -> Wire:
            self.wires.append(Broken(setup, self.doomed, self.last))
            return self.wires[-1]

    with pytest.raises(InputError, match="undefined variable") as error:
        Fleet2().run(plan, tmp_path / "run", workers=2, slots=1)
    assert error.value.where == "turn.md.j2:3"


def test_a_worker_of_another_version_is_told_apart(plan: Plan, tmp_path: Path) -> None:
    class Old(Fleet):
        async def connect(self, setup: Setup) -> Wire:
            return await super().connect(setup.model_copy(update={"version": "0.0.1"}))

    with pytest.raises(Track15Error, match=r"the driver 0\.0\.1"):
        Old().run(plan, tmp_path / "run", workers=1, slots=1)


@pytest.mark.parametrize("where", ["receive", "end"])
def test_a_way_that_fails_as_nobody_expects_stops_the_run(
    plan: Plan, tmp_path: Path, where: str
) -> None:
    class Torn(Wire):
        async def receive(self) -> Sequence[Frame]:
            if where == "receive":
                raise ValueError("half a frame")
            return ()

        async def end(self, grace: float) -> str:
            before, ended = self.ended, await super().end(grace)
            if where == "end" and not before:
                raise RuntimeError("nobody to kill")
            return ended

    class Fleet2(Fleet):
        async def connect(self, setup: Setup) -> Wire:
            self.wires.append(Torn(setup, self.doomed, self.last))
            return self.wires[-1]

    with pytest.raises(WorkerError, match=r"half a frame|nobody to kill"):
        Fleet2().run(plan, tmp_path / "run", workers=2, slots=2)


async def test_an_error_that_nobody_waits_for_any_more_is_not_printed(plan: Plan) -> None:
    """The run is given up in the very moment in which the way to a worker fails."""
    printed: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: printed.append(context))

    class Torn:
        def send(self, frame: Frame) -> None:
            executor.fail(WorkerError("given up"))
            raise ValueError("half a frame")

        async def receive(self) -> Sequence[Frame]:
            await asyncio.Event().wait()
            return ()

        async def end(self, grace: float) -> str:
            return "killed"

    async def connect(setup: Setup) -> Torn:
        return Torn()

    setup = setup_of(plan, PoolSettings(max_connections=1))
    async with RemoteExecutor([setup], connect, Progress()) as executor:
        playing = asyncio.create_task(executor.play(next(plan.stages()).spec))
        await asyncio.wait([playing])
    assert str(playing.exception()) == "half a frame"
    del playing
    gc.collect()
    await asyncio.sleep(0)
    assert printed == []


def test_a_new_workers_dialogues_are_not_lost_with_the_old_one(plan: Plan, tmp_path: Path) -> None:
    """While the dead one is still being ended, another has taken its place."""
    first: list[str] = []

    class Slow(Wire):
        async def end(self, grace: float) -> str:
            if not grace:
                await asyncio.sleep(0.2)
            return await super().end(grace)

    def doomed(frame: Frame) -> bool:
        first.append(frame.head["id"])
        return len(first) == 2

    class Fleet2(Fleet):
        async def connect(self, setup: Setup) -> Wire:
            self.wires.append(Slow(setup, self.doomed, self.last))
            return self.wires[-1]

    fleet = Fleet2(doomed)
    assert fleet.run(plan, tmp_path / "run", workers=1, slots=3).done == len(plan.ids)
    again = {key: count for key, count in fleet.played().items() if count > 1}
    assert set(again) <= set(fleet.wires[0].played)
    assert set(again.values()) <= {2}
    the_same(plan, tmp_path / "run", tmp_path / "plain")


# --- the budget ----------------------------------------------------------------------------------


def distant(budget: Budget) -> tuple[BudgetProxy, Lease]:
    """A worker's view of ``budget``, and what the driver keeps of it."""
    lease = Lease(budget)

    async def request(name: str, value: object) -> object:
        return await lease.begin(value)

    return BudgetProxy(request, lambda name, value: lease.settle(value)), lease


async def test_a_distant_budget_is_the_same_account() -> None:
    budget = Budget(tokens=100)
    account, _ = distant(budget)
    await account.begin(Spend(60))
    waiting = asyncio.create_task(account.begin(Spend(60)))
    await asyncio.sleep(0)
    assert not waiting.done(), "it has no room beside the first"
    account.settle(Spend(60), Spend(30))
    await waiting
    account.settle(Spend(60), Spend(70))
    assert (budget.spent.tokens, budget.under_way) == (100, 0)
    with pytest.raises(LimitReachedError, match="100 tokens"):
        await account.begin(Spend(1))
    assert account.reached


async def test_what_a_lost_worker_had_begun_counts_by_its_estimate() -> None:
    budget = Budget(tokens=100)
    account, lease = distant(budget)
    other, _ = distant(budget)
    await account.begin(Spend(40))
    await account.begin(Spend(50))
    account.settle(Spend(40), Spend(10))
    queued = asyncio.create_task(account.begin(Spend(60)))
    for _ in range(5):
        await asyncio.sleep(0)
    lease.lost()
    assert (budget.spent.tokens, budget.under_way, budget.estimated) == (60, 0, 1)
    await other.begin(Spend(30))
    assert budget.under_way == 1
    with pytest.raises(asyncio.CancelledError):
        await queued
    account.settle(Spend(50), Spend(50))
    assert budget.spent.tokens == 60, "what it says too late is not counted twice"


async def test_a_cancelled_wait_lets_its_turn_go() -> None:
    budget = Budget(tokens=100)
    account, _ = distant(budget)
    await account.begin(Spend(80))
    waiting = asyncio.create_task(account.begin(Spend(80)))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    account.settle(Spend(80), Spend(10))
    for _ in range(5):
        await asyncio.sleep(0)
    assert budget.under_way == 0
    await account.begin(Spend(90))
