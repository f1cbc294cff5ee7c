"""Brings finished stages to disk. Those that finish in one turn of the event loop go there
together, so that all of them wait for the disk once.

Nothing is held back for longer than that turn. So a stage that finishes alone is on disk as soon as
it would be by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from harness.records.finished import Finished
from harness.records.writer import RunWriter

MOST: Final = 32
"""Stages that go to disk together at most. They take memory until they are written, and those of
scripts have taken time. What waiting for the disk costs is spread over enough of them by then."""


@dataclass(frozen=True, slots=True)
class _Pending:
    finished: Finished
    count: Callable[[Finished], None]
    written: asyncio.Future[None]


class Commits:
    """Finished stages on their way to disk. Belongs to one event loop.

    As a context, it writes what is pending when it is left, however it is left.

    Args:
        writer: Of the run.
    """

    def __init__(self, writer: RunWriter) -> None:
        self._writer = writer
        self._pending: list[_Pending] = []
        self._failed: Exception | None = None
        self._told = False

    async def write(self, finished: Finished, count: Callable[[Finished], None]) -> None:
        """Return once a stage is on disk.

        Args:
            finished: The stage. It is written also where who waits for it is cancelled.
            count: Called with it when it is on disk, and never where it is not.

        Raises:
            RecordError: It cannot be written, or one that finished with it cannot. From then on
                nothing is.
        """
        loop = asyncio.get_running_loop()
        written = loop.create_future()
        if not self._pending:
            loop.call_soon(self._write)  # after all that is to run in this turn
        self._pending.append(_Pending(finished, count, written))
        if len(self._pending) >= MOST:
            self._write()
        await written

    def _write(self) -> None:
        pending, self._pending = self._pending, []
        if pending and self._failed is None:
            counts = {one.finished.id: one.count for one in pending}
            try:
                self._writer.append_all(
                    [one.finished for one in pending], lambda one: counts[one.id](one)
                )
            except Exception as error:  # noqa: BLE001 - all who wait are told, whatever it is
                self._failed = error
        for one in pending:
            if one.written.done():  # who waited was cancelled
                continue
            if self._failed is None:
                one.written.set_result(None)
            else:
                one.written.set_exception(self._failed)
                self._told = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write what is pending.

        Raises:
            RecordError: It cannot be written, or could not be, and nobody was left to be told.
        """
        self._write()
        if self._failed is not None and not self._told:
            raise self._failed
