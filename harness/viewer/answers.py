"""What the runs show, worked out in the background: of a large run that takes a minute or more.

An answer is kept beside the index of its run, with what it was made of, and worked out again only
where that has changed.
"""

from __future__ import annotations

import contextlib
import json
import queue
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ValidationError

from harness import __version__
from harness.analysis.findings import Findings, find
from harness.analysis.judge_known import judge_known
from harness.analysis.label_pairs import with_labels
from harness.errors import RecordError, Track15Error
from harness.evaluators.of_run import choose_for
from harness.records.folder import CALIBRATION, LABELS, PLAN, RUN, SCORES, TRANSCRIPTS, stage_files
from harness.records.parsing import Line
from harness.records.reader import RunFolder
from harness.viewer.apart import Apart
from harness.viewer.index import Index
from harness.viewer.prefix import stamp_of

State = Literal["unscored", "working", "ready", "failed"]
KEPT: Final = "findings"
"""What they are called in the index."""
LARGE: Final = 64 << 20
"""Bytes of a run's files from which its answer is worked out in a process of its own."""
TELL: Final = "from harness.viewer.answers import tell; tell()"
"""What a process of its own runs; see :func:`tell`."""
_EACH: Final = 200
"""Dialogues after which it says how many it has read."""
REST: Final = 4.0
"""An answer is worked out anew after this many times the time that it took: while a scored run is
played on, its files change all the time."""


@dataclass(frozen=True)
class Answer:
    """What a run shows.

    Attributes:
        state: ``unscored``: nothing is measured yet; ``working``: it is being worked out.
        findings: What was found; of an older state of the run while it is worked out anew.
        problem: Why it cannot be worked out.
        read: Share of the transcripts that were read for it, in [0, 1]; None where not told.
    """

    state: State
    findings: Findings | None = None
    problem: str = ""
    read: float | None = None

    @property
    def progress(self) -> str:
        """How far it is, in words; empty where that is not told."""
        if self.state != "working" or self.read is None:
            return ""
        if self.read >= 1.0:
            return "All transcripts are read for it; their scores are being put together."
        return f"{self.read:.0%} of the transcripts are read for it."


class _Kept(BaseModel):
    """Findings as they are kept, and what they were made of."""

    of: str
    findings: Findings


@dataclass
class _Known:
    """What is known of one run."""

    of: str = ""
    answer: Answer = field(default_factory=lambda: Answer("working"))
    queued: str = ""
    again: float = 0.0
    read: float | None = None


class Answers:
    """The answers of the runs. One at a time is worked out, so that memory stays bounded.

    Args:
        tell: What a process of its own runs for a large run; as :func:`tell`.
    """

    def __init__(self, tell: str = TELL) -> None:
        self._tell = tell
        self._known: dict[str, _Known] = {}
        self._jobs: queue.SimpleQueue[tuple[RunFolder, Index, str]] = queue.SimpleQueue()
        self._changed = threading.Condition()
        self._worker: threading.Thread | None = None

    def of(self, folder: RunFolder, index: Index, *, wait_s: float = 0.0) -> Answer:
        """What a run shows, as far as that is known. It is worked out once the run is indexed.

        Args:
            folder: The run.
            index: Its index, where answers are kept.
            wait_s: How long to wait for one that is being worked out.
        """
        if not (folder.path / SCORES).is_file():
            return Answer("unscored")
        of = made_of(folder)
        with self._changed:
            known = self._known.setdefault(str(folder.path), _Known())
            if not index.progress().complete:  # one after the other: both take what there is
                return Answer("working", known.answer.findings)
            if known.of == of:
                return known.answer
            if known.queued != of and time.monotonic() >= known.again:
                known.queued = of
                self._jobs.put((folder, index, of))
                self._start()
            self._changed.wait_for(lambda: known.of == of, timeout=wait_s)
            if known.of == of:
                return known.answer
            return Answer("working", known.answer.findings, read=known.read)

    def _start(self) -> None:
        if self._worker is None:
            self._worker = threading.Thread(target=self._work, name="answers", daemon=True)
            self._worker.start()

    def _work(self) -> None:
        while True:
            folder, index, of = self._jobs.get()
            began, known = time.monotonic(), self._known[str(folder.path)]
            try:
                found = _read(index, of) or self._found(folder, index, of, known)
                answer = Answer("ready", found)
            except Exception as error:  # noqa: BLE001 - whatever it is, the page says so
                said = str(error) if isinstance(error, Track15Error) else type(error).__name__
                answer = Answer("failed", problem=said)
            with self._changed:
                known.of, known.answer, known.queued, known.read = of, answer, "", None
                known.again = time.monotonic() + REST * (time.monotonic() - began)
                self._changed.notify_all()

    def _found(self, folder: RunFolder, index: Index, of: str, known: _Known) -> Findings:
        """Work an answer out, and keep it; of a large run in a process of its own."""

        def heard(dialogues: int) -> None:
            known.read = min(1.0, dialogues / max(1, folder.info.dialogues))

        if sum(path.stat().st_size for path in _files(folder) if path.is_file()) > LARGE:
            findings = found_apart(folder, self._tell, heard)
        else:
            findings = found_in(folder)
        if made_of(folder) == of:
            with contextlib.suppress(sqlite3.Error):  # then it is worked out again another time
                index.keep(KEPT, _Kept(of=of, findings=findings).model_dump_json())
        return findings


