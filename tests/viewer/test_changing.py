"""Whatever becomes of a run while it is viewed, each page answers in words."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.records.reader import RunFolder
from harness.viewer.index import Index
from harness.viewer.sidecar import NAME
from tests.support.viewer import client_of


def _as_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _halved(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _without_index(run: Path) -> None:
    for path in run.glob(f"{NAME}*"):
        path.unlink()


def _broken_index(run: Path) -> None:
    _without_index(run)
    (run / NAME).write_bytes(b"SQLite format 3\0" + b"\xff" * 9000)


CHANGES: dict[str, Callable[[Path], object]] = {
    "the run is gone": shutil.rmtree,
    "run.json is none": lambda run: (run / "run.json").write_bytes(b"{"),
    "transcripts are a folder": lambda run: _as_folder(run / "transcripts.jsonl"),
    "transcripts are noise": lambda run: (run / "transcripts.jsonl").write_bytes(b"\xff\n" * 50),
    "no plan": lambda run: (run / "plan.jsonl").unlink(),
    "scores are cut": lambda run: _halved(run / "scores.jsonl"),
    "no index": _without_index,
    "a broken index": _broken_index,
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_page_answers_whatever_becomes_of_the_run(
    run: RunFolder, index: Index, tmp_path: Path, change: str
) -> None:
    assert index.progress().complete
    copy = Path(shutil.copytree(run.path, tmp_path / "runs" / "one"))
    if "scores" not in change:
        (copy / "scores.jsonl").unlink()  # an answer takes longer than all of the pages
    client = client_of(tmp_path / "runs")
    dialogue = next(iter(run.index()))
    pages = (
        *("/", "/search?q=well", "/runs/one", "/runs/one/state", "/runs/one/search?q=well"),
        f"/runs/one/dialogues/{dialogue}/calls?private=1",
    )
    assert client.get("/runs/one").status_code == 200
    CHANGES[change](copy)
    answers = {page: client.get(page) for page in pages}
    statuses = {page: answer.status_code for page, answer in answers.items()}
    assert set(statuses.values()) <= {200, 404, 500, 503}, statuses
    assert statuses["/"] == statuses["/search?q=well"] == 200, "of one run, not of all"
    if "index" in change:
        assert set(statuses.values()) == {200}, "it is made anew"


def test_an_index_that_another_program_holds_is_said(
    run: RunFolder, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert index.progress().complete
    copy = Path(shutil.copytree(run.path, tmp_path / "runs" / "one"))
    client = client_of(tmp_path / "runs")
    assert client.get("/runs/one").status_code == 200
    with (copy / "transcripts.jsonl").open("ab") as file:
        file.write(b"{}\n")
    holder = sqlite3.connect(copy / NAME, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert client.get("/runs/one").status_code == 200, "what there is can be read meanwhile"
    holder.execute("ROLLBACK")
    holder.close()

    def locked(*_: object, **__: object) -> None:
        error = sqlite3.OperationalError("database is locked")
        error.sqlite_errorcode = sqlite3.SQLITE_BUSY
        raise error

    monkeypatch.setattr(Index, "reading", locked)
    answer = client.get("/runs/one")
    assert answer.status_code == 503
    assert "Another program is using the index" in answer.text
    assert client.get("/").status_code == 200
