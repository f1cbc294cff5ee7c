"""What a run may spend: tokens and US dollars, counted request by request.

A request begins only while the limit is not reached and what is already under way, by its estimate,
leaves room for it; else it waits until some of that has been counted. So a limit is passed by less
than a reply's length when estimates are good, and at worst by the requests that were under way: no
request, retries included, begins after it is reached.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from harness.errors import LimitReachedError
from harness.models.settings import EndpointSettings


class Spend(NamedTuple):
    """Tokens, of prompts and replies, and what they cost in US dollars (0 where no price is known:
    a run with a cost limit has no such model)."""

    tokens: int = 0
    usd: float = 0.0

    def plus(self, other: Spend) -> Spend:
        return Spend(self.tokens + other.tokens, self.usd + other.usd)

    def minus(self, other: Spend) -> Spend:
        return Spend(self.tokens - other.tokens, self.usd - other.usd)


NOTHING = Spend()


def cost(
    prices: EndpointSettings, prompt: int | None, completion: int | None, cached: int | None = None
) -> float | None:
    """US dollars of one call; None where a price or a count is not known.

    Args:
        prompt, completion: Tokens.
        cached: Those of ``prompt`` that the server had cached; they count at ``cached_price``,
            where one is given.
    """
    if prices.prompt_price is None or prices.completion_price is None:
        return None
    if prompt is None or completion is None:
        return None
    cached = min(cached or 0, prompt)
    reduced = prices.prompt_price if prices.cached_price is None else prices.cached_price
    full = (prompt - cached) * prices.prompt_price + completion * prices.completion_price
    return (full + cached * reduced) / 1e6


class Allowance(Protocol):
    """Decides whether a request may begin: a :class:`Budget`, or a proxy for one elsewhere.

    A request calls :meth:`begin`, is sent, and calls :meth:`settle` once, whatever became of it.
    """

    @property
    def reached(self) -> bool:
        """Whether no further request may begin, as far as is known here."""
        ...

    async def begin(self, estimate: Spend) -> None:
        """Wait until a request may begin, and set ``estimate`` aside for it.

        Raises:
            LimitReachedError: The run has spent what it may.
        """
        ...

    def settle(self, estimate: Spend, spent: Spend, *, counted: bool = True) -> None:
        """Count what a request took, and let go of what was set aside for it.

        Args:
            counted: False where the server did not count, so that ``spent`` is an estimate.
        """
        ...

    def book(self, spent: Spend, *, counted: bool = True) -> None:
        """Count spending that belongs to no begun request, such as a call inside an agent."""
        ...


@dataclass(eq=False)
class _Waiting:
    estimate: Spend
    turn: asyncio.Future[None]


class Budget:
    """The one account of a run. First come first served; belongs to one event loop.

    Args:
        tokens: ``--token-limit``; None for no limit.
        usd: ``--cost-limit``; None for no limit.
        spent: What earlier sessions of the run have spent.

    Attributes:
        spent: What has been counted so far, earlier sessions included.
        estimated: Requests of this session that count by estimate, because the server did not say.
    """

    def __init__(
        self, *, tokens: int | None = None, usd: float | None = None, spent: Spend = NOTHING
    ) -> None:
        self.tokens = tokens
        self.usd = usd
        self.spent = spent
        self.estimated = 0
        self._aside = NOTHING
        self._under_way = 0
        self._queue: deque[_Waiting] = deque()

    @property
    def limited(self) -> bool:
        """Whether there is a limit at all."""
        return self.tokens is not None or self.usd is not None

    @property
    def reached(self) -> bool:
        """Whether no further request may begin."""
        tokens, usd = self.spent
        return (self.tokens is not None and tokens >= self.tokens) or (
            self.usd is not None and usd >= self.usd
        )

    @property
    def under_way(self) -> int:
        """Requests begun and not yet settled."""
        return self._under_way

    async def begin(self, estimate: Spend) -> None:
        """See :meth:`Allowance.begin`."""
        if self.reached:
            raise self._error()
        if not self._queue and self._fits(estimate):
            self._set_aside(estimate)
            return
        waiting = _Waiting(estimate, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        try:
            await waiting.turn
        except asyncio.CancelledError:
            if (
                waiting.turn.done()
                and not waiting.turn.cancelled()
                and not waiting.turn.exception()
            ):
                self.settle(estimate, NOTHING)  # its turn came, and it is not there to take it
            elif waiting in self._queue:
                self._queue.remove(waiting)
                self._admit()
            raise

    def settle(self, estimate: Spend, spent: Spend, *, counted: bool = True) -> None:
        """See :meth:`Allowance.settle`."""
        self._aside = self._aside.minus(estimate)
        self._under_way -= 1
        if self._under_way == 0:
            self._aside = NOTHING  # what rounding left
        self.spent = self.spent.plus(spent)
        self.estimated += not counted
        self._admit()

    def book(self, spent: Spend, *, counted: bool = True) -> None:
        """See :meth:`Allowance.book`."""
        self.spent = self.spent.plus(spent)
        self.estimated += not counted
        self._admit()

    def _admit(self) -> None:
        """Let in those who wait, as far as there is room; turn all away when there is none."""
        reached = self.reached
        while self._queue and (reached or self._fits(self._queue[0].estimate)):
            waiting = self._queue.popleft()
            if waiting.turn.done():  # cancelled
                continue
            if reached:
                waiting.turn.set_exception(self._error())
            else:
                self._set_aside(waiting.estimate)
                waiting.turn.set_result(None)

    def _fits(self, estimate: Spend) -> bool:
        if self._under_way == 0:
            return True
        tokens, usd = self.spent.plus(self._aside).plus(estimate)
        return (self.tokens is None or tokens <= self.tokens) and (
            self.usd is None or usd <= self.usd
        )

    def _set_aside(self, estimate: Spend) -> None:
        self._aside = self._aside.plus(estimate)
        self._under_way += 1

    def _error(self) -> LimitReachedError:
        tokens, usd = self.spent
        if self.tokens is not None and tokens >= self.tokens:
            return LimitReachedError(
                f"the run has spent {tokens:,} of its {self.tokens:,} tokens",
                where="--token-limit",
                fix="type the same command with a higher --token-limit: it resumes",
            )
        return LimitReachedError(
            f"the run has spent ${usd:,.4f} of its ${self.usd or 0.0:,.4f}",
            where="--cost-limit",
            fix="type the same command with a higher --cost-limit: it resumes",
        )
