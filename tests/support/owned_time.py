"""A client whose clock moves when the test's server says so, not when the machine is slow.

A test of time-outs sets one that no machine is too slow for, and lets time jump past it. A jump
comes only when every request in flight is one that the server keeps waiting on purpose
(:class:`Held`). So a request that is merely slow never times out, and one that hangs costs nothing.

    with ChaosServer(answer, always(Fault.HANG)) as server:
        async with owned_time(server.held, lambda: client.limit.counters.in_flight):
            await client.complete(...)  # "no answer in time", at once

:func:`own_time_of_the_process` gives a command in a process of its own such a clock.
"""

from __future__ import annotations

import asyncio
import contextlib
import mmap
import selectors
import struct
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Final

JUMP: Final = 100_000.0
"""Seconds; longer than every time-out that a test sets."""
NEVER: Final = 10_000.0
"""Seconds: a time-out that only a jump can end."""
LOOK: Final = 0.01
"""Seconds between two looks at what the server keeps waiting."""


class Held:
    """How many requests a server has begun to keep waiting on purpose; shared between processes.

    Args:
        file: Where the number is kept; it is made. None to keep it in this process.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.file = file
        if file is None:
            self._memory = mmap.mmap(-1, 8)
            return
        if not file.exists():
            file.write_bytes(bytes(8))
        with file.open("r+b") as opened:
            self._memory = mmap.mmap(opened.fileno(), 8)

    def begin(self) -> None:
        """One more; called by the server's thread alone."""
        self._memory[:] = struct.pack("q", self.begun + 1)

    @property
    def begun(self) -> int:
        """How many so far, those that were given up included."""
        (number,) = struct.unpack("q", self._memory[:])
        return int(number)


class Jumps:
    """Decides when to jump: in the client's own loop, so that no request can begin meanwhile.

    ``begun`` may be late, and is never early; a jump ends all that were begun. So the numbers
    agree only when all in flight is held.

    Args:
        held: The server's.
        in_flight: How many requests are in flight.

    Attributes:
        ahead: Seconds jumped so far.
    """

    def __init__(self, held: Held, in_flight: Callable[[], int]) -> None:
        self._held = held
        self._in_flight = in_flight
        self._ended = held.begun
        self.ahead = 0.0

    def look(self) -> None:
        """Jump if it is time."""
        begun, in_flight = self._held.begun, self._in_flight()
        if in_flight and in_flight == begun - self._ended:
            self._ended = begun
            self.ahead += JUMP

    def now(self) -> float:
        return time.monotonic() + self.ahead


@contextlib.asynccontextmanager
async def owned_time(held: Held, in_flight: Callable[[], int]) -> AsyncIterator[None]:
    """The clock of the running loop, for one block.

    Args:
        held: The server's.
        in_flight: How many requests the client has sent that are neither answered nor given up.
    """
    loop: Any = asyncio.get_running_loop()
    jumps = Jumps(held, in_flight)

    async def watch() -> None:
        while True:
            jumps.look()
            await asyncio.sleep(LOOK)

    loop.time = jumps.now
    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()
        # Not set back: what was scheduled on the moved clock would come far too late.


def own_time_of_the_process(held: Held) -> None:
    """The clock of every loop of this process, from now on."""
    from harness.models.providers.openai_compatible.transport import Transport

    in_flight = 0
    send = Transport.send

    async def counted(self: Transport, *arguments: Any, **named: Any) -> Any:
        nonlocal in_flight
        in_flight += 1
        try:
            return await send(self, *arguments, **named)
        finally:
            in_flight -= 1

    jumps = Jumps(held, lambda: in_flight)

    class Selector(selectors.DefaultSelector):  # type: ignore[valid-type, misc]
        def select(self, timeout: float | None = None) -> Any:
            soon = LOOK if timeout is None else min(timeout, LOOK)
            ready = super().select(soon)
            if not ready and timeout != 0:
                jumps.look()
            return ready

    Transport.send = counted  # type: ignore[method-assign]
    selectors.DefaultSelector = Selector  # type: ignore[misc]
    asyncio.BaseEventLoop.time = lambda self: jumps.now()  # type: ignore[method-assign]
