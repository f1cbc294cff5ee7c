"""The index file: made, checked, made anew; never more than a cache."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from harness.viewer.sidecar import NAME, Sidecar, is_damage, unusable


def tables(sidecar: Sidecar) -> set[str]:
    with sidecar.connected() as db:
        return {name for (name,) in db.execute("SELECT name FROM sqlite_schema")}


def put(sidecar: Sidecar) -> None:
    with sidecar.adding() as db:
        db.execute("INSERT INTO meta VALUES ('key', 'value')")


def kept(sidecar: Sidecar) -> int:
    with sidecar.connected() as db:
        (number,) = db.execute("SELECT count(*) FROM meta").fetchone()
    return int(number)


def test_it_is_kept_beside_the_run(tmp_path: Path) -> None:
    put(Sidecar(tmp_path))
    again = Sidecar(tmp_path)
    assert again.path == tmp_path / NAME
    assert not again.is_aside
    assert kept(again) == 1


def test_it_is_brought_in_order_once_it_is_let_go(tmp_path: Path) -> None:
    sidecar = Sidecar(tmp_path)
    put(sidecar)
    assert (tmp_path / f"{NAME}-wal").stat().st_size > 0, (
        "each look would cost a change of the file"
    )
    del sidecar
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_it_is_thrown_away_where_that_is_asked(tmp_path: Path) -> None:
    put(Sidecar(tmp_path))
    assert kept(Sidecar(tmp_path, rebuild=True)) == 0


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm", "-journal"])
@pytest.mark.parametrize("plant", ["symlink_to", "hardlink_to"])
def test_a_planted_link_leads_to_nobody_elses_database(
    tmp_path: Path, suffix: str, plant: str
) -> None:
    own, run = tmp_path / "own.sqlite", tmp_path / "run"
    with sqlite3.connect(own) as db:
        db.execute("CREATE TABLE precious (x)")
    db.close()
    before = own.read_bytes()
    run.mkdir()
    getattr(run / f"{NAME}{suffix}", plant)(own)
    sidecar = Sidecar(run)
    put(sidecar)
    assert (sidecar.path, sidecar.is_aside, kept(sidecar)) == (run / NAME, False, 1)
    assert own.read_bytes() == before
    assert not sidecar.path.is_symlink()


def test_what_stands_in_its_place_and_stays_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    sidecar = Sidecar(tmp_path)
    put(sidecar)
    assert sidecar.is_aside
    assert (tmp_path / NAME).is_dir()


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\0" + b"\xff" * 4096])
def test_what_is_no_database_is_made_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    assert "dialogues" in tables(Sidecar(tmp_path))


@pytest.mark.parametrize(
    "change",
    [
        "PRAGMA user_version = 99",
        "CREATE TRIGGER evil AFTER INSERT ON meta BEGIN DELETE FROM plan; END",
        "CREATE VIEW evil AS SELECT 1",
        "CREATE TABLE evil (x)",
        "ALTER TABLE dialogues ADD COLUMN evil",
    ],
)
def test_tables_of_somebody_else_are_not_used(tmp_path: Path, change: str) -> None:
    first = Sidecar(tmp_path)
    put(first)
    with first.connected() as db:
        db.execute(change)
    again = Sidecar(tmp_path)
    assert kept(again) == 0
    assert "evil" not in tables(again)


def test_a_step_that_fails_leaves_nothing(tmp_path: Path) -> None:
    sidecar = Sidecar(tmp_path)

    def fail() -> None:
        with sidecar.adding() as db:
            db.execute("INSERT INTO meta VALUES ('key', 'value')")
            db.execute("INSERT INTO meta VALUES ('key', 'twice')")

    with pytest.raises(sqlite3.IntegrityError):
        fail()
    assert kept(sidecar) == 0


def test_where_the_folder_cannot_be_written_it_goes_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = sqlite3.connect

    def refusing(path: Path, **how: object) -> sqlite3.Connection:
        if path == tmp_path / NAME:
            return connect(f"file:{tmp_path}/none?mode=ro", uri=True)
        return connect(path, **how)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(sqlite3, "connect", refusing)
    sidecar = Sidecar(tmp_path)
    assert sidecar.is_aside
    assert sidecar.path.parent != tmp_path
    put(sidecar)
    assert kept(sidecar) == 1


def test_what_can_neither_be_read_nor_thrown_away_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / NAME).write_bytes(b"no database at all")

    unlink = Path.unlink

    def refused(path: Path, **how: bool) -> None:
        if path.parent == tmp_path:
            raise PermissionError(13, "Permission denied")
        unlink(path, **how)

    monkeypatch.setattr(Path, "unlink", refused)
    sidecar = Sidecar(tmp_path)
    assert sidecar.is_aside
    put(sidecar)
    assert kept(sidecar) == 1
    assert (tmp_path / NAME).read_bytes() == b"no database at all"
    with pytest.raises(sqlite3.OperationalError, match="Permission denied"):
        Sidecar(tmp_path, at=tmp_path / NAME)


@pytest.mark.parametrize(
    ("code", "what", "fix"),
    [
        (sqlite3.SQLITE_BUSY, "Another program", NAME),
        (sqlite3.SQLITE_FULL, "no room", "TMPDIR"),
        (sqlite3.SQLITE_READONLY, "neither be written", "TMPDIR"),
        (sqlite3.SQLITE_CORRUPT, "cannot be used", "built anew"),
    ],
)
def test_why_an_index_cannot_be_used_is_said(code: int, what: str, fix: str) -> None:
    error = sqlite3.OperationalError("anything")
    error.sqlite_errorcode = code
    said = unusable(error)
    assert what in said[0]
    assert fix in said[1]


def test_only_damage_is_mended(tmp_path: Path) -> None:
    sidecar = Sidecar(tmp_path)
    put(sidecar)
    locked = sqlite3.OperationalError("locked")
    assert not is_damage(locked)
    assert not sidecar.mend(locked)
    assert kept(sidecar) == 1
    damage = sqlite3.DatabaseError("malformed")
    damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    assert sidecar.mend(damage)
    assert kept(sidecar) == 0
    sidecar.clear()
    assert "scores" in tables(sidecar)
