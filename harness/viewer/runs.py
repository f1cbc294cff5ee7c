"""Which runs there are, found anew where they have changed."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar

from harness.analysis.in_play import InPlay
from harness.errors import RecordError
from harness.records.activity import last_played
from harness.records.folder import RUN
from harness.records.reader import RunFolder
from harness.viewer.answers import TELL, Answer, Answers
from harness.viewer.counting import Counts, counts_of
from harness.viewer.index import Index
from harness.viewer.prefix import stamp_of
from harness.viewer.sidecar import is_damage

MadeT = TypeVar("MadeT")
LOOK_S: Final = 0.2
"""Most seconds that are spent on what a run in play shows, unless somebody waits for longer."""


@dataclass
class _Opened:
    """A run that was opened, what its ``run.json`` was then, and what was made of it since."""

    stamp: tuple[int, ...]
    folder: RunFolder
    index: Index
    made: dict[str, tuple[Hashable, Any]] = field(default_factory=dict)

    @cached_property
    def in_play(self) -> InPlay:
        """What the run shows so far, made when it is first asked for."""
        return InPlay(self.folder)


class Runs:
    """The runs that the viewer shows: one, or those of a folder.

    A run is called by the name of its folder. Names come from addresses, so they are looked up
    among what was found and never made into a path.

    Args:
        place: A run folder, or a folder of run folders.
        rebuild: Whether indices that are there are thrown away when their run is first opened.
        tell: As of :class:`~harness.viewer.answers.Answers`.
    """

    def __init__(self, place: Path, *, rebuild: bool = False, tell: str = TELL) -> None:
        self.place = place.resolve()
        self.single = (self.place / RUN).is_file()
        self._opened: dict[str, _Opened] = {}
        self._rebuild = rebuild
        self._rebuilt: set[Path] = set()
        self._lock = threading.Lock()
        self.answers = Answers(tell)

    def paths(self) -> dict[str, Path]:
        """Name -> folder of every run there is now, in no order."""
        if self.single:
            return {name_of(self.place): self.place}
        found = (path.parent for path in self.place.glob(f"*/{RUN}"))
        return {name_of(folder): folder for folder in sorted(found)}

    def names(self) -> list[str]:
        """Names of the runs, the one that was played last first."""
        paths = self.paths()
        return sorted(paths, key=lambda name: (last_played(paths[name], ""), name), reverse=True)

    def path(self, name: str) -> Path:
        """The folder of a run.

        Raises:
            RecordError: There is none of that name.
        """
        found = self.paths().get(name)
        if found is None:
            raise UnknownRunError(f"no run {name!r}", where=str(self.place))
        return found

    def folder(self, name: str) -> RunFolder:
        """A run, for reading; the same object for as long as its ``run.json`` is the same.

        Raises:
            RecordError: There is none of that name, or it is damaged.
        """
        return self._open(name).folder

    def index(self, name: str) -> Index:
        """The index of a run, as far as it is built.

        Raises:
            RecordError: As :meth:`folder`.
        """
        return self._open(name).index

    def answer(self, name: str, *, wait_s: float = 0.0) -> Answer:
        """What a run shows, as far as that is known; see :meth:`Answers.of`.

        Raises:
            RecordError: As :meth:`folder`.
        """
        run = self._open(name)
        return self.answers.of(run.folder, run.index, wait_s=wait_s)

    def counts(self, name: str) -> Counts:
        """What is there of a run, as far as it is indexed; counted when that changes.

        Raises:
            RecordError: As :meth:`folder`.
        """
        index = self._open(name).index

        def counted() -> Counts:
            with index.reading() as db:
                return counts_of(db)

        return self.made(name, "counts", index.stamp(), counted)

    def made(self, name: str, what: str, of: Hashable, make: Callable[[], MadeT]) -> MadeT:
        """Something that takes its time, made again only where what it is made of has changed.

        Args:
            name: Of the run.
            what: It is called.
            of: Tells what it is made of.
            make: Makes it.

        Raises:
            RecordError: As :meth:`folder`.
        """
        kept = self._open(name).made
        known = kept.get(what)
        if known is None or known[0] != of:
            known = kept[what] = of, make()
        found: MadeT = known[1]
        return found

    def so_far(self, name: str, *, seconds: float = LOOK_S) -> str:
        """What a run in play shows of its primary question, in a line a line-up; empty where
        nothing may be said, or the run cannot be read, which other parts of its page tell.

        Args:
            name: Of the run.
            seconds: Most time to read; what is left over is read when it is asked for again.

        Raises:
            RecordError: As :meth:`folder`.
        """
        run = self._open(name)
        try:
            return " ".join(run.in_play.sentences(seconds))
        except RecordError:
            return ""

    def mend(self, error: sqlite3.Error) -> None:
        """Open every index again where one was damaged: that makes it anew."""
        if isinstance(error, sqlite3.DatabaseError) and is_damage(error):
            with self._lock:
                self._opened.clear()

    def _open(self, name: str) -> _Opened:
        path = self.path(name)
        stamp = stamp_of(path / RUN)
        with self._lock:
            known = self._opened.get(name)
            if known is None or known.stamp != stamp or known.folder.path != path:
                folder = RunFolder(path)
                rebuild = self._rebuild and path not in self._rebuilt
                known = self._opened[name] = _Opened(stamp, folder, Index(folder, rebuild=rebuild))
                self._rebuilt.add(path)
            return known


class UnknownRunError(RecordError):
    """No run has that name."""


def name_of(folder: Path) -> str:
    """What a run is called in addresses: its folder's name, as text."""
    return os.fsencode(folder.name).decode("utf-8", "backslashreplace")
