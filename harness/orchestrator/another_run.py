"""Finds finished stages in a run other than the one in play, each with all that it refers to.

The other run may belong to another plan, may be in play at this moment, and may be huge. So its
files are streamed, and only the positions of wanted lines are kept. Each line is checked when it is
read.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from pydantic import ValidationError
from pydantic_core import from_json

from harness.asking.conversation import message_hash
from harness.errors import RecordError
from harness.files.jsonl import read_lines, unreadable
from harness.files.regular import open_regular, refuse_links
from harness.records.checking import timing_contradiction
from harness.records.folder import MESSAGES, TIMINGS
from harness.records.parsing import HEAD, damaged, read_info
from harness.records.transcript import StageRecord, Timing

BREATH: Final = 500
"""Lines that are read before others get a turn."""
_ID: Final = re.compile(rb'^\{"id":"([0-9a-f]{16})"')
_HASH: Final = re.compile(rb'^\{"hash":"([0-9a-f]{16})"')
_NOWHERE: Final = -1


@dataclass(frozen=True, slots=True)
class FoundRecord:
    """The record of a stage, as it stands in its file.

    Attributes:
        line: Without its newline.
        where: File and byte, for a message.
    """

    line: bytes
    where: str


class AnotherRun:
    """Where stages that are wanted stand in a run.

    Args:
        path: The run folder.

    Attributes:
        info: What ``run.json`` says.
        damaged: Lines that could not be read when it was looked through: how many, and where the
            first of them stands.

    Raises (all methods too):
        RecordError: The folder is no run, or a file of it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        refuse_links(path)
        self.path = path
        self.info = read_info(path)
        self.damaged: tuple[int, str] = (0, "")
        self._files: tuple[str, ...] = ()
        self._records: dict[str, tuple[int, int]] = {}
        self._timings: dict[str, int] = {}
        self._messages = _Places(())

    def __contains__(self, stage: object) -> bool:
        return stage in self._records

    def __len__(self) -> int:
        return len(self._records)

    def look(
        self, wanted: Collection[str], files: Iterable[str], statuses: Collection[str]
    ) -> Iterator[None]:
        """Find where stages stand. Yields now and then, so that others get a turn.

        A record is written after all that it refers to. So in a run that is in play the records are
        looked for first.

        Args:
            wanted: Ids.
            files: Names of the files to look in.
            statuses: Of the records to be found.
        """
        self._files = tuple(files)
        hashes = array("Q")
        for number in range(len(self._files)):
            yield from self._index(number, wanted, statuses, hashes)
        if not self._records:
            return
        for count, (offset, line) in enumerate(read_lines(self.path / TIMINGS)):
            head = _ID.match(line)
            if head is not None and (key := head.group(1).decode()) in self._records:
                self._timings[key] = offset
            if count % BREATH == 0:
                yield
        self._messages = _Places(hashes)
        for count, (offset, line) in enumerate(read_lines(self.path / MESSAGES)):
            if (head := _HASH.match(line)) is not None:
                self._messages.note(int(head.group(1), 16), offset)
            if count % BREATH == 0:
                yield

    def record(self, stage: str) -> FoundRecord:
        """The record of a stage that was found.

        Raises:
            RecordError: It is not there any more.
        """
        number, offset = self._records[stage]
        path = self.path / self._files[number]
        line = _line_at(path, offset)
        if not _is_of(stage, line):
            # The run was completed meanwhile, and its lines were put in order.
            there = [at for at, found in read_lines(path) if _is_of(stage, found)]
            if not there:
                raise RecordError(f"the record of {stage} is gone", where=str(path))
            offset = there[-1]
            line = _line_at(path, offset)
        return FoundRecord(line, f"{path}, byte {offset}")

    def timing(self, record: StageRecord) -> Timing:
        """When a stage was played, and how long it took.

        Raises:
            RecordError: That is lost, or is not of this record.
        """
        path = self.path / TIMINGS
        at = self._timings.get(record.id)
        if at is None:
            raise RecordError(f"the timings of {record.id} are missing", where=str(path))
        try:
            timing = Timing.model_validate_json(_line_at(path, at))
        except ValidationError:
            raise damaged(f"{path}, byte {at}") from None
        if (why := timing_contradiction(timing)) is not None:
            raise damaged(f"{path}, byte {at}", why)
        timed = [call.call for call in timing.calls]
        if timing.id != record.id or timed != [call.index for call in record.calls]:
            raise damaged(f"{path}, byte {at}", f"it does not time the calls of {record.id}")
        return timing

    def messages(self, record: StageRecord) -> Mapping[str, bytes]:
        """Every text that was shown to a model in a stage: hash -> its line.

        Raises:
            RecordError: One is missing, or is not what its hash says.
        """
        path = self.path / MESSAGES
        found = {}
        for key in dict.fromkeys(key for call in record.calls for key in call.prompt):
            at = self._messages.place(key)
            if at is None:
                raise RecordError(f"message {key} is missing", where=str(path))
            line = _line_at(path, at)
            _hold_message(key, line, f"{path}, byte {at}")
            found[key] = line
        return found

    def _index(
        self, number: int, wanted: Collection[str], statuses: Collection[str], hashes: array[int]
    ) -> Iterator[None]:
        path = self.path / self._files[number]
        for count, (offset, line) in enumerate(read_lines(path), start=1):
            head = HEAD.match(line)
            if head is None:
                self.damaged = (self.damaged[0] + 1, self.damaged[1] or f"{path}:{count}")
            elif (key := head.group(1).decode()) in wanted:
                self._records.pop(key, None)  # the last line of a stage counts
                if head.group(2).decode() in statuses:
                    self._records[key] = (number, offset)
                    hashes.extend(_prompts(line))
            if count % BREATH == 0:
                yield


