"""Where the stages of a run stand in its files, whatever their kind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from harness.errors import RecordError
from harness.files.regular import open_regular
from harness.records.folder import stage_files
from harness.records.transcript import Status

IndexOf = Callable[[Path], Mapping[str, tuple[int, Status]]]
"""File -> stage id -> byte offset and status."""


class StageIndex:
    """File and byte offset of every stage of a run, as they were when first asked for; a stage that
    was not there then is looked for anew.

    Args:
        path: Of the run.
        index_of: Reads the index of a file.
    """

    def __init__(self, path: Path, index_of: IndexOf) -> None:
        self._path = path
        self._index_of = index_of
        self._known: dict[str, tuple[Path, int, Status]] | None = None

    def has(self, stages: Collection[str]) -> bool:
        """Whether all of these are on record, whatever became of them."""
        return all(stage in self._all() for stage in stages)

    def became(self, stages: Collection[str]) -> Status:
        """What became of all of these together: ``done`` where each has a result, ``void`` where
        one is void for good, and ``failed`` where one has failed or was not played yet."""
        found = {self._all()[stage][2] if stage in self._all() else "failed" for stage in stages}
        return "failed" if "failed" in found else "void" if "void" in found else "done"

    def starting(self, prefix: str) -> list[str]:
        """The ids of the stages that are there and start so."""
        return [stage for stage in self._all() if stage.startswith(prefix)]

    def line(self, stage: str) -> tuple[Path, bytes]:
        """The file of a stage, and its line in it without the newline.

        Raises:
            RecordError: It is not there.
        """
        if stage not in self._all():
            self._known = None
        if stage not in self._all():
            raise RecordError(f"stage {stage} is not there", where=str(self._path))
        path, offset, _ = self._all()[stage]
        with open_regular(path) as file:
            file.seek(offset)
            return path, file.readline().rstrip(b"\n")

    def _all(self) -> dict[str, tuple[Path, int, Status]]:
        if self._known is None:
            self._known = {
                key: (path, offset, status)
                for path in stage_files(self._path)
                for key, (offset, status) in self._index_of(path).items()
            }
        return self._known
