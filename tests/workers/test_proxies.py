"""A worker's way to what is the driver's: each thing asked once, and in the words of the driver."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from harness.errors import LimitReachedError
from harness.models.limits.budget import Spend
from harness.models.reply import ModelReply
from harness.workers.messages import of_error
from harness.workers.proxies import (
    BEGIN,
    FIND,
    KEEP,
    KNOWN,
    PUT,
    SETTLE,
    BudgetProxy,
    JournalProxy,
    StoreProxy,
)

REPLY = ModelReply(text="Yes.", finish_reason="stop")
HALF = ModelReply(text="half \ud83d")
LIMIT = of_error(LimitReachedError("spent", where="--token-limit", fix="raise it"))


class Driver:
    """Answers what it is told to, and remembers what it was asked and told."""

    def __init__(self, answer: Any = None) -> None:
        self.answer = answer
        self.asked: list[tuple[str, Any]] = []
        self.told: list[tuple[str, Any]] = []

    async def request(self, name: str, value: Any) -> Any:
        self.asked.append((name, value))
        return await self.answer if isinstance(self.answer, asyncio.Future) else self.answer

    def note(self, name: str, value: Any) -> None:
        self.told.append((name, value))


# --- the budget ----------------------------------------------------------------------------------


async def test_a_request_begins_when_the_driver_says_so() -> None:
    driver = Driver()
    budget = BudgetProxy(driver.request, driver.note)
    await budget.begin(Spend(10, 0.5))
    budget.settle(Spend(10, 0.5), Spend(8, 0.4), counted=False)
    budget.book(Spend(3, 0.1))
    assert driver.asked == [(BEGIN, [10, 0.5])]
    assert driver.told == [
        (SETTLE, [[10, 0.5], [8, 0.4], False]),
        (SETTLE, [[0, 0.0], [3, 0.1], True]),
    ]
    assert not budget.reached


async def test_the_drivers_limit_is_the_workers() -> None:
    driver = Driver(LIMIT)
    budget = BudgetProxy(driver.request, driver.note)
    with pytest.raises(LimitReachedError, match="spent") as error:
        await budget.begin(Spend(10))
    assert error.value.fix == "raise it"
    assert budget.reached


@pytest.mark.parametrize(("answer", "given_back"), [(None, 1), (LIMIT, 0)])
async def test_a_turn_that_comes_to_nobody_is_given_back(answer: Any, given_back: int) -> None:
    coming = asyncio.get_running_loop().create_future()
    driver = Driver(coming)
    budget = BudgetProxy(driver.request, driver.note)
    beginning = asyncio.create_task(budget.begin(Spend(10)))
    for _ in range(5):
        await asyncio.sleep(0)
    assert driver.asked
    beginning.cancel()
    with pytest.raises(asyncio.CancelledError):
        await beginning
    assert driver.told == []
    coming.set_result(answer)
    for _ in range(5):
        await asyncio.sleep(0)
    assert driver.told == [(SETTLE, [[10, 0.0], [0, 0.0], True])] * given_back


# --- replies -------------------------------------------------------------------------------------


async def test_what_comes_with_a_dialogue_is_known_once() -> None:
    driver = Driver()
    journal = JournalProxy(driver.request)
    journal.learn("a", KNOWN.dump_json({"asked": REPLY}))
    assert journal.replies("a") == {"asked": REPLY}
    assert journal.replies("a") == {}
    assert driver.asked == []


async def test_a_reply_is_kept_before_it_is_used() -> None:
    coming = asyncio.get_running_loop().create_future()
    driver = Driver(coming)
    keeping = asyncio.create_task(JournalProxy(driver.request).keep("a", "asked", REPLY))
    for _ in range(5):
        await asyncio.sleep(0)
    assert not keeping.done()
    coming.set_result(None)
    await keeping
    assert driver.asked == [(KEEP, ["a", "asked", REPLY.model_dump_json()])]


async def test_what_is_no_text_is_kept_nowhere() -> None:
    driver = Driver()
    await JournalProxy(driver.request).keep("a", "asked", HALF)
    StoreProxy(driver.request, driver.note).put("key", HALF)
    assert (driver.asked, driver.told) == ([], [])


@pytest.mark.parametrize("found", [None, REPLY])
async def test_a_cache_is_looked_up_at_the_drivers(found: ModelReply | None) -> None:
    driver = Driver(None if found is None else found.model_dump_json())
    store = StoreProxy(driver.request, driver.note)
    assert await store.find("key") == found
    store.put("key", REPLY)
    assert driver.asked == [(FIND, "key")]
    assert driver.told == [(PUT, ["key", REPLY.model_dump_json()])]
