"""Simulated servers of several kinds, and dialogues that ask them, in virtual time.

All is arithmetic: the same seeds give the same figures. A request ends after 120 s, as with
``--timeout``, and is made again as ``harness.models.limits.retry`` has it; a call that is given up
ends its dialogue.
"""

from __future__ import annotations

import heapq
import math
import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from harness.models.limits.retry import RetryPolicy

CALLS: Final = 12
"""Calls of a dialogue."""
ROUNDS: Final = 3
"""Dialogues of a run for each that is in play at once."""
TIMEOUT: Final = 120.0
"""Seconds a request may take."""
REFUSAL: Final = 0.05
"""Seconds a refusal takes."""
RETRIES: Final = RetryPolicy()
ENDLESS: Final = 1_000_000

Pace = Callable[[int, float], float]
"""Of the requests that run at once, and the share of the run that is over: how many times as fast
as one that runs alone they are worked on, all taken together."""


@dataclass(frozen=True)
class Kind:
    """A kind of server.

    Attributes:
        name: In a word or a few.
        ceiling: Requests at once at the most, and dialogues in play.
        pace: See :data:`Pace`.
        seconds: Mean time of a reply at a pace of 1.
        slots: Requests that run at once; the rest wait inside the server, first come, first served.
        takes: Requests that it has before it answers 429.
        stray: Share of requests that are refused with 503, whatever the load.
        spread: Of the replies' lengths, standard deviation of the logarithm.
        growth: How many times as long the last reply of a dialogue takes as the first.
    """

    name: str
    ceiling: int
    pace: Pace
    seconds: float = 5.0
    slots: int = ENDLESS
    takes: int = ENDLESS
    stray: float = 0.0
    spread: float = 0.5
    growth: float = 1.0


def batching(k: float) -> Pace:
    """Faster for each that is added, twice as fast each alone, and no faster beyond ``k``."""
    return lambda n, _: min(n, k) / (0.5 + 0.5 * min(n, k) / k)


def thrashing(k: float) -> Pace:
    """``k`` at once at full speed; with four times as many it does half as much in all."""
    return lambda n, _: n if n <= k else k * (k / n) ** 0.5


def becoming(before: float, after: float) -> Pace:
    """So many at once at full speed, and another number from the middle of the run on."""
    return lambda n, over: min(n, before if over < 0.5 else after)


class Policy:
    """How many requests may be under way; this one: always as many.

    Attributes:
        allowed: Requests at once for now.
    """

    def __init__(self, allowed: int) -> None:
        self._fixed = allowed

    @property
    def allowed(self) -> int:
        return self._fixed

    def begin(self) -> int:
        """A request begins; its number."""
        return 0

    def answered(self, number: int, seconds: float, in_flight: int, among: int) -> None:
        """It was answered.

        Args:
            number: Of the request.
            seconds: From its beginning to its last byte.
            in_flight: Requests under way at its end, itself included.
            among: ``allowed`` at its beginning.
        """

    def refused(self, number: int) -> None:
        """It was refused."""

    def late(self, number: int) -> None:
        """It was given up after all its time."""


class Clock:
    """Virtual seconds, and what happens when."""

    def __init__(self) -> None:
        self.now = 0.0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0

    def after(self, seconds: float, what: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._events, (self.now + seconds, self._count, what))

    def run(self) -> None:
        """Let everything happen."""
        while self._events:
            self.now, _, what = heapq.heappop(self._events)
            what()


@dataclass(eq=False)
class Call:
    """One call of a dialogue.

    Attributes:
        place: In its dialogue, from 0.
        work: Length of its reply, 1 on average.
        wanted: When.
        failures: Requests for it that came to nothing.
        spent: Seconds of these, and of the waits between them.
    """

    place: int
    work: float
    wanted: float
    failures: int = 0
    spent: float = 0.0


class Server:
    """Works on those that run in equal shares; the rest wait.

    Args:
        ended: Told which call is answered (True) or refused.
    """

    def __init__(
        self, kind: Kind, clock: Clock, luck: random.Random, ended: Callable[[Call, bool], None]
    ) -> None:
        self._kind, self._clock, self._luck, self._ended = kind, clock, luck, ended
        self.over = 0.0  # share of the run
        self._given = self._since = self._each = 0.0  # work that each has been given, until, pace
        self._running: list[tuple[float, int, Call]] = []  # by what is to be given until it ends
        self._waiting: deque[Call] = deque()
        self._count = self._changes = 0

    def take(self, call: Call) -> None:
        """A request arrives."""
        full = len(self._running) + len(self._waiting) >= self._kind.takes
        if full or self._luck.random() < self._kind.stray:
            self._clock.after(REFUSAL, lambda: self._ended(call, False))
        else:
            self._waiting.append(call)
            self._go_on()

    def drop(self, call: Call) -> None:
        """Nobody waits for a request any more."""
        if call in self._waiting:
            self._waiting.remove(call)
        else:
            self._running = [entry for entry in self._running if entry[2] is not call]
            heapq.heapify(self._running)
        self._go_on()

    def _go_on(self) -> None:
        kind, clock = self._kind, self._clock
        self._given += (clock.now - self._since) * self._each
        self._since = clock.now
        while self._waiting and len(self._running) < kind.slots:
            call = self._waiting.popleft()
            self._count += 1
            heapq.heappush(self._running, (self._given + call.work, self._count, call))
        running = len(self._running)
        self._changes += 1
        if running:
            self._each = kind.pace(running, self.over) / running / kind.seconds
            change, left = self._changes, self._running[0][0] - self._given
            clock.after(max(0.0, left) / self._each, lambda: self._finish(change))

    def _finish(self, change: int) -> None:
        if change == self._changes:  # else it was reckoned anew since
            call = heapq.heappop(self._running)[2]
            self._go_on()
            self._ended(call, True)


