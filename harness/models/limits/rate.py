"""Requests and tokens a minute: never more than allowed begin in any 60 seconds.

Kept by hand: of the libraries that limit rates (aiolimiter, pyrate-limiter, limits) none takes an
estimate of the tokens when a request begins and corrects it when the reply is there.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

MINUTE: Final = 60.0
_SHORTEST: Final = 0.001
"""Seconds of the shortest wait: rounding must not make a wait of nothing, again and again."""


class Begun:
    """A request that was let through; what it counts for can still change."""

    __slots__ = ("request", "tokens")

    def __init__(self, request: list[float] | None, tokens: list[float] | None) -> None:
        self.request = request
        self.tokens = tokens


class _Window:
    """What began in the last ``span`` seconds, and when there is room again.

    An entry is ``[time, amount]``; it has left the window exactly ``span`` seconds later.
    """

    def __init__(self, limit: float, span: float) -> None:
        self.limit = limit
        self.span = span
        self._entries: deque[list[float]] = deque()
        self._total = 0.0

    def delay(self, now: float, amount: float) -> float:
        """Seconds until ``amount`` more may begin; 0 for at once.

        What is larger than the whole limit may begin when nothing else is in the window: it could
        never begin otherwise.
        """
        self._forget(now)
        surplus = min(self._total, self._total + amount - self.limit)
        if surplus <= 0:
            return 0.0
        left, leaves = 0.0, now
        for begun, size in self._entries:
            left, leaves = left + size, begun + self.span
            if left >= surplus:
                break
        return max(_SHORTEST, leaves - now)

    def add(self, now: float, amount: float) -> list[float]:
        entry = [now, amount]
        self._entries.append(entry)
        self._total += amount
        return entry

    def change(self, entry: list[float], amount: float, now: float) -> None:
        """Correct what an entry counts for; without effect where it has left the window."""
        self._forget(now)
        if entry[0] + self.span > now:
            self._total += amount - entry[1]
            entry[1] = amount

    def _forget(self, now: float) -> None:
        entries = self._entries
        while entries and entries[0][0] + self.span <= now:
            self._total -= entries.popleft()[1]
        if not entries:
            self._total = 0.0  # what rounding left


class RateLimit:
    """Lets requests to one endpoint begin, first come first served.

    Belongs to the event loop it is used in.

    Args:
        requests: Requests begun in any 60 seconds, rounded down; one below 1 means one request
            every ``60 / requests`` seconds. None for any number.
        tokens: Tokens, of prompts and replies, of the requests begun in any 60 seconds; None for
            any number. A request counts for its estimate until it is settled.
        clock: Seconds that only grow; replaceable for tests, as is ``sleep``.
    """

    def __init__(
        self,
        requests: float | None = None,
        tokens: float | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        for limit in (requests, tokens):
            if limit is not None and not 0 < limit < math.inf:
                raise ValueError("a limit a minute is positive and finite")
        self._requests: _Window | None = None
        if requests is not None:
            span = MINUTE if requests >= 1 else MINUTE / requests
            self._requests = _Window(max(1, math.floor(requests)), span)
        self._tokens = None if tokens is None else _Window(tokens, MINUTE)
        self._clock = clock
        self._sleep = sleep
        self._queue: deque[asyncio.Future[None]] = deque()
        self._freed: asyncio.Future[None] | None = None

    @property
    def waiting(self) -> int:
        """Requests that wait for their turn."""
        return len(self._queue)

    async def begin(self, tokens: int) -> Begun:
        """Wait until a request of about ``tokens`` tokens may begin; it has begun on return."""
        if not self._queue and self._delay(tokens) <= 0:
            return self._enter(tokens)
        turn = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            if self._queue[0] is not turn:
                await turn
            while (delay := self._delay(tokens)) > 0:
                await self._pause(delay)
            return self._enter(tokens)
        finally:
            self._queue.remove(turn)
            if self._queue and not self._queue[0].done():
                self._queue[0].set_result(None)

    def settle(self, begun: Begun, tokens: int) -> None:
        """Count what a request took in place of its estimate."""
        if self._tokens is not None and begun.tokens is not None:
            less = tokens < begun.tokens[1]
            self._tokens.change(begun.tokens, tokens, self._clock())
            if less:
                self._wake()

    def withdraw(self, begun: Begun) -> None:
        """Count a request as never begun."""
        self.settle(begun, 0)
        if self._requests is not None and begun.request is not None:
            self._requests.change(begun.request, 0, self._clock())
            self._wake()

    def _delay(self, tokens: int) -> float:
        now, delay = self._clock(), 0.0
        if self._requests is not None:
            delay = self._requests.delay(now, 1)
        if self._tokens is not None:
            delay = max(delay, self._tokens.delay(now, tokens))
        return delay

    def _enter(self, tokens: int) -> Begun:
        now = self._clock()
        return Begun(
            None if self._requests is None else self._requests.add(now, 1),
            None if self._tokens is None else self._tokens.add(now, tokens),
        )

    async def _pause(self, seconds: float) -> None:
        """Sleep, or less where a request turns out to have taken less than was thought."""
        self._freed = asyncio.get_running_loop().create_future()
        nap = asyncio.ensure_future(self._sleep(seconds))
        try:
            await asyncio.wait({nap, self._freed}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            nap.cancel()
            self._freed = None

    def _wake(self) -> None:
        if self._freed is not None and not self._freed.done():
            self._freed.set_result(None)
