"""A run's budget as a worker sees it: the account itself is the driver's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from harness.errors import LimitReachedError
from harness.models.budget import NOTHING, Spend
from harness.orchestrator.frames import to_error

BEGIN = "budget.begin"
SETTLE = "budget.settle"


class DistantBudget:
    """Asks the driver before each request. Implements :class:`~harness.models.budget.Allowance`.

    Args:
        request: Asks the driver something and waits for its reply.
        note: Tells the driver something.
    """

    def __init__(
        self,
        request: Callable[[str, Any], Awaitable[Any]],
        note: Callable[[str, Any], None],
    ) -> None:
        self._request = request
        self._note = note
        self.reached = False

    async def begin(self, estimate: Spend) -> None:
        """See :meth:`~harness.models.budget.Allowance.begin`."""
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
        """See :meth:`~harness.models.budget.Allowance.settle`."""
        self._note(SETTLE, [list(estimate), list(spent), counted])

    def _let_go(self, asked: asyncio.Future[Any], estimate: Spend) -> None:
        if not asked.cancelled() and asked.exception() is None and asked.result() is None:
            self.settle(estimate, NOTHING)


def _limit(value: Any) -> Exception:
    error = to_error(value)
    return error if isinstance(error, LimitReachedError) else AssertionError(str(error))
