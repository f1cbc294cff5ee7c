from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import httpx2
import pytest

from harness.errors import MissingExtraError, ModelError, UsageError
from harness.models.address import parse_address
from harness.models.failure import EndpointError
from harness.models.identity import Identity
from harness.models.limits.admission import ConnectionLimit
from harness.models.limits.retry import RetryPolicy
from harness.models.pool import EndpointPool
from harness.models.providers.langchain import LangChainProvider, message_reply
from harness.models.providers.openai_compatible import transport
from harness.models.request import ChatMessage, Request
from harness.models.usage import Usage
from tests.models.conftest import OPENAI_KEY, OTHER_KEY
from tests.support import mock_server as mock
from tests.support.endpoints import LangChainEndpoint, langchain_endpoint
from tests.support.mock_server import MockServer
from tests.support.owned_time import NEVER, owned_time

pytest.importorskip("langchain_openai")

SECRET_WORDS = "our reservation value is point three five"
MESSAGES: list[ChatMessage] = [
    {"role": "system", "content": SECRET_WORDS},
    {"role": "user", "content": "Your move."},
]


def chat_with(server: MockServer, policy: RetryPolicy, **options: Any) -> LangChainEndpoint:
    address = parse_address(f"langchain/openai:m@{server.base_url}")
    return langchain_endpoint(address, retry=policy, **options)


async def test_a_call_and_its_reply(policy: RetryPolicy) -> None:
    with MockServer("hello") as server:
        async with chat_with(server, policy) as chat:
            reply = await chat.complete(
                Request(MESSAGES, schema={"type": "object"}, seed=3, temperature=0.5, max_tokens=64)
            )
            assert chat.limit.counters.done == 1
    assert (reply.text, reply.finish_reason, reply.how) == ("hello", "stop", "text")
    assert reply.usage == Usage(prompt=11, completion=7)
    [body] = server.bodies
    assert body["messages"] == MESSAGES
    assert (body["model"], body["seed"], body["temperature"]) == ("m", 3, 0.5)
    assert 64 in (body.get("max_tokens"), body.get("max_completion_tokens"))
    assert "response_format" not in body


async def test_openais_key_never_goes_to_another_server(policy: RetryPolicy) -> None:
    with MockServer() as server:
        async with chat_with(server, policy) as chat:
            await chat.complete(Request(MESSAGES))
    assert OPENAI_KEY not in repr(server.requests[0].headers)
    assert "org-made-up" not in repr(server.requests[0].headers)


