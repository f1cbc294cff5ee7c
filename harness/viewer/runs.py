"""Which runs there are, found anew where they have changed."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path

from harness.errors import RecordError
from harness.records.activity import last_played
from harness.records.folder import RUN
from harness.records.reader import RunFolder


@dataclass(frozen=True)
class _Opened:
    """A run that was opened, and what its ``run.json`` was then."""

    stamp: tuple[int, ...]
    folder: RunFolder


class Runs:
    """The runs that the viewer shows: one, or those of a folder.

    A run is called by the name of its folder. Names come from addresses, so they are looked up
    among what was found and never made into a path.

    Args:
        place: A run folder, or a folder of run folders.
    """

    def __init__(self, place: Path) -> None:
        self.place = place.resolve()
        self.single = (self.place / RUN).is_file()
        self._opened: dict[str, _Opened] = {}
        self._lock = threading.Lock()

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
        path = self.path(name)
        stamp = stamp_of(path / RUN)
        with self._lock:
            known = self._opened.get(name)
            if known is None or known.stamp != stamp or known.folder.path != path:
                known = self._opened[name] = _Opened(stamp, RunFolder(path))
            return known.folder


class UnknownRunError(RecordError):
    """No run has that name."""


def name_of(folder: Path) -> str:
    """What a run is called in addresses: its folder's name, as text."""
    return os.fsencode(folder.name).decode("utf-8", "backslashreplace")


def stamp_of(path: Path) -> tuple[int, ...]:
    """What tells a file from what it was before; empty where there is none."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size
