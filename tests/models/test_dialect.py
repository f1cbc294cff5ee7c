"""What a server takes is found out from its refusals, and every step goes somewhere new."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.models.client import ChatClient
from harness.models.dialect import NEW_NAME, OLD_NAME, Dialect
from harness.models.failure import EndpointError
from harness.models.reply import ChatMessage
from harness.models.retry import RetryPolicy
from tests.support import mock_server as mock
from tests.support.mock_server import Body, MockServer

MESSAGES: list[ChatMessage] = [{"role": "user", "content": "hello"}]
SCHEMA: dict[str, Any] = {"type": "object", "properties": {}, "additionalProperties": False}
OLD_REFUSED = (
    "Unsupported parameter: 'max_tokens' is not supported with this model. "
    "Use 'max_completion_tokens' instead."
)
NEW_REFUSED = "body.max_completion_tokens: Extra inputs are not permitted"


@pytest.mark.parametrize(
    ("dialect", "status", "said", "following"),
    [
        (Dialect(), 400, OLD_REFUSED, Dialect(longest=NEW_NAME)),
        (Dialect(longest=NEW_NAME), 422, NEW_REFUSED, Dialect()),
        (Dialect(), 400, "Unknown field: seed", Dialect(seeded=False)),
        (Dialect(), 400, "'response_format' is not supported", Dialect(how="tool")),
        (Dialect(how="tool"), 400, "tools are not supported", Dialect(how="text")),
        (Dialect(), 500, "seed is not supported", None),
        (Dialect(), 400, "temperature does not support 0.2 with this model", None),
        (Dialect(), 400, "max_tokens must be at least 1", None),
        (Dialect(seeded=False), 400, "Unknown field: seed", None),
        (Dialect(), 429, "seed: slow down, unsupported", None),
    ],
)
def test_a_refusal_names_what_it_refuses(
    dialect: Dialect, status: int, said: str, following: Dialect | None
) -> None:
    assert dialect.after(status, said, how=dialect.how) == following


@given(
    st.sampled_from([400, 404, 422, 500, 501]),
    st.lists(
        st.sampled_from([OLD_REFUSED, NEW_REFUSED, "unknown seed", "no tool", "grammar", "x"])
    ),
)
def test_no_refusal_leads_round_in_a_circle(status: int, said: list[str]) -> None:
    """But between the two names of the longest reply, which the client tries once each."""
    dialect, seen = Dialect(), [Dialect()]
    for words in said:
        following = dialect.after(status, words, how=dialect.how)
        if following is None:
            continue
        assert following != dialect
        apart = {(d.how, d.seeded) for d in seen}
        if (following.how, following.seeded) != (dialect.how, dialect.seeded):
            assert (following.how, following.seeded) not in apart
        dialect = following
        seen.append(dialect)


async def test_a_reasoning_server_is_learned_once(policy: RetryPolicy) -> None:
    def script(body: Body) -> str | mock.Answer:
        if OLD_NAME in body:
            return mock.error(400, OLD_REFUSED)
        if "seed" in body:
            return mock.error(400, "Unrecognized request argument supplied: seed")
        return '{"a": 1}'

    with MockServer(script) as server:
        async with ChatClient(mock_address(server), retry=policy) as client:
            for _ in range(2):
                reply = await client.complete(MESSAGES, schema=SCHEMA, seed=7, max_tokens=99)
                assert json.loads(reply.text) == {"a": 1}
    sent = [request.body for request in server.requests]
    assert len(sent) == 4, "two refusals, once"
    assert sent[-1][NEW_NAME] == 99
    assert "seed" not in sent[-1]


async def test_a_server_that_takes_neither_name_is_an_error(policy: RetryPolicy) -> None:
    def script(body: Body) -> mock.Answer:
        return mock.error(400, OLD_REFUSED if OLD_NAME in body else NEW_REFUSED)

    with MockServer(script) as server:
        async with ChatClient(mock_address(server), retry=policy) as client:
            with pytest.raises(EndpointError, match="answered 400"):
                await client.complete(MESSAGES, max_tokens=99)
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
        async with ChatClient(mock_address(server), retry=policy) as client:
            extra = {"reasoning_effort": "low", "model": "another"}
            reply = await client.complete(MESSAGES, extra=extra)
    assert reply.text == "Done."
    assert reply.usage.reasoning_tokens == 80
    assert server.requests[0].body["reasoning_effort"] == "low"
    assert server.requests[0].body["model"] == "m", "what is ours cannot be replaced"


def mock_address(server: MockServer) -> Any:
    from harness.models.address import parse_address

    return parse_address(f"openai/m@{server.base_url}")
