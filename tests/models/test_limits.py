from __future__ import annotations

import asyncio

import pytest

from harness.models.limits import ConnectionLimit, Counters
from harness.models.reply import TokenUsage


async def test_slots_are_limited_and_given_back() -> None:
    limit = ConnectionLimit(2)
    most = 0

    async def work(number: int) -> None:
        nonlocal most
        async with limit.slot():
            most = max(most, limit.counters.in_flight)
            await asyncio.sleep(0)
            if number == 3:
                raise ValueError

    results = await asyncio.gather(*map(work, range(10)), return_exceptions=True)
    assert sum(isinstance(result, ValueError) for result in results) == 1
    assert most == 2
    assert (limit.counters.in_flight, limit.counters.waiting) == (0, 0)


async def test_a_cancelled_wait_is_not_counted_for_ever() -> None:
    limit = ConnectionLimit(1)

    async def wait() -> None:
        async with limit.slot():
            pytest.fail("got a slot")

    async with limit.slot():
        task = asyncio.create_task(wait())
        await asyncio.sleep(0)
        assert limit.counters.waiting == 1
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert limit.counters.waiting == 0
    async with limit.slot():
        assert limit.counters.in_flight == 1


def test_missing_token_counts_are_counted_not_added() -> None:
    counters = Counters()
    counters.answered(TokenUsage(prompt_tokens=5, completion_tokens=3))
    counters.answered(TokenUsage())
    counters.answered(TokenUsage(prompt_tokens=2))
    assert (counters.prompt_tokens, counters.completion_tokens) == (7, 3)
    assert (counters.done, counters.uncounted) == (3, 2)
    assert (counters + counters).uncounted == 4


def test_a_limit_is_positive() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        ConnectionLimit(0)
