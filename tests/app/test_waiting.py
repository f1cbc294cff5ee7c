"""Waiting for a coroutine, where a loop runs and where none does."""

from __future__ import annotations

import asyncio
import threading
from contextvars import ContextVar

import pytest

from harness.app.waiting import wait_for

HELD: ContextVar[str] = ContextVar("HELD", default="nothing")


async def where() -> tuple[threading.Thread, str]:
    return threading.current_thread(), HELD.get()


def test_without_a_loop_it_is_awaited_here() -> None:
    assert wait_for(where) == (threading.current_thread(), "nothing")


async def test_in_a_loop_it_is_awaited_in_another_thread_and_the_same_context() -> None:
    HELD.set("something")
    thread, held = wait_for(where)
    assert thread is not threading.current_thread()
    assert not thread.is_alive()
    assert held == "something"


async def test_what_goes_wrong_there_is_raised_here() -> None:
    async def fails() -> None:
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        wait_for(fails)


async def test_the_end_of_the_task_that_waits_is_the_end_of_it() -> None:
    tidied = []
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()

    async def endless() -> None:
        # As a handler of signals does it, which runs while this thread waits.
        loop.call_soon_threadsafe(lambda: None)
        task.cancel()
        try:
            await asyncio.Event().wait()
        finally:
            tidied.append("up")

    with pytest.raises(asyncio.CancelledError):
        wait_for(endless)
    task.uncancel()
    with pytest.raises(asyncio.CancelledError):  # asyncio delivers what was asked for
        await asyncio.sleep(0)
    assert tidied == ["up"]
