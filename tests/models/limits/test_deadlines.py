"""What servers ask to be waited for, and how long a dialogue waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.models import isolation
from harness.models.address import parse_address
from harness.models.limits.admission import ConnectionLimit
from harness.models.limits.deadlines import Countdown, in_words, seconds_asked, standing_still
from harness.models.limits.retry import RetryPolicy
from harness.models.request import ChatMessage, Request
from tests.support import mock_server as mock
from tests.support import virtual_time
from tests.support.endpoints import openai_endpoint
from tests.support.mock_server import Answer, MockServer

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
MESSAGES: list[ChatMessage] = [{"role": "user", "content": "hello"}]


@pytest.mark.kind("S11")
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after-ms": "15000", "Retry-After": "20"}, 15.0),
        ({"Retry-After-Ms": "nan", "Retry-After": "20"}, 20.0),
        ({"x-ratelimit-reset-requests": "15s"}, 15.0),
        ({"x-ratelimit-reset-requests": "2m59.56s"}, 179.56),
        ({"x-ratelimit-reset-requests": "1h0m3s"}, 3603.0),
        ({"x-ratelimit-reset-tokens": "120ms"}, 0.12),
        ({"x-ratelimit-reset-tokens": "7"}, 7.0),
        ({"X-RateLimit-Reset": str(int(NOW.timestamp()) + 40)}, 40.0),
        ({"X-RateLimit-Reset": str((int(NOW.timestamp()) + 40) * 1000)}, 40.0),
        ({"X-RateLimit-Reset": "1"}, 1.0),
        ({"anthropic-ratelimit-tokens-reset": "2026-01-01T12:00:30Z"}, 30.0),
        ({"anthropic-ratelimit-tokens-reset": "2026-01-01T11:00:30Z"}, 0.0),
        ({"x-ratelimit-reset-requests": "soon", "x-ratelimit-limit-requests": "9"}, None),
        ({"x-ratelimit-reset-requests": ""}, None),
        # The one that is used up counts; where nobody says which, the first to begin anew.
        (
            {
                "x-ratelimit-reset-requests": "23h",
                "x-ratelimit-remaining-requests": "900",
                "x-ratelimit-reset-tokens": "9s",
                "x-ratelimit-remaining-tokens": "0",
            },
            9.0,
        ),
        ({"x-ratelimit-reset-requests": "23h", "x-ratelimit-reset-tokens": "9s"}, 9.0),
    ],
)
def test_what_a_server_asks_for_is_read(headers: dict[str, str], seconds: float | None) -> None:
    found = seconds_asked(headers, 429, now=NOW)
    assert found == (None if seconds is None else pytest.approx(seconds))


def test_a_limit_that_is_not_reached_is_no_wait() -> None:
    assert seconds_asked({"x-ratelimit-reset-requests": "15s"}, 500) is None
    assert seconds_asked(None, 429) is None


@given(st.sampled_from(["retry-after-ms", "x-ratelimit-reset"]), st.text(max_size=30))
def test_any_header_is_seconds_or_nothing(name: str, value: str) -> None:
    seconds = seconds_asked({name: value}, 429, now=NOW)
    assert seconds is None or seconds >= 0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(20.4, "20 s"), (200, "3 min"), (25_920, "7 h 12 min"), (200_000, "2 days")],
)
def test_durations_in_words(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


@pytest.mark.kind("S11")
async def test_milliseconds_are_waited_for(
    policy: RetryPolicy, waits: list[float], address_of: Callable[[MockServer], object]
) -> None:
    limited = mock.error(429, "slow down")
    limited.headers["retry-after-ms"] = "15000"
    with MockServer("hello") as server:
        server.queue(limited)
        address = parse_address(f"openai/m@{server.base_url}")
        async with openai_endpoint(address, retry=policy) as client:
            assert (await client.complete(Request(MESSAGES))).text == "hello"
    assert [15 <= wait <= 16 for wait in waits] == [True]


@pytest.mark.kind("S11")
async def test_a_model_that_is_being_loaded_is_waited_for_before_anything_is_played(
    policy: RetryPolicy, waits: list[float]
) -> None:
    said: list[str] = []
    with MockServer("hello") as server:
        server.queue(*[mock.error(503, "Loading model")] * 20)
        address = parse_address(f"openai/m@{server.base_url}")
        async with openai_endpoint(address, retry=policy, notice=said.append) as client:
            await client.check()
            assert len(waits) == 20, "more often than it retries"
            assert "to load m (it answers 503)" in said[0]
            assert said[-1] == ""
            # What it says later is no longer that.
            server.queue(*[mock.error(503)] * 4)
            with pytest.raises(Exception, match=r"answered 503 \(4 attempts\)"):
                await client.complete(Request(MESSAGES))


@pytest.mark.kind("S11")
async def test_a_first_call_waits_for_loading_too(policy: RetryPolicy, waits: list[float]) -> None:
    said: list[str] = []
    with MockServer("hello") as server:
        server.queue(*[mock.error(503, "Loading model")] * 10)
        address = parse_address(f"openai/m@{server.base_url}")
        async with openai_endpoint(address, retry=policy, notice=said.append) as client:
            reply = await client.complete(Request(MESSAGES))
    assert (reply.text, reply.attempts, len(waits)) == ("hello", 11, 10)
    assert (bool(said[0]), said[-1]) == (True, "")


@pytest.mark.kind("S11")
async def test_a_server_that_lists_its_model_before_it_has_loaded_it_is_waited_for(
    policy: RetryPolicy, waits: list[float]
) -> None:
    """llama.cpp's server answers ``/models`` at once."""
    said: list[str] = []
    with MockServer("hello") as server:
        server.queue(mock.payload({"data": [{"id": "m"}]}))
        server.queue(*[mock.error(503, "Loading model")] * 10)
        address = parse_address(f"openai/m@{server.base_url}")
        async with openai_endpoint(address, retry=policy, notice=said.append) as client:
            await client.check()
            reply = await client.complete(Request(MESSAGES))
    assert (reply.text, reply.attempts, len(waits)) == ("hello", 11, 10)
    assert (bool(said[0]), said[-1]) == (True, "")


