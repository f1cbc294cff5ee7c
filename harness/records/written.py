"""Looks up records that a run in play has already written, for the stages that read them.

Nothing is kept in memory for a run in which no stage reads another.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, Final

from pydantic_core import from_json

from harness.errors import RecordError
from harness.files.jsonl import read_lines, unreadable
from harness.files.regular import open_regular
from harness.records.finished import record_hash
from harness.records.folder import stage_files
from harness.records.parsing import HEAD, damaged
from harness.records.reader import index_file

RECENT: Final = 10_000
"""Records whose hashes are remembered, those read last: what arms share is read by each of
them, one soon after the other."""
_READS: Final = b'"inputs":{'


class WrittenRecords:
    """The stages of a run folder, to be read by other stages. A file that has been read from stays
    open until :meth:`close`.

    Args:
        run: The folder.

    Raises (all methods):
        RecordError: A file of it is damaged.
    """

    def __init__(self, run: Path) -> None:
        self._run = run
        self._files: dict[str, BinaryIO] = {}
        self._places: dict[str, tuple[str, int]] | None = None
        self._read: dict[str, Mapping[str, str]] = {}
        self._hashes: dict[str, str] = {}
        for path in stage_files(run):
            for number, (_, line) in enumerate(read_lines(path), start=1):
                if _READS in line and (head := HEAD.match(line)) is not None:
                    self._read[head.group(1).decode()] = _inputs(line, f"{path}:{number}")

    def add(self, stage: str, file: str, offset: int, line: bytes) -> None:
        """Note a record that has just been written."""
        self._hashes.pop(stage, None)
        if self._places is not None:
            self._places[stage] = (file, offset)
        if _READS in line:
            self._read[stage] = _inputs(line, file)

    def line(self, stage: str) -> bytes:
        """The record of a stage, as it stands in its file."""
        if self._places is None:
            self._places = {
                key: (path.name, offset)
                for path in stage_files(self._run)
                for key, (offset, _) in index_file(path).items()
            }
        if stage not in self._places:
            raise RecordError(
                f"the run has no stage {stage}",
                where=str(self._run),
                fix="type the command that made the run: it plays the missing stages",
            )
        name, offset = self._places[stage]
        try:
            if name not in self._files:
                self._files[name] = open_regular(self._run / name)
            file = self._files[name]
            file.seek(offset)
            return file.readline().rstrip(b"\n")
        except OSError as error:
            raise unreadable(self._run / name, error) from None

    def close(self) -> None:
        """Close what was opened. What is read afterwards is opened anew."""
        while self._files:
            self._files.popitem()[1].close()

    def has_read(self, stage: str) -> bool:
        """Whether the record of a stage says that it has read others."""
        return stage in self._read

    def is_stale(self, stage: str, inputs: Mapping[str, str]) -> bool:
        """Whether the inputs of a stage have changed since it read them.

        Args:
            inputs: Name -> id of what it reads and has a result.
        """
        now = {name: self._hash(key) for name, key in inputs.items()}
        return self._read.get(stage, {}) != now

    def _hash(self, stage: str) -> str:
        """What a stage that reads the record of another says of it."""
        if stage not in self._hashes:
            if len(self._hashes) >= RECENT:
                del self._hashes[next(iter(self._hashes))]
            self._hashes[stage] = record_hash(self.line(stage))
        return self._hashes[stage]


def _inputs(line: bytes, where: str) -> dict[str, str]:
    try:
        read = from_json(line).get("inputs", {})
        return {str(name): str(value["hash"]) for name, value in read.items()}
    except (ValueError, AttributeError, KeyError, TypeError):
        raise damaged(where) from None
