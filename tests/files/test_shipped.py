"""The runs that ship: told apart from others by where they lie, and left as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.files.advice import UnwritableError
from harness.files.jsonl import Appender, write_atomically
from harness.files.shipped import examples, leave_shipped, ships


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    run = tmp_path / "data" / "examples" / "run"
    run.mkdir(parents=True)
    monkeypatch.setattr("harness.files.shipped.data_root", lambda _: tmp_path / "data")
    assert examples() == run.parent
    return run


def test_a_path_into_one_is_told_by_where_it_leads(shipped: Path, tmp_path: Path) -> None:
    link = tmp_path / "mine"
    link.symlink_to(shipped)
    for path in (shipped, shipped / "scores.jsonl", link / "new.jsonl", shipped.parent):
        assert ships(path)
        with pytest.raises(UnwritableError, match="an example that ships") as found:
            leave_shipped(path)
        assert found.value.read_only
    for path in (tmp_path, tmp_path / "data" / "examples-2", shipped / ".." / ".." / "other"):
        assert not ships(path)
        leave_shipped(path)


def test_no_file_of_a_run_is_written_there(shipped: Path) -> None:
    with pytest.raises(UnwritableError, match="an example that ships"):
        Appender(shipped / "labels.jsonl")
    with pytest.raises(UnwritableError, match="an example that ships"):
        write_atomically(shipped / "scores.jsonl", iter([b"{}\n"]))
    assert list(shipped.iterdir()) == []
