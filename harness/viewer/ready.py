"""An index that is there already and knows the whole run: to read from, and never written."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.errors import RecordError
from harness.records.reader import RunFolder
from harness.viewer.index import FILES, identity_of, whole
from harness.viewer.sidecar import NAME, fits, guarded


@dataclass(frozen=True)
class ReadyIndex:
    """The index of a run as a viewer has left it.

    Attributes:
        file: Where it is.
    """

    file: Path

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection to read one state of it from."""
        db = sqlite3.connect(f"{self.file.absolute().as_uri()}?mode=ro", uri=True)
        try:
            guarded(db)
            db.execute("PRAGMA query_only = ON")
            db.execute("BEGIN")
            yield db
        finally:
            db.close()


def ready(folder: RunFolder) -> ReadyIndex | None:
    """The index of a run; None where there is none that fits its files as they are now, or where a
    line of them is damaged: who reads the files says which."""
    index = ReadyIndex(folder.path / NAME)
    if not index.file.is_file():
        return None
    try:
        with index.reading() as db:
            known = fits(db) and whole(db, folder.path, identity_of(folder))
    except (sqlite3.Error, RecordError):
        return None
    return index if known and all((folder.path / name).exists() for name in FILES[:2]) else None
