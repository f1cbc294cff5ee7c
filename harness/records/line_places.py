"""Which lines of a file of transcripts count, and where they stand: for whoever reads them here,
and for processes that each read some of them."""

from __future__ import annotations

import io
import os
from array import array
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, NamedTuple

from harness.files.jsonl import lines_of
from harness.records.parsing import HEAD, Index, Line, index_of


class LinePlace(NamedTuple):
    """Where a :class:`~harness.records.parsing.Line` stands in an open file.

    Attributes:
        start: Offset in bytes, >= 0.
        size: Bytes, without its newline.
        number: From 1.
        held: Whether it was held against itself and the run before.
    """

    start: int
    size: int
    number: int
    held: bool

    def read(self, descriptor: int) -> Line:
        """The line, wherever the descriptor stands. Of a file that was cut meanwhile it is what is
        left of it."""
        return Line(os.pread(descriptor, self.size, self.start), self.number, self.held)


class KnownLines:
    """What is known of the lines of a file of transcripts, for as long as it is the same file.

    Attributes:
        index: Where its dialogues stand.
        held: Offsets of the lines that were held against themselves and the run.
    """

    def __init__(self, index: Index, starts: array[int] | None = None) -> None:
        """``starts``: offsets of all lines, each of which begins as it should, and of what follows
        the last; None where they are not known."""
        self.index, self.held = index, set[int]()
        self._starts = starts

    @classmethod
    def of(cls, file: BinaryIO, path: Path) -> KnownLines:
        """Those of an open file.

        Raises:
            RecordError: As :func:`~harness.records.parsing.index_of`.
        """
        starts = array("q")
        index = index_of(file, path, starts)
        return cls(index, starts if len(starts) > 1 else None)

    def read(self, file: BinaryIO, path: Path) -> Iterator[Line]:
        """The last line of every dialogue, in the order of the file.

        Raises:
            RecordError: The file cannot be read.
        """
        for number, (offset, line) in enumerate(lines_of(file, path), start=1):
            head = HEAD.match(line)
            if head is not None and self._last(head.group(1).decode(), offset) != offset:
                continue  # superseded: an endpoint had failed and it was played again
            yield Line(line, number, held=offset in self.held)
            self.held.add(offset)  # whoever asks for the next one has read this one

    def _last(self, dialogue: str, offset: int) -> int:
        return self.index.get(dialogue, (offset,))[0]

    def places(self) -> Iterator[LinePlace] | None:
        """Where the lines of :meth:`read` stand; None where that is not known."""
        return None if self._starts is None else self._places(self._starts)

    def _places(self, starts: array[int]) -> Iterator[LinePlace]:
        last = {offset for offset, _ in self.index.values()}
        for number, (start, end) in enumerate(pairwise(starts), start=1):
            if start in last:
                yield LinePlace(start, end - start - 1, number, start in self.held)
                self.held.add(start)


def which(file: os.stat_result) -> tuple[int, ...]:
    """Tells a file, and what stands in it, from others."""
    return file.st_dev, file.st_ino, file.st_mtime_ns, file.st_size


def can_be_shared(file: BinaryIO) -> bool:
    """Whether another process can read lines of the file by its descriptor."""
    return os.name == "posix" and not isinstance(file, io.BytesIO)