@pytest.mark.kind("S11")
async def test_loading_is_not_waited_for_longer_than_a_request(
    policy: RetryPolicy, waits: list[float]
) -> None:
    def loading(_: object) -> Answer:
        return mock.error(503, "Loading model")

    with MockServer(loading) as server:
        address = parse_address(f"openai/m@{server.base_url}")
        async with openai_endpoint(address, retry=policy, timeout=60) as client:
            with pytest.raises(Exception, match="and nothing else so far"):
                await client.complete(Request(MESSAGES))
            assert 50 <= sum(waits) <= 70
            waits.clear()
            await client.check()
            assert 50 <= sum(waits) <= 70


# --- countdowns ----------------------------------------------------------------------------------


@pytest.mark.kind("X4")
def test_a_countdown_ends_what_is_in_it() -> None:
    async def main() -> tuple[float, bool]:
        countdown = Countdown(5)
        with pytest.raises(TimeoutError):
            async with countdown:
                await asyncio.sleep(60)
        return virtual_time.now(), countdown.expired

    assert virtual_time.run(main()) == (5, True)


@pytest.mark.kind("X4")
def test_waiting_for_a_turn_does_not_count() -> None:
    async def main() -> float:
        countdown = Countdown(5)

        async def ask() -> None:
            await asyncio.sleep(3)
            with standing_still():
                await asyncio.sleep(100)
                with standing_still():
                    await asyncio.sleep(100)
            await asyncio.sleep(60)

        with pytest.raises(TimeoutError):
            async with countdown:
                await ask()
        assert countdown.expired
        return virtual_time.now()

    assert virtual_time.run(main()) == 205


def test_without_an_end_nothing_ends() -> None:
    async def main() -> float:
        async with Countdown(None):
            with standing_still():
                await asyncio.sleep(1e6)
        return virtual_time.now()

    assert virtual_time.run(main()) == 1e6


def test_a_countdown_that_ran_out_while_nobody_looked_is_over() -> None:
    async def ask() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            with standing_still():
                await asyncio.sleep(1)

    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with Countdown(5):
                await ask()

    virtual_time.run(main())


@pytest.mark.kind("X4")
@pytest.mark.kind("G7")
async def test_what_runs_apart_does_not_touch_the_countdown() -> None:
    """It belongs to the run's loop: an agent's own client waits in another, in another thread."""
    seen: list[int] = []
    countdown = Countdown(60)

    async def job() -> None:
        with standing_still():
            seen.append(countdown._still)

    async with countdown:
        await isolation.call(job, seconds=60)
    assert seen == [0]


@pytest.mark.kind("X4")
def test_a_free_connection_is_waited_for_outside_the_countdown() -> None:
    async def main() -> float:
        limit = ConnectionLimit(1)

        async def hold() -> None:
            async with limit.slot():
                await asyncio.sleep(100)

        holder = asyncio.create_task(hold())
        await asyncio.sleep(0)
        with pytest.raises(TimeoutError):
            async with Countdown(5), limit.slot():
                await asyncio.sleep(60)
        await holder
        return virtual_time.now()

    assert virtual_time.run(main()) == 105
