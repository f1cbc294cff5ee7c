"""``load``: a run by any of its names."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import app
from harness.app.runs import run_folders, to_write
from harness.errors import RecordError
from tests.app.conftest import SHORT


def test_a_run_is_found_by_any_of_its_names(here: Path) -> None:
    run = app.run("quickstart", **SHORT, log_dir="mine")
    assert app.load(run) is run.folder
    assert app.load(run.folder) is run.folder
    for name in (run.path, str(run.path), run.path.name, run.path.name[:12], "latest", None):
        assert app.load(name, log_dir="mine").path == run.path


def test_there_must_be_one(here: Path) -> None:
    with pytest.raises(RecordError, match="no run 'mine'"):
        app.load("mine")


def test_an_example_that_ships_is_written_in_a_copy(here: Path) -> None:
    shipped, told = app.load(), list[str]()
    assert to_write(shipped, Path("mine"), told.append).path == Path("mine", shipped.path.name)
    name = shipped.path.name
    stays = f"{name} is an example that ships, and stays as it is."
    assert told == [f"{stays} Yours is a copy of it: mine/{name}"]
    files = [
        {path.name: path.read_bytes() for path in one.iterdir()}
        for one in (shipped.path, Path("mine", shipped.path.name))
    ]
    assert files[0] == files[1]
    assert app.report(log_dir="mine") == Path("mine", shipped.path.name, "report.html")
    own = app.load(log_dir="mine")
    assert run_folders(Path("mine")) == [own.path], "the example is not listed beside its copy"
    assert run_folders(Path("none")) == [shipped.path]
    assert to_write(own, Path("mine"), told.append) is own
    assert len(told) == 1


def test_it_is_read_where_there_can_be_no_copy(here: Path) -> None:
    shipped = app.load()
    among = shipped.path.parent
    assert to_write(shipped, among, or_read=True) is shipped
    with pytest.raises(RecordError, match="an example that ships"):
        to_write(shipped, among)
    Path("full").write_text("no folder", encoding="utf-8")
    with pytest.raises(RecordError, match="cannot be written"):
        to_write(shipped, Path("full"), or_read=True)
    told: list[str] = []
    findings = app.score(log_dir=among, evaluators=["settlement"], notify=told.append)
    assert findings.account.arms
    assert any("the scores are not kept" in one for one in told)
