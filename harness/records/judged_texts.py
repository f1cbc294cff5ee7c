"""Judgements of texts that belong to no run: one a line of a file, as in ``judgement.jsonl``.

It only grows. Several processes may add to it at once. What stands there already is found by its
id, which is the hash of everything that was asked and of whom, so nothing is asked twice.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from harness.errors import RecordError
from harness.files.advice import advice, cannot, reason
from harness.files.jsonl import Appender, read_lines
from harness.files.regular import open_own, read_head
from harness.records.folder import RUN
from harness.records.judgement import JUDGEMENT, JudgementRecord
from harness.records.parsing import HEAD, damaged, parse_stage

_START: Final = b'{"id":"'
_NEXT: Final = b'","schema_version":'
_ID: Final = slice(len(_START), len(_START) + 16)
_KIND: Final = b'"kind":"judgement"'
_OTHER: Final = "name another file: --record FILE"


class JudgedTexts:
    """A file of judgements.

    Args:
        path: Of the file; made, with its folder, where there is none.

    Raises:
        RecordError: It cannot be read or written, lies in the folder of a run, or holds something
            else. Nothing of it is changed then.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if (path.parent / RUN).exists():
            raise RecordError(
                "this is the folder of a run, which holds its own judgements alone",
                where=str(path),
                fix=_OTHER,
            )
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            why = f"the folder cannot be made: {reason(error)}"
            raise RecordError(why, where=str(path.parent), fix=advice(error)) from None
        self._of_file()
        self._append([])  # what cannot be written is said before anything is paid for

    def find(
        self, judgement: str, fits: Callable[[JudgementRecord], bool]
    ) -> JudgementRecord | None:
        """The last judgement of that id; None where there is none.

        Args:
            judgement: Its id.
            fits: Whether a judgement is one of what its spec says was asked and read.

        Raises:
            RecordError: Its line is damaged.
        """
        found = None
        for number, (_, line) in enumerate(read_lines(self.path), start=1):
            head = HEAD.match(line)
            if head is not None and head.group(1).decode() == judgement:
                where = f"{self.path}:{number}"
                try:
                    found = parse_stage(line, where, JUDGEMENT, JudgementRecord)
                    if not fits(found):
                        raise damaged(where, "its answers or quotes are not of what was asked")
                except RecordError as error:
                    error.fix = f"delete the line, or {_OTHER}"
                    raise
        return found

    def keep(self, record: JudgementRecord) -> None:
        """Add a judgement; it is on disk when this returns.

        Raises:
            RecordError: It cannot be written.
        """
        self._append([record.model_dump_json(by_alias=True).encode()])

    def _of_file(self) -> None:
        """See that the file holds judgements and nothing else.

        Raises:
            RecordError: It holds something else, be it one line.
        """
        try:
            start = read_head(self.path, _ID.stop + len(_NEXT))
        except FileNotFoundError:
            return
        except OSError as error:
            why = f"cannot be read: {reason(error)}"
            raise RecordError(why, where=str(self.path), fix=_OTHER) from None
        # A line without its end is cut off when the file is written: it must be one of ours.
        if not _begins(start):
            raise self._holds_else(1)
        for number, (_, line) in enumerate(read_lines(self.path), start=1):
            if HEAD.match(line) is None or _KIND not in line:
                raise self._holds_else(number)

    def _holds_else(self, line: int) -> RecordError:
        return RecordError(
            "this is no file of judgements, and it stays as it is",
            where=f"{self.path}:{line}",
            fix=_OTHER,
        )

    def _append(self, lines: list[bytes]) -> None:
        with _alone(self.path):
            file = Appender(self.path)
            try:
                file.append(lines)
            finally:
                file.close()


def _begins(start: bytes) -> bool:
    """Whether a line that begins so, however early it was torn, is one of a judgement."""
    key = start[_ID]
    return set(key) <= set(b"0123456789abcdef") and (_START + key + _NEXT).startswith(start)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a file against other writers, who wait: a line is written at once."""
    try:
        held = open_own(path, os.O_RDWR | os.O_CREAT)
    except OSError as error:
        raise cannot("written", path, error) from None
    try:
        try:
            import fcntl

            fcntl.flock(held, fcntl.LOCK_EX)
        except (ImportError, OSError):  # not on Windows, nor on every shared disk
            pass
        yield
    finally:
        os.close(held)
