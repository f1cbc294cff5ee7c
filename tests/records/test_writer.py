"""What a run writes beside its dialogues: its plan, and stages of other kinds."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import pytest

from harness.errors import RecordError
from harness.files.jsonl import Appender
from harness.files.regular import open_regular
from harness.orchestrator.plan import Plan
from harness.records.episodes import Episode
from harness.records.folder import PLAN, TRANSCRIPTS
from harness.records.reader import RunFolder, index_file
from harness.records.transcript import Status
from harness.records.writer import RunWriter
from tests.support.disputes import write
from tests.support.runs import finished, play, run_info, tiny_plan


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return tiny_plan(write(tmp_path))


@pytest.fixture
def whole(plan: Plan, tmp_path: Path) -> bytes:
    """The plan of a run that nothing stopped."""
    play(plan, tmp_path / "whole")
    return (tmp_path / "whole" / PLAN).read_bytes()


def episodes(plan: Plan) -> Iterator[Episode]:
    return (way.episode for way in plan.ways())


# The plan


def test_the_plan_is_a_line_for_every_episode_in_its_order(plan: Plan, whole: bytes) -> None:
    lines = [Episode.model_validate_json(line) for line in whole.splitlines()]
    assert lines == list(episodes(plan))
    assert len(lines) == plan.dialogues


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, bool]]:
    """What is written: file, lines, and whether they are on disk afterwards."""
    found: list[tuple[str, int, bool]] = []

    class Watched(Appender):
        def append(self, lines: list[bytes], *, sync: bool = True) -> None:
            if lines:
                found.append((self.path.name, len(lines), sync))
            super().append(lines, sync=sync)

    monkeypatch.setattr("harness.records.writer.Appender", Watched)
    return found


def test_a_line_of_the_plan_is_on_disk_before_a_record_that_it_is_of(
    plan: Plan, tmp_path: Path, written: list[tuple[str, int, bool]]
) -> None:
    record = [("timings.jsonl", 1, False), ("brief.jsonl", 1, True)]
    first, second, third, fourth = islice(episodes(plan), 4)
    with RunWriter(tmp_path / "run", run_info(plan)) as writer:
        for episode in (first, second, third):
            writer.plan(episode)
        assert (tmp_path / "run" / PLAN).read_bytes() == b"", "nothing is played yet"
        assert written == []
        writer.append(finished(second.stages["talks"]))
        assert written == [(PLAN, 3, True), *record], "those of all that is in play, at once"
        assert len((tmp_path / "run" / PLAN).read_bytes().splitlines()) == 3
        written.clear()
        writer.plan(fourth)
        writer.append(finished(first.stages["talks"]))
        assert written == record, "its line is there"
        written.clear()
        writer.append(finished(fourth.stages["talks"]))
        assert written == [(PLAN, 1, True), *record]
        written.clear()
        writer.append(finished(fourth.stages["talks"]))
        assert written == record


def test_a_line_of_what_another_arm_has_had_played_goes_with_the_next_record(
    plan: Plan, tmp_path: Path, written: list[tuple[str, int, bool]]
) -> None:
    first, second = islice(episodes(plan), 2)
    shared = first.stages["talks"]
    with RunWriter(tmp_path / "run", run_info(plan)) as writer:
        writer.plan(first)
        writer.append(finished(shared))
        writer.plan(second.model_copy(update={"stages": {"talks": shared}}))
        for key, lines in (("1" * 16, [1]), ("2" * 16, [])):
            written.clear()
            writer.append(finished(key))
            assert [count for name, count, _ in written if name == PLAN] == lines


def test_few_lines_of_a_plan_are_kept_back(
    plan: Plan, whole: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.records.writer.LINES_KEPT_BACK", 3)
    path = tmp_path / "run" / PLAN
    counts = []
    with RunWriter(tmp_path / "run", run_info(plan)) as writer:
        for episode in episodes(plan):
            writer.plan(episode)
            counts.append(path.read_bytes().count(b"\n"))
    assert counts == [0, 0, 3, 3, 3, 6, 6, 6]
    assert path.read_bytes() == whole, "closing brings the rest to disk"


@pytest.mark.parametrize("limit", [0, 1, 5])
def test_a_resumed_run_goes_on_with_its_plan(
    plan: Plan, whole: bytes, tmp_path: Path, limit: int
) -> None:
    with pytest.raises(KeyboardInterrupt):
        play(plan, tmp_path / "run", workers=1, limit=limit)
    before = (tmp_path / "run" / PLAN).read_bytes()
    assert whole.startswith(before)
    assert limit <= before.count(b"\n") < plan.dialogues, "as far as it was played"
    play(plan, tmp_path / "run")
    assert (tmp_path / "run" / PLAN).read_bytes() == whole


def test_a_torn_last_line_of_a_plan_is_written_again(
    plan: Plan, whole: bytes, tmp_path: Path
) -> None:
    path, start = tmp_path / "whole" / PLAN, whole[:-1].rfind(b"\n") + 1
    for cut in (0, 1, start, start + 1, start + 40, len(whole) - 1):
        path.write_bytes(whole[:cut])
        assert play(plan, path.parent).resumed == plan.dialogues
        assert path.read_bytes() == whole


def test_a_plan_that_is_another_one_is_refused_with_its_line(
    plan: Plan, whole: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "whole" / PLAN
    lines = whole.splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], lines[3], lines[2], *lines[4:]]))
    kept = (tmp_path / "whole" / TRANSCRIPTS).read_bytes()
    with pytest.raises(RecordError, match="the folder holds another plan") as found:
        play(plan, tmp_path / "whole")
    assert found.value.where == f"{path}:3"
    assert (tmp_path / "whole" / TRANSCRIPTS).read_bytes() == kept
    assert "move the file away and type the command again" in str(found.value)
    path.unlink()
    assert play(plan, tmp_path / "whole").resumed == plan.dialogues
    assert path.read_bytes() == whole


def test_a_longer_plan_goes_on_where_a_shorter_one_ended(plan: Plan, tmp_path: Path) -> None:
    longer = tiny_plan(tmp_path / "small.yaml", epochs=3)
    play(plan, tmp_path / "run")
    before = (tmp_path / "run" / PLAN).read_bytes()
    play(longer, tmp_path / "run")
    after = (tmp_path / "run" / PLAN).read_bytes()
    assert after.startswith(before)
    assert list(RunFolder(tmp_path / "run").episodes()) == list(episodes(longer))
    play(plan, tmp_path / "run")
    assert (tmp_path / "run" / PLAN).read_bytes() == after, "what is played stays planned"


def test_a_damaged_line_that_a_shorter_plan_does_not_come_to_is_one_message(
    plan: Plan, whole: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "whole" / PLAN
    path.write_bytes(whole[: whole[:-1].rfind(b"\n") + 1] + b"garbage\n")
    shorter = tiny_plan(tmp_path / "small.yaml", epochs=1)
    with pytest.raises(RecordError, match="no episode of a plan") as found:
        play(shorter, tmp_path / "whole")
    assert found.value.where == f"{path}:{plan.dialogues}"


def test_a_plan_that_was_not_gone_through_is_let_go_of(
    plan: Plan, whole: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[BinaryIO] = []

    def noted(path: Path) -> BinaryIO:
        opened.append(open_regular(path))
        return opened[-1]

    monkeypatch.setattr("harness.files.jsonl.open_regular", noted)
    with RunWriter(tmp_path / "whole", run_info(plan)) as writer:
        writer.plan(next(episodes(plan)))
    assert opened
    assert all(file.closed for file in opened)


# Stages of other kinds


def test_a_stage_of_another_kind_has_a_file_of_its_own(plan: Plan, tmp_path: Path) -> None:
    with RunWriter(tmp_path / "run", run_info(plan)) as writer:
        writer.append(finished("1" * 16))
        writer.append(finished("2" * 16, status="failed"))
        assert [writer.finished(digit * 16) for digit in "123"] == [True, False, False]
    run = tmp_path / "run"
    assert index_file(run / "brief.jsonl") == {
        "1" * 16: (0, "done"),
        "2" * 16: ((run / "brief.jsonl").read_bytes().index(b"\n") + 1, "failed"),
    }
    assert (run / TRANSCRIPTS).read_bytes() == b""
    assert list(RunFolder(run).transcripts()) == []
    with RunWriter(run, run_info(plan)) as writer:
        assert [writer.finished(digit * 16) for digit in "123"] == [True, False, False]


def test_stages_of_every_kind_are_put_in_the_order_of_the_plan(plan: Plan, tmp_path: Path) -> None:
    """Arms that share a stage have it once, where the first of them has it."""
    ways = [
        Episode(
            arm=arm,
            scenario="small",
            twin="none",
            epoch=1,
            stages={"brief": brief * 16, "talks": talks * 16},
        )
        for arm, brief, talks in (("one", "b", "1"), ("half", "b", "2"), ("whole", "c", "3"))
    ]
    run = tmp_path / "run"
    with RunWriter(run, run_info(plan)) as writer:
        for way in ways:
            writer.plan(way)
        writer.append(finished("c" * 16, status="failed"))
        for key in "cb":
            writer.append(finished(key * 16))
        for key in "312":
            writer.append(finished(key * 16, kind="talks"))
        writer.finalise()
    for name, order in (("brief.jsonl", "bc"), (TRANSCRIPTS, "123")):
        lines = (run / name).read_bytes().splitlines()
        assert [json.loads(line)["id"] for line in lines] == [key * 16 for key in order]


def test_stages_that_are_written_together_wait_for_the_disk_once(
    plan: Plan, tmp_path: Path, written: list[tuple[str, int, bool]]
) -> None:
    first, second = islice(episodes(plan), 2)
    told = {"f" * 16: b'{"hash":"ffffffffffffffff"}'}
    talks = finished(second.stages["talks"], kind="talks")
    group = [
        replace(finished("1" * 16), messages=told),
        talks,
        replace(finished("2" * 16, status="void"), messages=told),
    ]
    with RunWriter(tmp_path / "run", run_info(plan)) as writer:
        writer.plan(first)
        writer.plan(second)
        assert not writer.kept.has_read(talks.id)
        writer.append_all(group)
        assert written == [
            ("messages.jsonl", 1, True),
            ("timings.jsonl", 2, False),
            ("brief.jsonl", 2, True),
            (PLAN, 2, True),
            ("timings.jsonl", 1, False),
            (TRANSCRIPTS, 1, True),
        ]
        assert [writer.kept.line(one.id) for one in group] == [one.record for one in group]
        assert [writer.played[one.id] for one in group] == ["done", "done", "void"]
        written.clear()
        writer.append_all([])
        assert written == []


def test_what_stages_read_is_found_when_it_was_written_with_others(
    plan: Plan, tmp_path: Path
) -> None:
    with RunWriter(tmp_path / "run", run_info(plan)) as writer:
        writer.append(finished("0" * 16))
        assert writer.kept.line("0" * 16), "from now on, places are kept"
        group = [finished(digit * 16, status=status) for digit, status in ORDER]
        writer.append_all(group)
        assert [writer.kept.line(one.id) for one in group] == [one.record for one in group]


ORDER: tuple[tuple[str, Status], ...] = (("3", "done"), ("1", "void"), ("2", "failed"))


def test_a_text_that_could_not_be_written_is_not_taken_for_written(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"f" * 16: b'{"hash":"ffffffffffffffff"}'}
    stage = replace(finished("1" * 16), messages=told)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with RunWriter(tmp_path / "run", run_info(plan)) as writer:
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(RecordError, match="No space left"):
                writer.append_all([stage, finished("2" * 16)])
        assert writer.played == {}
        assert not (tmp_path / "run" / "brief.jsonl").exists()
        writer.append(stage)
    assert (tmp_path / "run" / "messages.jsonl").read_bytes().splitlines() == list(told.values())


def test_of_what_does_not_fit_together_is_kept_what_fits(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    group, counted = [finished(digit * 16) for digit in "1234"], []
    room = 2 * len(group[0].record) + 3

    class Small(Appender):
        def append(self, lines: list[bytes], *, sync: bool = True) -> None:
            more = sum(len(line) + 1 for line in lines)
            if self.path.name == "brief.jsonl" and self.size + more > room:
                raise RecordError("No space left on device")
            super().append(lines, sync=sync)

    monkeypatch.setattr("harness.records.writer.Appender", Small)
    run = tmp_path / "run"
    with RunWriter(run, run_info(plan)) as writer:
        with pytest.raises(RecordError, match="No space"):
            writer.append_all(group, counted.append)
        assert counted == group[:2]
        assert list(writer.played) == [one.id for one in counted]
    assert list(index_file(run / "brief.jsonl")) == [one.id for one in counted]
    timed = [json.loads(line)["id"] for line in (run / "timings.jsonl").read_bytes().splitlines()]
    assert timed == [one.id for one in counted], "once each"
