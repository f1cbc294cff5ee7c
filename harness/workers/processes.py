"""Workers as processes of this machine (``--workers N``)."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Sequence

from harness.workers.driver import WorkerError
from harness.workers.messages import Frame, read_frame
from harness.workers.resources import Setup

_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv.pop()); "
    "from harness.workers.worker import main; main()"
)
"""A worker finds what the driver finds, however the driver was started."""
_BUFFER = 4 << 20


class ProcessConnection:
    """A worker process, spoken to over its standard input and output."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    def send(self, frame: Frame) -> None:
        """See :class:`~harness.workers.driver.Connection`."""
        assert self._process.stdin is not None
        with contextlib.suppress(ConnectionError, RuntimeError):
            self._process.stdin.write(frame.encode())

    async def receive(self) -> Sequence[Frame]:
        """See :class:`~harness.workers.driver.Connection`."""
        assert self._process.stdout is not None
        frame = await read_frame(self._process.stdout)
        return () if frame is None else (frame,)

    async def end(self, grace: float) -> str:
        """See :class:`~harness.workers.driver.Connection`."""
        process = self._process
        try:
            async with asyncio.timeout(grace):
                await self._drained()
        except TimeoutError:
            self._kill()
        finally:
            # A second Ctrl-C gets here too, so no process is left running.
            self._kill()
        await process.wait()
        assert process.stdin is not None
        process.stdin.close()
        return _words(process.returncode)

    def _kill(self) -> None:
        """Kill it, if how it ended is not known yet.

        Not by ``Process.kill``: that looks whether the process is still there, and by looking takes
        from the event loop how it ended (255 is what the loop then says).
        """
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)

    async def _drained(self) -> None:
        """Wait for its end, and for what it says until then to have been read."""
        assert self._process.stdout is not None
        while await self._process.stdout.read(_BUFFER):
            pass
        await self._process.wait()


async def connect(setup: Setup) -> ProcessConnection:
    """Start a worker process.

    Raises:
        WorkerError: The system does not let it.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # else Python looks for modules in the folder where track15 was typed
            "-c",
            _START,
            json.dumps(sys.path),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_BUFFER,
            # The terminal's Ctrl-C must not reach workers: the driver deals with it.
            start_new_session=True,
        )
    except OSError as error:
        raise WorkerError(
            f"a worker cannot be started: {error.strerror}", fix="use fewer --workers"
        ) from None
    line = ProcessConnection(process)
    line.send(Frame("setup", parts=(setup.model_dump_json(by_alias=True).encode(),)))
    return line


def _words(code: int | None) -> str:
    if code is not None and code < 0:
        return f"killed by signal {-code} ({signal.Signals(-code).name})"
    return f"exit code {code}"
