"""Replies kept in a file, so that a call is paid for once.

One SQLite file (standard library, write-ahead log): text -> a :class:`ModelReply` as JSON. Several
processes may use it at once. Nothing is ever unpickled: a file from elsewhere can hold a wrong
reply, but no code.

Every write is a transaction and is handed to the operating system before :meth:`put` returns, so it
outlives a ``kill -9`` of the process. It is not brought to disk each time: that would cost
more than the call it keeps. A power cut can lose the last replies, and with ``durable=False`` the
file.

Kept by hand: diskcache would unpickle what a file holds, and hishel goes by the rules of HTTP, by
which an answer to a POST is none to keep.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_fixed

from harness.errors import RecordError
from harness.models.reply import ModelReply

FORMAT: Final = 2
"""Raised when the meaning of a key or a value changes; kept as SQLite's ``user_version``. Format 1
named the tokens of a reply otherwise, and is read too."""
APPLICATION: Final = 0x74313563
"""``t15c``, kept as SQLite's ``application_id``: tells our file from any other database."""
PATIENCE: Final = 10.0
"""Seconds to wait for another process that is writing; a write takes far less than one of them."""


class ReplyStore:
    """Text -> reply, in one file. Belongs to the thread and the process that opened it.

    Args:
        path: The file; made where there is none.
        durable: Whether the file stays whole in a power cut. Costs a wait for the disk about every
            thousand writes; none of them is then lost for good but the last.

    Raises (all methods):
        RecordError: The file is damaged, no such store, locked for longer than :data:`PATIENCE`
            seconds, or cannot be read or written.
    """

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        self.path = path
        with self._told():
            # Autocommit: each statement is a transaction of its own.
            self._database = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
        try:
            with self._told():
                self._open(durable)
        except BaseException:
            self._database.close()
            raise

    def _open(self, durable: bool) -> None:
        run = self._database.execute
        # In this order: another process may be making the file.
        held = run("SELECT count(*) FROM sqlite_master").fetchone()[0]
        known = run("PRAGMA application_id").fetchone()[0]
        if held and known != APPLICATION:
            raise RecordError(
                "a database that another program made",
                where=str(self.path),
                fix="name another file",
            )
        version = run("PRAGMA user_version").fetchone()[0]
        if version > FORMAT:
            raise RecordError(
                f"written by a newer version (format {version}; this one reads {FORMAT})",
                where=str(self.path),
                fix="upgrade track15, or name another file",
            )
        mode = self._write_ahead()
        # Without a write-ahead log (some network file systems) each write would wait for the disk.
        run(f"PRAGMA synchronous = {'NORMAL' if durable and mode == 'wal' else 'OFF'}")
        if version == FORMAT:
            return
        run("BEGIN IMMEDIATE")  # of two processes that make the file, one waits
        run("CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, reply TEXT NOT NULL)")
        run(f"PRAGMA application_id = {APPLICATION}")
        run(f"PRAGMA user_version = {FORMAT}")
        run("COMMIT")

    def _write_ahead(self) -> str:
        """Turn the write-ahead log on; the journal mode in the end."""
        # SQLite does not wait for this lock itself: another process opens the file too.
        retrying = Retrying(
            retry=retry_if_exception(_is_busy),
            stop=stop_after_delay(PATIENCE),
            wait=wait_fixed(0.01),
            reraise=True,
        )
        answer = retrying(self._database.execute, "PRAGMA journal_mode = WAL")
        mode: str = answer.fetchone()[0]
        return mode

    def get(self, key: str) -> ModelReply | None:
        """The reply kept under ``key``; None where there is none."""
        with self._told():
            row = self._database.execute(
                "SELECT reply FROM replies WHERE key = ?", (key,)
            ).fetchone()
        return None if row is None else self._reply(key, row[0])

    async def find(self, key: str) -> ModelReply | None:
        """As :meth:`get`, but awaitable, like a store in another process."""
        return self.get(key)

    def put(self, key: str, reply: ModelReply) -> None:
        """Keep ``reply`` under ``key``, in place of an earlier one.

        One with half a character in it (a lone surrogate, from code of the user's) cannot be
        written, and is not kept: it is no usable reply either.
        """
        self.put_all([(key, reply)])

    def put_all(self, replies: Sequence[tuple[str, ModelReply]]) -> None:
        """As :meth:`put`, of all in one transaction: all are kept, or none."""
        rows = []
        for key, reply in replies:
            with suppress(PydanticSerializationError):
                rows.append((key, reply.model_dump_json()))
        self._run_all(_PUT, rows)

    def items(self, prefix: str = "") -> Iterator[tuple[str, ModelReply]]:
        """Keys that start with ``prefix``, in order, and their replies."""
        with self._told():
            rows = self._database.execute(
                "SELECT key, reply FROM replies WHERE key >= ? AND key < ? ORDER BY key",
                _range(prefix),
            ).fetchall()
        return ((key, self._reply(key, reply)) for key, reply in rows)

    def delete_all(self, prefixes: Sequence[str]) -> None:
        """Forget the replies whose keys start with one of ``prefixes``, in one transaction."""
        self._run_all(_DROP, [_range(prefix) for prefix in prefixes])

    def __len__(self) -> int:
        with self._told():
            count: int = self._database.execute("SELECT count(*) FROM replies").fetchone()[0]
        return count

    def close(self) -> None:
        """Close the file; the last process to do so also folds its write-ahead log in."""
        with self._told():
            self._database.close()

    def __enter__(self) -> ReplyStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run_all(self, statement: str, rows: Sequence[tuple[str, str]]) -> None:
        """Run a statement for each of ``rows``, in one transaction."""
        with self._told():
            if len(rows) == 1:
                self._database.execute(statement, rows[0])
            if len(rows) <= 1:
                return
            self._database.execute("BEGIN IMMEDIATE")
            try:
                self._database.executemany(statement, rows)
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:  # SQLite itself may have rolled back
                    self._database.execute("ROLLBACK")
                raise

    def _reply(self, key: str, text: str) -> ModelReply:
        try:
            return ModelReply.model_validate_json(text)
        except ValidationError:
            raise RecordError(
                f"the reply kept under {key[:40]!r} is damaged",
                where=str(self.path),
                fix=_DELETE,
            ) from None

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What SQLite says of the file, as an error that says what to do."""
        try:
            yield
        except sqlite3.Error as error:
            raise RecordError(
                f"cannot be used: {error}", where=str(self.path), fix=_fix(error)
            ) from None


_PUT: Final = (
    "INSERT INTO replies VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET reply = excluded.reply"
)
_DROP: Final = "DELETE FROM replies WHERE key >= ? AND key < ?"
_DELETE: Final = "delete the file: its replies are then asked for, and paid for, again"


def _is_busy(error: BaseException) -> bool:
    code = getattr(error, "sqlite_errorcode", 0)
    return isinstance(error, sqlite3.OperationalError) and code & 0xFF == sqlite3.SQLITE_BUSY


def _fix(error: sqlite3.Error) -> str:
    # The primary result code is the low byte (https://www.sqlite.org/rescode.html).
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return "another process uses it: wait for that process, or name another file"
        case sqlite3.SQLITE_FULL:
            return "make room on the disk; kept replies stay"
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return _DELETE
    return "check that the folder exists, has room and can be written, or name another file"


def _range(prefix: str) -> tuple[str, str]:
    """The keys that start with ``prefix`` lie between these two."""
    return prefix, prefix + "\U0010ffff"
