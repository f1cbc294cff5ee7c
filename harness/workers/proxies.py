"""A worker's proxies for what the driver holds: the run's budget, and the kept replies."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

from harness.errors import LimitReachedError
from harness.models.limits.budget import NOTHING, Spend
from harness.models.reply import ModelReply
from harness.workers.messages import to_error

BEGIN: Final = "budget.begin"
SETTLE: Final = "budget.settle"
KEEP: Final = "journal.keep"
FIND: Final = "cache.find"
PUT: Final = "cache.put"
WAIT: Final = "waiting"
REFUSED: Final = "refused"
SAID: Final = "said"

Request = Callable[[str, Any], Awaitable[Any]]
"""Asks the driver something and waits for its reply."""
Note = Callable[[str, Any], None]
"""Tells the driver something."""

KNOWN: Final[TypeAdapter[Mapping[str, ModelReply]]] = TypeAdapter(Mapping[str, ModelReply])
"""What a dialogue was answered so far, as it travels: request -> reply."""


class BudgetProxy:
    """Asks the driver before each request.

    Implements :class:`~harness.models.limits.budget.Allowance`.

    Args:
        request, note: To the driver.
    """

    def __init__(self, request: Request, note: Note) -> None:
        self._request = request
        self._note = note
        self.reached = False

    async def begin(self, estimate: Spend) -> None:
        """See :meth:`~harness.models.limits.budget.Allowance.begin`."""
        asking = asyncio.ensure_future(self._request(BEGIN, list(estimate)))
        try:
            error = await asyncio.shield(asking)
        except asyncio.CancelledError:
            # Its turn may still come, and nobody will be there to take it.
            asking.add_done_callback(lambda done: self._let_go(done, estimate))
            raise
        if error is not None:
            self.reached = True
            raise _limit(error)

    def settle(self, estimate: Spend, spent: Spend, *, counted: bool = True) -> None:
        """See :meth:`~harness.models.limits.budget.Allowance.settle`."""
        self._note(SETTLE, [list(estimate), list(spent), counted])

    def book(self, spent: Spend, *, counted: bool = True) -> None:
        """See :meth:`~harness.models.limits.budget.Allowance.book`: settled, and never begun."""
        self._note(SETTLE, [list(NOTHING), list(spent), counted])

    def _let_go(self, asked: asyncio.Future[Any], estimate: Spend) -> None:
        if not asked.cancelled() and asked.exception() is None and asked.result() is None:
            self.settle(estimate, NOTHING)


def _limit(value: Any) -> Exception:
    error = to_error(value)
    return error if isinstance(error, LimitReachedError) else AssertionError(str(error))


class JournalProxy:
    """Hands each reply to the driver before it is used; what a dialogue was answered already comes
    with it. Implements :class:`~harness.models.replies.journal.JournalStore`.

    Args:
        request: To the driver.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self._known: dict[str, Mapping[str, ModelReply]] = {}

    def learn(self, dialogue: str, known: bytes) -> None:
        """Take what came with a dialogue."""
        self._known[dialogue] = KNOWN.validate_json(known)

    def replies(self, dialogue: str) -> Mapping[str, ModelReply]:
        """See :class:`~harness.models.replies.journal.JournalStore`; asked once a dialogue."""
        return self._known.pop(dialogue, {})

    async def keep(self, dialogue: str, request: str, reply: ModelReply) -> None:
        """See :class:`~harness.models.replies.journal.JournalStore`. Waits until the driver has it:
        a dialogue that went on before could lose more than one reply with its worker."""
        with contextlib.suppress(
            PydanticSerializationError
        ):  # half a character: see ReplyStore.put
            text = reply.model_dump_json()
            await self._request(KEEP, [dialogue, request, text])


class StoreProxy:
    """Uses the driver's cache of replies. Implements :class:`~harness.models.replies.cache.Store`.

    Args:
        request, note: To the driver.
    """

    def __init__(self, request: Request, note: Note) -> None:
        self._request = request
        self._note = note

    async def find(self, key: str) -> ModelReply | None:
        """See :class:`~harness.models.replies.cache.Store`."""
        found = await self._request(FIND, key)
        return None if found is None else ModelReply.model_validate_json(found)

    def put(self, key: str, reply: ModelReply) -> None:
        """See :class:`~harness.models.replies.cache.Store`."""
        with contextlib.suppress(PydanticSerializationError):
            self._note(PUT, [key, reply.model_dump_json()])
