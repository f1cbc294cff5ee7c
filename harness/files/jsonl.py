"""Append-only files of one JSON object a line.

A line counts once its newline is on disk. A process killed in the middle of a write leaves a torn
last line, which is cut off when the file is next opened for appending and ignored when it is read.

Kept by hand: ``jq``, pandas and people read such files as they are, and a record only ever grows. A
database would be faster to read, but only with its own software.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator, Iterator
from io import FileIO
from pathlib import Path
from typing import BinaryIO

from harness.errors import RecordError
from harness.files.advice import advice, cannot, reason
from harness.files.regular import LARGEST, open_own, open_regular
from harness.files.shipped import leave_shipped
from harness.files.writing import write_whole

CHUNK = 1 << 20


class Appender:
    """Appends whole lines to a file. One writer at a time; the caller holds the lock.

    Unbuffered, so that nothing half written is left behind in memory: an append that fails is cut
    off again, and the file holds whole lines only.

    Raises:
        RecordError: The file cannot be opened or written (no room, no permission), or is of a run
            that ships.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        leave_shipped(path)
        try:
            descriptor = open_own(path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
            self._file = FileIO(descriptor, "a+b")
        except OSError as error:
            raise cannot("opened", path, error) from None
        try:
            self.torn = _cut_torn_line(self._file, path)
            self._size = self._file.seek(0, os.SEEK_END)
        except OSError as error:
            self._file.close()
            raise cannot("opened", path, error) from None
        except RecordError:
            self._file.close()
            raise

    @property
    def size(self) -> int:
        """Bytes in the file: where the next line will begin."""
        return self._size

    def append(self, lines: list[bytes], *, sync: bool = True) -> None:
        """Append lines (without newlines) and, with ``sync``, wait until they are on disk."""
        if not lines:
            return
        text = memoryview(b"\n".join(lines) + b"\n")
        try:
            written = 0
            while written < len(text):  # a write may take a part only
                written += self._file.write(text[written:])
            if sync:
                os.fsync(self._file.fileno())
        except OSError as error:
            with contextlib.suppress(OSError):
                self._file.truncate(self._size)
            raise cannot("written", self.path, error) from None
        self._size += len(text)

    def take_back(self, size: int) -> None:
        """Cut off what was appended since the file had this size."""
        with contextlib.suppress(OSError):
            self._file.truncate(size)
            self._size = size

    def close(self) -> None:
        self._file.close()


def _cut_torn_line(file: FileIO, path: Path) -> int:
    """Cut what follows the last newline; the number of bytes cut.

    Raises:
        RecordError: It is longer than any line that is written.
    """
    end = file.seek(0, os.SEEK_END)
    position, keep = end, 0
    while position > 0:
        if end - position > LARGEST:
            raise _too_long(path)
        start = max(0, position - CHUNK)
        file.seek(start)
        found = file.read(position - start).rfind(b"\n")
        if found >= 0:
            keep = start + found + 1
            break
        position = start
    if keep < end:
        file.truncate(keep)
    file.seek(0, os.SEEK_END)
    return end - keep


def read_lines(path: Path) -> Generator[tuple[int, bytes]]:
    """Whole lines with their byte offsets, streaming; a torn last line is left out.

    Raises:
        RecordError: The file cannot be read, or is no regular file.
    """
    try:
        file = open_regular(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise unreadable(path, error) from None
    with file:
        yield from lines_of(file, path)


def lines_of(file: BinaryIO, path: Path) -> Iterator[tuple[int, bytes]]:
    """As :func:`read_lines`, of an open file, from its start.

    Raises:
        RecordError: It cannot be read, or a line of it is longer than any that is written.
    """
    offset = 0
    try:
        file.seek(0)
        while line := file.readline(LARGEST + 1):
            if not line.endswith(b"\n"):
                if len(line) > LARGEST:
                    raise _too_long(path)
                return
            yield offset, line[:-1]
            offset += len(line)
    except OSError as error:
        raise unreadable(path, error) from None


def heads_of(file: BinaryIO, path: Path, most: int) -> Iterator[tuple[int, bytes]]:
    """As :func:`lines_of`, but of each line no more than its first ``most`` bytes: of a file with
    GBs of long lines, that is told much sooner.

    Raises:
        RecordError: As :func:`lines_of`.
    """
    start, head, read = 0, b"", 0
    try:
        while True:
            file.seek(read)  # whoever is given a head may read elsewhere
            piece = file.read(CHUNK)
            if not piece:
                return
            at = 0
            while (end := piece.find(b"\n", at)) >= 0:
                if read + end - start > LARGEST:
                    raise _too_long(path)
                yield start, head + piece[at : min(end, at + most - len(head))]
                at, head = end + 1, b""
                start = read + at
            head += piece[at : at + most - len(head)]
            read += len(piece)
            if read - start > LARGEST:
                raise _too_long(path)
    except OSError as error:
        raise unreadable(path, error) from None


def _too_long(path: Path) -> RecordError:
    return RecordError(
        f"damaged: it has a line of more than {LARGEST:,} bytes",
        where=str(path),
        fix="put back a copy of the file, or move it away",
    )


def unreadable(path: Path, error: OSError) -> RecordError:
    """The error for a file that cannot be read."""
    return RecordError(
        f"cannot be read: {reason(error)}", where=str(path), fix=advice(error, reading=True)
    )


def write_atomically(path: Path, chunks: Iterator[bytes]) -> None:
    """Replace ``path`` by ``chunks`` so that a reader sees the old file or the new, never a part;
    never through a link, unless the user lets files of a run be links.

    Raises:
        RecordError: The folder cannot be written or ships, or ``path`` is a link; the old file
            stands.
    """
    leave_shipped(path)
    write_whole(path, chunks)
