"""What the runs show, worked out in the background: of a large run that takes a minute."""

from __future__ import annotations

import contextlib
import queue
import sqlite3
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ValidationError

from harness import __version__
from harness.analysis.findings import Findings, find
from harness.errors import RecordError, Track15Error
from harness.evaluators.choosing import choose
from harness.records.folder import SCORES, TRANSCRIPTS
from harness.records.reader import RunFolder
from harness.viewer.index import Index
from harness.viewer.prefix import stamp_of

State = Literal["unscored", "working", "ready", "failed"]
KEPT: Final = "findings"
"""What they are called in the index."""
LARGE: Final = 64 << 20
"""Bytes of a run's files from which its answer is worked out in a process of its own."""
FOUND: Final = "found"
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
    """

    state: State
    findings: Findings | None = None
    problem: str = ""


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


class Answers:
    """The answers of the runs. One at a time is worked out, so that memory stays bounded."""

    def __init__(self) -> None:
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
            return Answer("working", known.answer.findings)

    def _start(self) -> None:
        if self._worker is None:
            self._worker = threading.Thread(target=self._work, name="answers", daemon=True)
            self._worker.start()

    def _work(self) -> None:
        while True:
            folder, index, of = self._jobs.get()
            began = time.monotonic()
            try:
                answer = Answer("ready", _read(index, of) or _found(folder, index, of))
            except Exception as error:  # noqa: BLE001 - whatever it is, the page says so
                said = str(error) if isinstance(error, Track15Error) else type(error).__name__
                answer = Answer("failed", problem=said)
            with self._changed:
                known = self._known[str(folder.path)]
                known.of, known.answer, known.queued = of, answer, ""
                known.again = time.monotonic() + REST * (time.monotonic() - began)
                self._changed.notify_all()


def made_of(folder: RunFolder) -> str:
    """What findings are made of: the files of the run, as they are now, and this version."""
    return f"{__version__} {_stamps(folder)}"


def _stamps(folder: RunFolder) -> list[tuple[int, ...]]:
    """When each file of the run was changed, and its size."""
    return [stamp_of(folder.path / name)[2:] for name in (TRANSCRIPTS, SCORES)]


def _read(index: Index, of: str) -> Findings | None:
    """Findings that were kept, where they are of this state of the run."""
    try:
        text = index.kept(KEPT)
        kept = _Kept.model_validate_json(text) if text is not None else None
    except (ValidationError, sqlite3.Error):
        return None
    return kept.findings if kept is not None and kept.of == of else None


def _found(folder: RunFolder, index: Index, of: str) -> Findings:
    large = sum(size for *_, size in _stamps(folder)) > LARGE
    findings = _found_apart(folder) if large else found_in(folder)
    if made_of(folder) == of:
        with contextlib.suppress(sqlite3.Error):  # then it is worked out again another time
            index.keep(KEPT, _Kept(of=of, findings=findings).model_dump_json())
    return findings


def found_in(folder: RunFolder) -> Findings:
    """What a run shows, worked out here and now. No code that its suite names is executed.

    Raises:
        Track15Error: The run is damaged, or its suite contradicts itself.
    """
    return find(folder, choose(folder.info.suite.evaluators).evaluators)


def _found_apart(folder: RunFolder) -> Findings:
    """The same in a process of its own, so that pages need not wait meanwhile.

    Raises:
        RecordError: As :func:`found_in`.
    """
    code = "from harness.viewer.answers import tell; tell()"
    done = subprocess.run(  # noqa: S603 - this program
        [sys.executable, "-c", code, str(folder.path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # where the user interrupts, both processes hear it
        check=False,
    )
    kind, _, said = done.stdout.decode("utf-8", errors="replace").partition("\n")
    if kind == FOUND:
        return Findings.model_validate_json(said)
    raise RecordError(said or "the process that works it out has ended")


def tell() -> None:
    """Write what the run named on the command line shows to stdout, or why that cannot be told."""
    try:
        text = f"{FOUND}\n{found_in(RunFolder(Path(sys.argv[1]))).model_dump_json()}"
    except Track15Error as error:
        text = f"failed\n{error}"
    sys.stdout.buffer.write(text.encode("utf-8", errors="replace"))