def made_of(folder: RunFolder) -> str:
    """What findings are made of: the files of the run, as they are now, and this version."""
    files = [(path.name, *stamp_of(path)[2:]) for path in _files(folder)]
    return f"{__version__} {files}"


def _files(folder: RunFolder) -> list[Path]:
    """The files of a run that an answer is made of."""
    stages = sorted({folder.path / TRANSCRIPTS, *stage_files(folder.path)})
    judges = [*sorted(folder.path.glob(CALIBRATION.format("*"))), folder.path / LABELS]
    return [folder.path / RUN, folder.path / PLAN, *stages, folder.path / SCORES, *judges]


def _read(index: Index, of: str) -> Findings | None:
    """Findings that were kept, where they are of this state of the run."""
    try:
        text = index.kept(KEPT)
        kept = _Kept.model_validate_json(text) if text is not None else None
    except (ValidationError, sqlite3.Error):
        return None
    return kept.findings if kept is not None and kept.of == of else None


def found_in(folder: RunFolder) -> Findings:
    """What a run shows, worked out here and now. No code that its suite names is executed.

    Raises:
        Track15Error: The run is damaged, or its suite contradicts itself.
    """
    judges = with_labels(folder, judge_known(folder))
    return find(folder, choose_for(folder).evaluators, judges=judges)


def found_apart(folder: RunFolder, tell: str, heard: Callable[[int], None]) -> Findings:
    """The same in a process of its own, so that pages need not wait meanwhile.

    Args:
        folder: The run.
        tell: What that process runs; as :func:`tell`.
        heard: Told how many dialogues it has read.

    Raises:
        RecordError: As :func:`found_in`; or the process has ended.
    """
    with Apart(tell, str(folder.path)) as other:
        for line in other.lines():
            kind, _, said = line.partition(" ")
            if kind == "read":
                heard(int(said))
            elif kind == "found":
                return Findings.model_validate_json(said)
            elif kind == "failed":
                raise RecordError(json.loads(said))
    raise RecordError(
        "the process that works it out has ended", fix=f"type: track15 report {folder.path}"
    )


class _Watched(RunFolder):
    """A run that says how many dialogues of it were read."""

    def lines(self) -> Iterator[Line]:
        for number, line in enumerate(super().lines()):
            if number % _EACH == 0:
                _say("read", str(number))
            yield line
        _say("read", str(self.info.dialogues))


def tell(find_in: Callable[[RunFolder], Findings] = found_in) -> None:
    """Write what the run named on the command line shows to stdout, or why that cannot be told; and
    meanwhile how many of its dialogues were read.

    Args:
        find_in: Works it out, by reading the transcripts of the folder that it is given.
    """
    try:
        _say("found", find_in(_Watched(Path(sys.argv[1]))).model_dump_json())
    except Track15Error as error:
        _say("failed", json.dumps(str(error)))


def _say(kind: str, what: str) -> None:
    sys.stdout.buffer.write(f"{kind} {what}\n".encode("utf-8", errors="replace"))
    sys.stdout.buffer.flush()
