"""How many requests an endpoint is given at once, found out while it is used.

The allowed number is a window as in TCP. It begins small and multiplies every round trip (slow
start) until the first sign of trouble; from then on it grows by one a round trip, or by a
sixteenth where that is more, and is halved when the server says that it is too much (429, 503).
That is additive increase, multiplicative decrease (Chiu and Jain 1989; RFC 5681), with the
proportional growth of Scalable TCP (Kelly 2003), since a window of 2,000 that grew by one a round
trip would take hours to come back from one refusal. As in TCP, the refusals of one round trip are
one event: requests that were under way when the window shrank say nothing about the new one.

Servers that queue instead of refusing are noticed by their latency, as in TCP Vegas (Brakmo and
Peterson 1995) and Netflix's concurrency-limits. Latency alone would throttle every server that
batches: its replies slow down as more are asked for at once, and it gives more of them a second all
the same. So the window shrinks only where replies take much longer than at the best of late *and*
hardly more of them come back than came at that best (as BBR has it, Cardwell and others 2016). The
best is slowly forgotten, because prompts grow as dialogues do.
"""

from __future__ import annotations

import math
from typing import Final

START: Final = 8
"""Requests at once to begin with, where the ceiling allows as many; a sixteenth of a high one."""
MULTIPLY: Final = 4
"""Factor by which a round trip without trouble multiplies the window in slow start."""
SLOW: Final = 2.0
"""Mean latency over the best of late from which it counts as much worse."""
WORTH: Final = 1.5
"""Replies a second over those at the best latency from which the longer wait is worth it."""
BRAKE: Final = 0.9
"""What is left of the window where it is not."""
NEAR: Final = 1.25
"""Latency over the best of late up to which a round counts as undelayed."""
FORGET: Final = 1.05
"""How much worse the best is remembered a round later."""


class Adaptive:
    """The allowed number of requests at once: never under 1, never over the ceiling.

    Knows no clock and waits for nothing; all of it is arithmetic, about a microsecond a request.

    Args:
        ceiling: ``--max-connections``, at least 1.
        start: Where to begin, at least 1; None for :data:`START`.

    Attributes:
        allowed: Requests at once for now.
    """

    __slots__ = (
        "_ahead",
        "_begun",
        "_best",
        "_busy",
        "_ceiling",
        "_count",
        "_latency",
        "_rate",
        "_shrunk",
        "_slow_start",
        "allowed",
    )

    def __init__(self, ceiling: int, start: int | None = None) -> None:
        if ceiling < 1 or (start is not None and start < 1):
            raise ValueError("ceiling and start must be at least 1")
        self._ceiling = ceiling
        self.allowed = min(ceiling, max(START, ceiling // 16) if start is None else start)
        self._ahead = 0.0  # growth not yet worth a whole request
        self._slow_start = True
        self._begun = self._shrunk = 0
        self._best = math.inf  # lowest mean latency of a round, seconds
        self._rate = 0.0  # replies a second in the best round that was hardly delayed
        self._latency = 0.0
        self._count = self._busy = 0

    def begin(self) -> int:
        """Note that a request begins; its number, for :meth:`refused`."""
        self._begun += 1
        return self._begun

    def answered(self, seconds: float, in_flight: int) -> None:
        """Note a request that was answered.

        Args:
            seconds: From its beginning to its last byte.
            in_flight: Requests under way, itself included.
        """
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
        self._count += 1
        self._latency += seconds
        self._busy += in_flight
        if self._count >= allowed and self._count >= START:
            self._round()

    def refused(self, number: int) -> None:
        """Note a request that the server would not take for now: 429 or 503.

        Args:
            number: What :meth:`begin` gave; requests begun before the window last shrank do not
                shrink it again.
        """
        if number > self._shrunk:
            self._shrink(0.5)

    def _round(self) -> None:
        """Look at the latency of one round trip's requests."""
        mean, busy = self._latency / self._count, self._busy / self._count
        self._latency, self._count, self._busy = 0.0, 0, 0
        if mean <= 0:
            return
        self._best = min(self._best * FORGET, mean)
        rate = busy / mean  # Little's law
        if mean <= NEAR * self._best:
            self._rate = max(self._rate / FORGET, rate)
        else:
            self._rate /= FORGET
            if mean > SLOW * self._best and rate < WORTH * self._rate:
                self._shrink(BRAKE)

    def _shrink(self, factor: float) -> None:
        self._slow_start = False
        self._ahead = 0.0
        self._shrunk = self._begun
        self.allowed = max(1, int(self.allowed * factor))
