"""Which runs there are, as their files are now."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.errors import RecordError
from harness.viewer.runs import Runs, name_of
from tests.support.viewer import small_run


def test_a_run_that_comes_later_is_found(tmp_path: Path) -> None:
    source = Runs(tmp_path)
    assert source.names() == []
    small_run(tmp_path, "later")
    assert source.names() == ["later"]


def test_a_run_is_opened_again_only_where_it_has_changed(tmp_path: Path) -> None:
    run = small_run(tmp_path)
    source = Runs(tmp_path)
    first = source.folder("one")
    assert source.folder("one") is first
    info = run.path / "run.json"
    info.write_text(info.read_text().replace('"0"', '"1"', 1))
    assert source.folder("one") is not first


@pytest.mark.parametrize("name", ["two", "..", "one/..", "", "one/run.json"])
def test_a_name_is_looked_up(tmp_path: Path, name: str) -> None:
    small_run(tmp_path)
    with pytest.raises(RecordError, match="no run"):
        Runs(tmp_path).folder(name)


def test_a_folder_whose_name_is_no_text_has_a_name(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    assert name_of(folder) == "caf\\xe9"


def test_what_takes_its_time_is_made_once_for_each_state(tmp_path: Path) -> None:
    small_run(tmp_path)
    source, made = Runs(tmp_path), list[int]()
    for of in (1, 1, 2):
        source.made("one", "thing", of, lambda: made.append(0))
    assert len(made) == 2


def test_dialogues_are_counted_as_the_index_grows(tmp_path: Path) -> None:
    small_run(tmp_path)
    source = Runs(tmp_path)
    assert source.counts("one").played == 0
    source.index("one").complete()
    assert source.counts("one").played == 5
