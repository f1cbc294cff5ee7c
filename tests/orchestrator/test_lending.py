"""What a worker has of the run's budget, and what becomes of it when the worker is gone."""

from __future__ import annotations

import asyncio

import pytest

from harness.models.limits.budget import Budget, Spend
from harness.orchestrator.frames import to_error
from harness.orchestrator.lending import Loan

TEN = [10, 0.5]


@pytest.fixture
def budget() -> Budget:
    return Budget(tokens=100)


async def test_what_begins_and_is_settled_counts_as_in_one_process(budget: Budget) -> None:
    loan = Loan(budget)
    assert await loan.begin(TEN) is None
    assert budget.under_way == 1
    loan.settle([TEN, [12, 0.6], True])
    assert (budget.under_way, budget.spent, budget.estimated) == (0, Spend(12, 0.6), 0)


async def test_a_limit_that_is_reached_is_an_answer_and_no_exception(budget: Budget) -> None:
    loan = Loan(budget)
    budget.book(Spend(100, 0.0))
    answer = await loan.begin(TEN)
    assert answer is not None
    assert "100 tokens" in str(to_error(answer))


async def test_what_was_not_begun_settles_nothing(budget: Budget) -> None:
    loan = Loan(budget)
    loan.settle([TEN, [12, 0.6], True])
    assert (budget.spent, budget.under_way) == (Spend(), 0)
    await loan.begin(TEN)
    loan.settle([TEN, [1, 0.0], True])
    loan.settle([TEN, [1, 0.0], True])
    assert (budget.spent, budget.under_way) == (Spend(1, 0.0), 0)


async def test_what_an_agent_spent_inside_is_booked(budget: Budget) -> None:
    Loan(budget).settle([[0, 0.0], [7, 0.1], False])
    assert (budget.spent, budget.estimated) == (Spend(7, 0.1), 1)


async def test_a_lost_worker_has_spent_its_estimates(budget: Budget) -> None:
    loan = Loan(budget)
    for _ in range(3):
        await loan.begin(TEN)
    loan.settle([TEN, [4, 0.2], True])
    loan.lost()
    assert budget.spent == Spend(24, pytest.approx(1.2))
    assert (budget.under_way, budget.estimated) == (0, 2)
    loan.settle([TEN, [4, 0.2], True])
    assert budget.spent.tokens == 24, "what comes late is counted already"
    assert await loan.begin(TEN) is None
    assert budget.under_way == 0


async def test_a_lost_worker_waits_no_longer(budget: Budget) -> None:
    held, loan = Loan(budget), Loan(budget)
    await held.begin([95, 0.0])
    waiting = asyncio.create_task(loan.begin(TEN))
    await asyncio.sleep(0)
    loan.lost()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    held.settle([[95, 0.0], [1, 0.0], True])
    assert (budget.spent.tokens, budget.under_way) == (1, 0)


async def test_a_turn_that_comes_as_the_worker_goes_is_given_back(budget: Budget) -> None:
    held, loan = Loan(budget), Loan(budget)
    await held.begin([95, 0.0])
    waiting = asyncio.create_task(loan.begin(TEN))
    await asyncio.sleep(0)
    held.settle([[95, 0.0], [1, 0.0], True])
    loan._lost = True  # before the task has run again
    assert await waiting is None
    assert (budget.spent.tokens, budget.under_way) == (1, 0)
