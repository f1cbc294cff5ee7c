"""The run folder: whatever stops a run, nothing finished is lost and nothing is kept twice."""

from __future__ import annotations

import errno
import json
import os
from io import FileIO
from pathlib import Path

import pytest

from harness.errors import RecordError
from harness.files.jsonl import Appender, read_lines, write_atomically
from harness.orchestrator.plan import Plan
from harness.records.finished import Finished, Played
from harness.records.folder import TRANSCRIPTS
from harness.records.reader import RunFolder
from harness.records.score import Score
from harness.records.transcript import SCHEMA_VERSION, Transcript
from harness.records.writer import RunWriter
from tests.support.disputes import write
from tests.support.runs import play, run_info, tiny_plan


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return tiny_plan(write(tmp_path))


@pytest.fixture
def run(plan: Plan, tmp_path: Path) -> Path:
    play(plan, tmp_path / "run")
    return tmp_path / "run"


def test_a_run_can_be_read_back(plan: Plan, run: Path) -> None:
    folder = RunFolder(run)
    transcripts = list(folder.transcripts())
    assert [t.id for t in transcripts] == plan.ids
    assert all(t.id == t.spec.id for t in transcripts), "the id is the hash of the spec"
    assert folder.info.suite == plan.suite
    assert folder.info.scenarios == plan.scenarios
    assert {timing.id for timing in folder.timings()} == set(plan.ids)
    one = folder.transcript(plan.ids[3][:6])
    assert one == transcripts[3]


def test_transcripts_hold_no_times(run: Path, plan: Plan, tmp_path: Path) -> None:
    again = tmp_path / "again"
    play(plan, again)
    assert (run / TRANSCRIPTS).read_bytes() == (again / TRANSCRIPTS).read_bytes()


def test_a_line_torn_at_any_byte_costs_its_own_dialogue_only(
    plan: Plan, run: Path, tmp_path: Path
) -> None:
    whole = (run / TRANSCRIPTS).read_bytes()
    lines = whole.splitlines(keepends=True)
    start = len(whole) - len(lines[-1])
    cuts = [
        start,
        start + 1,
        start + 20,
        start + len(lines[-1]) // 2,
        len(whole) - 2,
        len(whole) - 1,
    ]
    for cut in cuts:
        (run / TRANSCRIPTS).write_bytes(whole[:cut])
        assert [t.id for t in RunFolder(run).transcripts()] == plan.ids[:-1]
        progress = play(plan, run)
        assert (progress.resumed, progress.done) == (len(plan.ids) - 1, 1)
        assert (run / TRANSCRIPTS).read_bytes() == whole


def test_a_cut_at_every_byte_of_the_last_line_loses_that_dialogue_alone(tmp_path: Path) -> None:
    short = {"rounds": 1, "turns": 1, "debrief": False}
    plan = tiny_plan(write(tmp_path), epochs=1, twins=["none"], protocol=short)
    play(plan, tmp_path / "run")
    path = tmp_path / "run" / TRANSCRIPTS
    whole = path.read_bytes()
    start = whole[:-1].rfind(b"\n") + 1
    folder = RunFolder(tmp_path / "run")
    for cut in range(len(whole) - 1, start - 1, -1):
        os.truncate(path, cut)
        assert list(folder.index()) == plan.ids[:-1]
    for cut in range(start, len(whole), 97):
        path.write_bytes(whole[:cut])
        assert play(plan, tmp_path / "run").done == 1
        assert path.read_bytes() == whole


def test_a_file_that_is_one_torn_line_is_emptied(tmp_path: Path) -> None:
    path = tmp_path / "torn.jsonl"
    path.write_bytes(b'{"half')
    appender = Appender(path)
    assert appender.torn == 6
    appender.append([b"{}"])
    appender.close()
    assert list(read_lines(path)) == [(0, b"{}")]


