"""An index of a run: its dialogues in columns, its scores beside them, and all texts to search in.

It is built from the run's files as they grow, a piece at a time, so that a run in play can be
watched and a run of a hundred thousand dialogues takes no more memory than a small one.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from harness.errors import RecordError
from harness.files.jsonl import unreadable
from harness.records.folder import PLAN, SCORES, TRANSCRIPTS
from harness.records.reader import RunFolder
from harness.viewer import papers
from harness.viewer.apart import Apart
from harness.viewer.ingest import INGEST, LARGE_PIECE, PIECE, Piece, forget_scores
from harness.viewer.prefix import opened, print_of, size_of
from harness.viewer.sidecar import PATIENCE_S, Sidecar, is_busy

FILES: Final = (PLAN, TRANSCRIPTS, SCORES)
"""What is indexed, in this order: a dialogue's arms are known before the dialogue is."""
ALL_FILES: Final = (*FILES, *papers.FILES)
"""Those, and the files that only some runs have."""
LARGE: Final = 32 << 20
"""Bytes from which on a process of its own takes them in."""
_BUILD: Final = "from harness.viewer.index import build; build()"
AT_ONCE_S: Final = 0.3
"""How long a page waits for the index before it shows what there is."""


@dataclass(frozen=True)
class Progress:
    """How far an index is.

    Attributes:
        done: Bytes that are indexed.
        total: Bytes that there are.
        damaged: Lines that are no record, and are left out.
        aside: Whether the index could not be put beside the run.
    """

    done: int
    total: int
    damaged: int
    aside: bool

    @property
    def complete(self) -> bool:
        return self.done >= self.total

    @property
    def share(self) -> float:
        """In [0, 1]."""
        return 1.0 if self.complete else self.done / self.total


class Index:
    """The index of one run. Its methods may be called by several threads.

    Args:
        folder: The run.
        rebuild: Whether an index that is there is thrown away.
        at: Where it is, of another process that has made it.
    """

    def __init__(self, folder: RunFolder, *, rebuild: bool = False, at: Path | None = None) -> None:
        self.path = folder.path
        self._identity = identity_of(folder)
        self._sidecar = Sidecar(folder.path, rebuild=rebuild, at=at)
        self._building = threading.Lock()
        self._worker: threading.Thread | None = None

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection to read from: one state of the index, whoever adds to it meanwhile."""
        with self._sidecar.connected() as db:
            db.execute("PRAGMA query_only = ON")
            db.execute("BEGIN")
            yield db

    def refresh(self, wait_s: float = AT_ONCE_S) -> Progress:
        """Take in what the run's files hold by now. What takes longer goes on in the background.

        Args:
            wait_s: How long this may take.

        Raises:
            RecordError: A file of the run cannot be read.
        """
        if self._building.acquire(blocking=False):
            try:
                self._add_until(time.monotonic() + wait_s, PIECE)
            except sqlite3.DatabaseError as error:
                if not is_busy(error):  # another viewer is at it
                    raise
            finally:
                self._building.release()
        progress = self.progress()
        if not progress.complete and (self._worker is None or not self._worker.is_alive()):
            self._worker = threading.Thread(target=self._finish, name="index", daemon=True)
            self._worker.start()
        return progress

    def complete(self) -> Progress:
        """Take in everything, however long it takes.

        Raises:
            RecordError: A file of the run cannot be read.
        """
        with self._building:
            self._add_until(None, LARGE_PIECE)
        return self.progress()

    def _finish(self) -> None:
        """The same in the background; where there is much of it, in a process of its own. What goes
        wrong is left to the next page, which says it."""
        with self._building, contextlib.suppress(RecordError, OSError, sqlite3.Error):
            progress = self.progress()
            if progress.total - progress.done >= LARGE:
                with Apart(_BUILD, str(self.path), str(self._sidecar.path)) as other:
                    other.wait()
            self._add_until(None, LARGE_PIECE)  # what is left, such as what the other cannot do

    def progress(self) -> Progress:
        """How far it is, as of the last look at the run's files."""
        with self.reading() as db:
            known = _known(db)
        done = total = damaged = 0
        for name in ALL_FILES:
            with _file(self.path / name) as file:
                size = size_of(file)
            mark = known.get(name, Mark())
            done, total = done + min(mark.offset, size), total + size
            damaged += mark.damaged
            if mark.whole == size:  # what is left is a line in the making
                total -= size - min(mark.offset, size)
        return Progress(done, total, damaged, self._sidecar.is_aside)

    def stamp(self) -> str:
        """What tells the state of the index from others."""
        with self.reading() as db:
            return repr(sorted(_known(db).items()))

    def kept(self, key: str) -> str | None:
        """A value that was kept beside the index; None where there is none."""
        with self.reading() as db:
            found = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if found is None else str(found[0])

    def keep(self, key: str, value: str) -> None:
        """Keep a value beside the index, for as long as the run is the same."""
        with self._sidecar.adding() as db:
            db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))

    def _add_until(self, end: float | None, size: int) -> None:
        """Add pieces of this size until everything is there, or the time is up: then nobody is
        waited for either."""
        try:
            while self._add_piece(size, PATIENCE_S if end is None else 0.0):
                if end is not None and time.monotonic() >= end:
                    return
        except sqlite3.DatabaseError as error:
            if not self._sidecar.mend(error) and not self._sidecar.move_aside(error):
                raise
            self._add_until(end, size)

    def _add_piece(self, size: int, patience_s: float) -> bool:
        """Add the next piece of the run; whether there may be more."""
        with self._sidecar.adding(patience_s) as db:
            known = _known(db)
            if known.get("run", Mark()).print != self._identity:
                known = _forget_all(db, self._identity)
            for name in ALL_FILES:
                with _file(self.path / name) as file:
                    mark, there = known.get(name, Mark()), size_of(file)
                    if mark.offset > there or (
                        file is not None
                        and mark.offset > 0
                        and print_of(file, mark.offset) != mark.print
                    ):
                        if name != SCORES:
                            _forget_all(db, self._identity)
                            return True
                        forget_scores(db)
                        mark = Mark()
                    if file is None or there in (mark.offset, mark.whole):
                        continue
                    piece = INGEST[name](db, file, mark.offset, size)
                    _mark(db, name, mark.after(piece, print_of(file, piece.end), there))
                    return True
        return False


