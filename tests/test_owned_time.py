"""The clock that tests own: it jumps only when all that is in flight is kept waiting on purpose."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.support.owned_time import JUMP, NEVER, Held, Jumps, owned_time


def test_it_jumps_once_for_each_time_that_all_is_held() -> None:
    held, in_flight = Held(), 0
    jumps = Jumps(held, lambda: in_flight)

    def jumped() -> bool:
        before = jumps.ahead
        jumps.look()
        assert jumps.ahead in (before, before + JUMP)
        return jumps.ahead > before

    assert not jumped(), "nothing is in flight"
    in_flight = 2
    assert not jumped()
    held.begin()
    assert not jumped(), "one of the two is only slow"
    held.begin()
    assert jumped()
    assert not jumped(), "they are being given up, and have not gone yet"
    in_flight = 1
    assert not jumped(), "a new request is no held one"
    held.begin()
    assert jumped()


def test_two_processes_see_one_number(tmp_path: Path) -> None:
    here, there = Held(tmp_path / "held"), Held(tmp_path / "held")
    here.begin()
    here.begin()
    assert (here.begun, there.begun) == (2, 2)


async def test_what_is_held_is_given_up_at_once_and_what_is_slow_is_not() -> None:
    held, in_flight = Held(), 2
    answered = asyncio.Event()

    async def hangs() -> None:
        nonlocal in_flight
        try:
            async with asyncio.timeout(NEVER):
                held.begin()
                await asyncio.Event().wait()
        finally:
            in_flight -= 1

    async def is_slow() -> str:
        nonlocal in_flight
        async with asyncio.timeout(NEVER):
            await answered.wait()
        in_flight -= 1
        return "answered"

    async with owned_time(held, lambda: in_flight):
        hanging, slow = asyncio.create_task(hangs()), asyncio.create_task(is_slow())
        for _ in range(5):
            await asyncio.sleep(0.02)
        assert not hanging.done(), "beside one that is slow nothing is given up"
        answered.set()
        assert await slow == "answered"
        with pytest.raises(TimeoutError):
            await hanging
