"""Which file of a run holds what."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.records import folder
from harness.records.folder import file_of, is_taken, kind_in, stage_files


def test_dialogues_have_one_file_and_every_other_kind_its_own() -> None:
    assert file_of("talks") == file_of("recorded") == "transcripts.jsonl"
    assert file_of("brief") == "brief.jsonl"


def stage(kind: str) -> str:
    """A line of a stage, as far as it is looked at."""
    return f'{{"id":"{"a" * 16}","schema_version":2,"status":"done","kind":"{kind}","spec":1}}\n'


def test_a_line_says_its_kind_where_it_begins() -> None:
    assert kind_in(stage("brief").encode()) == "brief"
    assert kind_in(b'{"kind":"brief"}') is None
    assert kind_in(stage("Brief").encode()) is None


def test_what_somebody_has_put_beside_them_is_no_file_of_stages(tmp_path: Path) -> None:
    """Or a copy of a file would count twice, and a replay would remove somebody's notes."""
    (tmp_path / "brief.jsonl").write_text(stage("brief"))
    (tmp_path / "notes.jsonl").write_text('{"text": "ask about turn 3"}\n')
    (tmp_path / "empty.jsonl").touch()
    (tmp_path / "transcripts.bak.jsonl").write_text(stage("talks"))
    (tmp_path / "copy.jsonl").write_text(stage("brief"))
    assert [path.name for path in stage_files(tmp_path)] == ["brief.jsonl"]


@pytest.mark.parametrize(
    ("kind", "taken"),
    [("talks", False), ("recorded", False), ("brief", False)]
    + [(name, True) for name in ("transcripts", "plan", "messages", "timings", "scores")],
)
def test_no_kind_takes_the_file_of_something_else(kind: str, taken: bool) -> None:
    assert is_taken(kind) == taken


def test_the_files_of_stages_are_found_transcripts_first(tmp_path: Path) -> None:
    others = [f"{letter}.jsonl" for letter in "abdfgklqwz"]
    names = (folder.RUN, folder.PLAN, folder.MESSAGES, folder.TIMINGS, folder.SCORES)
    for name in (*names, "calls.sqlite", "report.html"):
        (tmp_path / name).touch()
    for name in reversed(others):
        (tmp_path / name).write_text(stage(name[0]))
    assert [path.name for path in stage_files(tmp_path)] == others
    (tmp_path / folder.TRANSCRIPTS).touch()
    found = [path.name for path in stage_files(tmp_path)]
    assert found == ["transcripts.jsonl", *others]


def test_a_folder_without_a_record_has_none(tmp_path: Path) -> None:
    assert list(stage_files(tmp_path)) == []
    assert list(stage_files(tmp_path / "missing")) == []
