"""The file that an index is kept in: a disposable SQLite database beside the run.

Nothing in it is worth keeping: it is made anew from the files of the run whenever it does not fit
them, is damaged, or was made by another version. Where the run's folder may not be written, or
ships, it goes to a temporary folder, and so it does where something stands in its place that cannot
be taken away. A link there, which a run of a stranger may hold, is taken away and never followed.
Several viewers may use it at once: each reads what was last brought to an end, and one at a time
adds to it.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import stat
import tempfile
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from harness.files.shipped import ships
from harness.viewer.chains import TABLES as EPISODES
from harness.viewer.entries import FIELDS
from harness.viewer.papers import TABLES as PAPERS
from harness.viewer.spelling import TOKENIZE

NAME: Final = ".viewer.sqlite"
VERSION: Final = 5
"""Raised whenever the tables, or what is kept in them, change."""
PATIENCE_S: Final = 10.0
"""How long one viewer waits for another to finish a step."""
MOST_MEASURES: Final = 1500
"""Measures that are kept; SQLite takes 2,000 columns."""

SCORES_TABLE: Final = "CREATE TABLE scores (n INTEGER PRIMARY KEY, at TEXT NOT NULL)"
"""``at`` is where its lines begin, a number for each time that they stand together."""
_FIELDS: Final = ", ".join(f"{name} {kind}" for name, kind in FIELDS.items())
_TABLES: Final = {
    "meta": "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "plan": "CREATE TABLE plan (id TEXT PRIMARY KEY, place INTEGER NOT NULL, scenario TEXT, "
    "twin TEXT, epoch INTEGER, arms TEXT NOT NULL) WITHOUT ROWID",
    "dialogues": "CREATE TABLE dialogues (n INTEGER PRIMARY KEY AUTOINCREMENT, "
    f"at INTEGER NOT NULL, arms TEXT NOT NULL, {_FIELDS})",
    "dialogues_id": "CREATE UNIQUE INDEX dialogues_id ON dialogues (id)",
    "measures": "CREATE TABLE measures (number INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL)",
    "scores": SCORES_TABLE,
    "texts": f"CREATE VIRTUAL TABLE texts USING fts5 (public, private, content='', {TOKENIZE})",
    **EPISODES,
    **PAPERS,
}
_GROWS: Final = frozenset({"scores"})
"""Tables that get a column for each measure."""
_UNUSABLE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_UNWRITABLE: Final = frozenset(
    {
        *(sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM),
        *(sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL),
    }
)
_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


class Sidecar:
    """An index file, which is there and has the right tables.

    Args:
        run: The run's folder.
        rebuild: Whether what is there is thrown away first.
        at: Where it is, of another process that has made it: it goes nowhere else then.

    Attributes:
        path: Where it is.
        is_aside: Whether it could not be put beside the run; then it goes with this object.
    """

    def __init__(self, run: Path, *, rebuild: bool = False, at: Path | None = None) -> None:
        self.path = at or run / NAME
        self.is_aside = False
        self._stays = at is not None
        self._rebuild = rebuild
        self._fitting = threading.Lock()
        self._kept_open: weakref.finalize[[], Sidecar] | None = None
        if at is None and ships(run):
            self._go_aside()
        try:
            self._prepare()
        except sqlite3.DatabaseError as error:
            if not self.move_aside(error):
                raise

    def move_aside(self, error: sqlite3.DatabaseError) -> bool:
        """Begin anew in a temporary folder, where the file cannot be written: it may not, or there
        is no room. Whether that was done."""
        if self.is_aside or self._stays or _code(error) not in _UNWRITABLE:
            return False
        self._go_aside()
        self._prepare()
        return True

    def _go_aside(self) -> None:
        aside = Path(tempfile.mkdtemp(prefix="track15-view-"))
        weakref.finalize(self, shutil.rmtree, aside, ignore_errors=True)
        self.path, self.is_aside = aside / NAME, True

    def _free(self) -> None:
        """Take away what is there and is no file of ours alone. A link would lead to a database of
        the user's own, and to it what is no index would be thrown away.

        Raises:
            sqlite3.OperationalError: It cannot be taken away.
        """
        for path in self._files():
            with _refusing(path), contextlib.suppress(FileNotFoundError):
                found = path.lstat()
                if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
                    path.unlink()

    def _files(self) -> Iterator[Path]:
        """The file and its journals. The file last: a journal must not be left to a new one."""
        for suffix in ("-wal", "-shm", "-journal", ""):
            yield Path(f"{self.path}{suffix}")

    def _prepare(self) -> None:
        try:
            self._fit()
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            self._remove()
            self._fit()

    def _fit(self) -> None:
        """Hold that the file has the tables of this version, by making it anew where it has not."""
        with self._fitting:
            self._free()
            with self._connected(PATIENCE_S) as db:
                db.execute("PRAGMA journal_mode = WAL")
                usable = not self._rebuild and fits(db)
            if not usable:
                self._remove()  # to empty a large one takes longer than to begin anew
                with self._connected(PATIENCE_S) as db:
                    db.execute("PRAGMA journal_mode = WAL")
                    if not fits(db):
                        _make(db)
            self._rebuild = False
            self._keep_open()

    def _keep_open(self) -> None:
        """Hold a connection for as long as the file is this one. SQLite brings a file in order
        whenever its last connection closes: each look at it would cost as much as a change."""
        self._let_go()
        opened = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        self._kept_open = weakref.finalize(self, opened.close)
        opened.execute("SELECT 1 FROM meta").fetchone()

    def _let_go(self) -> None:
        if self._kept_open is not None:
            self._kept_open()

    def clear(self) -> None:
        """Throw away what is in it."""
        with self.connected() as db:
            _make(db)

    def mend(self, error: sqlite3.DatabaseError) -> bool:
        """Make a damaged file anew; whether it was damaged. One that cannot be thrown away is left,
        and another one begun in a temporary folder."""
        if not is_damage(error):
            return False
        try:
            self._remove()
            self._fit()
        except sqlite3.DatabaseError as refused:
            if not self.move_aside(refused):
                raise
        return True

    def _remove(self) -> None:
        self._let_go()
        for path in self._files():
            with _refusing(path):
                path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def connected(self, patience_s: float = PATIENCE_S) -> Iterator[sqlite3.Connection]:
        """A connection of one thread's, closed at the end.

        Args:
            patience_s: How long it waits for others.
        """
        if not self.path.exists():  # it may be deleted at any time
            self._fit()
        with self._connected(patience_s) as db:
            yield db

    @contextlib.contextmanager
    def _connected(self, patience_s: float) -> Iterator[sqlite3.Connection]:
        # Statements begin no transactions by themselves.
        db = sqlite3.connect(self.path, timeout=patience_s, isolation_level=None)
        try:
            guarded(db)
            db.execute("PRAGMA synchronous = NORMAL")
            yield db
        finally:
            db.close()

    @contextlib.contextmanager
    def adding(self, patience_s: float = PATIENCE_S) -> Iterator[sqlite3.Connection]:
        """A connection that alone may add to the file until the end; all of it is kept, or none.

        Args:
            patience_s: As of :meth:`connected`.
        """
        with self.connected(patience_s) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                with contextlib.suppress(sqlite3.Error):  # where it has failed, it was undone
                    db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")


@contextlib.contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """What the system refuses is an error of the database: the file goes elsewhere then."""
    try:
        yield
    except OSError as error:
        refused = sqlite3.OperationalError(f"{path}: {error.strerror}")
        refused.sqlite_errorcode = sqlite3.SQLITE_READONLY
        raise refused from None


def guarded(db: sqlite3.Connection) -> None:
    """Hold that a file does nothing of its own: a run may come from a stranger, with one in it."""
    db.execute("PRAGMA trusted_schema = OFF")
    db.execute("PRAGMA cell_size_check = ON")
    db.execute("PRAGMA cache_size = -16000")


def fits(db: sqlite3.Connection) -> bool:
    """Whether a file has the tables of this version and nothing besides: no view, no trigger."""
    if db.execute("PRAGMA user_version").fetchone() != (VERSION,):
        return False
    for kind, name, table, sql in db.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema"):
        if name.startswith(("sqlite_", "texts_")) and kind in ("table", "index"):
            continue
        if kind not in ("table", "index") or table not in _TABLES:
            return False
        if name not in _GROWS and sql != _TABLES.get(name):
            return False
    return True


def _make(db: sqlite3.Connection) -> None:
    """Make the tables anew, in one step."""
    db.execute("BEGIN EXCLUSIVE")
    try:
        old = "SELECT type, name FROM sqlite_schema WHERE type IN ('view', 'trigger', 'table')"
        for kind, name in db.execute(old).fetchall():
            if not name.startswith(("sqlite_", "texts_")):
                quoted = name.replace('"', '""')
                db.execute(f'DROP {kind.upper()} IF EXISTS "{quoted}"')
        for sql in _TABLES.values():
            db.execute(sql)
        db.execute(f"PRAGMA user_version = {VERSION}")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether an error says that the file is damaged, or is no database."""
    return _code(error) in _UNUSABLE


def is_busy(error: sqlite3.DatabaseError) -> bool:
    """Whether an error says that another one is adding to the file."""
    return _code(error) in _BUSY


def unusable(error: sqlite3.Error) -> tuple[str, str]:
    """Why an index cannot be used, and how to fix it."""
    code = _code(error)
    if code in _BUSY:
        return (
            "Another program is using the index of a run.",
            f"load this page again in a while; or end that program, or delete {NAME}",
        )
    if code == sqlite3.SQLITE_FULL:
        return (
            "There is no room on the disk for the index of a run.",
            "make room, or name a folder on another disk in TMPDIR; then start the viewer again",
        )
    if code in _UNWRITABLE:
        return (
            "The index of a run can neither be written beside it nor to the temporary folder.",
            "name a folder that may be written in TMPDIR; then start the viewer again",
        )
    return (
        "The index of a run cannot be used.",
        "load this page again: an index that is damaged is built anew",
    )


def _code(error: sqlite3.Error) -> int:
    """The primary code of an error of SQLite's."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
