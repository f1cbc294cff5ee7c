"""Writes a run folder: nothing lost, nothing twice, one writer at a time."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Final, Protocol

from harness.errors import RecordError
from harness.files.advice import advice, cannot, reason
from harness.files.jsonl import Appender, read_lines, write_atomically
from harness.files.regular import open_own, refuse_links
from harness.files.shipped import leave_shipped
from harness.records.activity import LOCK, stamp
from harness.records.episodes import Episode, read_episodes
from harness.records.finished import Finished
from harness.records.folder import (
    MESSAGES,
    PLAN,
    TIMINGS,
    TRANSCRIPTS,
    file_of,
    stage_files,
)
from harness.records.info_writer import kept_or_new, write_info
from harness.records.judging import read_judgings
from harness.records.reader import index_file
from harness.records.run import RunInfo
from harness.records.served import Served
from harness.records.transcript import Status
from harness.records.written import WrittenRecords

KNOWN: Final = 100_000
"""Texts that a writer remembers to have written, the last used: what dialogues share comes again
and again. One that is forgotten is written twice, which readers do not mind."""
LINES_KEPT_BACK: Final = 1_000
"""Lines of a plan that are held in memory at most."""
_HASH: Final = re.compile(rb'^\{"hash":"([0-9a-f]{1,64})"')


def _recent(path: Path) -> dict[str, None]:
    """Hashes of the last texts in ``messages.jsonl``, oldest first."""
    found: dict[str, None] = {}
    for _, line in read_lines(path):
        if (head := _HASH.match(line)) is not None:
            key = head.group(1).decode()
            found.pop(key, None)
            found[key] = None
            if len(found) > KNOWN:
                del found[next(iter(found))]
    return found


class RunWriter:
    """A run in play: the only writer of its folder.

    Opening a folder that holds an earlier part of the same plan, or a plan that begins alike,
    resumes it.

    Raises:
        RecordError: The folder cannot be written or ships, belongs to another plan, or is being
            written by another process.
    """

    grows = True
    """Whether what an earlier, longer plan has left in the folder stays."""

    def __init__(self, path: Path, info: RunInfo) -> None:
        self.path = path
        leave_shipped(path)
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RecordError(
                f"the folder cannot be made: {reason(error)}",
                where=str(path),
                fix=advice(error),
            ) from None
        refuse_links(path)
        with contextlib.ExitStack() as opened:
            opened.callback(_take_lock(path))
            self.info = self._told(path, info)
            self._clear()
            self._stages = {TRANSCRIPTS: appender(path / TRANSCRIPTS, opened)}
            self._messages = appender(path / MESSAGES, opened)
            self._timings = appender(path / TIMINGS, opened)
            self._plan = self._planned(path, opened)
            self._known = _recent(path / MESSAGES)
            self._kept: WrittenRecords | None = None
            self.played: dict[str, Status] = {}
            for file in stage_files(path):
                self.played.update((key, at[1]) for key, at in index_file(file).items())
            self._opened = opened.pop_all()

    def _told(self, path: Path, info: RunInfo) -> RunInfo:
        """What ``run.json`` says from now on."""
        return kept_or_new(path, info, grows=self.grows)

    def _planned(self, path: Path, opened: contextlib.ExitStack) -> Planned:
        """Where it is written down which stages are about to be played."""
        return _PlanFile(appender(path / PLAN, opened))

    def _clear(self) -> None:
        """Remove what an earlier writer left, where it is not gone on with. The folder is this
        process's alone by now, and belongs to the plan."""

    def finished(self, stage: str) -> bool:
        """Whether a stage needs no playing: done, or void for what a model replied."""
        return self.played.get(stage) in ("done", "void")

    def serve(self, served: Mapping[str, tuple[Served, ...]]) -> None:
        """Write down what serves the models of the run.

        Raises:
            RecordError: It cannot be written.
        """
        if served != self.info.served:
            self.info = self.info.model_copy(update={"served": dict(served)})
            write_info(self.path, self.info)

    def reuse(self) -> None:
        """Write down that results of other runs are taken into this one: they may have been known
        when its questions were declared.

        Raises:
            RecordError: It cannot be written.
        """
        if not self.info.reused:
            self.info = self.info.model_copy(update={"reused": True})
            write_info(self.path, self.info)

    def plan(self, episode: Episode) -> None:
        """Write down an episode that is about to be played. They come in plan order, from the
        first one on, also when a run is resumed; what is there already is held against them.

        Raises:
            RecordError: The plan in the folder is another one.
        """
        self._plan.put(episode, self.played)

    def append(self, finished: Finished) -> None:
        """Bring one finished stage to disk; as :meth:`append_all`."""
        self.append_all([finished])

    def append_all(
        self, group: Sequence[Finished], count: Callable[[Finished], None] = lambda _: None
    ) -> None:
        """Bring finished stages to disk; those of one kind wait for it once. Where not all of them
        fit, those are kept that do.

        Args:
            count: Called with each that is on disk.

        Raises:
            RecordError: One cannot be written; neither it nor those after it are.
        """
        by_kind: dict[str, list[Finished]] = {}
        for finished in group:
            by_kind.setdefault(finished.kind, []).append(finished)
        for alike in by_kind.values():
            try:
                self._append(alike)
            except RecordError:
                if len(alike) == 1:
                    raise
                for one in alike:
                    self.append_all([one], count)
                continue
            self._written(alike)
            for one in alike:
                count(one)

    def _append(self, alike: Sequence[Finished]) -> None:
        """Write stages of one kind, all or none. Their records go last: once the line of one is
        whole, everything it refers to is there, and its place in the plan, after a power cut too.
        """
        self._write_messages(alike)
        if any(self._plan.is_due(finished.id) for finished in alike):
            self._plan.flush()
        file, timed = self._file(alike[0].kind), self._timings.size
        offset = file.size
        self._timings.append([finished.timing for finished in alike], sync=False)
        try:
            file.append([finished.record for finished in alike])
        except RecordError:
            self._timings.take_back(timed)
            raise
        for finished in alike:
            self.played[finished.id] = finished.status
            if self._kept is not None:
                self._kept.add(finished.id, file.path.name, offset, finished.record)
            offset += len(finished.record) + 1

    def _written(self, group: Sequence[Finished]) -> None:
        """Told of stages that are on disk."""

    def _write_messages(self, group: Sequence[Finished]) -> None:
        """Write the texts that were shown to models, each that is not there yet."""
        shown = {key: line for finished in group for key, line in finished.messages.items()}
        self._messages.append([line for key, line in shown.items() if key not in self._known])
        for key in shown:
            self._known.pop(key, None)  # used now: it goes to the end
            self._known[key] = None
        while len(self._known) > KNOWN:
            del self._known[next(iter(self._known))]

    @property
    def kept(self) -> WrittenRecords:
        """What the folder holds, for stages that read others."""
        if self._kept is None:
            self._kept = WrittenRecords(self.path)
            self._opened.callback(self._kept.close)
        return self._kept

    def begun(self) -> frozenset[str]:
        """Stages with paid replies that no record counts yet."""
        return frozenset()

    def finalise(self) -> None:
        """Put the lines of a complete run in plan order and drop superseded ones.

        The last thing a writer does: reordered files take the place of those that were being
        appended to, so nothing can be appended after it.
        """
        self._plan.flush()
        for appender in self._stages.values():
            appender.close()
        if self._kept is not None:
            self._kept.close()
        episodes = read_episodes(self.path / PLAN)
        order = dict.fromkeys(key for one in episodes for key in one.stages.values())
        # What was asked about the run later is no part of its plan, and may be there in part.
        judged = (one.judgement for one in read_judgings(self.path))
        order |= dict.fromkeys(key for key in judged if key in self.played)
        if order.keys() != self.played.keys() or "failed" in self.played.values():
            return  # what superseded lines took still counts against the run's limits
        for file in stage_files(self.path):
            _reorder(file, list(order))

    def close(self) -> None:
        """Close the files and let go of the folder."""
        with contextlib.suppress(RecordError):  # it can be written again, and the error is known
            self._plan.flush()
        self._plan.close()
        self._opened.close()

    def _file(self, kind: str) -> Appender:
        name = file_of(kind)
        if name not in self._stages:
            self._stages[name] = appender(self.path / name, self._opened)
        return self._stages[name]

    def __enter__(self) -> RunWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Planned(Protocol):
    """Where it is written down which stages are about to be played, before their records are."""

    def put(self, episode: Episode, played: Container[str]) -> None:
        """Take the stages of an episode.

        Args:
            played: Stages that are on record.
        """
        ...

    def is_due(self, stage: str) -> bool:
        """Whether what is kept back has to be there before the record of this stage is."""
        ...

    def flush(self) -> None:
        """Bring to disk what is kept back."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class _PlanFile:
    """``plan.jsonl`` while it is written. What is written is on disk: lines are kept back until a
    stage of one of them is, and go there together, those of all stages in play at once. A plan may
    be a million lines long, so few are kept back."""

    def __init__(self, file: Appender) -> None:
        self._file = file
        self._before = read_lines(file.path)
        self._number = 0
        self._lines: list[bytes] = []
        self._stages: set[str] = set()
        self._due = False

    def is_due(self, stage: str) -> bool:
        """Whether what is kept back has to be there before the record of this stage is: it has a
        line of it, or another one that is on record already has."""
        return self._due or stage in self._stages

    def put(self, episode: Episode, played: Container[str]) -> None:
        """Take the line of an episode.

        Args:
            played: Stages that are on record.
        """
        line = episode.model_dump_json().encode()
        self._number += 1
        _, kept = next(self._before, (0, None))
        if kept is None:
            self._lines.append(line)
            self._stages.update(episode.stages.values())
            self._due = self._due or any(key in played for key in episode.stages.values())
            if len(self._lines) >= LINES_KEPT_BACK:
                self.flush()
        elif kept != line:
            raise RecordError(
                "the folder holds another plan",
                where=f"{self._file.path}:{self._number}",
                fix="move the file away and type the command again: it writes it again",
            )

    def close(self) -> None:
        """Let go of the file as it was found."""
        self._before.close()

    def flush(self) -> None:
        self._file.append(self._lines)
        self._lines = []
        self._stages.clear()
        self._due = False


def _reorder(path: Path, order: Sequence[str]) -> None:
    index = index_file(path)
    offsets = [index[key][0] for key in order if key in index]
    in_file = sum(1 for _ in read_lines(path))
    if in_file == len(offsets) and offsets == sorted(offsets):
        return
    with path.open("rb") as source:
        write_atomically(path, _lines_at(source, offsets))


def _lines_at(source: IO[bytes], offsets: Sequence[int]) -> Iterator[bytes]:
    for offset in offsets:
        source.seek(offset)
        yield source.readline()


def appender(path: Path, opened: contextlib.ExitStack) -> Appender:
    """A file to append to, closed with ``opened``."""
    appender = Appender(path)
    opened.callback(appender.close)
    return appender


def _take_lock(path: Path) -> Callable[[], None]:
    """Hold the folder against a second writer until what is given back is called, or the process
    ends."""
    try:
        lock = open_own(path / LOCK, os.O_RDWR | os.O_CREAT)
    except OSError as error:
        raise cannot("written", path / LOCK, error) from None
    try:
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:  # not on Windows: two writers are then the user's own care
        pass
    except OSError:
        os.close(lock)
        raise RecordError(
            "another process is playing this run",
            where=str(path),
            fix="wait until it ends, or choose another folder with --log-dir",
        ) from None
    stamp(lock)

    def let_go() -> None:
        stamp(lock)
        os.close(lock)

    return let_go
