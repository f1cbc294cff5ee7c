"""Runs a coroutine from synchronous code, even where an event loop is already running."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, wait
from typing import Any, Final, TypeVar

LOOK_EVERY: Final = 0.1
"""Seconds between two looks whether the task that waits is to end."""

T = TypeVar("T")


def wait_for(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run ``work()`` in an event loop of its own, and return its result.

    It runs in this thread, or in another one where a loop is already running, as in a notebook.
    Ctrl-C cancels it, and is raised once it has cleaned up. So is a cancellation of the waiting
    task.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work())
    return _in_thread(work)


def _in_thread(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    result: Future[T] = Future()
    stop = threading.Event()
    begun: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]]] = []

    async def whole() -> T:
        task = asyncio.current_task()
        assert task is not None
        begun.append((asyncio.get_running_loop(), task))
        if stop.is_set():
            raise asyncio.CancelledError
        return await work()

    def play() -> None:
        try:
            result.set_result(asyncio.run(whole()))
        except BaseException as error:  # noqa: BLE001 - all of it belongs to who waits
            result.set_exception(error)

    # What holds in this context, such as whether links are followed, holds there too.
    thread = threading.Thread(target=contextvars.copy_context().run, args=(play,), name="track15")
    thread.start()
    try:
        # Where Ctrl-C is asyncio's, it only asks for the task here to be cancelled.
        outer = asyncio.current_task()
        while not wait((result,), timeout=LOOK_EVERY).done:
            if outer is not None and outer.cancelling():
                raise asyncio.CancelledError
        return result.result()
    except BaseException:
        stop.set()
        for loop, task in begun:
            with contextlib.suppress(RuntimeError):  # it is over, and its loop is closed
                loop.call_soon_threadsafe(task.cancel)
        raise
    finally:
        thread.join()
