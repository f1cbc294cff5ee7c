"""What it gains to find out how many requests a server is given at once, in virtual time.

    python benchmarks/concurrency.py
    python benchmarks/concurrency.py --only thrashes --seeds 5

Simulated servers of several kinds are asked by as many dialogues as ``--max-connections`` allows,
each of twelve calls one after the other. A policy says how many requests are sent at once:

ceiling
    as many as there may be, always (``--no-adaptive``);
strict
    a window that shrinks by every 429 and 503;
refusals
    by 429 and 503 where more than one in ten requests is refused;
latency
    by these, and by slow replies: :class:`ByLatency`;
adaptive
    by refusals and by time-outs, which is what the package does;
all three
    by refusals, time-outs and slow replies;
best
    the one fixed number that does best, found by trying them: what an oracle would set.

Requests end after 120 s, as with ``--timeout``, and are made again as
``harness.models.limits.retry`` has it. All is arithmetic: the same seeds give the same figures,
which are means over the seeds. A call's time runs from when it is wanted to its answer, a request's
from when it is sent. A call that is given up ends its dialogue.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from statistics import fmean
from typing import Final

from benchmarks.simulated_servers import (
    HEADINGS,
    ROUNDS,
    Kind,
    Policy,
    Run,
    batching,
    becoming,
    thrashing,
)
from harness.models.limits.concurrency import AdaptiveConcurrency

KINDS: Final = (
    Kind("batches 32, queues", 256, batching(32), slots=32),
    Kind("batches 32, shares", 256, batching(32)),
    Kind("4 slots", 16, batching(4), slots=4),
    Kind("4 slots, high ceiling", 256, batching(4), slots=4),
    Kind("1 slot, slow", 16, batching(1), slots=1, seconds=15.0),
    Kind("thrashes from 4", 16, thrashing(4)),
    Kind("thrashes from 16", 128, thrashing(16)),
    Kind("429 from 20", 100, batching(20), takes=20),
    Kind("noisy", 128, batching(256), spread=1.2),
    Kind("prompts grow", 128, batching(256), growth=6.0),
    Kind("falls 64 to 8", 128, becoming(64, 8)),
    Kind("rises 8 to 64", 128, becoming(8, 64)),
    Kind("503 one in 20", 64, batching(128), stray=0.05),
    Kind("503 one in 50", 64, batching(128), stray=0.02),
    Kind("503 one in 200", 128, batching(256), stray=0.005),
)


class Window(Policy):
    """The window of the package, told of some of what it can be told."""

    def __init__(self, ceiling: int, *, strict: bool = False, late: bool = False) -> None:
        self._window = AdaptiveConcurrency(ceiling)
        self._strict, self._late = strict, late

    @property
    def allowed(self) -> int:
        return self._window.allowed

    def begin(self) -> int:
        return self._window.begin()

    def answered(self, number: int, seconds: float, in_flight: int, among: int) -> None:
        self._window.answered(in_flight)

    def refused(self, number: int) -> None:
        if self._strict:
            self._window.late(number)  # which shrinks by each
        else:
            self._window.refused(number)

    def late(self, number: int) -> None:
        if self._late:
            self._window.late(number)


class ByLatency(Window):
    """A window that shrinks by slow replies too.

    A round is 64 requests or more that began one after the other; what counts is the geometric mean
    of their latencies. Where that is over twice the best of late and hardly more of them come back
    a second than at that best (else the server batches), the window shrinks by a quarter at the
    most, and no lower than what went well. The best is forgotten by 2 % a round. Where half the
    window made nothing faster it is given back, since then it is the prompts that grew. After TCP
    Vegas (Brakmo and Peterson 1995), BBR (Cardwell and others 2016) and Netflix's
    concurrency-limits.
    """

    SLOW, WORTH, BRAKE, NEAR, PROVEN, HELPED = 2.0, 1.25, 0.75, 1.25, 0.5, 0.85
    ROUND, MOST, FORGET = 64, 0.9, 1.02

    def __init__(self, ceiling: int, *, late: bool = False) -> None:
        super().__init__(ceiling, late=late)
        self._hold = False  # the last round was slow: the next must not grow
        self._before: tuple[int, float] | None = None  # window and latency when the brake began
        self._best, self._rate, self._calm = math.inf, 0.0, 1
        self._first, self._size = 1, max(self.ROUND, self.allowed)
        self._begun = self._count = self._busy = 0
        self._latency = 0.0

    def begin(self) -> int:
        self._begun = super().begin()
        return self._begun

    def answered(self, number: int, seconds: float, in_flight: int, among: int) -> None:
        allowed = self.allowed
        if not self._hold:
            super().answered(number, seconds, in_flight, among)
        place = number - self._first
        if 0 <= place < self._size:
            self._count += 1
            self._latency += math.log(seconds)
            self._busy += among if in_flight >= allowed else min(among, in_flight)
        if self._count >= self.MOST * self._size or place > 3 * self._size:
            if self._count >= self._size / 2:
                self._look()
            self._latency, self._count, self._busy = 0.0, 0, 0
            self._first, self._size = self._begun + 1, max(self.ROUND, self.allowed)

    def _look(self) -> None:
        mean, busy = math.exp(self._latency / self._count), self._busy / self._count
        self._best = min(self._best * self.FORGET, mean)
        self._rate /= self.FORGET
        rate = busy / mean  # Little's law
        if mean <= self.NEAR * self._best and rate > self._rate:
            self._rate, self._calm = rate, int(busy)
        slow = mean > self.SLOW * self._best and rate < self.WORTH * self._rate
        self._hold = slow and self.allowed > self._calm
        if not self._hold:
            self._before = None
            return
        allowed, slowest = self._before or (self.allowed, mean)
        if self.allowed > self.PROVEN * allowed:
            slowest = max(slowest, mean)
        elif mean > self.HELPED * slowest:
            self._window.allowed, self._before, self._hold = allowed, None, False
            self._best, self._rate, self._calm = mean, rate, 1
            return
        self._before = (allowed, slowest)
        factor = max(self.BRAKE, self.SLOW * self._best / mean, self._calm / self.allowed)
        whole = self.allowed
        self._window.late(self._begun)  # ends the growth, and halves
        self._window.allowed = max(1, int(whole * factor))


POLICIES: Final[dict[str, Callable[[int], Policy]]] = {
    "ceiling": Policy,
    "strict": lambda ceiling: Window(ceiling, strict=True),
    "refusals": Window,
    "latency": ByLatency,
    "adaptive": lambda ceiling: Window(ceiling, late=True),
    "all three": lambda ceiling: ByLatency(ceiling, late=True),
}


def best(kind: Kind, rounds: int = ROUNDS) -> int:
    """The fixed number that loses fewest calls; of those that answer as many a second to within one
    in a hundred, the smallest."""
    tried, number = {}, 1.0
    while number < kind.ceiling * 1.1:
        fixed = min(kind.ceiling, round(number))
        if fixed not in tried:
            figures = Run(kind, Policy(fixed), 0, rounds).figures()
            tried[fixed] = (-figures.lost, figures.row()[0])
        number *= 2**0.5
    lost, rate = max(tried.values())
    return min(n for n, (fewest, each) in tried.items() if fewest == lost and each > 0.99 * rate)


def compare(kind: Kind, seeds: int, rounds: int = ROUNDS) -> dict[str, tuple[float, ...]]:
    """Policy -> figures under :data:`HEADINGS`, means over the seeds."""
    fixed = best(kind, rounds)
    policies: dict[str, Callable[[int], Policy]] = {
        **POLICIES,
        f"best: {fixed}": lambda _: Policy(fixed),
    }
    found = {}
    for name, policy in policies.items():
        runs = [Run(kind, policy(kind.ceiling), seed, rounds) for seed in range(seeds)]
        rows = zip(*(run.figures().row() for run in runs), strict=True)
        found[name] = tuple(map(fmean, rows))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", default="", help="servers whose name holds this")
    parser.add_argument("--seeds", type=int, default=2, help="runs of each row")
    arguments = parser.parse_args()
    print(f"{'':12}", *(f"{heading:>11}" for heading in HEADINGS))
    for kind in KINDS:
        if arguments.only in kind.name:
            print(f"{kind.name}, --max-connections {kind.ceiling}")
            for name, row in compare(kind, arguments.seeds).items():
                print(f"  {name:10}", *(f"{figure:11.2f}" for figure in row[:1]), end=" ")
                print(*(f"{figure:11.0f}" for figure in row[1:]))


if __name__ == "__main__":
    main()
