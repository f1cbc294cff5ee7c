"""Makes records of what stands in the files of a run folder: ``run.json``, and line by line.

What cannot be one is an error that names the file and the line, and says what to do about it.
"""

from __future__ import annotations

import contextlib
import re
from array import array
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, TypeVar

from pydantic import ValidationError
from pydantic_core import from_json

from harness.errors import RecordError
from harness.files.advice import advice, reason
from harness.files.jsonl import heads_of
from harness.files.regular import read_regular
from harness.records.checking import contradiction, info_contradiction
from harness.records.folder import RUN
from harness.records.run import FORMER_SCHEMA, RUN_SCHEMA, RunInfo, own_command
from harness.records.spec import StageSpec
from harness.records.spec_lines import talks_in
from harness.records.transcript import SCHEMA_VERSION, StageRecord, Status, Transcript, status_of
from harness.records.version1 import VERSION as FORMER_VERSION
from harness.records.version1 import read_old

HEAD: Final = re.compile(
    rb'^\{"id":"([0-9a-f]{16})","schema_version":\d+,"status":"(done|void|failed)"'
)
"""How a transcript's line begins, so that a run can be indexed without reading the rest."""
_HEAD_SIZE: Final = 200
"""Bytes of a line among which that stands."""
RecordT = TypeVar("RecordT", bound=StageRecord)
_KEY = re.compile(rb'^\{"(?:id|hash)":"([0-9a-f]{1,64})"')
_SCHEMA_LINE = re.compile(rb'^\{\s*"schema": ?"(track15/run/\d{1,6})"')
_COMMAND_LINE = re.compile(rb'^ "command": ("(?:[^"\\\x00-\x1f]|\\.)*"),$', re.MULTILINE)


class Line(NamedTuple):
    """A line of the transcripts.

    Attributes:
        text: Without its newline.
        number: From 1.
        held: Whether it was held against itself and the run before.
    """

    text: bytes
    number: int
    held: bool


Index = dict[str, tuple[int, Status]]
"""Stage id -> (byte offset of its last line, status)."""


def read_info(path: Path) -> RunInfo:
    """``run.json`` of a folder.

    Raises:
        RecordError: It is missing, damaged, or no regular file.
    """
    where = path / RUN
    try:
        text = read_regular(where)
    except FileNotFoundError:
        raise RecordError(
            "not a run folder: it has no run.json",
            where=str(path),
            fix="name the folder that 'track15 run' printed, or see: track15 list runs",
        ) from None
    except IsADirectoryError:
        raise _damaged_info(where, "damaged: it is a folder") from None
    except OSError as error:
        raise RecordError(
            f"cannot be read: {reason(error)}", where=str(where), fix=advice(error, reading=True)
        ) from None
    try:
        info = RunInfo.model_validate_json(text)
    except ValidationError as error:
        newer = _SCHEMA_LINE.search(text)
        if newer is not None and newer.group(1).decode() not in (RUN_SCHEMA, FORMER_SCHEMA):
            raise _newer_info(newer.group(1).decode(), where) from None
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        why = f"damaged, or written by another version: {field}: {first['msg']}"
        if not field:
            why = f"damaged: {first['msg'][:1].lower()}{first['msg'][1:]}"
        raise _damaged_info(where, why, _COMMAND_LINE.search(text)) from None
    if info.schema_ not in (RUN_SCHEMA, FORMER_SCHEMA):
        raise _newer_info(info.schema_, where)
    why_not = info_contradiction(info)
    if why_not is not None:
        raise _damaged_info(where, f"damaged: {why_not}", _COMMAND_LINE.search(text))
    return info


def _newer_info(schema: str, where: Path) -> RecordError:
    return _newer(f"{schema}; this one reads {RUN_SCHEMA}", str(where))


def _damaged_info(where: Path, why: str, command: re.Match[bytes] | None = None) -> RecordError:
    """The error for a ``run.json`` that is none. The command that made the run makes it again, and
    resumes from what the other files hold."""
    typed = "the command that made the run"
    if command is not None:
        with contextlib.suppress(ValueError):
            typed = own_command(from_json(command.group(1))) or typed
    return RecordError(
        why,
        where=str(where),
        fix=f"move it away and type: {typed}\n"
        "  That writes it again and keeps every finished dialogue; or put back a copy of the file",
    )


def index_of(
    file: BinaryIO, path: Path, starts: array[int] | None = None
) -> dict[str, tuple[int, Status]]:
    """Dialogue id -> (byte offset of its last line, status); of a line, no more than its head is
    read.

    Args:
        starts: Filled with the offsets of all lines, and of what follows the last; left empty where
            a line has no such head.

    Raises:
        RecordError: A line has no such head, and is no transcript.
    """
    index: Index = {}
    plain, found = True, array("q")
    for number, (offset, begins) in enumerate(heads_of(file, path, _HEAD_SIZE), start=1):
        head = HEAD.match(begins)
        found.append(offset)
        if head is None:
            plain = False
            file.seek(offset)
            transcript = parse(file.readline().removesuffix(b"\n"), f"{path}:{number}")
            index[transcript.id] = (offset, transcript.status)
        else:
            status: Status = head.group(2).decode()  # type: ignore[assignment]
            index[head.group(1).decode()] = (offset, status)
    if starts is not None and plain and found:
        file.seek(found[-1])
        starts.extend(found)
        starts.append(found[-1] + len(file.readline()))
    return index