def test_a_damaged_line_in_the_middle_is_named_with_its_mend(run: Path) -> None:
    lines = (run / TRANSCRIPTS).read_bytes().splitlines(keepends=True)
    lines[2] = b'{"id":"0123456789abcdef","schema_version":2,"status":"done","kind":\n'
    (run / TRANSCRIPTS).write_bytes(b"".join(lines))
    with pytest.raises(RecordError, match=r"transcripts\.jsonl:3: damaged line") as error:
        list(RunFolder(run).transcripts())
    assert "delete the line" in str(error.value)


def test_a_record_of_a_newer_version_says_so(run: Path) -> None:
    line = json.loads((run / TRANSCRIPTS).read_bytes().splitlines()[0])
    line["schema_version"] = SCHEMA_VERSION + 1
    del line["body"]
    (run / TRANSCRIPTS).write_text(json.dumps(line, separators=(",", ":")) + "\n")
    with pytest.raises(RecordError, match="newer version") as error:
        list(RunFolder(run).transcripts())
    assert "upgrade" in str(error.value)


def test_a_newer_record_that_happens_to_fit_is_not_read_as_ours(run: Path, plan: Plan) -> None:
    line = json.loads((run / TRANSCRIPTS).read_bytes().splitlines()[0])
    line["schema_version"] = SCHEMA_VERSION + 1
    (run / TRANSCRIPTS).write_text(json.dumps(line, separators=(",", ":")) + "\n")
    with pytest.raises(RecordError, match="newer version"):
        list(RunFolder(run).transcripts())
    with pytest.raises(RecordError, match="newer version"):
        RunFolder(run).transcript(plan.ids[0])


def test_a_run_of_a_newer_version_is_neither_read_nor_resumed(run: Path, plan: Plan) -> None:
    info = json.loads((run / "run.json").read_text())
    info["schema"] = "track15/run/3"
    (run / "run.json").write_text(json.dumps(info))
    with pytest.raises(RecordError, match=r"newer version \(track15/run/3") as error:
        RunFolder(run)
    assert "upgrade" in str(error.value)
    with pytest.raises(RecordError, match="newer version"):
        RunWriter(run, run_info(plan))
    RunWriter(run.with_name("new"), run_info(plan)).close()


def test_nothing_is_appended_to_a_finished_file(run: Path, plan: Plan) -> None:
    """It would go to the file that the reordered one has replaced, and be lost without a word."""
    folder = RunFolder(run)
    transcripts, timings = list(folder.transcripts()), list(folder.timings())
    with RunWriter(run.with_name("new"), run_info(plan)) as writer:
        for way in plan.ways():
            writer.plan(way.episode)
        for transcript, timing in zip(reversed(transcripts), reversed(timings), strict=True):
            writer.append(Finished.of(Played(transcript, timing, {})))
        writer.finalise()
        with pytest.raises(ValueError, match="closed file"):
            writer.append(Finished.of(Played(transcripts[0], timings[0], {})))
    assert [t.id for t in RunFolder(run.with_name("new")).transcripts()] == plan.ids


