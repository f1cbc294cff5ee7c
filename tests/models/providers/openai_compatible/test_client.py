from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import Callable
from typing import Any

import pytest

from harness.errors import ModelError, UsageError
from harness.models.address import ModelAddress, parse_address
from harness.models.failure import AttemptError, EndpointError
from harness.models.limits.admission import ConnectionLimit
from harness.models.limits.retry import RetryPolicy
from harness.models.providers.openai_compatible import transport
from harness.models.request import ChatMessage, Request
from harness.models.usage import Usage
from tests.models.conftest import OPENAI_KEY, OTHER_KEY
from tests.support import mock_server as mock
from tests.support import virtual_time
from tests.support.endpoints import OpenAIEndpoint, openai_endpoint
from tests.support.mock_server import Answer, MockServer
from tests.support.owned_time import NEVER, owned_time

AddressOf = Callable[[MockServer], ModelAddress]

SECRET_WORDS = "our reservation value is point three five"
MESSAGES: list[ChatMessage] = [
    {"role": "system", "content": SECRET_WORDS},
    {"role": "user", "content": "Your move."},
]
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"action": {"enum": ["pass"]}},
    "required": ["action"],
    "additionalProperties": False,
}


@pytest.fixture
def client_of(address_of: AddressOf, policy: RetryPolicy) -> Callable[..., OpenAIEndpoint]:
    def build(server: MockServer, **options: Any) -> OpenAIEndpoint:
        return openai_endpoint(address_of(server), retry=policy, **options)

    return build


ClientOf = Callable[..., OpenAIEndpoint]


async def test_a_call_and_its_reply(client_of: ClientOf) -> None:
    with MockServer("hello") as server:
        async with client_of(server) as client:
            reply = await client.complete(Request(MESSAGES, seed=3, temperature=0.5, max_tokens=64))
    assert (reply.text, reply.finish_reason, reply.how) == ("hello", "stop", "text")
    assert reply.usage == Usage(prompt=11, completion=7)
    assert reply.attempts == 1
    assert 0 < reply.seconds < 60
    [request] = server.requests
    assert request.path == "/v1/chat/completions"
    assert request.body == {
        "model": "m",
        "messages": MESSAGES,
        "seed": 3,
        "temperature": 0.5,
        "max_tokens": 64,
    }


# Keys


async def test_openais_key_and_headers_never_go_to_another_server(client_of: ClientOf) -> None:
    with MockServer() as server:
        async with client_of(server) as client:
            await client.complete(Request(MESSAGES))
    headers = server.requests[0].headers
    assert headers["authorization"] == "Bearer not-needed"
    assert OPENAI_KEY not in repr(headers)
    assert "org-made-up" not in repr(headers)
    assert not [name for name in headers if name.startswith("x-stainless")]  # names this machine


