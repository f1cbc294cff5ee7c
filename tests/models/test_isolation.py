"""Code of users runs apart: it can neither hold up the run nor end its threads."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import sys
import threading
from typing import Any

import pytest

from harness.models import isolation
from harness.models.isolation import TooLongError, aside, asked, call, in_thread
from tests.support.owned_time import NEVER

SAID: contextvars.ContextVar[str] = contextvars.ContextVar("said", default="nothing")


async def value(given: Any) -> Any:
    return given


async def test_what_is_given_and_what_is_raised_come_back() -> None:
    assert await call(lambda: 7, seconds=NEVER) == 7
    assert await call(lambda: value(8), seconds=NEVER) == 8
    with pytest.raises(ZeroDivisionError):
        await call(lambda: 1 // 0, seconds=NEVER)


async def test_it_runs_in_a_loop_and_thread_of_its_own() -> None:
    async def where() -> tuple[Any, int]:
        return asyncio.get_running_loop(), threading.get_ident()

    loop, thread = await call(where, seconds=NEVER)
    assert loop is not asyncio.get_running_loop()
    assert thread != threading.get_ident()
    again, _ = await call(where, seconds=NEVER)
    assert again is loop, "one for all"


async def test_what_is_called_off_ends_there_too() -> None:
    begun, ended = threading.Event(), threading.Event()

    async def endless() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    waiting = asyncio.ensure_future(call(endless, seconds=NEVER))
    await asyncio.to_thread(begun.wait)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await asyncio.to_thread(ended.wait, NEVER)


async def test_what_it_raises_in_the_moment_in_which_it_is_called_off_is_not_printed() -> None:
    """Asyncio prints what nobody takes, and the user's code has put private words into it."""
    printed: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: printed.append(context))
    go = threading.Event()

    def raises() -> None:
        go.wait()
        raise LookupError("our reservation is 0.42")

    calling = asyncio.create_task(call(raises, seconds=NEVER))
    await asyncio.sleep(0)
    (work,) = isolation._UNDER_WAY
    go.set()
    assert isinstance(work.done.exception(), LookupError)  # this loop has not been told of it yet
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling
    await asyncio.sleep(0)
    del calling, work
    gc.collect()
    await asyncio.sleep(0)
    assert printed == []


async def test_what_takes_too_long_is_told_and_not_waited_for() -> None:
    with pytest.raises(TooLongError) as error:
        await call(lambda: asyncio.Event().wait(), seconds=0.0)
    assert error.value.blocked == ""
    assert await call(lambda: 7, seconds=NEVER) == 7


async def test_what_blocks_the_loop_is_named_and_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(isolation, "GRACE", 0.01)
    begun, let_go = threading.Event(), threading.Event()

    def blocks() -> None:
        begun.set()
        let_go.wait()

    waiting = asyncio.ensure_future(call(blocks, seconds=NEVER))
    await asyncio.to_thread(begun.wait)
    try:
        assert (await isolation._blocked(isolation._place())).startswith("test_isolation.py:")
        assert await call(lambda: 7, seconds=NEVER) == 7, "another loop has taken its place"
        assert isolation.left_behind()
    finally:
        let_go.set()
    await waiting


async def test_plain_functions_have_threads_of_their_own() -> None:
    both = threading.Barrier(2)

    async def two() -> list[int]:
        return await asyncio.gather(*(in_thread(both.wait) for _ in range(2)))

    assert sorted(await call(two, seconds=NEVER)) == [0, 1]


async def test_a_thread_sees_what_its_caller_has_set() -> None:
    async def tells() -> Any:
        SAID.set("this")
        return await asked(SAID.get), await asked(value, "that")

    assert await call(tells, seconds=NEVER) == ("this", "that")
    assert SAID.get() == "nothing"


@pytest.mark.parametrize("error", [SystemExit, KeyError])
async def test_whatever_a_function_raises_is_the_callers_to_judge(
    error: type[BaseException],
) -> None:
    def raises() -> None:
        raise error("x")

    async def waits() -> str:
        with pytest.raises(error):
            await in_thread(raises)
        return "goes on"

    assert await call(waits, seconds=NEVER) == "goes on"


def test_code_is_loaded_with_no_loop_around_it() -> None:
    def load() -> str:
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        return threading.current_thread().name

    assert aside(load) == "track15-load"
    with pytest.raises(SystemExit):
        aside(sys.exit)


async def test_what_it_prints_is_no_result(capsys: pytest.CaptureFixture[str]) -> None:
    await call(lambda: print("noise"), seconds=NEVER)  # noqa: T201
    print("result")  # noqa: T201
    seen = capsys.readouterr()
    assert "noise" not in seen.out
    assert "result" in seen.out
