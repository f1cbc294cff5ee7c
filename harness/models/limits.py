"""How many calls an endpoint gets at once, and what they add up to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields

from harness.models.reply import TokenUsage


@dataclass
class Counters:
    """What has been sent and received; for the progress display, not for the record.

    Attributes:
        waiting: Requests waiting for a free connection.
        in_flight: Requests sent and not yet answered.
        done: Calls answered.
        failed: Calls given up.
        retries: Waits before a further attempt.
        prompt_tokens, completion_tokens: Sums over the calls whose server counted them.
        uncounted: Answered calls whose server did not count one of the two.
    """

    waiting: int = 0
    in_flight: int = 0
    done: int = 0
    failed: int = 0
    retries: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    uncounted: int = 0

    def answered(self, usage: TokenUsage) -> None:
        """Book a call that was answered."""
        self.done += 1
        self.prompt_tokens += usage.prompt_tokens or 0
        self.completion_tokens += usage.completion_tokens or 0
        self.uncounted += None in (usage.prompt_tokens, usage.completion_tokens)

    def retried(self) -> None:
        """Book a wait before a further attempt."""
        self.retries += 1

    def __add__(self, other: Counters) -> Counters:
        names = [field.name for field in fields(self)]
        return Counters(**{name: getattr(self, name) + getattr(other, name) for name in names})


class ConnectionLimit:
    """At most ``max_connections`` requests at once to one endpoint, first come first served.

    A slot is held for one request, not while a call waits to be retried: a server that says
    "later" to some dialogues can go on answering the others.
    """

    def __init__(self, max_connections: int) -> None:
        if max_connections < 1:
            raise ValueError("max_connections must be at least 1")
        self.max_connections = max_connections
        self.counters = Counters()
        self._slots = asyncio.Semaphore(max_connections)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait for a free connection and hold it."""
        self.counters.waiting += 1
        try:
            await self._slots.acquire()
        finally:
            self.counters.waiting -= 1
        self.counters.in_flight += 1
        try:
            yield
        finally:
            self.counters.in_flight -= 1
            self._slots.release()