async def test_the_environment_does_not_choose_the_server(
    policy: RetryPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    with MockServer() as chosen, MockServer() as other:
        monkeypatch.setenv("OPENAI_API_BASE", other.base_url)
        monkeypatch.setenv("OPENAI_BASE_URL", other.base_url)
        async with chat_with(chosen, policy) as chat:
            await chat.complete(Request(MESSAGES))
    assert (len(chosen.requests), len(other.requests)) == (1, 0)


async def test_replies_say_who_answered_and_nothing_is_told_before(policy: RetryPolicy) -> None:
    said = {**json.loads(mock.completion("yes").body), "system_fingerprint": "fp_1"}
    with MockServer(lambda _: mock.payload(said)) as server:
        async with chat_with(server, policy) as chat:
            await chat.check()
            assert await chat.identity() == Identity()
            await chat.complete(Request(MESSAGES))
            assert chat.provider.said == {"model": ("mock",), "system_fingerprint": ("fp_1",)}


async def test_only_our_retries_count(policy: RetryPolicy, waits: list[float]) -> None:
    with MockServer("at last") as server:
        server.queue(mock.error(429, retry_after="9"), mock.reset())
        async with chat_with(server, policy) as chat:
            reply = await chat.complete(Request(MESSAGES))
    assert (reply.text, reply.attempts, len(server.requests)) == ("at last", 3, 3)
    assert 9 <= waits[0] <= 10


@pytest.mark.parametrize(
    ("answer", "kind", "attempts"),
    [
        (mock.error(401), "status", 1),
        (mock.error(503), "status", 4),
        (mock.drop(), "connection", 4),
        (mock.hang(), "timeout", 4),
        (mock.empty_choices(), "malformed", 4),
        (mock.html(), "malformed", 4),
    ],
)
async def test_failures_are_endpoint_errors(
    policy: RetryPolicy, answer: mock.Answer, kind: str, attempts: int
) -> None:
    with MockServer(lambda _: answer) as server:
        async with chat_with(server, policy, timeout=NEVER) as chat:
            await chat.aclose()
            async with owned_time(server.held, lambda: chat.limit.counters.in_flight):
                with pytest.raises(EndpointError) as caught:
                    await chat.complete(Request(MESSAGES))
            assert chat.limit.counters.failed == 1
    assert (caught.value.kind, caught.value.attempts) == (kind, attempts)
    assert "model openai:m at" in str(caught.value)


async def test_neither_key_nor_prompt_is_in_an_error(
    policy: RetryPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACK15_API_KEY", OTHER_KEY)
    with MockServer() as server:
        server.queue(mock.error(401, f"bad key {OTHER_KEY} for {SECRET_WORDS}"))
        async with chat_with(server, policy) as chat:
            with pytest.raises(EndpointError) as caught:
                await chat.complete(Request(MESSAGES))
    assert server.requests[0].headers["authorization"] == f"Bearer {OTHER_KEY}"
    assert OTHER_KEY not in str(caught.value)
    assert "reservation" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("answer", "text", "finish_reason", "refusal"),
    [
        (mock.completion("cut o", finish_reason="length"), "cut o", "length", None),
        (mock.completion(None, refusal="I cannot"), "", "stop", "I cannot"),
        (mock.completion(None, finish_reason="content_filter"), "", "content_filter", None),
    ],
)
async def test_refusals_and_cut_off_replies_are_facts(
    policy: RetryPolicy,
    answer: mock.Answer,
    text: str,
    finish_reason: str | None,
    refusal: str | None,
) -> None:
    with MockServer(lambda _: answer) as server:
        async with chat_with(server, policy) as chat:
            reply = await chat.complete(Request(MESSAGES))
    assert (reply.text, reply.finish_reason, reply.refusal) == (text, finish_reason, refusal)
    assert reply.usage == Usage()


async def test_the_limit_holds(policy: RetryPolicy) -> None:
    import asyncio

    with MockServer(latency=0.01, together=3) as server:
        async with chat_with(server, policy, limit=ConnectionLimit(3)) as chat:
            await asyncio.gather(*[chat.complete(Request(MESSAGES)) for _ in range(12)])
    assert server.max_in_flight == 3


async def test_the_pool_hands_it_out() -> None:
    with MockServer("hello") as server:
        async with EndpointPool() as pool:
            chat = pool.chat(parse_address(f"langchain/openai:m@{server.base_url}"))
            assert isinstance(chat.provider, LangChainProvider)
            assert (await chat.complete(Request(MESSAGES))).text == "hello"


def test_loopback_only_forbids_it() -> None:
    with pytest.raises(ModelError, match="TRACK15_LOOPBACK_ONLY"):
        langchain_endpoint(parse_address("langchain/openai:m"))


def test_without_langchain_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "langchain.chat_models", None)
    with pytest.raises(MissingExtraError, match=r"\[langchain\]"):
        langchain_endpoint(parse_address("langchain/openai:m@http://127.0.0.1:9/v1"))


def test_a_provider_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "langchain_mistralai", None)
    with pytest.raises(UsageError, match="pip install langchain-mistralai"):
        langchain_endpoint(parse_address("langchain/mistralai:m@http://127.0.0.1:9/v1"))


def test_a_provider_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ModelError, match="PROVIDER:MODEL"):
        langchain_endpoint(parse_address("langchain/nobody:m@http://127.0.0.1:9/v1"))


def test_other_addresses_are_refused() -> None:
    with pytest.raises(UsageError):
        langchain_endpoint(parse_address("scripted"))