async def test_another_server_gets_its_own_key(
    client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACK15_API_KEY", OTHER_KEY)
    with MockServer() as server:
        async with client_of(server) as client:
            await client.complete(Request(MESSAGES))
    assert server.requests[0].headers["authorization"] == f"Bearer {OTHER_KEY}"


async def test_neither_key_nor_prompt_is_in_an_error_or_a_log(
    client_of: ClientOf, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("TRACK15_API_KEY", OTHER_KEY)
    caplog.set_level(logging.DEBUG)
    told = f"bad key {OTHER_KEY} for {SECRET_WORDS}"
    with MockServer() as server:
        async with client_of(server) as client:
            for answer in (mock.error(401, told), mock.error(400, told), mock.html(404)):
                server.queue(answer)
                with pytest.raises(EndpointError) as caught:
                    await client.complete(Request(MESSAGES))
                shown = repr(caught.value) + str(caught.value)
                assert OTHER_KEY not in shown
                assert "reservation" not in shown
                assert caught.value.__context__ is None
    assert OTHER_KEY not in caplog.text
    assert "reservation" not in caplog.text


def test_without_a_key_openai_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.delenv("TRACK15_LOOPBACK_ONLY")
    with pytest.raises(ModelError, match="OPENAI_API_KEY is not set"):
        openai_endpoint(parse_address("openai/m"))


@pytest.mark.parametrize("url", ["", "@http://192.0.2.1/v1", "@https://api.openai.com/v1"])
def test_loopback_only_forbids_a_client(url: str) -> None:
    with pytest.raises(ModelError, match="TRACK15_LOOPBACK_ONLY"):
        openai_endpoint(parse_address(f"openai/m{url}"))


async def test_loopback_only_forbids_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRACK15_LOOPBACK_ONLY")
    client = openai_endpoint(parse_address("openai/m"))
    monkeypatch.setenv("TRACK15_LOOPBACK_ONLY", "1")
    with pytest.raises(ModelError, match="TRACK15_LOOPBACK_ONLY"):
        await client.complete(Request(MESSAGES))


def test_other_providers_are_refused() -> None:
    with pytest.raises(UsageError):
        openai_endpoint(parse_address("scripted"))


# Facts that are not failures


@pytest.mark.parametrize(
    ("answer", "text", "finish_reason", "refusal"),
    [
        (mock.completion("cut o", finish_reason="length"), "cut o", "length", None),
        (mock.completion(None, refusal="I cannot"), "", "stop", "I cannot"),
        (mock.completion(None, finish_reason="content_filter"), "", "content_filter", None),
        (mock.empty_choices(), "", None, None),
    ],
)
async def test_refusals_and_cut_off_replies_are_facts(
    client_of: ClientOf, answer: Answer, text: str, finish_reason: str | None, refusal: str | None
) -> None:
    with MockServer(lambda _: answer) as server:
        async with client_of(server) as client:
            reply = await client.complete(Request(MESSAGES, schema=SCHEMA))
    assert (reply.text, reply.finish_reason, reply.refusal) == (text, finish_reason, refusal)
    assert reply.usage == Usage()
    assert len(server.requests) == 1


# Retries


@pytest.mark.parametrize(
    "fault",
    [mock.error(status) for status in (408, 409, 429, 500, 502, 503)]
    + [mock.html(), mock.truncated(), mock.reset(), mock.drop()]
    + [mock.payload({"error": {"message": "overloaded"}}), mock.payload([])],
)
async def test_passing_faults_are_tried_again(client_of: ClientOf, fault: Answer) -> None:
    with MockServer("at last") as server:
        server.queue(fault, fault)
        async with client_of(server) as client:
            reply = await client.complete(Request(MESSAGES))
            assert client.limit.counters.retries == 2
    assert (reply.text, reply.attempts) == ("at last", 3)
    assert len(server.requests) == 3
    assert server.bodies[0] == server.bodies[2]


@pytest.mark.parametrize(
    ("fault", "kind", "message"),
    [
        (mock.error(500, "busy"), "status", "answered 500 (4 attempts): busy"),
        (mock.html(), "malformed", "it is text/html"),
        (mock.truncated(), "malformed", "not complete JSON"),
        (mock.payload({"id": 1}), "malformed", "no 'choices'"),
        (mock.payload({"choices": [{}]}), "malformed", "no 'message'"),
        (mock.reset(), "connection", "the connection broke"),
        (mock.drop(), "connection", "the connection broke"),
    ],
)
async def test_retries_end(
    client_of: ClientOf, waits: list[float], fault: Answer, kind: str, message: str
) -> None:
    with MockServer(lambda _: fault) as server:
        async with client_of(server) as client:
            with pytest.raises(EndpointError) as caught:
                await client.complete(Request(MESSAGES))
            assert client.limit.counters.failed == 1
    assert (caught.value.kind, caught.value.attempts) == (kind, 4)
    assert message in str(caught.value)
    assert len(server.requests) == 4
    assert len(waits) == 3


@pytest.mark.parametrize("status", [307, 401, 403, 404])
async def test_other_statuses_are_not_tried_again(client_of: ClientOf, status: int) -> None:
    with MockServer(lambda _: mock.error(status)) as server:
        async with client_of(server) as client:
            with pytest.raises(EndpointError) as caught:
                await client.complete(Request(MESSAGES, schema=SCHEMA))
    assert (caught.value.status, caught.value.attempts) == (status, 1)
    assert len(server.requests) == 1


async def test_a_redirect_is_not_followed(client_of: ClientOf) -> None:
    with MockServer() as elsewhere, MockServer() as server:
        location = {"Location": f"{elsewhere.base_url}/chat/completions"}
        server.queue(mock.payload({}, status=307, headers=location))
        async with client_of(server) as client:
            with pytest.raises(EndpointError, match="redirects"):
                await client.complete(Request(MESSAGES))
    assert elsewhere.requests == []


async def test_retry_after_is_honoured(client_of: ClientOf, waits: list[float]) -> None:
    with MockServer() as server:
        server.queue(mock.error(429, retry_after="17"), mock.error(503, retry_after="0"))
        async with client_of(server) as client:
            await client.complete(Request(MESSAGES))
    assert 17 <= waits[0] <= 18
    assert 1 <= waits[1] <= 2, "'at once' is backed off from like no word at all"


async def test_a_server_that_hangs_is_given_up(client_of: ClientOf) -> None:
    with MockServer() as server:
        server.queue(mock.hang())
        async with (
            client_of(server, timeout=NEVER) as client,
            owned_time(server.held, lambda: client.limit.counters.in_flight),
        ):
            assert (await client.complete(Request(MESSAGES))).attempts == 2
            server.queue(*[mock.hang()] * 4)
            with pytest.raises(EndpointError, match="raise --timeout") as caught:
                await client.complete(Request(MESSAGES))
    assert caught.value.kind == "timeout"


async def test_nobody_listens(policy: RetryPolicy) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        async with openai_endpoint(parse_address(f"openai/m@{url}"), retry=policy) as client:
            with pytest.raises(EndpointError, match="is the server running at") as caught:
                await client.complete(Request(MESSAGES))
    assert (caught.value.kind, caught.value.attempts) == ("refused", 4)


async def test_tls_where_there_is_none_is_not_tried_again(policy: RetryPolicy) -> None:
    with MockServer() as server:
        address = parse_address(f"openai/m@{server.base_url.replace('http:', 'https:')}")
        async with openai_endpoint(address, retry=policy) as client:
            with pytest.raises(EndpointError, match="certificate") as caught:
                await client.complete(Request(MESSAGES))
    assert (caught.value.kind, caught.value.attempts) == ("tls", 1)


async def test_a_call_is_cancelled_wherever_it_waits(client_of: ClientOf) -> None:
    """However many steps it has taken: a cancellation that is lost plays on, and pays on."""
    answer: list[str | Answer] = ['{"action": "pass"}']
    with MockServer(lambda _: answer[-1]) as server:
        async with client_of(server) as client:
            await client.complete(Request(MESSAGES, schema=SCHEMA))
            answer.append(mock.hang())
            for steps in range(12):
                call = asyncio.create_task(client.complete(Request(MESSAGES, schema=SCHEMA)))
                for _ in range(steps):
                    await asyncio.sleep(0)
                assert not call.done()
                call.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await call
            answer.pop()
            await client.complete(Request(MESSAGES, schema=SCHEMA))


async def test_cancelling_is_not_failing(client_of: ClientOf) -> None:
    arrived, loop = asyncio.Event(), asyncio.get_running_loop()

    def script(_: mock.Body) -> Answer:
        loop.call_soon_threadsafe(arrived.set)
        return mock.hang()

    with MockServer(script) as server:
        async with client_of(server) as client:
            task = asyncio.create_task(client.complete(Request(MESSAGES)))
            await arrived.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert (client.limit.counters.in_flight, client.limit.counters.failed) == (0, 0)


# Structured output


def features(server: MockServer) -> list[str]:
    return [
        "schema" if "response_format" in body else "tool" if "tools" in body else "text"
        for body in server.bodies
    ]


@pytest.mark.parametrize(
    ("refuses", "asked"),
    [
        ((), ["schema", "schema"]),
        (("schema",), ["schema", "tool", "tool"]),
        (("schema", "tool"), ["schema", "tool", "text", "text"]),
    ],
)
@pytest.mark.parametrize("status", [400, 404, 422, 500, 501])
async def test_what_the_server_can_do_is_found_out_and_remembered(
    client_of: ClientOf, refuses: tuple[mock.Feature, ...], asked: list[str], status: int
) -> None:
    with MockServer('{"action":"pass"}', refuses=refuses, refusal_status=status) as server:
        async with client_of(server) as client:
            first = await client.complete(Request(MESSAGES, schema=SCHEMA))
            second = await client.complete(Request(MESSAGES, schema=SCHEMA))
    if status == 500 and refuses:
        asked = [asked[0], *asked]  # once may be chance
    assert features(server) == asked
    assert json.loads(first.text) == json.loads(second.text) == {"action": "pass"}
    assert first.how == second.how == asked[-1]
    assert (first.attempts, second.attempts) == (len(asked) - 1, 1)


async def test_many_first_calls_find_out_once(client_of: ClientOf) -> None:
    with MockServer("{}", refuses=("schema", "tool")) as server:
        async with client_of(server) as client:
            calls = [client.complete(Request(MESSAGES, schema=SCHEMA)) for _ in range(200)]
            replies = await asyncio.gather(*calls)
    assert {reply.how for reply in replies} == {"text"}
    assert features(server) == ["schema", "tool"] + ["text"] * 200


async def test_a_dead_server_does_not_make_calls_queue_for_the_first(
    client_of: ClientOf, waits: list[float]
) -> None:
    with MockServer(lambda _: mock.error(502), latency=0.02) as server:
        async with client_of(server) as client:
            calls = [client.complete(Request(MESSAGES, schema=SCHEMA)) for _ in range(3)]
            errors = await asyncio.gather(*calls, return_exceptions=True)
            assert all(isinstance(error, EndpointError) for error in errors)
            server.queue("{}")
            assert (await client.complete(Request(MESSAGES, schema=SCHEMA))).how == "schema"
    assert server.max_in_flight == 3, "from the first failure on nobody waits for the first call"
    assert len(waits) == 9


async def test_plain_calls_do_not_wait_for_the_first_structured_one(client_of: ClientOf) -> None:
    def script(body: mock.Body) -> str | Answer:
        return mock.hang() if "response_format" in body else "plain"

    with MockServer(script) as server:
        async with client_of(server) as client:
            waiting = asyncio.create_task(client.complete(Request(MESSAGES, schema=SCHEMA)))
            assert (await client.complete(Request(MESSAGES))).text == "plain"
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)


# Limits


async def test_never_more_calls_at_once_than_allowed(client_of: ClientOf) -> None:
    with MockServer(latency=0.01, together=4) as server:
        async with client_of(server, limit=ConnectionLimit(4)) as client:
            await asyncio.gather(*[client.complete(Request(MESSAGES)) for _ in range(40)])
            counters = client.limit.counters
    assert server.max_in_flight == 4
    assert (counters.done, counters.in_flight, counters.waiting) == (40, 0, 0)
    assert (counters.prompt_tokens, counters.completion_tokens) == (440, 280)


async def test_a_call_that_waits_to_be_retried_holds_no_connection(address_of: AddressOf) -> None:
    waiting, released = asyncio.Event(), asyncio.Event()

    async def sleep(_: float) -> None:
        waiting.set()
        await released.wait()

    def script(body: mock.Body) -> str | Answer:
        later = body["messages"][0]["content"] == "later" and not released.is_set()
        return mock.error(503) if later else "now"

    with MockServer(script) as server:
        limit, policy = ConnectionLimit(1), RetryPolicy(sleep=sleep)
        async with openai_endpoint(address_of(server), limit=limit, retry=policy) as client:
            later = asyncio.create_task(
                client.complete(Request([{"role": "user", "content": "later"}]))
            )
            await waiting.wait()
            assert (
                await client.complete(Request([{"role": "user", "content": "now"}]))
            ).text == "now"
            released.set()
            assert (await later).attempts == 2


async def test_a_closed_client_opens_again(client_of: ClientOf) -> None:
    with MockServer() as server:
        client = client_of(server)
        await client.complete(Request(MESSAGES))
        await client.aclose()
        await client.aclose()
        await client.complete(Request(MESSAGES))
        await client.aclose()
    assert len(server.requests) == 2


# Checking beforehand


@pytest.mark.parametrize(
    "answer", [mock.payload({"data": []}), mock.error(404), mock.error(500), mock.html()]
)
async def test_a_server_that_answers_passes_the_check(client_of: ClientOf, answer: Answer) -> None:
    with MockServer(lambda _: answer) as server:
        async with client_of(server) as client:
            await client.check()
            assert client.limit.counters.done == 0
    assert [request.path for request in server.requests] == ["/v1/models"]
    assert OPENAI_KEY not in repr(server.requests[0].headers)


@pytest.mark.parametrize(
    ("answer", "fix"),
    [
        (mock.error(401), "TRACK15_API_KEY"),
        (mock.error(403), "TRACK15_API_KEY"),
        (mock.drop(), "server's own log"),
        (mock.hang(), "--timeout"),
    ],
)
async def test_a_server_no_call_could_use_fails_the_check_at_once(
    client_of: ClientOf, waits: list[float], answer: Answer, fix: str
) -> None:
    with MockServer(lambda _: answer) as server:
        timeout = 0.3 if answer.cut == "hang" else NEVER
        async with client_of(server, timeout=timeout) as client:
            with pytest.raises(EndpointError, match=fix):
                await client.check()
    assert waits == []
    assert len(server.requests) <= 2  # aiohttp repeats a GET, never a POST, whose connection broke


async def test_a_provider_by_itself_sends_once_in_the_best_way_that_is_known(
    client_of: ClientOf,
) -> None:
    with MockServer(lambda body: mock.error(400) if "response_format" in body else "{}") as server:
        async with client_of(server) as client:
            with pytest.raises(AttemptError) as caught:
                await client.provider.send(Request(MESSAGES, SCHEMA))
            assert (caught.value.status, len(server.requests)) == (400, 1)
            assert (await client.complete(Request(MESSAGES, SCHEMA))).how == "tool"
            assert (await client.provider.send(Request(MESSAGES, SCHEMA))).how == "tool"
    assert len(server.requests) == 4


class HangsOnce:
    """A way to a server that keeps its first request for ever."""

    proxy = None

    def __init__(self) -> None:
        self.sent = 0

    async def send(self, *_: object) -> transport.Answer:
        self.sent += 1
        if self.sent == 1:
            await asyncio.Event().wait()
        said = {"choices": [{"message": {"role": "assistant", "content": "{}"}}]}
        headers = {"content-type": "application/json"}
        return transport.Answer(200, headers, json.dumps(said).encode())


def test_a_first_call_that_times_out_lets_the_others_go_ahead() -> None:
    async def main() -> float:
        retry = RetryPolicy(first_wait=400.0, longest_wait=400.0)
        client = openai_endpoint(
            parse_address("openai/m@http://127.0.0.1:9"), retry=retry, timeout=1.0
        )
        client.provider._transport = HangsOnce()  # type: ignore[assignment]
        first = asyncio.create_task(client.complete(Request(MESSAGES, SCHEMA)))
        await asyncio.sleep(0)
        assert (await client.complete(Request(MESSAGES, SCHEMA))).text == "{}"
        after = virtual_time.now()
        assert (await first).attempts == 2
        return after

    assert virtual_time.run(main()) == pytest.approx(1.0)
