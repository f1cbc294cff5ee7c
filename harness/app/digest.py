"""What findings and pages need of a large run, kept beside its scores: ``digest.jsonl``.

It is worked out while the run is scored, so that whoever reports the run reads neither transcripts
nor scores again. It is never needed: it counts only while the files that it was made from have the
very content that they had, and whatever is wrong with it, they are read instead.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter

import harness
from harness.analysis.columns import Column
from harness.app.packing import Part
from harness.errors import RecordError
from harness.files.jsonl import read_lines, write_atomically
from harness.files.regular import open_regular
from harness.records.folder import DIGEST, PLAN, RUN, SCORES, TRANSCRIPTS
from harness.records.reader import RunFolder

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

MadeT = TypeVar("MadeT")
SCHEMA: Final = "track15/digest/3"
"""Raised when what is kept of a dialogue changes."""
SOURCES: Final = (RUN, PLAN, TRANSCRIPTS)
"""What a run's scores and digest are made from."""
_PIECE: Final = 1 << 23
"""Bytes that are hashed at once. Between two pieces the thread has to wait for its turn: as long as
it takes to hash a few MB, where another one is at work."""


class _Head(BaseModel):
    """The first line of the file.

    Attributes:
        schema_version: :data:`SCHEMA`.
        version: Of the package that wrote it.
        lines: That follow.
        content: SHA-256 of them.
        files: Name of a file of the run -> SHA-256 of its content.
    """

    model_config = ConfigDict(frozen=True)

    schema_version: str
    version: str
    lines: int
    content: str
    files: dict[str, str]


class StaleError(Exception):
    """A digest cannot be used."""


class Hashes:
    """SHA-256 of files of a run, worked out beside whoever reads them. Those that are not there are
    left out.

    They are opened at once. What takes their place later, and what is added to them, is not theirs.

    Attributes:
        opened: Name of a file -> which one that was.

    Raises:
        OSError: One cannot be opened.
    """

    def __init__(self, run: Path, names: Iterable[str]) -> None:
        with contextlib.ExitStack() as opened:
            files = dict[str, BinaryIO]()
            for name in names:
                with contextlib.suppress(FileNotFoundError):
                    files[name] = opened.enter_context(open_regular(run / name))
            self.opened = {name: os.fstat(file.fileno()) for name, file in files.items()}
            self._files = opened.pop_all()
        self._over = threading.Event()
        self._found = dict[str, str]()
        self._errors = list[OSError]()
        self._threads = [
            threading.Thread(
                target=self._work, args=(name, file, self.opened[name].st_size), daemon=True
            )
            for name, file in files.items()
        ]
        for thread in self._threads:
            thread.start()

    def _work(self, name: str, file: BinaryIO, size: int) -> None:
        try:
            self._found[name] = self._hash(file, size)
        except OSError as error:
            self._errors.append(error)

    def _hash(self, file: BinaryIO, size: int) -> str:
        content, piece = hashlib.sha256(), memoryview(bytearray(min(size, _PIECE)))
        with open(file.fileno(), "rb", buffering=0, closefd=False) as raw:
            while size > 0 and not self._over.is_set() and (read := raw.readinto(piece[:size])):
                content.update(piece[:read])
                size -= read
        return content.hexdigest()

    def close(self) -> None:
        """Work out nothing more."""
        self._over.set()
        self._wait()

    def _wait(self) -> None:
        for thread in self._threads:
            thread.join()
        self._files.close()

    def found(self) -> dict[str, str]:
        """Name of a file -> SHA-256 of its content when it was opened.

        Raises:
            OSError: One cannot be read.
        """
        self._wait()
        if self._errors:
            raise self._errors[0]
        return self._found


class _Measured(BaseModel):
    """A line with what was measured.

    Attributes:
        measure: ``evaluator.measure``.
        column: Its values.
    """

    model_config = ConfigDict(frozen=True, val_json_bytes="base64", ser_json_bytes="base64")

    measure: str
    column: Column


_PART: Final = TypeAdapter(Part)
_MEASURED: Final = TypeAdapter(_Measured)
"""These give bytes at once, where a model gives a text: hundreds of MB of a large run."""


def lines_of(part: Part) -> Iterator[bytes]:
    """The lines of a digest but for the first, each with its newline.

    Args:
        part: All dialogues of a run.
    """
    yield _PART.dump_json(part, exclude={"columns"}) + b"\n"
    for measure, column in part.columns.items():
        yield _MEASURED.dump_json(_Measured(measure=measure, column=column)) + b"\n"


def keep(
    run: Path, files: dict[str, str], count: int, content: str, pieces: Iterable[bytes]
) -> None:
    """Write the digest of a run. Where that cannot be done there is none.

    Args:
        run: Its folder.
        files: Hashes of what it was made from, and of the scores.
        count: How many lines there are.
        content: SHA-256 of them.
        pieces: The lines of :func:`lines_of`, in whatever pieces.
    """
    head = _Head(
        schema_version=SCHEMA,
        version=harness.__version__,
        lines=count,
        content=content,
        files=files,
    )
    first = head.model_dump_json().encode() + b"\n"
    with contextlib.suppress(RecordError):
        write_atomically(run / DIGEST, chain((first,), pieces))


def kept(folder: RunFolder, made: Callable[[Part], MadeT]) -> MadeT:
    """What is made of all dialogues of a run, as its digest has them.

    Args:
        folder: The run. Where its dialogues stand it knows then.
        made: Makes it, while the files of the run are still hashed.

    Raises:
        StaleError: There is no digest, it was made from something else than what is there now or by
            another version, it is damaged, or nothing can be made of it.
    """
    try:
        with contextlib.closing(read_lines(folder.path / DIGEST)) as lines:
            head = _Head.model_validate_json(next(lines)[1])
            if (head.schema_version, head.version) != (SCHEMA, harness.__version__):
                raise StaleError
            with contextlib.closing(Hashes(folder.path, (*SOURCES, SCORES))) as hashes:
                part = _part_in(lines, head)
                index, found = part.index(), made(part)
                if head.files != hashes.found():
                    raise StaleError
                if index:
                    folder.know(index, hashes.opened[TRANSCRIPTS])
                return found
    except (RecordError, OSError, StopIteration, ValueError):
        raise StaleError from None


def _part_in(lines: Iterator[tuple[int, bytes]], head: _Head) -> Part:
    """All dialogues, from the lines of :func:`lines_of`.

    Raises:
        StaleError: They are not those that were written, or do not fit together.
        ValueError: One is damaged.
    """
    content = hashlib.sha256()
    own = _hashed(lines, content)
    part = Part.model_validate_json(next(own))
    for line in own:
        found = _Measured.model_validate_json(line)
        part.columns[found.measure] = found.column
    whole = len(part.columns) + 1 == head.lines and content.hexdigest() == head.content
    if not whole or not part.fits():
        raise StaleError
    return part


def _hashed(lines: Iterable[tuple[int, bytes]], content: Hash) -> Iterator[bytes]:
    """The lines; what has been given is in ``content``."""
    for _, line in lines:
        content.update(line)
        content.update(b"\n")
        yield line