def identity_of(folder: RunFolder) -> str:
    """What tells a run from another one of the same name."""
    info = folder.info
    return f"{info.schema_} {info.created} {info.root or info.plan}"


def build() -> None:
    """Build the index of a run: both are named on the command line. What goes wrong is an error."""
    folder, at = map(Path, sys.argv[1:3])
    Index(RunFolder(folder), at=at).complete()


@dataclass(frozen=True)
class Mark:
    """What is indexed of a file.

    Attributes:
        offset: Where the next line begins.
        print: Of what is before it; see :func:`~harness.viewer.prefix.print_of`.
        damaged: Lines before it that are no record.
        whole: Size of the file when nothing but a torn line was left of it; -1 otherwise.
    """

    offset: int = 0
    print: str = ""
    damaged: int = 0
    whole: int = -1

    def after(self, piece: Piece, print_: str, size: int) -> Mark:
        """The mark once a piece was added."""
        whole = size if piece.ended and piece.end < size else -1
        return Mark(piece.end, print_, self.damaged + piece.damaged, whole)


def whole(db: sqlite3.Connection, run: Path, identity: str) -> bool:
    """Whether an index is of this run, knows all of its files as they are now, and has left nothing
    out.

    Raises:
        RecordError: A file of the run cannot be read.
    """
    known = _known(db)
    if known.get("run", Mark()).print != identity:
        return False
    for name in ALL_FILES:
        with _file(run / name) as file:
            mark, size = known.get(name, Mark()), size_of(file)
            if mark.damaged or size not in (mark.offset, mark.whole):
                return False
            if file is not None and mark.offset and print_of(file, mark.offset) != mark.print:
                return False
    return True


def _known(db: sqlite3.Connection) -> dict[str, Mark]:
    rows = db.execute("SELECT key, value FROM meta WHERE key LIKE 'mark %'")
    return {key.removeprefix("mark "): Mark(*json.loads(value)) for key, value in rows}


def _mark(db: sqlite3.Connection, name: str, mark: Mark) -> None:
    value = json.dumps([mark.offset, mark.print, mark.damaged, mark.whole])
    db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (f"mark {name}", value))


def _forget_all(db: sqlite3.Connection, identity: str) -> dict[str, Mark]:
    """Empty the tables: the files are others than those that were read."""
    db.execute("INSERT INTO texts (texts) VALUES ('delete-all')")
    for table in ("meta", "plan", "episodes", "papers", "dialogues"):
        db.execute(f"DELETE FROM {table}")  # noqa: S608 - names of ours
    forget_scores(db)
    _mark(db, "run", Mark(print=identity))
    return {"run": Mark(print=identity)}


@contextlib.contextmanager
def _file(path: Path) -> Iterator[BinaryIO | None]:
    """A file of the run; None where there is none.

    Raises:
        RecordError: It cannot be read.
    """
    try:
        file = opened(path)
    except OSError as error:
        raise unreadable(path, error) from None
    try:
        yield file
    finally:
        if file is not None:
            file.close()


def columns(db: sqlite3.Connection) -> dict[str, str]:
    """``evaluator.measure`` -> the column of ``scores`` that holds it."""
    return {name: f"c{number}" for number, name in db.execute("SELECT number, name FROM measures")}
