"""Stages that finish together go to disk together, and none is lost however a run ends."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from harness.errors import RecordError
from harness.orchestrator.commits import MOST, Commits
from harness.orchestrator.plan import Plan
from harness.orchestrator.run import play_plan
from harness.records.finished import Finished
from harness.records.folder import TRANSCRIPTS
from harness.records.reader import RunFolder, index_file
from harness.records.spec import StageSpec
from harness.records.writer import RunWriter
from harness.workers.progress import Progress
from tests.support.disputes import write
from tests.support.runs import finished, run_info, tiny_plan


class Written(RunWriter):
    """Notes what is written together. Once ``full``, the disk is."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        super().__init__(folder, run_info(plan))
        self.groups: list[list[str]] = []
        self.full = False

    def append_all(
        self, group: Sequence[Finished], count: Callable[[Finished], None] = lambda _: None
    ) -> None:
        if self.full:
            raise RecordError("No space left on device")
        super().append_all(group, count)
        self.groups.append([one.id for one in group])


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return tiny_plan(write(tmp_path))


@pytest.fixture
def counted() -> list[str]:
    return []


def stages(number: int) -> list[Finished]:
    return [finished(f"{index:016x}") for index in range(number)]


async def test_what_finishes_in_one_turn_is_written_together(
    plan: Plan, tmp_path: Path, counted: list[str]
) -> None:
    def count(one: Finished) -> None:
        assert one.id in writer.played, "it is on disk"
        counted.append(one.id)

    done = stages(5)
    with Written(tmp_path / "run", plan) as writer, Commits(writer) as commits:
        await asyncio.gather(*(commits.write(one, count) for one in done))
        assert writer.groups == [[one.id for one in done]]
        await commits.write(finished("a" * 16), count)
        await commits.write(finished("b" * 16), count)
    assert writer.groups[1:] == [["a" * 16], ["b" * 16]], "nothing waits for others to come"
    assert counted == [key for group in writer.groups for key in group]


async def test_many_are_written_in_several_groups(
    plan: Plan, tmp_path: Path, counted: list[str]
) -> None:
    with Written(tmp_path / "run", plan) as writer, Commits(writer) as commits:
        writes = (commits.write(one, lambda one: counted.append(one.id)) for one in stages(70))
        await asyncio.gather(*writes)
    assert [len(group) for group in writer.groups] == [MOST, MOST, 70 - 2 * MOST]
    assert counted == [one.id for one in stages(70)]


async def test_it_is_written_though_who_waits_is_cancelled(
    plan: Plan, tmp_path: Path, counted: list[str]
) -> None:
    with Written(tmp_path / "run", plan) as writer:
        with Commits(writer) as commits:
            tasks = [
                asyncio.create_task(commits.write(one, lambda one: counted.append(one.id)))
                for one in stages(3)
            ]
            asyncio.get_running_loop().call_soon(lambda: [task.cancel() for task in tasks])
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(one) for one in ended] == [asyncio.CancelledError] * 3
        assert writer.groups == [counted] == [[one.id for one in stages(3)]]


async def test_what_is_pending_is_written_when_the_run_ends_in_that_turn(
    plan: Plan, tmp_path: Path, counted: list[str]
) -> None:
    with Written(tmp_path / "run", plan) as writer:
        commits = Commits(writer)
        waits = commits.write(finished("a" * 16), lambda one: counted.append(one.id))
        with commits:
            waits.send(None)  # begun, and its turn is not over
            assert writer.groups == []
        assert writer.groups == [counted] == [["a" * 16]]
        await asyncio.sleep(0)
        assert writer.groups == [["a" * 16]], "once"
        waits.close()


async def test_all_who_wait_are_told_what_could_not_be_written(
    plan: Plan, tmp_path: Path, counted: list[str]
) -> None:
    with Written(tmp_path / "run", plan) as writer, Commits(writer) as commits:
        writer.full = True
        writes = [commits.write(one, lambda one: counted.append(one.id)) for one in stages(3)]
        ended = await asyncio.gather(*writes, return_exceptions=True)
        assert [str(error) for error in ended] == ["No space left on device"] * 3
        writer.full = False
        with pytest.raises(RecordError, match="No space"):
            await commits.write(finished("a" * 16), lambda one: counted.append(one.id))
        assert writer.groups == [], "nothing is written after what is missing"
    assert counted == []


async def test_what_could_not_be_written_is_told_where_nobody_waits(
    plan: Plan, tmp_path: Path, counted: list[str]
) -> None:
    with Written(tmp_path / "run", plan) as writer:
        writer.full = True
        commits = Commits(writer)
        waits = commits.write(finished("a" * 16), lambda one: counted.append(one.id))
        waiting = asyncio.ensure_future(waits)
        asyncio.get_running_loop().call_soon(waiting.cancel)
        await asyncio.wait([waiting])
        assert waiting.cancelled()
        with pytest.raises(RecordError, match="No space"):
            commits.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert counted == []


# A whole run


class AtOnce:
    """Plays stages in no time; the ``deadly``-th ends the run."""

    def __init__(self, slots: int, deadly: int = 0) -> None:
        self.slots = slots
        self.deadly = deadly
        self.played = 0

    async def play(self, spec: StageSpec, inputs: object = None) -> Finished:
        self.played += 1
        if self.played == self.deadly:
            raise KeyboardInterrupt
        return finished(spec.id, kind="talks")

    async def aclose(self) -> None:
        """Nothing was started."""


@pytest.mark.parametrize(("slots", "groups"), [(1, [1] * 8), (4, [4, 4]), (200, [8])])
def test_a_run_waits_for_the_disk_once_for_all_that_finish_together(
    plan: Plan, tmp_path: Path, slots: int, groups: list[int]
) -> None:
    with Written(tmp_path / "run", plan) as writer:
        asyncio.run(play_plan(plan, writer, AtOnce(slots), progress := Progress()))
    assert [len(group) for group in writer.groups] == groups
    assert progress.done == 8
    assert list(index_file(tmp_path / "run" / TRANSCRIPTS)) == plan.ids


@pytest.mark.usefixtures("interrupted")
@pytest.mark.parametrize("deadly", range(1, 9))
def test_an_interrupted_run_keeps_all_that_is_finished(
    plan: Plan, tmp_path: Path, deadly: int
) -> None:
    progress = Progress()
    with Written(tmp_path / "run", plan) as writer, pytest.raises(KeyboardInterrupt):
        asyncio.run(play_plan(plan, writer, AtOnce(3, deadly), progress))
    assert len(RunFolder(tmp_path / "run").index()) == progress.done == deadly - 1


def test_a_disk_that_is_full_for_a_group_keeps_those_before(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, synced = 2, os.fsync  # the plan's lines of three episodes, and their records

    def filling(file: int) -> None:
        nonlocal room
        if room == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        room -= 1
        synced(file)

    progress = Progress()
    with RunWriter(tmp_path / "run", run_info(plan)) as writer:
        monkeypatch.setattr(os, "fsync", filling)
        with pytest.raises(RecordError, match="No space left on device"):
            asyncio.run(play_plan(plan, writer, AtOnce(3), progress))
        monkeypatch.undo()
    assert list(RunFolder(tmp_path / "run").index()) == plan.ids[:3]
    assert (progress.done, progress.failed) == (3, 0)
