"""The folder of a replay: nothing in it goes before it is this process's alone."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import RecordError
from harness.orchestrator.plan import Plan
from harness.orchestrator.replay import Recording, ReplayWriter
from harness.orchestrator.run import play_plan
from harness.records.finished import Finished, Played
from harness.records.folder import MESSAGES, SCORES, TIMINGS, TRANSCRIPTS
from harness.records.reader import RunFolder
from harness.records.transcript import Timing, Transcript
from harness.records.writer import RunWriter
from harness.workers.executor import LocalExecutor
from harness.workers.progress import Progress
from tests.support.disputes import write
from tests.support.runs import bench_of, finished, play, run_info, tiny_plan

FILES = (TRANSCRIPTS, MESSAGES, TIMINGS, SCORES)


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return tiny_plan(write(tmp_path))


@pytest.fixture
def recording(plan: Plan, tmp_path: Path) -> Recording:
    play(plan, tmp_path / "run")
    return Recording(RunFolder(tmp_path / "run"))


def replay(plan: Plan, folder: Path, recording: Recording) -> Progress:
    progress = Progress()

    with ReplayWriter(folder, run_info(plan), recording) as writer:
        executor = LocalExecutor(
            bench_of(plan.scenarios, lambda spec: recording.seats(spec, None), progress),
            progress,
            slots=4,
        )
        asyncio.run(play_plan(plan, writer, executor, progress))
    return progress


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES if (folder / name).exists()}


def test_a_folder_that_is_being_written_is_refused_and_left_as_it_is(
    plan: Plan, tmp_path: Path, recording: Recording
) -> None:
    folder = tmp_path / "again"
    replay(plan, folder, recording)
    (folder / SCORES).write_bytes(b"{}\n")
    before = contents(folder)
    assert before[TRANSCRIPTS] == (tmp_path / "run" / TRANSCRIPTS).read_bytes()
    with RunWriter(folder, run_info(plan)):  # holds the lock, as another replay would
        with pytest.raises(RecordError, match="another process is playing this run") as refused:
            ReplayWriter(folder, run_info(plan), recording)
        assert refused.value.fix
        assert contents(folder) == before
    assert replay(plan, folder, recording).done == len(plan.ids), "the lock is free again"


def test_a_second_replay_leaves_the_first_whole(
    plan: Plan, tmp_path: Path, recording: Recording
) -> None:
    folder = tmp_path / "again"
    with ReplayWriter(folder, run_info(plan), recording) as first:
        with pytest.raises(RecordError):
            ReplayWriter(folder, run_info(plan), recording)
        progress = Progress()
        executor = LocalExecutor(
            bench_of(plan.scenarios, lambda spec: recording.seats(spec, None), progress),
            progress,
            slots=4,
        )
        asyncio.run(play_plan(plan, first, executor, progress))
    assert contents(folder)[TRANSCRIPTS] == contents(tmp_path / "run")[TRANSCRIPTS]


def test_an_earlier_replay_goes(plan: Plan, tmp_path: Path, recording: Recording) -> None:
    folder = tmp_path / "again"
    for _ in range(2):
        assert replay(plan, folder, recording).done == len(plan.ids)
        assert not (folder / SCORES).exists()
        (folder / SCORES).write_bytes(b"{}\n")


def test_a_folder_of_another_plan_is_left_as_it_is(
    plan: Plan, tmp_path: Path, recording: Recording
) -> None:
    other = tiny_plan(tmp_path / "small.yaml", seed=7)
    play(other, tmp_path / "other")
    before = contents(tmp_path / "other")
    with pytest.raises(RecordError, match="another plan"):
        ReplayWriter(tmp_path / "other", run_info(plan), recording)
    assert contents(tmp_path / "other") == before


def test_a_run_is_not_replayed_into_itself(
    plan: Plan, tmp_path: Path, recording: Recording
) -> None:
    before = contents(tmp_path / "run")
    with pytest.raises(RecordError, match="into the run that it replays"):
        ReplayWriter(tmp_path / "run", run_info(plan), recording)
    assert contents(tmp_path / "run") == before


def damaged(folder: Path, name: str, number: int) -> str:
    """Make one line of a file unreadable; its dialogue. The line keeps its length and its id."""
    lines = (folder / name).read_bytes().splitlines(keepends=True)
    key = json.loads(lines[number])["id"]
    lines[number] = lines[number].replace(b'","', b'",,', 1)
    (folder / name).write_bytes(b"".join(lines))
    return str(key)


@pytest.mark.parametrize("number", [0, 3, -1])
def test_a_dialogue_that_cannot_be_read_ends_the_replay_by_name(
    plan: Plan, tmp_path: Path, recording: Recording, number: int
) -> None:
    key = damaged(tmp_path / "run", TRANSCRIPTS, number)
    place = f"{tmp_path / 'run' / TRANSCRIPTS}:{number % len(plan.ids) + 1}"
    with pytest.raises(RecordError, match="damaged line") as told:
        recording.transcript(key)
    assert told.value.where == place
    with pytest.raises(RecordError, match="damaged line") as told:
        replay(plan, tmp_path / "again", recording)
    assert told.value.where == place


@pytest.mark.parametrize("number", [0, -1])
def test_timings_that_cannot_be_read_end_the_replay_by_name(
    plan: Plan, tmp_path: Path, recording: Recording, number: int
) -> None:
    key = damaged(tmp_path / "run", TIMINGS, number)
    with pytest.raises(RecordError, match=f"damaged timings of dialogue {key}"):
        recording.timings(key)


def test_timings_that_are_missing_are_no_failure(
    plan: Plan, tmp_path: Path, recording: Recording
) -> None:
    (tmp_path / "run" / TIMINGS).unlink()
    again = Recording(RunFolder(tmp_path / "run"))
    assert all(again.timings(key) == {} for key in plan.ids)
    assert replay(plan, tmp_path / "again", again).done == len(plan.ids)


def test_a_record_that_differs_is_told_by_its_first_turn(
    plan: Plan, tmp_path: Path, recording: Recording
) -> None:
    """Readable, but not what would be played: nothing of it may be taken over in silence."""
    path = tmp_path / "run" / TRANSCRIPTS
    lines = path.read_bytes().splitlines(keepends=True)
    document = json.loads(lines[-1])
    turn = document["body"]["turns"][2]
    turn["words"] = turn["move"]["words"] = "Something else."
    lines[-1] = json.dumps(document).encode() + b"\n"
    path.write_bytes(b"".join(lines))
    again = Recording(RunFolder(tmp_path / "run"))
    finished = again.transcript(document["id"])
    assert finished.body.turns[2].words == "Something else."
    whole = recorded(plan, tmp_path, document["id"])
    with pytest.raises(RecordError, match=f"dialogue {document['id']} cannot be replayed"):
        again.compare(Finished.of(Played(whole, NO_TIME, {})))


NO_TIME = Timing(id="x", started="2026-01-01T00:00:00", seconds=0.0)


def recorded(plan: Plan, folder: Path, key: str) -> Transcript:
    play(plan, folder / "whole")
    return RunFolder(folder / "whole").transcript(key)


def test_dialogues_before_one_that_differs_are_written(
    plan: Plan, tmp_path: Path, recording: Recording
) -> None:
    lines = (tmp_path / "run" / TRANSCRIPTS).read_bytes().splitlines()
    group = [
        replace(finished(key, kind="talks"), record=line)
        for key, line in zip(plan.ids, lines, strict=True)
    ]
    group[2] = replace(group[2], record=lines[3])
    with (
        ReplayWriter(tmp_path / "again", run_info(plan), recording) as writer,
        pytest.raises(RecordError, match=f"{plan.ids[2]} cannot be replayed"),
    ):
        writer.append_all(group)
    assert (tmp_path / "again" / TRANSCRIPTS).read_bytes().splitlines() == lines[:2]
