"""The driver's side of a budget that its workers ask for: what each has begun and not yet settled.

A worker that is lost leaves requests behind that may have been paid for; they count by their
estimates, so that the run's limit holds whatever happens to its workers.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from harness.errors import LimitReachedError
from harness.models.limits.budget import NOTHING, Allowance, Spend
from harness.workers.messages import of_error


class Lease:
    """What one worker has of the budget.

    Args:
        budget: Of the run.
    """

    def __init__(self, budget: Allowance) -> None:
        self._budget = budget
        self._begun: Counter[Spend] = Counter()
        self._waiting: set[asyncio.Task[Any]] = set()
        self._lost = False

    async def begin(self, value: Any) -> dict[str, str | None] | None:
        """Wait until a request of the worker's may begin; the error where none may any more."""
        if self._lost:
            return None
        estimate = Spend(*value)
        waiting = asyncio.ensure_future(self._budget.begin(estimate))
        self._waiting.add(waiting)
        try:
            await waiting
        except LimitReachedError as error:
            return of_error(error)
        finally:
            self._waiting.discard(waiting)
        if self._is_lost():  # in the very moment in which its turn came
            self._budget.settle(estimate, NOTHING)
        else:
            self._begun[estimate] += 1
        return None

    def _is_lost(self) -> bool:
        return self._lost

    def settle(self, value: Any) -> None:
        """Count what a request of the worker's took."""
        estimate, spent, counted = Spend(*value[0]), Spend(*value[1]), bool(value[2])
        if self._begun[estimate] > 0:
            self._begun[estimate] -= 1
            self._budget.settle(estimate, spent, counted=counted)
        elif estimate == NOTHING:
            self._budget.book(spent, counted=counted)

    def lost(self) -> None:
        """The worker is gone: what it had begun counts by its estimates."""
        self._lost = True
        for waiting in list(self._waiting):
            waiting.cancel()
        for estimate in list(self._begun.elements()):
            self._budget.settle(estimate, estimate, counted=False)
        self._begun.clear()
