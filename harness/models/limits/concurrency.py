"""How many requests an endpoint is given at once, found out while it is used.

The allowed number is a window as in TCP. It begins small and multiplies every round trip (slow
start) until the first sign of trouble; from then on it grows by one a round trip, or by a
sixteenth where that is more, and is halved when the server says that it is too much (429, 503) or
leaves a request without an answer until its time is over. That is additive increase, multiplicative
decrease (Chiu and Jain 1989; RFC 5681), with the proportional growth of Scalable TCP (Kelly 2003),
since a window of 2,000 that grew by one a round trip would take hours to come back from one
refusal. As in TCP, the troubles of one round trip are one event: requests that were under way when
the window shrank say nothing about the new one.

Some servers, and the gateways before them, refuse a request in a hundred whatever they are given.
So a refusal now and then, about one in fifty, changes little; at one in twenty the window falls to
a third, since the mean of the latest answers is often above one in ten then.

Latency short of a time-out is not looked at. As long as it is short of that, a queue in the server
costs nothing that a queue in front of it does not. A second window that shrank by latency too (as
TCP Vegas and Netflix's concurrency-limits do) is compared by ``python benchmarks/concurrency.py``,
which says what each of these rules gains; docs/limits.md has the figures.
"""

from __future__ import annotations

from typing import Final

START: Final = 8
"""Requests at once to begin with, where the ceiling allows as many; an eighth of a high one."""
MULTIPLY: Final = 4
"""Factor by which a round trip without trouble multiplies the window in slow start."""
BORNE: Final = 0.1
"""Share of the latest requests that may be refused without the window shrinking."""
MEMORY: Final = 32
"""Requests over which that share is an exponential mean."""
SUSPECTED: Final = 0.5
"""That share before anything is known: the first refusals of a run are taken at their word."""


class AdaptiveConcurrency:
    """The allowed number of requests at once: never under 1, never over the ceiling.

    Knows no clock and waits for nothing: all of it is arithmetic, under a microsecond a request.

    Args:
        ceiling: ``--max-connections``, at least 1.
        start: Where to begin, at least 1; None for :data:`START`.

    Attributes:
        allowed: Requests at once for now.
    """

    __slots__ = ("_ahead", "_begun", "_ceiling", "_refused", "_shrunk", "_slow_start", "allowed")

    def __init__(self, ceiling: int, start: int | None = None) -> None:
        if ceiling < 1 or (start is not None and start < 1):
            raise ValueError("ceiling and start must be at least 1")
        self._ceiling = ceiling
        self.allowed = min(ceiling, max(START, ceiling // 8) if start is None else start)
        self._ahead = 0.0  # growth not yet worth a whole request
        self._slow_start = True
        self._begun = self._shrunk = 0
        self._refused = SUSPECTED

    def begin(self) -> int:
        """Note that a request begins; its number, for :meth:`refused` and :meth:`late`."""
        self._begun += 1
        return self._begun

    def answered(self, in_flight: int) -> None:
        """Note a request that was answered.

        Args:
            in_flight: Requests under way at its end, itself included.
        """
        self._refused -= self._refused / MEMORY
        allowed = self.allowed
        if allowed < self._ceiling and 2 * in_flight >= allowed:
            # Growth that nobody uses would tell nothing about the server.
            if self._slow_start:
                self._ahead += MULTIPLY - 1
            else:
                self._ahead += max(1.0 / allowed, 1.0 / 16.0)
            if self._ahead >= 1.0:
                whole = int(self._ahead)
                self._ahead -= whole
                self.allowed = min(self._ceiling, allowed + whole)

    def refused(self, number: int) -> None:
        """Note a request that the server would not take for now: 429 or 503.

        Args:
            number: What :meth:`begin` gave; requests begun before the window last shrank do not
                shrink it again.
        """
        self._refused += (1.0 - self._refused) / MEMORY
        if self._refused > BORNE:
            self._halve(number)

    def late(self, number: int) -> None:
        """Note a request that was given up after all the time it may take. One is enough: it has
        cost minutes.

        Args:
            number: As of :meth:`refused`.
        """
        self._halve(number)

    def _halve(self, number: int) -> None:
        if number <= self._shrunk:
            return
        self._slow_start = False
        self._ahead = 0.0
        self._shrunk = self._begun
        self.allowed = max(1, self.allowed // 2)