class _Places:
    """Offsets of messages, 16 bytes for each: there may be millions.

    Args:
        wanted: Hashes, as numbers; again and again, in any order.
    """

    def __init__(self, wanted: array[int] | tuple[()]) -> None:
        once = np.unique(np.asarray(wanted, dtype=np.uint64))
        self._keys = array("Q", once.tobytes())
        self._offsets = array("q", [_NOWHERE]) * len(self._keys)

    def note(self, key: int, offset: int) -> None:
        """Note where a message stands, if it is wanted."""
        if (at := self._index(key)) is not None:
            self._offsets[at] = offset

    def place(self, key: str) -> int | None:
        """Where a message stands; None where it was not found."""
        at = self._index(int(key, 16)) if re.fullmatch("[0-9a-f]{16}", key) else None
        return None if at is None or self._offsets[at] == _NOWHERE else self._offsets[at]

    def _index(self, key: int) -> int | None:
        at = bisect_left(self._keys, key)
        return at if at < len(self._keys) and self._keys[at] == key else None


def _is_of(stage: str, line: bytes) -> bool:
    head = HEAD.match(line)
    return head is not None and head.group(1).decode() == stage


def _prompts(line: bytes) -> set[int]:
    """Hashes of the messages that a record refers to; none where it is damaged, which is said when
    it is taken."""
    try:
        calls = from_json(line)["calls"]
        return {int(key, 16) for call in calls for key in call["prompt"] if len(key) == 16}
    except (ValueError, KeyError, TypeError):
        return set()


def _hold_message(key: str, line: bytes, where: str) -> None:
    try:
        message = from_json(line)
        is_it = message["hash"] == key == message_hash(message["role"], message["content"])
    except (ValueError, KeyError, TypeError):
        raise damaged(where) from None
    if not is_it:
        raise damaged(where, "it does not match its hash")


def _line_at(path: Path, offset: int) -> bytes:
    try:
        with open_regular(path) as file:
            file.seek(offset)
            return file.readline().rstrip(b"\n")
    except OSError as error:
        raise unreadable(path, error) from None
