"""How often, how long and when a failed call is tried again. The only place that retries calls.

The loop is written out, because every call goes through it and nearly all succeed at once. For such
a call tenacity, which waits for a model to load and for a locked file elsewhere, takes 16 to 24
microseconds; all else that is done for it around its transport takes about 50.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from harness.errors import UsageError
from harness.models.address import ModelAddress
from harness.models.failure import AttemptError, EndpointError

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]


@dataclass
class Effort:
    """What one call has cost so far.

    Attributes:
        attempts: Requests begun.
        busy: Seconds inside those requests; waiting for a free connection does not count, or a
            call could use up its time before it is ever sent.
        idle: Seconds slept between them.
    """

    attempts: int = 0
    busy: float = 0.0
    idle: float = 0.0

    @property
    def seconds(self) -> float:
        return self.busy + self.idle


@dataclass(frozen=True)
class RetryPolicy:
    """When to stop and how long to wait: exponential with jitter, or what the server asks for.

    A server that asks for a longer wait than there is time for is not asked again at all.

    Attributes:
        retries: Retries after the first attempt (``--max-retries``); :class:`UsageError` below 0.
        total_seconds: No wait ends later than this, and no retry follows an attempt that did.
        first_wait: Upper bound of the first wait in seconds; it doubles with each failure.
        longest_wait: Upper bound of every wait that the server did not ask for.
        loading_wait: The same while a server has yet to load its model.
        seed: Of the jitter, so that a test or a re-run waits alike.
        sleep: Replaceable, so that tests need not wait.
    """

    retries: int = 5
    total_seconds: float = 600.0
    first_wait: float = 1.0
    longest_wait: float = 60.0
    loading_wait: float = 5.0
    seed: int = 0
    sleep: Sleep = field(default=asyncio.sleep, repr=False)

    def __post_init__(self) -> None:
        if self.retries < 0:
            raise UsageError("must be 0 or more", where="--max-retries")

    def waiting(self, failures: int, retry_after: float | None, left: float, luck: float) -> float:
        """Seconds to wait after the ``failures``-th failure (1, 2, ...).

        ``luck`` in [0, 1) spreads the calls that failed together: over the upper half of the
        exponential wait, or over one ``first_wait`` beyond what the server asked for. ``left``
        caps both.
        """
        bound = min(self.longest_wait, self.first_wait * 2.0 ** min(failures - 1, 60))
        own = bound * (0.5 + 0.5 * luck)
        asked = own if retry_after is None else retry_after + self.first_wait * luck
        # A server that says "at once" again and again is backed off from all the same.
        wait = max(asked, own) if asked < 2 * self.first_wait else asked
        return max(0.0, min(wait, left))


class Retrier:
    """Carries out a policy for the calls to one model.

    Args:
        address: Named in the errors.
        policy: See :class:`RetryPolicy`.
        on_retry: Called before each wait (for the progress display).
        loading: Seconds of a call in which a server that is loading its model is asked again,
            whatever the number of retries.
    """

    def __init__(
        self,
        address: ModelAddress,
        policy: RetryPolicy,
        on_retry: Callable[[], None],
        *,
        loading: float = 0.0,
    ) -> None:
        self._loading = loading
        self._address = address
        self._policy = policy
        self._on_retry = on_retry
        self._random = random.Random(policy.seed)

    async def call(self, attempt: Callable[[Effort], Awaitable[T]], effort: Effort) -> T:
        """Run ``attempt`` until it succeeds, and keep the account in ``effort``.

        ``attempt`` wraps its request in :func:`timed`. An ``effort`` handed on from an earlier
        request of the same call goes on counting towards the total time, not the retries.

        Raises:
            EndpointError: The last failure, when no further attempt is worth it.
            BaseException: Whatever else ``attempt`` raises, untouched.
        """
        failures = 0
        while True:
            try:
                return await attempt(effort)
            except AttemptError as failure:
                last = failure
            failures += 1
            wait = self._wait(last, failures, effort)
            if wait is None:
                # Outside the handler, so that no chain leads to a request and its key.
                raise EndpointError(self._address, last, effort.attempts)
            self._on_retry()
            effort.idle += wait
            await self._policy.sleep(wait)

    def _wait(self, failure: AttemptError, failures: int, effort: Effort) -> float | None:
        """Seconds until the next attempt; None where none is worth it."""
        if not failure.passing:
            return None
        policy, asked, luck = self._policy, failure.retry_after, self._random.random()
        if failure.loading and effort.seconds < self._loading:
            return min(policy.waiting(failures, asked, self._loading, luck), policy.loading_wait)
        left = policy.total_seconds - effort.seconds
        failure.too_long = (asked or 0.0) > max(0.0, left)
        if failures > policy.retries or left <= 0 or failure.too_long:
            return None
        return policy.waiting(failures, asked, left, luck)


class timed:  # noqa: N801 - reads as a statement
    """Context manager that books one attempt and the seconds inside it to an :class:`Effort`."""

    def __init__(self, effort: Effort) -> None:
        self._effort = effort
        self._began = 0.0

    def __enter__(self) -> None:
        self._effort.attempts += 1
        self._began = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._effort.busy += time.monotonic() - self._began
