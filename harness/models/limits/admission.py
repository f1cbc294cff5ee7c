"""When a request to an endpoint may begin, and what its requests add up to."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from dataclasses import dataclass, fields
from types import TracebackType
from typing import Final, Literal, Self

from harness.models.failure import AttemptError
from harness.models.limits.budget import NOTHING, Allowance, Spend, cost
from harness.models.limits.concurrency import AdaptiveConcurrency
from harness.models.limits.deadlines import standing_still
from harness.models.limits.rate import Begun, RateLimit
from harness.models.reply import ModelReply
from harness.models.request import Request
from harness.models.settings import EndpointSettings, PoolSettings
from harness.models.usage import CHARACTERS_PER_TOKEN, REPLY_TOKENS, Usage

TOO_MUCH: Final = frozenset({429, 503})
"""Statuses by which a server says that it is asked too much."""
_NEVER_ARRIVED: Final = frozenset({"refused", "unknown host", "tls", "proxy"})
"""Failures before the request was sent."""

Outcome = Literal["answered", "too much", "refused", "late", "lost"]
"""Of a request. ``refused``: it was not worked on, so it is not charged. ``lost``: it may have
been. ``late``: so may this one, and it was given up because its time was over."""
_MAY_BE_CHARGED: Final = frozenset({"late", "lost"})
"""Without an answer that says what it took."""


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
        lost: Requests that were sent and got no answer, or none that can be read: what they cost
            is not known.
    """

    waiting: int = 0
    in_flight: int = 0
    done: int = 0
    failed: int = 0
    retries: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    uncounted: int = 0
    lost: int = 0

    def answered(self, usage: Usage) -> None:
        """Book a call that was answered."""
        self.done += 1
        self.prompt_tokens += usage.prompt or 0
        self.completion_tokens += usage.completion or 0
        self.uncounted += None in (usage.prompt, usage.completion)

    def retried(self) -> None:
        """Book a wait before a further attempt."""
        self.retries += 1

    def __add__(self, other: Counters) -> Counters:
        names = [field.name for field in fields(self)]
        return Counters(**{name: getattr(self, name) + getattr(other, name) for name in names})


class ConnectionLimit:
    """Decides when the requests to one endpoint may be sent.

    A request waits for a free connection, then for the run's budget, then for the endpoint's rate,
    first come first served in each. The connection is held for one request, not while a call waits
    to be retried: a server that says "later" to some dialogues can go on answering the others.

    Belongs to the event loop it is first used in.

    Args:
        max_connections: Requests at once, at least 1.
        adaptive: Whether fewer may be used, as the endpoint's answers suggest.
        rate: Requests and tokens a minute; None for no limit.
        budget: What the run may spend; None for no limit.
        prices: The endpoint's, for a budget in dollars.
    """

    def __init__(
        self,
        max_connections: int,
        *,
        adaptive: bool = False,
        rate: RateLimit | None = None,
        budget: Allowance | None = None,
        prices: EndpointSettings | None = None,
    ) -> None:
        if max_connections < 1:
            raise ValueError("max_connections must be at least 1")
        self.max_connections = max_connections
        self.counters = Counters()
        self.rate = rate
        self.budget = budget
        self.prices = prices or EndpointSettings()
        self.guess = Guess()
        self._adaptive = AdaptiveConcurrency(max_connections) if adaptive else None
        self._held = 0
        self._queue: deque[asyncio.Future[None]] = deque()

    @property
    def allowed(self) -> int:
        """Requests at once for now."""
        return self.max_connections if self._adaptive is None else self._adaptive.allowed

    def slot(self, request: Request | None = None) -> Slot:
        """A place among the requests of this endpoint: wait for it (``async with``), send inside.

        Args:
            request: What is to be sent; None for a prompt that counts for nothing.
        """
        return Slot(self, request)

    @property
    def is_free(self) -> bool:
        """Whether a request would have a connection at once."""
        return not self._queue and self._held < self.allowed

    async def take(self) -> None:
        """Wait for a free connection."""
        if self.is_free:
            self._held += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give_back()  # it was handed over, and nobody is there to take it
            raise

    def give_back(self) -> None:
        """Let go of a connection: those who wait longest get what is free."""
        self._held -= 1
        queue = self._queue
        if queue:
            allowed = self.allowed
            while queue and self._held < allowed:
                turn = queue.popleft()
                if not turn.done():  # else cancelled
                    self._held += 1
                    turn.set_result(None)

    def noted(self, slot: Slot, outcome: Outcome) -> None:
        """Tell the adaptive limit what became of a request, before its connection is given back."""
        if self._adaptive is None:
            return
        if outcome == "answered":
            self._adaptive.answered(self._held)
        elif outcome == "too much":
            self._adaptive.refused(slot.number)
        elif outcome == "late":
            self._adaptive.late(slot.number)

    def begun(self, slot: Slot) -> None:
        """Note what the adaptive limit has to know of a request that begins."""
        if self._adaptive is not None:
            slot.number = self._adaptive.begin()


def limit_of(
    address: str, settings: PoolSettings, budget: Allowance | None = None
) -> ConnectionLimit:
    """The limit of one endpoint, as the settings have it.

    Args:
        address: As it stands in ``settings.endpoints``.
        budget: What the run may spend; None for no limit.
    """
    own = settings.of(address)
    requests = own.requests_per_minute or settings.requests_per_minute
    tokens = own.tokens_per_minute or settings.tokens_per_minute
    return ConnectionLimit(
        own.max_connections or settings.max_connections,
        adaptive=settings.adaptive,
        rate=None if requests is None and tokens is None else RateLimit(requests, tokens),
        budget=budget,
        prices=own,
    )


