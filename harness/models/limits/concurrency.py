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
"""Requests at once to begin with, where the ceiling allows as many; an eighth of a high one."""
MULTIPLY: Final = 4
"""Factor by which a round trip without trouble multiplies the window in slow start."""
SLOW: Final = 2.0
"""Mean latency over the best of late from which it counts as much worse."""
WORTH: Final = 1.25
"""Replies a second over those at the best latency from which the longer wait is worth it."""
BRAKE: Final = 0.75
"""What is left of the window, at the least, where it is not: as much as brings the latency back to
:data:`SLOW`, were it all queueing."""
NEAR: Final = 1.25
"""Latency over the best of late up to which a round counts as undelayed."""
PROVEN: Final = 0.5
"""What must be left of the window before the brake is judged by what it did."""
HELPED: Final = 0.85
"""Latency over the slowest before, from which it did nothing."""
ROUND: Final = 64
"""Requests, at the least, that a mean latency is taken of: replies differ in length by far more
than servers do in load."""
MOST: Final = 0.9
"""Share of a round's requests that is waited for; some fail, and some take for ever."""
SHORTEST: Final = 1e-6
FORGET: Final = 1.02
"""How much worse the best is remembered a round later."""


class AdaptiveConcurrency:
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
        "_before",
        "_begun",
        "_best",
        "_busy",
        "_calm",
        "_ceiling",
        "_count",
        "_first",
        "_hold",
        "_latency",
        "_rate",
        "_shrunk",
        "_size",
        "_slow_start",
        "allowed",
    )

    def __init__(self, ceiling: int, start: int | None = None) -> None:
        if ceiling < 1 or (start is not None and start < 1):
            raise ValueError("ceiling and start must be at least 1")
        self._ceiling = ceiling
        self.allowed = min(ceiling, max(START, ceiling // 8) if start is None else start)
        self._ahead = 0.0  # growth not yet worth a whole request
        self._slow_start = True
        self._hold = False  # the last round was slow: the next must not grow
        self._before: tuple[int, float] | None = None  # window and latency when the brake began
        self._begun = self._shrunk = 0
        self._best = math.inf  # lowest mean latency of a round of late, seconds
        self._rate = 0.0  # replies a second in the best round that was hardly delayed
        self._latency = 0.0
        self._count = self._busy = 0
        self._first, self._size = 1, max(ROUND, self.allowed)  # requests of this round
        self._calm = 1  # requests at once in the best round that was hardly delayed

    def begin(self) -> int:
        """Note that a request begins; its number, for :meth:`refused`."""
        self._begun += 1
        return self._begun

    def answered(self, number: int, seconds: float, in_flight: int, among: int) -> None:
        """Note a request that was answered.

        Args:
            number: What :meth:`begin` gave.
            seconds: From its beginning to its last byte.
            in_flight: Requests under way at its end, itself included.
            among: ``allowed`` at its beginning: what its latency is the answer to, where as many
                were asked for.
        """
        allowed = self.allowed
        if allowed < self._ceiling and 2 * in_flight >= allowed and not self._hold:
            # Growth that nobody uses would tell nothing about the server.
            if self._slow_start:
                self._ahead += MULTIPLY - 1
            else:
                self._ahead += max(1.0 / allowed, 1.0 / 16.0)
            if self._ahead >= 1.0:
                whole = int(self._ahead)
                self._ahead -= whole
                self.allowed = min(self._ceiling, allowed + whole)
        # A round is made of requests that *began* one after the other: those that end one after the
        # other are the shortest of all that are under way, whenever more begin than end.
        place = number - self._first
        if 0 <= place < self._size:
            self._count += 1
            self._latency += math.log(max(seconds, SHORTEST))
            self._busy += among if in_flight >= allowed else min(among, in_flight)
        if self._count >= MOST * self._size or place > 3 * self._size:
            if self._count >= self._size / 2:
                self._round()
            self._latency, self._count, self._busy = 0.0, 0, 0
            self._first, self._size = self._begun + 1, max(ROUND, self.allowed)

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
        # The geometric mean: one long reply among many short ones says little.
        mean, busy = math.exp(self._latency / self._count), self._busy / self._count
        self._best = min(self._best * FORGET, mean)
        self._rate /= FORGET
        rate = busy / mean  # Little's law
        if mean <= NEAR * self._best and rate > self._rate:
            self._rate, self._calm = rate, int(busy)
        slow = mean > SLOW * self._best and rate < WORTH * self._rate
        # Never below what was known to go well: then it is not the number that makes it slow.
        self._hold = slow and self.allowed > self._calm
        if not self._hold:
            self._before = None
            return
        allowed, slowest = self._before or (self.allowed, mean)
        if self.allowed > PROVEN * allowed:
            slowest = max(slowest, mean)
        elif mean > HELPED * slowest:
            # Nor is it when far fewer at once are no faster. Longer prompts are slower, too.
            self.allowed, self._before, self._hold = allowed, None, False
            self._best, self._rate, self._calm = mean, rate, 1
            return
        self._before = (allowed, slowest)
        self._shrink(max(BRAKE, SLOW * self._best / mean, self._calm / self.allowed))

    def _shrink(self, factor: float) -> None:
        self._slow_start = False
        self._ahead = 0.0
        self._shrunk = self._begun
        self.allowed = max(1, int(self.allowed * factor))