def is_other(line: bytes, wanted: Collection[str] | None) -> bool:
    """Whether a line is plainly of none of the ``wanted`` ids or hashes, of whatever kind; of a
    large run nearly all are. None wants all."""
    head = None if wanted is None else _KEY.match(line)
    return head is not None and wanted is not None and head.group(1).decode() not in wanted


def read_at(file: BinaryIO, path: Path, offset: int, info: RunInfo) -> Transcript:
    """The transcript whose line starts at ``offset``.

    Raises:
        RecordError: As :func:`parse`; names the line.
    """
    file.seek(offset)
    line = file.readline().rstrip(b"\n")
    try:
        return parse(line, str(path), info)
    except RecordError as error:
        error.where = f"{path}:{number_of(file, offset)}"
        raise


def number_of(file: BinaryIO, offset: int) -> int:
    """Number, from 1, of the line that starts at ``offset``."""
    file.seek(0)
    number = 1
    while offset > 0:
        read = file.read(min(offset, 1 << 20))
        if not read:
            break
        number += read.count(b"\n")
        offset -= len(read)
    return number


def parse(line: bytes, where: str, info: RunInfo | None = None) -> Transcript:
    """The transcript that a line holds.

    Args:
        line: Without its newline.
        where: File and line, for errors.
        info: Of its run; what the transcript says is then held against itself and the run.

    Raises:
        RecordError: It is none, was written by a newer version, or contradicts itself.
    """
    transcript = talks_in(line)
    if transcript is None:
        with contextlib.suppress(ValidationError):
            transcript = Transcript.model_validate_json(line)
    # A newer record may fit this schema and mean something else: the version decides, not the fit.
    if transcript is not None and transcript.schema_version == SCHEMA_VERSION:
        _hold(transcript, line, where, info)
        return transcript
    try:
        version = from_json(line).get("schema_version")
    except (ValueError, AttributeError, RecursionError):
        raise damaged(where) from None
    if version == FORMER_VERSION:
        return _former(line, where, info)
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise _newer(f"schema {version}; this one reads {SCHEMA_VERSION}", where)
    raise damaged(where)


def parse_stage(line: bytes, where: str, kind: str, record: type[RecordT]) -> RecordT:
    """The record that a line of any kind but talks holds; it must not contradict itself.

    Args:
        line: Without its newline.
        where: File and line, for errors.
        kind: As its record names it.
        record: What it is read as; with :class:`~harness.records.transcript.StageRecord` spec and
            body are plain values.

    Raises:
        RecordError: It is none, was written by a newer version, or contradicts itself.
    """
    try:
        read = record.model_validate_json(line)
    except ValidationError:
        raise damaged(where) from None
    if read.schema_version > SCHEMA_VERSION:
        raise _newer(f"schema {read.schema_version}; this one reads {SCHEMA_VERSION}", where)
    if read.kind != kind:
        raise damaged(where, f"it is of another kind, {read.kind!a}")
    if isinstance(read.spec, StageSpec) and read.spec.id != read.id:
        raise damaged(where, f"its id is not that of its spec, which is {read.spec.id}")
    if read.status != status_of(read.void):
        raise damaged(where, f"its status is not {read.status}")
    if [call.index for call in read.calls] != list(range(len(read.calls))):
        raise damaged(where, "its calls are not numbered from 0")
    if (why := read.unlike_spec()) is not None:
        raise damaged(where, why)
    return read


def _former(line: bytes, where: str, info: RunInfo | None) -> Transcript:
    """A line of version 1, as a transcript of today."""
    try:
        old = read_old(line)
        transcript = Transcript.model_validate(old.document, strict=False)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise damaged(where) from None
    if old.hash != transcript.id:
        raise damaged(where, f"its id is not that of its spec, which is {old.hash}")
    _hold(transcript, line, where, info)
    return transcript


def _hold(transcript: Transcript, line: bytes, where: str, info: RunInfo | None) -> None:
    head = HEAD.match(line)
    if head is not None and (transcript.id.encode(), transcript.status.encode()) != head.groups():
        raise damaged(where, "it states its id twice")
    if info is not None and (why := contradiction(transcript, info.scenarios)) is not None:
        raise damaged(where, why)


def _newer(what: str, where: str) -> RecordError:
    return RecordError(f"written by a newer version ({what})", where=where, fix="upgrade track15")


def damaged(where: str, why: str | None = None) -> RecordError:
    """The error for a line that is none, or that contradicts itself."""
    return RecordError(
        "damaged line" if why is None else f"damaged line: {why}",
        where=where,
        fix="delete the line and type the command that made the run: it plays the missing stages",
    )