class Guess:
    """What a request will take before it is sent: from its length at first, and from what the
    server counted for earlier ones as soon as it has."""

    __slots__ = ("_per_character", "_reply")

    def __init__(self) -> None:
        self._per_character = 1 / CHARACTERS_PER_TOKEN
        self._reply = 0.0

    def prompt(self, size: int) -> int:
        """Tokens of a prompt of ``size`` characters."""
        return math.ceil(size * self._per_character)

    def reply(self, longest: int | None) -> int:
        """Tokens of a reply of at most ``longest`` tokens."""
        return math.ceil(self._reply or longest or REPLY_TOKENS)

    def learn(self, size: int, usage: Usage) -> None:
        """Take in what a server counted: a running mean of the last dozens of requests."""
        prompt, completion = usage.prompt, usage.completion
        if prompt and size:
            self._per_character += (prompt / size - self._per_character) / 16
        if completion:
            self._reply += (completion - self._reply) / 16 if self._reply else completion


class Slot:
    """The place of one request: from waiting for its turn to being counted.

    Inside ``async with`` the caller reports :meth:`answered`, or :meth:`refused` for a status that
    is no answer; an :class:`~harness.models.failure.AttemptError` that leaves the block, or another
    error with one as its ``failure``, says it too. Whatever ends otherwise may have cost something:
    it counts by its estimate.

    Raises (on entering):
        LimitReachedError: The run has spent what it may.
    """

    __slots__ = (
        "_begun",
        "_estimate",
        "_limit",
        "_reply",
        "_request",
        "_size",
        "_status",
        "number",
    )

    def __init__(self, limit: ConnectionLimit, request: Request | None) -> None:
        self._limit = limit
        self._request = request
        self._size = 0  # of the prompt in characters, where anybody asks
        self._reply: ModelReply | None = None
        self._status: int | None = None
        self._begun: Begun | None = None
        self._estimate = NOTHING
        self.number = 0

    async def __aenter__(self) -> Self:
        limit = self._limit
        if limit.is_free and limit.rate is None and limit.budget is None:
            await limit.take()  # at once
        else:
            await self._wait()
        limit.counters.in_flight += 1
        limit.begun(self)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        limit = self._limit
        outcome = self._outcome(error)
        limit.counters.in_flight -= 1
        limit.counters.lost += outcome in _MAY_BE_CHARGED
        limit.noted(self, outcome)
        limit.give_back()
        if limit.rate is not None or limit.budget is not None:
            self._settle(outcome)

    def answered(self, reply: ModelReply) -> ModelReply:
        """The endpoint answered ``reply``, which is given back. Of several, the first counts."""
        if self._reply is None:
            self._reply = reply
        return reply

    def refused(self, status: int) -> None:
        """The endpoint answered an HTTP status that is not a completion; it charges nothing."""
        self._status = status

    def _outcome(self, error: BaseException | None) -> Outcome:
        if self._reply is not None:
            return "answered"
        status = self._status
        failure = getattr(error, "failure", error)
        if isinstance(failure, AttemptError):
            status = failure.status if status is None else status
            if failure.kind in _NEVER_ARRIVED:
                return "refused"
            if failure.kind == "timeout" and status is None:
                return "late"
        if status is None:
            return "lost"
        return "too much" if status in TOO_MUCH else "refused"

    # --- budget and rate ---------------------------------------------------------------------

    async def _wait(self) -> None:
        """Wait for one's turn, which is nobody's slowness."""
        limit = self._limit
        limit.counters.waiting += 1
        try:
            with standing_still():
                await limit.take()
                if limit.rate is not None or limit.budget is not None:
                    await self._admitted()
        finally:
            limit.counters.waiting -= 1

    async def _admitted(self) -> None:
        """Wait for the budget and the rate, holding a connection."""
        limit = self._limit
        guess, longest = limit.guess, None
        if self._request is not None:
            self._size, longest = self._request.size, self._request.max_tokens
        self._estimate = _spend(limit.prices, guess.prompt(self._size), guess.reply(longest))
        try:
            if limit.budget is not None:
                await limit.budget.begin(self._estimate)
            try:
                await self._paced(limit)
            except BaseException:
                if limit.budget is not None:
                    limit.budget.settle(self._estimate, NOTHING)
                raise
        except BaseException:
            limit.give_back()
            raise

    async def _paced(self, limit: ConnectionLimit) -> None:
        if limit.rate is None:
            return
        self._begun = await limit.rate.begin(self._estimate.tokens)
        if limit.budget is not None and limit.budget.reached:
            # The rest was spent while it waited for its turn. This says so, or waits no longer.
            limit.rate.withdraw(self._begun)
            await limit.budget.begin(NOTHING)
            raise AssertionError("a budget is never unreached")

    def _settle(self, outcome: Outcome) -> None:
        limit = self._limit
        spent, counted = NOTHING, True
        if outcome == "answered":
            assert self._reply is not None
            limit.guess.learn(self._size, self._reply.usage)
            text, said = self._reply.text, self._reply.usage
            prompt, completion = said.prompt, said.completion
            counted = prompt is not None and completion is not None
            if prompt is None:
                prompt = limit.guess.prompt(self._size)
            if completion is None:
                completion = math.ceil(len(text) / CHARACTERS_PER_TOKEN)
            spent = _spend(limit.prices, prompt, completion, said.cached)
        elif outcome in _MAY_BE_CHARGED:
            spent, counted = self._estimate, False
        if limit.rate is not None and self._begun is not None:
            limit.rate.settle(self._begun, spent.tokens)
        if limit.budget is not None:
            limit.budget.settle(self._estimate, spent, counted=counted)


def _spend(
    prices: EndpointSettings, prompt: int, completion: int, cached: int | None = None
) -> Spend:
    return Spend(prompt + completion, cost(prices, prompt, completion, cached) or 0.0)
