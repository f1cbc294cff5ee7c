"""An index that is there is used where it knows the run as it is, and is never written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness.records.reader import RunFolder
from harness.viewer.index import Index
from harness.viewer.ready import ready
from harness.viewer.sidecar import NAME, Sidecar


@pytest.fixture
def copied(run: RunFolder, index: Index, tmp_path: Path) -> RunFolder:
    """A copy of the run with its index."""
    assert index.progress().complete
    return RunFolder(Path(shutil.copytree(run.path, tmp_path / "copy")))


def test_it_is_read_as_a_viewer_has_left_it(copied: RunFolder) -> None:
    before = (copied.path / NAME).read_bytes()
    index = ready(copied)
    assert index is not None
    with index.reading() as db:
        assert db.execute("SELECT count(*) FROM dialogues").fetchone() == (5,)
    assert (copied.path / NAME).read_bytes() == before


@pytest.mark.parametrize("name", ["plan.jsonl", "transcripts.jsonl", "scores.jsonl"])
def test_it_is_not_used_once_a_file_is_another(copied: RunFolder, name: str) -> None:
    path = copied.path / name
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    for changed in (
        whole + lines[0],
        whole[: len(whole) // 2],
        b"".join([lines[-1], *lines[1:-1], lines[0]]),
    ):
        if changed == whole:
            continue
        path.write_bytes(changed)
        assert ready(copied) is None
    path.write_bytes(whole + b'{"torn')
    assert ready(copied) is None, "whether more is to come is not known"
    path.write_bytes(whole)
    assert ready(copied) is not None


def test_a_torn_line_that_was_there_then_is_no_change(copied: RunFolder) -> None:
    with (copied.path / "transcripts.jsonl").open("ab") as file:
        file.write(b'{"torn')
    Index(copied).complete()
    assert ready(copied) is not None


def test_it_is_not_used_where_a_line_was_left_out(copied: RunFolder) -> None:
    with (copied.path / "scores.jsonl").open("ab") as file:
        file.write(b"{}\n")
    Index(copied).complete()
    assert ready(copied) is None


def test_it_is_not_used_for_another_run(copied: RunFolder) -> None:
    info = copied.path / "run.json"
    info.write_text(info.read_text().replace("2020-01-01", "2021-01-01"))
    assert ready(RunFolder(copied.path)) is None


@pytest.mark.parametrize(
    "content", [None, b"", b"no database", b"SQLite format 3\0" + b"\xff" * 99]
)
def test_what_is_no_index_is_none(copied: RunFolder, content: bytes | None) -> None:
    for path in copied.path.glob(f"{NAME}*"):
        path.unlink()
    if content is not None:
        (copied.path / NAME).write_bytes(content)
    assert ready(copied) is None


def test_tables_of_somebody_else_are_not_read(copied: RunFolder) -> None:
    with Sidecar(copied.path).connected() as db:
        db.execute("CREATE VIEW evil AS SELECT 1")
    assert ready(copied) is None
