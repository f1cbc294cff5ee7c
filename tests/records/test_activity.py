"""When a run was last played, as far as its files tell."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harness.records.activity import LOCK, has_dialogues, last_played, stamp

CREATED = "2026-01-01T00:00:00+00:00"
AT = datetime(2026, 1, 1, tzinfo=UTC)


def timing(started: str, seconds: object) -> str:
    return f'{{"id":"a","started":"{started}","seconds":{seconds}}}\n'


def test_a_run_without_more_was_played_when_it_was_made(tmp_path: Path) -> None:
    assert last_played(tmp_path, CREATED) == AT
    assert last_played(tmp_path, "2026-01-01T00:00:00") == AT, "without a zone it is UTC"


def test_the_last_sitting_counts(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text("2026-01-03T00:00:00+00:00\n")
    assert last_played(tmp_path, CREATED) == AT + timedelta(days=2)


def test_a_run_from_elsewhere_has_the_times_of_its_record(tmp_path: Path) -> None:
    lines = timing("2026-01-02T00:00:00+00:00", 5) + timing("2026-01-04T00:00:00+00:00", 60)
    (tmp_path / "timings.jsonl").write_text(lines + '{"torn')
    assert last_played(tmp_path, CREATED) == AT + timedelta(days=3, minutes=1)


def test_what_lies_in_the_future_is_no_time(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text("2999-01-01T00:00:00+00:00\n")
    assert last_played(tmp_path, CREATED) == AT
    assert last_played(tmp_path, "2999-01-01T00:00:00+00:00").year == 1970


@pytest.mark.parametrize(
    "line", [timing("soon", 1), timing("2026-01-09T00:00:00", '"x"'), "[]\n", "{}\n", "{\n"]
)
def test_a_damaged_file_tells_nothing(tmp_path: Path, line: str) -> None:
    (tmp_path / "timings.jsonl").write_text(line)
    (tmp_path / LOCK).write_bytes(b"\xff\xfe\n")
    assert last_played(tmp_path, CREATED) == AT


def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / LOCK)
    assert last_played(tmp_path, "never").year == 1970


def test_the_time_of_now_is_written_over_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / LOCK
    path.write_text("x" * 500)
    before = datetime.now(UTC)
    with path.open("r+b") as file:
        stamp(file.fileno())
    assert len(path.read_text().splitlines()) == 1
    assert before <= last_played(tmp_path, CREATED) <= datetime.now(UTC)


def test_whether_anything_was_played(tmp_path: Path) -> None:
    assert not has_dialogues(tmp_path)
    (tmp_path / "transcripts.jsonl").touch()
    assert not has_dialogues(tmp_path)
    (tmp_path / "transcripts.jsonl").write_text("{}\n")
    assert has_dialogues(tmp_path)