async def test_openai_itself_is_named_whatever_the_environment_says(
    policy: RetryPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a network: a transport in memory stands for api.openai.com."""
    monkeypatch.delenv("TRACK15_LOOPBACK_ONLY")
    monkeypatch.setenv("OPENAI_API_BASE", "http://192.0.2.1/v1")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://192.0.2.1/v1")
    urls: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        urls.append(str(request.url))
        made = mock.completion("hello")
        return httpx2.Response(200, content=made.body, headers={"Content-Type": made.content_type})

    monkeypatch.setattr(
        transport,
        "open_http_client",
        lambda *_, **__: httpx2.AsyncClient(transport=httpx2.MockTransport(answer)),
    )
    async with langchain_endpoint(parse_address("langchain/openai:m"), retry=policy) as chat:
        assert (await chat.complete(Request(MESSAGES))).text == "hello"
    assert urls == ["https://api.openai.com/v1/chat/completions"]


@pytest.mark.kind("S3")
async def test_without_a_system_role_the_briefing_goes_into_the_first_message(
    policy: RetryPolicy,
) -> None:
    def script(body: mock.Body) -> str | mock.Answer:
        briefed = body["messages"][0]["role"] == "system"
        return mock.error(400, "System role not supported") if briefed else "hello"

    with MockServer(script) as server:
        async with chat_with(server, policy) as chat:
            for _ in range(2):
                assert (await chat.complete(Request(MESSAGES))).text == "hello"
    assert [len(body["messages"]) for body in server.bodies] == [2, 1, 1]
    assert server.bodies[1]["messages"][0]["content"] == f"{SECRET_WORDS}\n\nYour move."


@pytest.mark.kind("S3")
async def test_first_calls_that_are_refused_at_once_are_all_asked_again(
    policy: RetryPolicy,
) -> None:
    def script(body: mock.Body) -> str | mock.Answer:
        briefed = body["messages"][0]["role"] == "system"
        return mock.error(400, "System role not supported") if briefed else "hello"

    with MockServer(script, together=3) as server:
        async with chat_with(server, policy) as chat:
            replies = await asyncio.gather(*(chat.complete(Request(MESSAGES)) for _ in range(3)))
    assert [reply.text for reply in replies] == ["hello"] * 3


@pytest.mark.kind("S3")
async def test_a_system_role_that_was_taken_is_not_given_up(policy: RetryPolicy) -> None:
    with MockServer("hello") as server:
        async with chat_with(server, policy) as chat:
            await chat.complete(Request(MESSAGES))
            server.queue(mock.error(400, "System role not supported"))
            with pytest.raises(EndpointError, match="System role"):
                await chat.complete(Request(MESSAGES))
            await chat.complete(Request(MESSAGES))
    assert [len(body["messages"]) for body in server.bodies] == [2, 2, 2]


@pytest.mark.kind("S4")
async def test_a_code_alone_says_that_it_is_about_the_prompt(policy: RetryPolicy) -> None:
    refused = {"error": {"message": "no", "code": "context_length_exceeded"}}
    with MockServer(lambda _: mock.payload(refused, status=400)) as server:
        async with chat_with(server, policy) as chat:
            with pytest.raises(EndpointError) as caught:
                await chat.complete(Request(MESSAGES))
    assert caught.value.final


@pytest.mark.kind("S9")
@pytest.mark.parametrize(
    ("content", "extra", "thinking"),
    [
        ("", {"reasoning_content": '{"a": 1}'}, "holds the answer"),
        ([{"type": "thinking", "thinking": "hm"}], {}, "is all there is"),
        ("", {}, None),
        ("x", {"reasoning_content": "{}"}, None),
    ],
)
def test_where_an_answer_went_that_is_not_there(
    content: Any, extra: dict[str, Any], thinking: str | None
) -> None:
    from langchain_core.messages import AIMessage

    message = AIMessage(content=content, additional_kwargs=extra)
    assert message_reply(message).thinking == thinking


@pytest.mark.kind("S9")
@pytest.mark.parametrize(
    ("content", "extra", "reasoning"),
    [
        ([{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "{}"}], {}, "hm"),
        (
            [
                {"type": "reasoning", "summary": [{"type": "summary_text", "text": "In short."}]},
                {"type": "text", "text": "{}"},
            ],
            {},
            "In short.",
        ),
        ([{"type": "reasoning", "reasoning": "hm"}, {"type": "text", "text": "{}"}], {}, "hm"),
        ("{}", {"reasoning_content": "hm"}, "hm"),
        ("{}", {"reasoning": {"id": "rs_1", "summary": [{"text": "In short."}]}}, "In short."),
        ("{}", {}, None),
    ],
)
def test_what_a_model_thought_is_kept_apart_from_what_it_said(
    content: Any, extra: dict[str, Any], reasoning: str | None
) -> None:
    from langchain_core.messages import AIMessage

    reply = message_reply(AIMessage(content=content, additional_kwargs=extra))
    assert (reply.text, reply.reasoning) == ("{}", reasoning)
