"""What a worker has of the run's budget, and what becomes of it when the worker is gone."""

from __future__ import annotations

import asyncio

import pytest

from harness.models.limits.budget import Budget, Spend
from harness.workers.leases import Lease
from harness.workers.messages import to_error

TEN = [10, 0.5]


@pytest.fixture
def budget() -> Budget:
    return Budget(tokens=100)


async def test_what_begins_and_is_settled_counts_as_in_one_process(budget: Budget) -> None:
    lease = Lease(budget)
    assert await lease.begin(TEN) is None
    assert budget.under_way == 1
    lease.settle([TEN, [12, 0.6], True])
    assert (budget.under_way, budget.spent, budget.estimated) == (0, Spend(12, 0.6), 0)


async def test_a_limit_that_is_reached_is_an_answer_and_no_exception(budget: Budget) -> None:
    lease = Lease(budget)
    budget.book(Spend(100, 0.0))
    answer = await lease.begin(TEN)
    assert answer is not None
    assert "100 tokens" in str(to_error(answer))


async def test_what_was_not_begun_settles_nothing(budget: Budget) -> None:
    lease = Lease(budget)
    lease.settle([TEN, [12, 0.6], True])
    assert (budget.spent, budget.under_way) == (Spend(), 0)
    await lease.begin(TEN)
    lease.settle([TEN, [1, 0.0], True])
    lease.settle([TEN, [1, 0.0], True])
    assert (budget.spent, budget.under_way) == (Spend(1, 0.0), 0)


async def test_what_an_agent_spent_inside_is_booked(budget: Budget) -> None:
    Lease(budget).settle([[0, 0.0], [7, 0.1], False])
    assert (budget.spent, budget.estimated) == (Spend(7, 0.1), 1)


async def test_a_lost_worker_has_spent_its_estimates(budget: Budget) -> None:
    lease = Lease(budget)
    for _ in range(3):
        await lease.begin(TEN)
    lease.settle([TEN, [4, 0.2], True])
    lease.lost()
    assert budget.spent == Spend(24, pytest.approx(1.2))
    assert (budget.under_way, budget.estimated) == (0, 2)
    lease.settle([TEN, [4, 0.2], True])
    assert budget.spent.tokens == 24, "what comes late is counted already"
    assert await lease.begin(TEN) is None
    assert budget.under_way == 0


async def test_a_lost_worker_waits_no_longer(budget: Budget) -> None:
    held, lease = Lease(budget), Lease(budget)
    await held.begin([95, 0.0])
    waiting = asyncio.create_task(lease.begin(TEN))
    await asyncio.sleep(0)
    lease.lost()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    held.settle([[95, 0.0], [1, 0.0], True])
    assert (budget.spent.tokens, budget.under_way) == (1, 0)


async def test_a_turn_that_comes_as_the_worker_goes_is_given_back(budget: Budget) -> None:
    held, lease = Lease(budget), Lease(budget)
    await held.begin([95, 0.0])
    waiting = asyncio.create_task(lease.begin(TEN))
    await asyncio.sleep(0)
    held.settle([[95, 0.0], [1, 0.0], True])
    lease._lost = True  # before the task has run again
    assert await waiting is None
    assert (budget.spent.tokens, budget.under_way) == (1, 0)
