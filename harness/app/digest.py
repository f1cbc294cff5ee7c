"""What findings and pages need of a large run, kept beside its scores: ``digest.jsonl``.

It is worked out while the run is scored, so that whoever reports the run reads neither transcripts
nor scores again. It is never needed: it counts only while the files that it was made from have the
very content that they had, and whatever is wrong with it, they are read instead.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

import harness
from harness.app.packing import Part
from harness.errors import RecordError
from harness.files.jsonl import CHUNK, read_lines, write_atomically
from harness.files.regular import open_regular
from harness.records.folder import DIGEST, PLAN, RUN, SCORES, TRANSCRIPTS

SCHEMA: Final = "track15/digest/2"
"""Raised when what is kept of a dialogue changes."""
SOURCES: Final = (RUN, PLAN, TRANSCRIPTS)
"""What a run's scores and digest are made from."""


class _Head(BaseModel):
    """The first line of the file.

    Attributes:
        schema_version: :data:`SCHEMA`.
        version: Of the package that wrote it.
        parts: Lines that follow.
        files: Name of a file of the run -> SHA-256 of its content.
    """

    model_config = ConfigDict(frozen=True)

    schema_version: str
    version: str
    parts: int
    files: dict[str, str]


class StaleError(Exception):
    """A digest cannot be used."""


def hashes(run: Path, names: Iterable[str]) -> dict[str, str]:
    """Name of a file of a run -> SHA-256 of its content; of one that is not there, nothing.

    Raises:
        OSError: One cannot be read.
    """
    found = {}
    for name in names:
        with contextlib.suppress(FileNotFoundError), open_regular(run / name) as file:
            content = hashlib.sha256()
            while piece := file.read(CHUNK):
                content.update(piece)
            found[name] = content.hexdigest()
    return found


def keep(run: Path, files: dict[str, str], parts: int, lines: Iterable[bytes]) -> None:
    """Write the digest of a run. Where that cannot be done there is none.

    Args:
        run: Its folder.
        files: Hashes of what it was made from, and of the scores.
        parts: How many lines there are.
        lines: Of :meth:`Part.line`, each with its newline, in whatever pieces.
    """
    head = _Head(schema_version=SCHEMA, version=harness.__version__, parts=parts, files=files)

    def content() -> Iterator[bytes]:
        yield head.model_dump_json().encode() + b"\n"
        yield from lines

    with contextlib.suppress(RecordError):
        write_atomically(run / DIGEST, content())


def kept(run: Path) -> Iterator[Part]:
    """The parts of the digest of a run, in the order of its dialogues.

    Raises:
        StaleError: There is none, it was made from something else than what is there now or by
            another version, or it is damaged.
    """
    try:
        lines = read_lines(run / DIGEST)
        _, first = next(lines)
        head = _Head.model_validate_json(first)
        made_so = (head.schema_version, head.version) == (SCHEMA, harness.__version__)
        if not made_so or head.files != hashes(run, (*SOURCES, SCORES)):
            raise StaleError
        found = 0
        for _, line in lines:
            part = Part.model_validate_json(line)
            if not part.fits():
                raise StaleError
            found += 1
            yield part
        if found != head.parts:
            raise StaleError
    except (RecordError, OSError, StopIteration, ValidationError):
        raise StaleError from None
