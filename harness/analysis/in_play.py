"""What a run in play shows so far, kept up to date from what it has written.

A run is scored when it has been played. Whoever watches it before reads the finished dialogues here
as they come, those of the primary question alone, and measures them by its one evaluator. What was
read is not read again.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from harness.analysis.scale import scale_of
from harness.analysis.so_far import SoFar, blocks_of, labels_of, so_far_of
from harness.errors import RecordError
from harness.evaluators.base import Evaluator, Measure, kind_of
from harness.evaluators.case import case_of
from harness.evaluators.chain import Beside
from harness.evaluators.registry import builtin
from harness.evaluators.scoring import evaluate
from harness.files.regular import open_regular
from harness.records.episodes import Episode, talks_of
from harness.records.folder import PLAN, TRANSCRIPTS
from harness.records.parsing import HEAD, parse
from harness.records.reader import RunFolder
from harness.records.spec import TALKS


@dataclass
class _Tail:
    """A file that grows by whole lines, as far as it was read."""

    path: Path
    at: int = 0
    number: int = 0
    file: int = 0

    def size(self) -> int:
        """Bytes of the file now; 0 where there is none."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def lines(self, upto: int | None = None) -> Iterator[tuple[int, bytes]]:
        """Number from 1, and text, of every whole line that was not read yet; what is begun is left
        for another time.

        Args:
            upto: Bytes of the file beyond which it is not read; None for no such end.

        Raises:
            _RewrittenError: The file is another than before: what was read of it is void.
            OSError: It cannot be read.
        """
        try:
            opened = open_regular(self.path)
        except FileNotFoundError:
            return
        with opened as file:
            found = os.fstat(opened.fileno())
            if self.file and (found.st_ino != self.file or found.st_size < self.at):
                raise _RewrittenError
            self.file = found.st_ino
            file.seek(self.at)
            for line in file:
                if not line.endswith(b"\n") or (upto is not None and self.at >= upto):
                    return
                self.at += len(line)
                self.number += 1
                yield self.number, line[:-1]


class _RewrittenError(Exception):
    """A file was written anew."""


@dataclass
class InPlay:
    """The primary question of a run in play. It may be asked by several threads.

    Args:
        folder: The run.

    Attributes:
        why_not: Why nothing is said of it, whatever comes; empty where something is.
        behind: Whether there was more to read at the last look.
    """

    folder: RunFolder
    why_not: str = field(init=False, default="")
    behind: bool = field(init=False, default=True)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)
    _said: tuple[SoFar, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        self._evaluator: Evaluator | None = None
        self._measure: Measure | None = None
        asked = self.folder.info.suite.contrasts
        if asked is None:
            self.why_not = "the suite declares no comparison"
            return
        name, _, measure = asked.primary.measure.partition(".")
        for one in builtin():
            if one.name == name and kind_of(one) == TALKS:
                self._evaluator = one
                self._measure = next((m for m in one.measures if m.name == measure), None)
        if self._measure is None or self.folder.info.is_former:
            self.why_not = "its primary measure is told when it is scored"
        self._begin()

    def _begin(self) -> None:
        """Forget what was read."""
        asked = self.folder.info.suite.contrasts
        self._plan = _Tail(self.folder.path / PLAN)
        self._talks = _Tail(self.folder.path / TRANSCRIPTS)
        self._blocks = [] if asked is None else blocks_of(self.folder.info, asked.primary)
        self._wanted: set[str] = set()
        self._values: dict[str, float | None] = {}

    def look(self, seconds: float = 0.2) -> tuple[SoFar, ...]:
        """What the run shows by now, of each line-up.

        Args:
            seconds: Most time to read; what is left over is read by another look. Where somebody
                else is reading, what was known before is given.

        Raises:
            RecordError: A file of the run is damaged, or cannot be read.
        """
        if self.why_not or not self._lock.acquire(blocking=False):
            return self._said
        try:
            end = time.monotonic() + seconds
            try:
                self.behind = not self._read(lambda: time.monotonic() >= end)
            except _RewrittenError:  # a run that is complete is put in the order of its plan
                self._begin()
                self.behind = True
            except OSError as error:
                raise RecordError(
                    f"cannot be read: {error.strerror}", where=str(self.folder.path)
                ) from None
            self._said = self._told()
            return self._said
        finally:
            self._lock.release()

    def sentences(self, seconds: float = 0.2) -> list[str]:
        """The same in words. While it is behind, how few scenarios it has read is not told.

        Args:
            seconds: As for :meth:`look`.

        Raises:
            RecordError: As :meth:`look`.
        """
        said = self.look(seconds)
        return [one.sentence for one in said if one.mean is not None or not self.behind]

    def _read(self, is_over: Callable[[], bool]) -> bool:
        """Read on in the plan, then in the transcripts, until it is over; whether all was read.

        The line of the plan stands on disk before that of its dialogue does: so dialogues that come
        while the plan is read are left for another time.
        """
        there = self._talks.size()
        for number, line in self._plan.lines():
            try:
                episode = Episode.model_validate_json(line)
            except ValidationError:
                raise RecordError(
                    "damaged line: it is no episode of a plan", where=f"{self._plan.path}:{number}"
                ) from None
            talks = talks_of(episode)
            for own in self._blocks:
                if own.add(episode) and talks is not None:
                    self._wanted.add(talks)
            if is_over():
                return False
        beside: Beside | None = None
        for number, line in self._talks.lines(there):
            head = HEAD.match(line)
            key = "" if head is None else head.group(1).decode()
            if key not in self._wanted:
                continue
            if head is not None and head.group(2) == b"done":
                beside = beside or Beside(self.folder)
                self._values[key] = self._value(key, line, number, beside)
            elif head is not None and head.group(2) == b"void":
                self._values[key] = None
            else:
                self._values.pop(key, None)
            if is_over():
                return False
        return True

    def _value(self, key: str, line: bytes, number: int, beside: Beside) -> float | None:
        """The value of a dialogue; None where it has none."""
        assert self._evaluator is not None
        assert self._measure is not None
        record = parse(line, f"{self._talks.path}:{number}", self.folder.info)
        case = case_of(record, self.folder.info, beside.of(key))
        (score,) = evaluate(case, [self._evaluator])
        value = score.values.get(self._measure.name)
        return None if value is None or isinstance(value, str) else float(value)

    def _told(self) -> tuple[SoFar, ...]:
        asked, info = self.folder.info.suite.contrasts, self.folder.info
        assert asked is not None
        assert self._measure is not None
        scale, whole = scale_of(self._measure.range), self._plan.number >= info.dialogues
        return tuple(
            so_far_of(
                asked.primary,
                own.complete(self._settled, self._value_of, whole=whole),
                info,
                self._measure,
                scale,
                label,
            )
            for own, label in zip(self._blocks, labels_of(info), strict=True)
        )

    def _settled(self, episode: Episode) -> bool:
        return talks_of(episode) in self._values

    def _value_of(self, episode: Episode) -> float | None:
        return self._values.get(talks_of(episode) or "")