@dataclass
class Figures:
    """What became of a run.

    Attributes:
        seconds: Until the last call ended.
        calls, requests: Seconds of each that was answered.
        late, refused: Requests that came to nothing.
        lost: Calls given up.
    """

    seconds: float = 0.0
    calls: list[float] = field(default_factory=list)
    requests: list[float] = field(default_factory=list)
    late: int = 0
    refused: int = 0
    lost: int = 0

    def row(self) -> tuple[float, ...]:
        """As :data:`HEADINGS` has it."""
        rate = len(self.calls) / self.seconds
        return rate, *map(p95, (self.calls, self.requests)), self.late, self.refused, self.lost


HEADINGS: Final = ("calls/s", "p95 call", "p95 request", "time-outs", "refused", "given up")


def p95(seconds: Sequence[float]) -> float:
    return sorted(seconds)[int(0.95 * len(seconds))] if seconds else math.nan


class Run:
    """Dialogues that ask one server under one policy."""

    def __init__(self, kind: Kind, policy: Policy, seed: int, rounds: int = ROUNDS) -> None:
        self._kind, self._policy = kind, policy
        self._clock, self._luck = Clock(), random.Random(seed)
        self._server = Server(kind, self._clock, random.Random(-1 - seed), self._ended)
        self._queue: deque[Call] = deque()
        self._under_way: dict[Call, tuple[int, int, float]] = {}  # number, among, began
        self._dialogues = kind.ceiling * rounds
        self._all = self._dialogues * CALLS
        self._figures = Figures()

    def figures(self) -> Figures:
        """Play all dialogues."""
        for _ in range(self._kind.ceiling):
            self._next_dialogue()
        self._clock.run()
        return self._figures

    def _next_dialogue(self) -> None:
        if self._dialogues:
            self._dialogues -= 1
            self._begin(0)

    def _begin(self, place: int) -> None:
        kind = self._kind
        work = self._luck.lognormvariate(-(kind.spread**2) / 2, kind.spread)
        work *= 1 + (kind.growth - 1) * place / (CALLS - 1)
        self._want(Call(place, work, self._clock.now))

    def _want(self, call: Call) -> None:
        self._queue.append(call)
        self._send()

    def _send(self) -> None:
        while self._queue and len(self._under_way) < self._policy.allowed:
            call, among = self._queue.popleft(), self._policy.allowed
            number, attempt = self._policy.begin(), call.failures
            self._under_way[call] = (number, among, self._clock.now)
            self._clock.after(TIMEOUT, partial(self._late, call, attempt))
            self._server.take(call)

    def _late(self, call: Call, attempt: int) -> None:
        if call in self._under_way and call.failures == attempt:
            self._server.drop(call)
            self._figures.late += 1
            self._policy.late(self._under_way[call][0])
            self._failed(call)

    def _ended(self, call: Call, answered: bool) -> None:
        number, among, began = self._under_way[call]
        figures, now = self._figures, self._clock.now
        if not answered:
            figures.refused += 1
            self._policy.refused(number)
            self._failed(call)
            return
        self._policy.answered(number, now - began, len(self._under_way), among)
        del self._under_way[call]
        figures.requests.append(now - began)
        figures.calls.append(now - call.wanted)
        figures.seconds = now
        self._server.over = len(figures.calls) / self._all
        self._send()
        if call.place + 1 < CALLS:
            self._begin(call.place + 1)
        else:
            self._next_dialogue()

    def _failed(self, call: Call) -> None:
        now = self._clock.now
        call.failures += 1
        call.spent += now - self._under_way.pop(call)[2]
        left = RETRIES.total_seconds - call.spent
        if call.failures <= RETRIES.retries and left > 0:
            wait = RETRIES.waiting(call.failures, None, left, self._luck.random())
            call.spent += wait
            self._clock.after(wait, partial(self._want, call))
        else:
            self._figures.lost += 1
            self._figures.seconds = now
            self._next_dialogue()
        self._send()