def test_a_disk_that_fills_up_during_a_run_keeps_what_is_finished(
    plan: Plan, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = 7  # run.json, and three times two lines of the plan and then two dialogues
    synced = os.fsync

    def filling(file: int) -> None:
        nonlocal room
        if room == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        room -= 1
        synced(file)

    monkeypatch.setattr(os, "fsync", filling)
    with pytest.raises(RecordError, match="No space left on device") as error:
        play(plan, tmp_path / "full", workers=2)
    monkeypatch.undo()
    assert "is kept" in str(error.value)
    kept = [t.id for t in RunFolder(tmp_path / "full").transcripts()]
    assert len(kept) == 6
    assert play(plan, tmp_path / "full").resumed == len(kept)
    assert (tmp_path / "full" / TRANSCRIPTS).read_bytes() == (run / TRANSCRIPTS).read_bytes()


def test_unknown_fields_of_a_newer_minor_version_are_ignored(run: Path) -> None:
    line = json.loads((run / TRANSCRIPTS).read_bytes().splitlines()[0])
    line["mood"] = line["body"]["mood"] = "tense"
    assert Transcript.model_validate(line).body.outcome.kind


def test_a_failed_dialogue_is_superseded_when_it_is_played_again(plan: Plan, run: Path) -> None:
    folder = RunFolder(run)
    first = next(iter(folder.transcripts()))
    failed = first.model_copy(update={"status": "failed"})
    path = run / TRANSCRIPTS
    rest = path.read_bytes().splitlines(keepends=True)[1:]
    path.write_bytes(b"".join([failed.model_dump_json(by_alias=True).encode() + b"\n", *rest]))
    assert folder.index()[first.id][1] == "failed"
    progress = play(plan, run)
    assert progress.done == 1
    assert [t.status for t in folder.transcripts()] == ["done"] * len(plan.ids)
    assert len(path.read_bytes().splitlines()) == len(plan.ids), "the failed line is dropped"


def test_a_run_in_play_shows_a_dialogue_once_and_as_it_was_last_played(
    plan: Plan, run: Path
) -> None:
    """Until the lines are put in order, a failed one stands above the one that replaced it."""
    path = run / TRANSCRIPTS
    first = next(iter(RunFolder(run).transcripts()))
    failed = first.model_copy(update={"status": "failed"})
    path.write_bytes(failed.model_dump_json(by_alias=True).encode() + b"\n" + path.read_bytes())
    folder = RunFolder(run)
    assert [(t.id, t.status) for t in folder.transcripts()] == [(key, "done") for key in plan.ids]
    assert folder.transcript(first.id) == first


def test_only_one_process_writes_a_run(plan: Plan, run: Path) -> None:
    with (
        RunWriter(run, run_info(plan)),
        pytest.raises(RecordError, match="another process is playing this run"),
    ):
        RunWriter(run, run_info(plan))
    RunWriter(run, run_info(plan)).close()


def test_a_folder_of_another_plan_is_refused(plan: Plan, run: Path, tmp_path: Path) -> None:
    other = tiny_plan(write(tmp_path), seed=9)
    with pytest.raises(RecordError, match="another plan") as error:
        RunWriter(run, run_info(other))
    assert "--log-dir" in str(error.value)


def test_a_full_disk_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(FileIO):
        def write(self, data: object) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("harness.files.jsonl.FileIO", Full)
    appender = Appender(tmp_path / "full.jsonl")
    with pytest.raises(RecordError, match="No space left on device") as error:
        appender.append([b"{}"])
    assert "is kept" in str(error.value)
    appender.close()


def test_a_folder_that_cannot_be_made_is_one_clear_error(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RecordError, match="the folder cannot be made") as error:
        RunWriter(tmp_path / "file" / "run", run_info(plan))
    assert "a part of the path is a file" in str(error.value)


def test_an_atomic_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "scores.jsonl"
    path.write_text("old")

    def broken() -> object:
        yield b"new"
        raise OSError(28, os.strerror(28))

    with pytest.raises(RecordError, match="No space left"):
        write_atomically(path, broken())  # type: ignore[arg-type]
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_no_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"no run\.json"):
        RunFolder(tmp_path)
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(RecordError, match="damaged, or written by another version"):
        RunFolder(tmp_path)


def test_scores_are_replaced_at_once(run: Path) -> None:
    folder = RunFolder(run)
    for value in (1.0, 2.0):
        folder.write_scores([Score(id="0" * 16, evaluator="e", version=1, values={"m": value})])
    assert [score.values for score in folder.scores()] == [{"m": 2.0}]


@pytest.mark.parametrize("prefix", ["zzz", ""])
def test_an_id_must_name_one_dialogue(run: Path, prefix: str) -> None:
    with pytest.raises(RecordError, match="dialogue") as error:
        RunFolder(run).transcript(prefix)
    assert "track15 show" in str(error.value)
