"""The client against a server that fails in every way: a reply that the server gave, or an error
of the right kind, within the limits; never a reply of our own making."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from harness.asking.usable import unfinished
from harness.errors import ModelError
from harness.models.address import ModelAddress
from harness.models.failure import EndpointError
from harness.models.limits.admission import ConnectionLimit
from harness.models.limits.retry import RetryPolicy
from harness.models.reply import ModelReply
from harness.models.request import ChatMessage, Request
from tests.models.conftest import OTHER_KEY
from tests.support import waiting
from tests.support.chaos_server import (
    HELD_FAULTS,
    HUGE_FAULTS,
    SLOW_BUT_GOOD,
    UNANSWERED,
    UNUSABLE,
    ChaosServer,
    Fault,
    always,
    first,
    mixed,
)
from tests.support.endpoints import OpenAIEndpoint, openai_endpoint
from tests.support.owned_time import NEVER, owned_time

SECRET = "our reservation value is point three five"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"action": {"enum": ["pass"]}},
    "required": ["action"],
    "additionalProperties": False,
}
KINDS: dict[Fault, tuple[str, int | None]] = {
    Fault.LIMITED: ("status", 429),
    Fault.LIMITED_UNTOLD: ("status", 429),
    Fault.ERROR_500: ("status", 500),
    Fault.ERROR_502: ("status", 502),
    Fault.ERROR_503: ("status", 503),
    Fault.HUGE_ERROR: ("status", 500),
    Fault.LATE: ("timeout", None),
    Fault.HANG: ("timeout", None),
    Fault.STALL: ("timeout", None),
    Fault.TRICKLE: ("timeout", None),
    Fault.RESET: ("connection", None),
    Fault.SHORT: ("connection", None),
    Fault.DROP: ("connection", None),
    Fault.TRUNCATED: ("malformed", None),
    Fault.WRONG_TYPE: ("malformed", None),
    Fault.NO_COMPLETION: ("malformed", None),
}
"""What the client must call each failure of a server."""


def good_answer(body: dict[str, Any], attempt: int) -> str:
    """Another one for every request, so that none can stand for another."""
    return json.dumps({"action": "pass", "seed": body["seed"], "attempt": attempt})


def messages(number: int = 0) -> list[ChatMessage]:
    return [
        {"role": "system", "content": SECRET},
        {"role": "user", "content": f"Your move, delegation {number}."},
    ]


@pytest.fixture
def client_of(
    policy: RetryPolicy, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., OpenAIEndpoint]:
    monkeypatch.setenv("TRACK15_API_KEY", OTHER_KEY)

    def build(server: ChaosServer, **options: Any) -> OpenAIEndpoint:
        address = ModelAddress(provider="openai", model="m", base_url=server.base_url)
        settings: dict[str, Any] = {"retry": policy, "timeout": NEVER, **options}
        return openai_endpoint(address, **settings)

    return build


ClientOf = Callable[..., OpenAIEndpoint]


def waiting_on(server: ChaosServer, client: OpenAIEndpoint) -> AbstractAsyncContextManager[None]:
    """Time passes only where the server lets it: a slow machine ends no call."""
    return owned_time(server.held, lambda: client.limit.counters.in_flight)


def assert_idle(client: OpenAIEndpoint) -> None:
    """No fault may cost a slot: the run would grow narrower with each."""
    assert client.limit.counters.in_flight == 0
    assert client.limit.counters.waiting == 0


async def until(condition: Callable[[], bool]) -> None:
    """What another thread will have done in a moment."""
    await asyncio.to_thread(waiting.until, condition)


def test_every_fault_has_its_place() -> None:
    assert set(KINDS) == UNANSWERED
    assert {fault for fault, (kind, _) in KINDS.items() if kind == "timeout"} == HELD_FAULTS
    assert set(Fault) == UNANSWERED | UNUSABLE | SLOW_BUT_GOOD


@pytest.mark.parametrize("fault", sorted(UNANSWERED))
async def test_a_server_that_recovers_is_asked_again(fault: Fault, client_of: ClientOf) -> None:
    with ChaosServer(good_answer, first(fault)) as server:
        async with client_of(server) as client, waiting_on(server, client):
            reply = await client.complete(Request(messages(), schema=SCHEMA, seed=7))
            assert_idle(client)
    assert [item.fault for item in server.log] == [fault, None]
    assert reply.text == server.log[-1].text
    assert (reply.attempts, reply.finish_reason, reply.how) == (2, "stop", "schema")
    assert client.limit.counters.retries == 1
    assert client.limit.counters.failed == 0


@pytest.mark.parametrize("fault", sorted(UNANSWERED))
async def test_a_server_that_does_not_recover_is_an_error_of_its_kind(
    fault: Fault, client_of: ClientOf
) -> None:
    with ChaosServer(good_answer, always(fault)) as server:
        async with client_of(server) as client, waiting_on(server, client):
            await client.check()
            client.provider._answered = (
                True  # once: 503 does not mean any more that it loads its model
            )
            with pytest.raises(EndpointError) as caught:
                await client.complete(Request(messages(), schema=SCHEMA, seed=7))
            assert_idle(client)
    error = caught.value
    assert (error.kind, error.status) == KINDS[fault]
    # One that never answered may not know what it was asked: each other way (by tool, in words,
    # without a system role, without a seed) is tried once.
    attempts = 8 if error.status == 500 else 4
    assert error.attempts == attempts == len(server.log), "each attempt was sent, and sent once"
    assert not error.final
    said = str(error)
    assert len(said) < 800, "a huge answer makes no huge message"
    assert OTHER_KEY not in said
    assert SECRET not in said
    assert error.__cause__ is None
    assert error.__context__ is None
    assert client.limit.counters.failed == 1
    assert client.limit.counters.done == 0


async def test_a_flood_is_dammed(client_of: ClientOf) -> None:
    """Read to its end it would fill the memory, a gigabyte a second and call."""
    with ChaosServer(good_answer, always(Fault.FLOOD)) as server:
        async with client_of(server) as client:
            await client.complete(Request(messages(), seed=7))
            await until(lambda: server.log[0].hung_up)


@pytest.mark.parametrize("fault", sorted(HELD_FAULTS))
async def test_what_is_given_up_is_hung_up(fault: Fault, client_of: ClientOf) -> None:
    """A connection left open would cost the server a slot for an answer nobody reads."""
    with ChaosServer(good_answer, first(fault)) as server:
        async with client_of(server) as client, waiting_on(server, client):
            await client.complete(Request(messages(), seed=7))
            await until(lambda: server.log[0].hung_up)
    assert [item.hung_up for item in server.log] == [True, False]


@pytest.mark.parametrize("fault", sorted(UNUSABLE))
async def test_a_failure_of_the_model_is_told_and_not_asked_again(
    fault: Fault, client_of: ClientOf
) -> None:
    with ChaosServer(good_answer, always(fault)) as server:
        async with client_of(server) as client:
            reply = await client.complete(Request(messages(), schema=SCHEMA, seed=7))
            assert_idle(client)
    assert len(server.log) == 1
    assert reply.attempts == 1
    expected = {
        Fault.NO_CHOICE: ("", None, None),
        Fault.NO_TEXT: ("", "stop", None),
        Fault.CUT_OFF: (good_answer({"seed": 7}, 0), "length", None),
        Fault.REFUSAL: (good_answer({"seed": 7}, 0), "stop", "I cannot help with that."),
        Fault.NO_MOVE: ('{"move": {"action": "accept"}}', "stop", None),
        # Too long to be kept: told as cut off, which it is, by us.
        Fault.HUGE_REPLY: ("", "length", None),
        Fault.FLOOD: ("", "length", None),
    }
    assert (reply.text, reply.finish_reason, reply.refusal) == expected[fault]
    if fault is not Fault.NO_MOVE:  # that is for the parser to refuse
        assert unfinished(reply) is not None


async def test_slow_is_not_broken(client_of: ClientOf) -> None:
    with ChaosServer(good_answer, always(Fault.SLOW)) as server:
        async with client_of(server) as client:
            reply = await client.complete(Request(messages(), schema=SCHEMA, seed=7))
    assert reply.text == good_answer({"seed": 7}, 0)
    assert (reply.attempts, len(server.log)) == (1, 1)


async def test_the_server_is_given_the_time_it_asks_for(
    client_of: ClientOf, waits: list[float]
) -> None:
    plan = first(Fault.LIMITED, Fault.LIMITED_UNTOLD, Fault.ERROR_503)
    with ChaosServer(good_answer, plan, retry_after="7") as server:
        async with client_of(server) as client:
            reply = await client.complete(Request(messages(), seed=7))
    assert reply.attempts == 4
    assert 7 <= waits[0] < 8
    assert 1 <= waits[1] < 2
    assert 2 <= waits[2] < 4
    assert reply.seconds >= sum(waits)


async def test_hangs_end_with_the_total_time(client_of: ClientOf) -> None:
    """Two attempts of half the total time spend it, however many retries are left."""
    policy = RetryPolicy(retries=100, total_seconds=0.4, first_wait=0.0)
    with ChaosServer(good_answer, always(Fault.STALL)) as server:
        # Real time: nothing here is to be in time.
        async with client_of(server, timeout=0.25, retry=policy) as client:
            with pytest.raises(EndpointError) as caught:
                await client.complete(Request(messages(), seed=7))
    assert caught.value.kind == "timeout"
    assert 1 <= caught.value.attempts <= 2
    assert len(server.log) == caught.value.attempts


async def test_what_one_server_can_do_is_not_forgotten_for_its_faults(
    client_of: ClientOf,
) -> None:
    """A breakdown is no refusal of a schema: the calls after it still ask for one."""
    faults = [fault for fault in sorted(UNANSWERED) if fault not in HELD_FAULTS]
    policy = RetryPolicy(retries=len(faults), first_wait=0.0)
    with ChaosServer(good_answer, first(*faults)) as server:
        async with client_of(server, retry=policy) as client:
            reply = await client.complete(Request(messages(), schema=SCHEMA, seed=7))
    assert reply.how == "schema"
    assert len(server.log) == len(faults) + 1
    assert all("response_format" in item.body for item in server.log)


@pytest.mark.parametrize("fault", sorted(HELD_FAULTS))
async def test_a_cancelled_call_lets_go_of_everything(fault: Fault, client_of: ClientOf) -> None:
    """Ctrl-C in the middle of a hang."""
    with ChaosServer(good_answer, always(fault)) as server:
        async with client_of(server) as client:
            call = asyncio.create_task(client.complete(Request(messages(), schema=SCHEMA, seed=7)))
            await until(lambda: bool(server.log))
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            assert_idle(client)
            await until(lambda: server.log[0].hung_up)
    assert len(server.log) == 1, "what was cancelled is not tried again"


@pytest.mark.slow
async def test_many_calls_through_mixed_faults(client_of: ClientOf) -> None:
    """Every result is what the server's own log says it must be."""
    chosen = dict.fromkeys(sorted(set(Fault) - HUGE_FAULTS), 1.0) | dict.fromkeys(HUGE_FAULTS, 0.1)
    policy = RetryPolicy(retries=1, first_wait=0.001)
    calls = 400
    with ChaosServer(good_answer, mixed(seed=1, rate=0.4, weights=chosen)) as server:
        limit = ConnectionLimit(64)
        async with (
            client_of(server, limit=limit, retry=policy) as client,
            waiting_on(server, client),
        ):

            async def ask(number: int) -> ModelReply | ModelError:
                try:
                    return await client.complete(
                        Request(messages(number), schema=SCHEMA, seed=number)
                    )
                except ModelError as error:
                    return error

            results = await asyncio.gather(*map(ask, range(calls)))
            assert_idle(client)
    attempts = {group[0].seed: group for group in server.calls().values()}
    assert len(attempts) == calls
    assert sum(len(group) for group in attempts.values()) == len(server.log)
    kinds = set()
    cut_off = {Fault.CUT_OFF, Fault.HUGE_REPLY, Fault.FLOOD}
    for number, result in enumerate(results):
        group = attempts[number]
        last = group[-1]
        assert result_attempts(result) == len(group) <= 2
        assert all(item.fault in UNANSWERED for item in group[:-1])
        if last.fault in UNANSWERED:
            assert isinstance(result, EndpointError)
            assert (result.kind, result.status) == KINDS[last.fault]
            assert len(group) == 2, "no call is given up before its retries are"
            kinds.add(result.kind)
        else:
            assert isinstance(result, ModelReply)
            assert last.text is None or result.text == last.text
            assert (result.refusal is None) == (last.fault is not Fault.REFUSAL)
            assert (result.finish_reason == "length") == (last.fault in cut_off)
    assert kinds == {"status", "timeout", "connection", "malformed"}, "the plan tests something"
    counters = limit.counters
    assert counters.failed == sum(isinstance(result, ModelError) for result in results)
    assert counters.done == calls - counters.failed
    assert counters.retries == len(server.log) - calls


def result_attempts(result: ModelReply | ModelError) -> int:
    assert isinstance(result, ModelReply | EndpointError)
    return result.attempts
