"""The index follows the files of its run: it grows with them, and is built anew where they are
others."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from harness.records.reader import RunFolder
from harness.viewer import index as module
from harness.viewer.index import Index, columns
from harness.viewer.ingest import Piece
from harness.viewer.sidecar import NAME, PATIENCE_S
from tests.support.viewer import small_run


def content(index: Index) -> list[tuple[object, ...]]:
    """All that is known of the dialogues, whatever order they came in."""
    with index.reading() as db:
        names = columns(db)
        skew = names.get("settlement.skew", "NULL")
        found = db.execute(
            f"SELECT d.id, d.arms, d.epoch, d.ending, {skew} FROM dialogues d "  # noqa: S608
            "LEFT JOIN scores s ON s.n = d.n ORDER BY d.id"
        ).fetchall()
        words = db.execute("SELECT count(*) FROM texts WHERE texts MATCH 'well'").fetchall()
    return [*found, *words]


@pytest.fixture
def copied(run: RunFolder, tmp_path: Path) -> Path:
    """A copy of the run without an index."""
    return Path(
        shutil.copytree(run.path, tmp_path / "copy", ignore=shutil.ignore_patterns(f"{NAME}*"))
    )


def built(path: Path) -> Index:
    made = Index(RunFolder(path))
    assert made.complete().complete
    return made


@pytest.mark.parametrize("cut", [1, 100, 2000, 5000])
def test_a_run_that_grows_is_read_on_where_reading_ended(
    copied: Path, index: Index, cut: int
) -> None:
    files = {name: (copied / name).read_bytes() for name in module.FILES}
    for name, text in files.items():
        (copied / name).write_bytes(text[:cut])
    growing = Index(RunFolder(copied))
    for step in (1, 2, 3):
        growing.complete()
        for name, text in files.items():
            (copied / name).write_bytes(text[: len(text) if step > 1 else 2 * cut])
    assert growing.complete().complete
    assert content(growing) == content(index)


def test_a_torn_line_is_waited_for(copied: Path) -> None:
    path = copied / "transcripts.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    torn = Index(RunFolder(copied))
    assert torn.complete().complete
    with torn.reading() as db:
        assert db.execute("SELECT count(*) FROM dialogues").fetchone() == (4,)
    path.write_bytes(whole)
    torn.complete()
    with torn.reading() as db:
        assert db.execute("SELECT count(*) FROM dialogues").fetchone() == (5,)


def test_a_file_that_was_written_anew_is_read_anew(copied: Path, index: Index) -> None:
    first = built(copied)
    path = copied / "transcripts.jsonl"
    path.write_bytes(b"".join(reversed(path.read_bytes().splitlines(keepends=True))))
    first.complete()
    assert content(first) == content(index)


def test_scores_that_were_made_anew_take_the_place_of_the_old(copied: Path) -> None:
    first = built(copied)
    path = copied / "scores.jsonl"
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[-1].replace(b"settle", b"Settle"))
    first.complete()
    with first.reading() as db:
        assert db.execute("SELECT count(*) FROM scores").fetchone() == (1,)
        assert "settlement.skew" not in columns(db)


def test_another_run_of_the_same_name_is_read_anew(copied: Path) -> None:
    built(copied)
    info = copied / "run.json"
    info.write_text(info.read_text().replace("2020-01-01", "2021-01-01"))
    (copied / "transcripts.jsonl").unlink()
    other = built(copied)
    with other.reading() as db:
        assert db.execute("SELECT count(*) FROM dialogues").fetchone() == (0,)


def test_a_dialogue_that_was_played_again_counts_once(copied: Path, index: Index) -> None:
    path = copied / "transcripts.jsonl"
    first = path.read_bytes().splitlines(keepends=True)[0]
    played = built(copied)
    path.write_bytes(path.read_bytes() + first)
    played.complete()
    assert content(played)[:-1] == content(index)[:-1], "scores stay with their dialogue"


def test_lines_that_are_no_record_are_counted(copied: Path) -> None:
    for name in module.FILES:
        path = copied / name
        path.write_bytes(b'{"id":"0"}\n' + path.read_bytes())
    progress = built(copied).progress()
    assert progress.damaged == 3
    assert progress.share == 1.0


def test_the_index_of_an_earlier_viewer_is_used(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(copied)
    monkeypatch.setattr(module, "INGEST", {})
    assert Index(RunFolder(copied)).complete().complete


def test_two_viewers_at_once_index_everything_once(copied: Path, index: Index) -> None:
    both = [Index(RunFolder(copied)) for _ in range(2)]
    threads = [threading.Thread(target=one.complete) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert content(both[0]) == content(both[1]) == content(index)


def test_what_takes_long_goes_on_in_the_background(copied: Path, index: Index) -> None:
    slow = Index(RunFolder(copied))
    first = slow.refresh(wait_s=0.0)
    assert not first.complete
    assert 0.0 <= first.share < 1.0
    worker = slow._worker
    assert worker is not None
    worker.join()
    assert content(slow) == content(index)


def test_a_large_run_is_taken_in_by_a_process_of_its_own(
    copied: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LARGE", 1)
    monkeypatch.setattr(module, "INGEST", {})  # here nothing is taken in
    monkeypatch.setattr(Index, "_add_until", lambda *_: None)
    made = Index(RunFolder(copied))
    assert not made.refresh(wait_s=0.0).complete
    assert made._worker is not None
    made._worker.join()
    assert made.progress().complete
    assert content(made) == content(index)


def test_what_that_process_cannot_do_is_done_here(
    copied: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LARGE", 1)
    monkeypatch.setattr(module, "_BUILD", "raise SystemExit(1)")
    made = Index(RunFolder(copied))
    made.refresh(wait_s=0.0)
    assert made._worker is not None
    made._worker.join()
    assert content(made) == content(index)


def test_nobody_waits_for_another_viewer_that_is_adding(copied: Path, index: Index) -> None:
    one, other = Index(RunFolder(copied)), Index(RunFolder(copied))
    with one._sidecar.adding():
        began = time.monotonic()
        assert not other.refresh(wait_s=0.0).complete
        assert time.monotonic() - began < PATIENCE_S / 2
    other.complete()
    assert content(one) == content(index)


def test_where_the_disk_is_full_later_on_it_goes_on_aside(
    copied: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = dict(module.INGEST)

    def full(*given: Any) -> Piece:
        (_, _, file) = given[0].execute("PRAGMA database_list").fetchone()
        if Path(file).parent == copied:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        return add["transcripts.jsonl"](*given)

    monkeypatch.setitem(module.INGEST, "transcripts.jsonl", full)
    made = Index(RunFolder(copied))
    progress = made.complete()
    assert progress.aside
    assert progress.complete
    assert content(made) == content(index)
    beside = Index(RunFolder(copied), at=copied / NAME)
    with pytest.raises(sqlite3.OperationalError, match="full"):
        beside.complete()


def test_a_file_that_is_no_database_any_more_is_made_anew(copied: Path, index: Index) -> None:
    made = built(copied)
    for path in copied.glob(f"{NAME}*"):
        path.unlink()
    (copied / NAME).write_bytes(b"x" * 5000)
    made.complete()
    assert content(made) == content(index)


def test_the_former_version_is_indexed_too(tmp_path: Path) -> None:
    golden = Path(__file__).parents[1] / "records" / "golden"
    source = next(path.parent for path in sorted(golden.rglob("run.json")))
    old = built(Path(shutil.copytree(source, tmp_path / "old")))
    with old.reading() as db:
        assert db.execute("SELECT count(*) FROM dialogues").fetchone() != (0,)
        assert db.execute("SELECT count(*) FROM dialogues WHERE arms = '[]'").fetchone() == (0,)


def test_a_value_is_kept_beside_the_index(tmp_path: Path) -> None:
    made = Index(small_run(tmp_path))
    assert made.kept("thing") is None
    before = made.stamp()
    made.keep("thing", "a value")
    assert made.kept("thing") == "a value"
    assert made.stamp() == before
    made.complete()
    assert made.stamp() != before
