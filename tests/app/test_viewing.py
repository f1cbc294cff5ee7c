"""What is viewed where nothing, a name or a folder is given."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.analysis.findings import find
from harness.app.viewing import TELL, place_of
from harness.errors import RecordError
from harness.viewer.answers import found_apart
from tests.support.viewer import small_run


def test_a_run_or_a_folder_is_taken_by_its_path(tmp_path: Path) -> None:
    run = small_run(tmp_path)
    assert place_of(str(tmp_path), tmp_path / "none") == tmp_path
    assert place_of(str(run.path), tmp_path / "none") == run.path


def test_a_run_is_taken_by_its_name(tmp_path: Path) -> None:
    run = small_run(tmp_path, "hand-made-0")
    assert place_of("hand", tmp_path) == run.path
    assert place_of("latest", tmp_path) == run.path


def test_all_runs_are_taken_where_none_is_named(tmp_path: Path) -> None:
    shipped = place_of(None, tmp_path / "none")
    assert shipped.name == "examples"
    small_run(tmp_path)
    assert place_of(None, tmp_path) == tmp_path


@pytest.mark.parametrize("name", ["none", "."])
def test_what_is_no_run_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RecordError):
        place_of(name, tmp_path)


def test_the_answer_of_a_large_run_is_that_of_the_report(tmp_path: Path) -> None:
    run, heard = small_run(tmp_path), list[int]()
    assert found_apart(run, TELL, heard.append) == find(run)
    assert heard[-1] == run.info.dialogues
