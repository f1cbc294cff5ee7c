"""What a server takes is found out from its refusals, and every step goes somewhere new."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.models.failure import EndpointError
from harness.models.limits.retry import RetryPolicy
from harness.models.providers.openai_compatible.dialect import NEW_NAME, OLD_NAME, Dialect
from harness.models.refusals import ServerError
from harness.models.request import ChatMessage, Request
from tests.support import mock_server as mock
from tests.support.endpoints import openai_endpoint
from tests.support.mock_server import Body, MockServer

MESSAGES: list[ChatMessage] = [{"role": "user", "content": "hello"}]
SCHEMA: dict[str, Any] = {"type": "object", "properties": {}, "additionalProperties": False}
OLD_REFUSED = (
    "Unsupported parameter: 'max_tokens' is not supported with this model. "
    "Use 'max_completion_tokens' instead."
)
NEW_REFUSED = "body.max_completion_tokens: Extra inputs are not permitted"


BRIEFED: list[ChatMessage] = [{"role": "system", "content": "brief"}, *MESSAGES]
ALL = Request(BRIEFED, SCHEMA, seed=7, temperature=0.5, max_tokens=99)


LAST = Dialect(how="text", system=False, seeded=False)


@pytest.mark.parametrize(
    ("dialect", "status", "said", "following"),
    [
        (Dialect(), 400, OLD_REFUSED, Dialect(longest=NEW_NAME)),
        (Dialect(longest=NEW_NAME), 422, NEW_REFUSED, Dialect()),
        (Dialect(), 400, "Unknown field: seed", Dialect(seeded=False)),
        (Dialect(), 400, "'response_format' is not supported", Dialect(how="tool")),
        (Dialect(how="tool"), 400, "tools are not supported", Dialect(how="text")),
        (Dialect(), 400, "System role not supported", Dialect(system=False)),
        (Dialect(), 400, "this model only supports stream mode", Dialect(streamed=True)),
        # Said in no words we know: the next way, and in the end the role.
        (Dialect(), 400, "Bad request", Dialect(how="tool")),
        (Dialect(how="text"), 400, "Bad request", Dialect(how="text", system=False)),
        (Dialect(how="text", system=False), 400, "Bad request", LAST),
        (LAST, 400, "Bad request", None),
        # A setting is not given up for words that do not say that it is unknown; but a seed is, in
        # the end: without it the talks are the same.
        (LAST, 400, "max_tokens must be at least 1", None),
        (Dialect(how="text", system=False), 400, "seed out of range", LAST),
    ],
)
@pytest.mark.kind("S3")
def test_what_is_said_orders_what_is_tried(
    dialect: Dialect, status: int, said: str, following: Dialect | None
) -> None:
    found = dialect.after(ServerError(status, said), ALL)
    assert found == following
    if found is not None:
        assert said[:20] in found.why[-1], "the reason is kept in the server's words"


@pytest.mark.kind("S3")
def test_a_setting_that_was_asked_for_is_never_given_up() -> None:
    error = ServerError(400, "no such thing", param="temperature")
    assert Dialect().after(error, ALL) is None
    nested = ServerError(422, "no", param="temperature.value")
    assert Dialect().after(nested, ALL) is None


@pytest.mark.kind("S3")
@given(
    st.lists(
        st.sampled_from(
            [OLD_REFUSED, NEW_REFUSED, "unknown seed", "no tool", "grammar", "system role", "x"]
        ),
        min_size=30,
        max_size=30,
    ),
    st.sets(st.sampled_from(["schema reply", "tool reply", "system", "seed", "whole", OLD_NAME])),
)
def test_a_search_ends_and_gives_up_nothing_that_was_taken(
    said: list[str], taken: set[str]
) -> None:
    dialect, tried = Dialect(), list[Dialect]()
    for words in said:
        tried.append(dialect)
        following = dialect.after(ServerError(400, words), ALL, taken=taken, tried=tried)
        if following is None:
            return
        assert following not in tried
        assert (dialect.uses(ALL) - following.uses(ALL)).isdisjoint(taken)
        dialect = following
    raise AssertionError("it never ends")


async def test_a_reasoning_server_is_learned_once(policy: RetryPolicy) -> None:
    def script(body: Body) -> str | mock.Answer:
        if OLD_NAME in body:
            return mock.error(400, OLD_REFUSED)
        if "seed" in body:
            return mock.error(400, "Unrecognized request argument supplied: seed")
        return '{"a": 1}'

    with MockServer(script) as server:
        async with openai_endpoint(mock_address(server), retry=policy) as client:
            for _ in range(2):
                reply = await client.complete(
                    Request(MESSAGES, schema=SCHEMA, seed=7, max_tokens=99)
                )
                assert json.loads(reply.text) == {"a": 1}
    sent = [request.body for request in server.requests]
    assert len(sent) == 4, "two refusals, once"
    assert sent[-1][NEW_NAME] == 99
    assert "seed" not in sent[-1]


async def test_a_server_that_takes_neither_name_is_an_error(policy: RetryPolicy) -> None:
    def script(body: Body) -> mock.Answer:
        return mock.error(400, OLD_REFUSED if OLD_NAME in body else NEW_REFUSED)

    with MockServer(script) as server:
        async with openai_endpoint(mock_address(server), retry=policy) as client:
            with pytest.raises(EndpointError, match="answered 400"):
                await client.complete(Request(MESSAGES, max_tokens=99))
    assert len(server.requests) == 2


async def test_effort_and_extra_fields_are_sent_and_thinking_is_not_speech(
    policy: RetryPolicy,
) -> None:
    message = {"role": "assistant", "content": "Done.", "reasoning_content": "secret thoughts"}
    usage = {"prompt_tokens": 5, "completion_tokens": 90, "completion_tokens_details": None}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    answer = mock.payload(
        {
            "choices": [choice],
            "usage": {**usage, "completion_tokens_details": {"reasoning_tokens": 80}},
        }
    )
    with MockServer(lambda _: answer) as server:
        async with openai_endpoint(mock_address(server), retry=policy) as client:
            extra = {"reasoning_effort": "low", "model": "another"}
            reply = await client.complete(Request(MESSAGES, extra=extra))
    assert reply.text == "Done."
    assert reply.usage.reasoning == 80
    assert server.requests[0].body["reasoning_effort"] == "low"
    assert server.requests[0].body["model"] == "m", "what is ours cannot be replaced"


def mock_address(server: MockServer) -> Any:
    from harness.models.address import parse_address

    return parse_address(f"openai/m@{server.base_url}")
