"""Which file of a run holds what."""

from __future__ import annotations

from pathlib import Path

from harness.records import folder
from harness.records.folder import file_of, stage_files


def test_dialogues_have_one_file_and_every_other_kind_its_own() -> None:
    assert file_of("talks") == file_of("recorded") == "transcripts.jsonl"
    assert file_of("brief") == "brief.jsonl"


def test_the_files_of_stages_are_found_transcripts_first(tmp_path: Path) -> None:
    others = [f"{letter}.jsonl" for letter in "abdfgklqwz"]
    names = (folder.RUN, folder.PLAN, folder.MESSAGES, folder.TIMINGS, folder.SCORES)
    for name in (*names, "calls.sqlite", "report.html", *reversed(others)):
        (tmp_path / name).touch()
    assert [path.name for path in stage_files(tmp_path)] == others
    (tmp_path / folder.TRANSCRIPTS).touch()
    found = [path.name for path in stage_files(tmp_path)]
    assert found == ["transcripts.jsonl", *others]


def test_a_folder_without_a_record_has_none(tmp_path: Path) -> None:
    assert list(stage_files(tmp_path)) == []
    assert list(stage_files(tmp_path / "missing")) == []
