"""An endpoint: a provider, with limits, time-outs, retries and counting around it."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from typing import Generic, Self, TypeVar

from harness.errors import Track15Error
from harness.models.address import ModelAddress
from harness.models.environment import proxy_for
from harness.models.failure import AttemptError, EndpointError
from harness.models.identity import Identity
from harness.models.keys import guarded
from harness.models.limits.admission import ConnectionLimit
from harness.models.limits.retry import Effort, Retrier, RetryPolicy, timed
from harness.models.provider import Provider, Send
from harness.models.reply import ModelReply, with_short_reasoning
from harness.models.request import Request

P_co = TypeVar("P_co", bound=Provider, covariant=True)


class Endpoint(Generic[P_co]):
    """Completes chats with one model; any number of calls at once. Implements
    :class:`~harness.models.chat.Chat`.

    The only place that limits, times, retries and counts requests, and that looks through replies
    for keys: a provider does none of this.

    Belongs to the event loop it is first used in. Close it with :meth:`aclose` or ``async with``.

    Args:
        address: Of the model, for errors and the record.
        provider: What sends.
        limit: Shared by everything that talks to this endpoint.
        retry: How a failed request is retried.
        timeout: Seconds one request may take, from being sent to its last byte; None where the
            provider keeps the time itself.

    Attributes:
        address, provider, limit: As given.
    """

    def __init__(
        self,
        address: ModelAddress,
        provider: P_co,
        *,
        limit: ConnectionLimit | None = None,
        retry: RetryPolicy | None = None,
        timeout: float | None = 120.0,
    ) -> None:
        self.address = address
        self.provider = provider
        self.limit = limit or ConnectionLimit(16)
        self._timeout = timeout
        counters = self.limit.counters
        policy = retry or RetryPolicy()
        self._retrier = Retrier(address, policy, counters.retried, loading=timeout or 0.0)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections; a later call opens new ones."""
        await self.provider.aclose()

    async def check(self) -> None:
        """See :meth:`harness.models.chat.Chat.check`."""
        try:
            await self.provider.check()
            return
        except AttemptError as failure:
            last = failure
        # Raised here, outside the handler, so that no chain leads to a request and its key.
        raise EndpointError(self.address, last, attempts=1)

    async def identity(self) -> Identity:
        """What the server says that it serves; all of it None where it does not tell."""
        with contextlib.suppress(AttemptError, Track15Error):
            return await self.provider.identity() or Identity()
        return Identity()

    async def complete(self, request: Request) -> ModelReply:
        """See :meth:`harness.models.chat.Chat.complete`."""
        effort, counters = Effort(), self.limit.counters

        async def ask(send: Send) -> ModelReply:
            return await self._retrier.call(partial(self._attempt, request, send), effort)

        try:
            reply = await self.provider.answer(request, ask)
        except Exception:
            counters.failed += 1
            raise
        counters.answered(reply.usage)
        return reply.model_copy(update={"attempts": effort.attempts, "seconds": effort.seconds})

    async def _attempt(self, request: Request, send: Send, effort: Effort) -> ModelReply:
        """One request, in its turn and in its time."""
        async with self.limit.slot(request) as slot:
            with timed(effort):
                try:
                    async with asyncio.timeout(self._timeout):
                        reply = await send(slot)
                except TimeoutError:
                    late = AttemptError("timeout").through(proxy_for(self.address))
                else:
                    # Shortened last: a key must not be cut in two before it is looked for.
                    return slot.answered(with_short_reasoning(guarded(reply)))
            raise late
