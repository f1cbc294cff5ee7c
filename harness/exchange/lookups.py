"""Lines of large files of a run, found by the name at their head.

What is held is where each line stands, 16 bytes a line, and never the lines: the texts that models
were shown are most of a run.
"""

from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
from pydantic import ValidationError
from pydantic_core import from_json

from harness.files.jsonl import read_lines
from harness.files.regular import open_regular
from harness.records.checking import timing_contradiction
from harness.records.folder import MESSAGES, TIMINGS
from harness.records.parsing import damaged
from harness.records.reader import RunFolder
from harness.records.transcript import Timing

_HEAD: Final = re.compile(rb'^\{"(?:id|hash)":"([^"\\]*)"')
KEPT: Final = 500
"""Texts that are kept at hand: briefings, which many dialogues have in common."""


class Places:
    """Where the lines of a file stand, by the name at their head.

    Args:
        path: The file; one that is not there has no lines.

    Raises:
        RecordError: It cannot be read, or a line has no name.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        keys, offsets = array("Q"), array("Q")
        for number, (offset, line) in enumerate(read_lines(path), start=1):
            keys.append(_key(_name(line, f"{path}:{number}")))
            offsets.append(offset)
        held = np.array(keys, dtype=np.uint64)
        order = np.argsort(held, kind="stable")  # equal names stay in the order of the file
        self._keys, self._offsets = held[order], np.array(offsets, dtype=np.uint64)[order]

    def lines(self, names: Iterable[str]) -> Iterator[tuple[str, int, bytes]]:
        """The lines with these names: the name, the byte offset and the line, in the order of the
        file for each name."""
        places = [(name, offset) for name in names for offset in self._at(name)]
        if not places:
            return
        with open_regular(self._path) as file:
            for name, offset in places:
                file.seek(offset)
                line = file.readline().rstrip(b"\n")
                if _name(line, f"{self._path}, byte {offset}") == name.encode():
                    yield name, offset, line

    def _at(self, name: str) -> list[int]:
        key = np.uint64(_key(name.encode()))
        start, end = (int(np.searchsorted(self._keys, key, side)) for side in ("left", "right"))
        return [int(offset) for offset in self._offsets[start:end]]


def _key(name: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest())


def _name(line: bytes, where: str) -> bytes:
    head = _HEAD.match(line)
    if head is not None:
        return head[1]
    try:  # written by another program, with its keys in another order
        document = from_json(line)
        return str(document["hash"] if "hash" in document else document["id"]).encode()
    except (ValueError, KeyError, TypeError):
        raise damaged(where) from None


class Texts:
    """The texts that models were shown: hash -> role and content.

    Raises:
        RecordError: The file is damaged.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._path = folder.path / MESSAGES
        self._places = Places(self._path)
        self._kept: dict[str, tuple[str, str]] = {}

    def of(self, hashes: Iterable[str]) -> dict[str, tuple[str, str]]:
        """Those with these hashes; one that the run does not have is left out.

        Raises:
            RecordError: A line is damaged.
        """
        wanted = dict.fromkeys(hashes)
        found = {key: self._kept[key] for key in wanted if key in self._kept}
        for key, offset, line in self._places.lines(key for key in wanted if key not in found):
            try:
                item = from_json(line)
                found[key] = (str(item["role"]), str(item["content"]))
            except (ValueError, KeyError, TypeError):
                raise damaged(f"{self._path}, byte {offset}") from None
        for key, text in found.items():
            if len(self._kept) < KEPT and text[0] == "system":
                self._kept[key] = text
        return found


class Timings:
    """When and how long stages were played: id -> the last time it was.

    Raises:
        RecordError: The file is damaged.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._path = folder.path / TIMINGS
        self._places = Places(self._path)

    def of(self, stage: str) -> Timing | None:
        """That of a stage; None where it is not recorded.

        Raises:
            RecordError: A line is damaged.
        """
        found = None
        for _, offset, line in self._places.lines([stage]):
            where = f"{self._path}, byte {offset}"
            try:
                found = Timing.model_validate_json(line)
            except ValidationError:
                raise damaged(where) from None
            if (why := timing_contradiction(found)) is not None:
                raise damaged(where, why)
        return found
