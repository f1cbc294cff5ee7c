from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic_core import to_json

from harness.asking.jsonreply import UnreadableError, only_object
from harness.models.failure import AttemptError
from harness.models.providers.openai_compatible import wire
from harness.models.reply import How, ModelReply
from harness.models.request import ChatMessage, Request
from harness.models.usage import Usage

MESSAGES: list[ChatMessage] = [{"role": "user", "content": "hello"}]
SCHEMA: dict[str, Any] = {"type": "object", "properties": {}, "additionalProperties": False}
FIELDS = """
    choices message content usage tool_calls function arguments prompt_tokens finish_reason refusal
    text prompt_tokens_details cached_tokens
"""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(FIELDS.split()),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


def body(how: How, **settings: Any) -> dict[str, Any]:
    chosen: dict[str, Any] = {"seed": None, "temperature": None, "max_tokens": None, **settings}
    sent = wire.request_body("m", Request(MESSAGES, SCHEMA, "move", **chosen), how=how)
    return dict(json.loads(sent))


def test_settings_that_are_not_set_are_not_sent() -> None:
    assert body("text") == {"model": "m", "messages": MESSAGES}
    assert body("text", seed=0, temperature=0.0, max_tokens=5) == {
        "model": "m",
        "messages": MESSAGES,
        "seed": 0,
        "temperature": 0.0,
        "max_tokens": 5,
    }


@given(
    how=st.sampled_from(wire.METHODS),
    schema=st.none() | st.dictionaries(st.text(max_size=5), JSON, max_size=3),
    name=st.text(min_size=1, max_size=5),
    content=st.text(max_size=20),
    seed=st.none() | st.integers(0, 2**31),
    extra=st.none() | st.dictionaries(st.sampled_from(["tools", "top_p", "model"]), JSON),
)
def test_the_body_is_what_it_is_written_out_at_once(
    how: How,
    schema: dict[str, Any] | None,
    name: str,
    content: str,
    seed: int | None,
    extra: dict[str, Any] | None,
) -> None:
    prompt: list[ChatMessage] = [{"role": "user", "content": content}]
    plain: dict[str, Any] = {**(extra or {}), "model": "m", "messages": prompt}
    if seed is not None:
        plain["seed"] = seed
    if schema is not None and how == "schema":
        described = {"name": name, "strict": True, "schema": schema}
        plain["response_format"] = {"type": "json_schema", "json_schema": described}
    if schema is not None and how == "tool":
        function = {
            "name": name,
            "description": "Give the reply through this function.",
            "parameters": schema,
        }
        plain.pop("tools", None)  # ours go last
        plain["tools"] = [{"type": "function", "function": function}]
        plain["tool_choice"] = {"type": "function", "function": {"name": name}}
    for _ in range(2):
        request = Request(prompt, schema, name, seed=seed, extra=extra)
        sent = wire.request_body("m", request, how=how)
        assert sent == to_json(plain)


def test_a_schema_is_asked_for_by_response_format_or_by_tool() -> None:
    described = {"name": "move", "strict": True, "schema": SCHEMA}
    assert body("schema")["response_format"] == {"type": "json_schema", "json_schema": described}
    asked = body("tool")
    assert asked["tools"][0]["function"]["parameters"] == SCHEMA
    assert asked["tool_choice"] == {"type": "function", "function": {"name": "move"}}
    assert "response_format" not in asked


def test_a_full_completion_is_read() -> None:
    details = {"cached_tokens": 3}
    usage = {"prompt_tokens": 5, "completion_tokens": 2, "prompt_tokens_details": details}
    message = {"content": "yes", "refusal": None}
    payload = {"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage}
    assert wire.read_reply(payload, how="schema") == ModelReply(
        text="yes",
        finish_reason="stop",
        usage=Usage(prompt=5, completion=2, cached=3),
        how="schema",
    )


@pytest.mark.parametrize(
    ("message", "text", "how"),
    [
        ({"content": None}, "", "text"),
        ({}, "", "text"),
        (
            {"content": [{"type": "text", "text": "a"}, {"type": "image"}, {"text": "b"}]},
            "ab",
            "text",
        ),
        (
            {"content": [{"type": "thinking", "text": "a"}, {"type": "text", "text": "b"}]},
            "b",
            "text",
        ),
        ({"content": ["a", "b", None]}, "ab", "text"),
        ({"content": "x", "tool_calls": []}, "x", "text"),
        ({"content": "I call.", "tool_calls": [{"function": {"arguments": "{}"}}]}, "{}", "tool"),
        ({"tool_calls": [{"function": {"arguments": '{"a":1}'}}]}, '{"a":1}', "tool"),
        ({"tool_calls": [{"function": {"arguments": {"a": "é"}}}]}, '{"a": "é"}', "tool"),
        ({"content": "x", "tool_calls": [{"function": None}]}, "x", "text"),
    ],
)
def test_where_the_text_is(message: dict[str, Any], text: str, how: How) -> None:
    reply = wire.read_reply({"choices": [{"message": message}]}, how="tool")
    assert (reply.text, reply.how) == (text, how)


def test_tool_calls_nobody_asked_for_are_not_the_text() -> None:
    calls = [{"function": {"arguments": "{}"}}]
    payload = {"choices": [{"message": {"content": "x", "tool_calls": calls}}]}
    assert wire.read_reply(payload, how="text").text == "x"


CALL = {"arguments": '{"a":1}'}


@pytest.mark.kind("S8")
@pytest.mark.parametrize(
    ("message", "text", "how"),
    [
        ({"content": None, "tool_calls": [{"function": CALL}]}, '{"a":1}', "tool"),
        ({"content": "", "function_call": CALL}, '{"a":1}', "tool"),
        ({"content": '{"b":1}', "tool_calls": [{"function": CALL}]}, '{"b":1}', "schema"),
        ({"content": {"a": 1}}, '{"a": 1}', "schema"),
        ({"content": None, "tool_calls": [{"function": {"arguments": [1]}}]}, "[1]", "tool"),
    ],
)
def test_an_answer_to_a_schema_may_come_as_a_call_or_as_an_object(
    message: dict[str, Any], text: str, how: How
) -> None:
    reply = wire.read_reply({"choices": [{"message": message}]}, how="schema")
    assert (reply.text, reply.how) == (text, how)


@pytest.mark.kind("S6")
@pytest.mark.parametrize("value", [2**63, 10**30, 10**9 + 1])
def test_a_count_that_no_call_can_take_is_none(value: int) -> None:
    said = {"prompt_tokens": value, "completion_tokens": value}
    usage = {**said, "prompt_tokens_details": {"cached_tokens": value}}
    payload = {"choices": [{"message": {"content": "x"}}], "usage": usage}
    assert wire.read_reply(payload, how="text").usage == Usage()


@pytest.mark.parametrize("value", [None, -1, 1.5, True, "7", [], {}])
def test_a_token_count_that_is_none_is_missing_not_zero(value: Any) -> None:
    payload = {"choices": [], "usage": {"prompt_tokens": value, "completion_tokens": 0}}
    usage = wire.read_reply(payload, how="text").usage
    assert usage == Usage(prompt=None, completion=0)


@given(JSON, st.sampled_from(wire.METHODS))
def test_any_json_is_a_reply_or_malformed(payload: Any, how: How) -> None:
    try:
        reply = wire.read_reply(payload, how=how)
    except AttemptError as failed:
        kind: str | None = failed.kind
    else:
        kind = None
        reply.model_dump_json()  # writable as UTF-8
    assert kind in (None, "malformed")


@given(
    st.text(max_size=30) | st.sampled_from(["application/json", "application/json; charset=utf-8"]),
    st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()),
)
@example("application/json", b"{}")
def test_any_bytes_are_json_or_malformed(content_type: str, content: bytes) -> None:
    try:
        value = wire.read_json(content_type, content)
    except AttemptError as failed:
        kind: str | None = failed.kind
    else:
        kind = None
        assert repr(value) == repr(json.loads(content))  # NaN is not itself
    assert kind in (None, "malformed")


@pytest.mark.kind("S12")
def test_json_is_json_whatever_it_is_called_and_what_came_instead_is_named() -> None:
    assert wire.read_json("text/html; charset=utf-8", b"{}") == {}
    assert wire.read_json("application/problem+json", b"[1]") == [1]
    assert wire.read_json("", b"[1]") == [1]
    for content_type, content, said in (
        ("text/html; charset=utf-8", b"<html>", "it is text/html"),
        ("", b"hello", "it is of no media type"),
        ("application/json", b"[" * 100_000, "it is not complete JSON"),
    ):
        with pytest.raises(AttemptError) as caught:
            wire.read_json(content_type, content)
        assert caught.value.detail == said


def test_lone_surrogates_are_made_writable() -> None:
    payload = {"choices": [{"message": {"content": json.loads('"a\\ud800b"')}}]}
    assert wire.read_reply(payload, how="text").text == "a?b"


@pytest.mark.kind("S8")
@pytest.mark.parametrize(
    ("message", "text"),
    [
        (
            {"tool_calls": [{"function": {"arguments": a}} for a in ('{"a":1}', '{"a":2}')]},
            '{"a":1}\n{"a":2}',
        ),
        (
            {"tool_calls": [{"function": {"arguments": '{"a":1}'}}, {"function": {"name": "b"}}]},
            '{"a":1}\n{"function": {"name": "b"}}',
        ),
        (
            {"content": '{"a":2}', "tool_calls": [{"function": {"arguments": '{"a":1}'}}]},
            '{"a":2}\n{"a":1}',
        ),
    ],
)
def test_two_answers_are_both_in_the_text_and_neither_is_read(
    message: dict[str, Any], text: str
) -> None:
    reply = wire.read_reply({"choices": [{"message": message}]}, how="tool")
    assert (reply.text, reply.how) == (text, "tool")
    with pytest.raises(UnreadableError, match="more than one"):
        only_object(reply.text)


@pytest.mark.kind("S8")
def test_two_choices_are_two_answers() -> None:
    choices = [{"message": {"content": text}} for text in ('{"a":1}', None, '{"a":2}')]
    reply = wire.read_reply({"choices": choices}, how="schema")
    assert reply.text == '{"a":1}\n{"a":2}'


@pytest.mark.kind("S9")
@pytest.mark.parametrize(
    ("message", "usage", "thinking"),
    [
        ({"reasoning_content": 'So: {"a": 1}'}, {}, "holds the answer"),
        ({"reasoning": '```json\n{"a": 1}\n```\n'}, {}, "holds the answer"),
        ({"reasoning_content": "Hm, {maybe} not."}, {}, "is all there is"),
        ({"content": [{"type": "thinking", "thinking": [{"text": "{}"}]}]}, {}, "holds the answer"),
        ({"content": [{"type": "thinking", "thinking": "hm"}]}, {}, "is all there is"),
        ({}, {"completion_tokens_details": {"reasoning_tokens": 9}}, "is all there is"),
        ({"content": ""}, {}, None),
        ({"content": [{"type": "text", "text": ""}]}, {}, None),
        ({"content": "x", "reasoning": "{}"}, {}, None),
    ],
)
def test_where_an_answer_went_that_is_not_there(
    message: dict[str, Any], usage: dict[str, Any], thinking: str | None
) -> None:
    reply = wire.read_reply({"choices": [{"message": message}], "usage": usage}, how="schema")
    assert reply.thinking == thinking
    assert "{" not in reply.text
    assert (reply.reasoning is not None) == ("reason" in str(message) or "think" in str(message))


CALLED = [{"type": "function", "function": {"name": "move", "arguments": "{}"}}]


@pytest.mark.kind("S9")
@pytest.mark.parametrize(
    ("message", "reasoning"),
    [
        ({"content": "{}", "reasoning_content": " They want dates.\n"}, "They want dates."),
        ({"content": "{}", "reasoning": "They want dates."}, "They want dates."),
        ({"content": None, "tool_calls": CALLED, "reasoning": "Call it."}, "Call it."),
        # Two fields that say the same, as several servers send them for a while.
        ({"content": "{}", "reasoning": "A.", "reasoning_content": "A."}, "A."),
        (
            {
                "content": "{}",
                "reasoning": "",
                "reasoning_details": [
                    {"type": "reasoning.summary", "summary": "In short."},
                    {"type": "reasoning.encrypted", "data": "c2VjcmV0"},
                    {"type": "reasoning.text", "text": "At length.", "signature": "sig"},
                ],
            },
            "In short.\n\nAt length.",
        ),
        (
            {
                "content": [
                    {"type": "thinking", "thinking": "First.", "signature": "sig"},
                    {"type": "redacted_thinking", "data": "c2VjcmV0"},
                    {"type": "text", "text": "{}"},
                ]
            },
            "First.",
        ),
        (
            {
                "content": [
                    {"type": "thinking", "thinking": [{"type": "text", "text": "Parts."}]},
                    {"type": "text", "text": "{}"},
                ]
            },
            "Parts.",
        ),
        ({"content": "{}", "reasoning_content": "half \ud800"}, "half ?"),
        ({"content": "{}", "reasoning_content": None}, None),
        ({"content": "{}", "reasoning_content": " \n"}, None),
        ({"content": "{}", "reasoning": {"effort": "high"}}, None),
        ({"content": [{"type": "text", "text": "{}"}, {"type": 3}, "x"]}, None),
        ({"content": "{}"}, None),
    ],
)
def test_what_a_model_thought_is_kept_apart_from_what_it_said(
    message: dict[str, Any], reasoning: str | None
) -> None:
    how: wire.How = "tool" if "tool_calls" in message else "schema"
    reply = wire.read_reply({"choices": [{"message": message}]}, how=how)
    assert reply.reasoning == reasoning
    assert "{}" in reply.text
    assert (reasoning or "-") not in reply.text


def test_thinking_without_end_is_not_followed_for_ever() -> None:
    nested: Any = "deep"
    for _ in range(200):
        nested = [nested]
    message = {"content": "{}", "reasoning": nested}
    assert wire.read_reply({"choices": [{"message": message}]}, how="text").reasoning is None


@pytest.mark.kind("S6")
@pytest.mark.parametrize(
    ("text", "usage", "counted"),
    [
        ("hello", {"prompt_tokens": 0, "completion_tokens": 0}, (None, None)),
        ("hello", {"prompt_tokens": 0, "completion_tokens": 7}, (None, 7)),
        ("hello", {"prompt_tokens": 11, "completion_tokens": 0}, (11, None)),
        ("", {"prompt_tokens": 11, "completion_tokens": 0}, (11, 0)),
    ],
)
def test_a_zero_that_cannot_be_is_not_counted(
    text: str, usage: dict[str, int], counted: tuple[int | None, int | None]
) -> None:
    message = {"role": "assistant", "content": text}
    reply = wire.read_reply({"choices": [{"message": message}], "usage": usage}, how="text")
    assert (reply.usage.prompt, reply.usage.completion) == counted


@pytest.mark.kind("S12")
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        ('{"a": "ça"}'.encode("latin-1"), "not UTF-8"),
    ],
)
def test_what_cannot_be_read_is_named(content: bytes, said: str) -> None:
    with pytest.raises(AttemptError) as caught:
        wire.read_json("application/json", content)
    assert said in caught.value.detail


def test_a_list_of_models_may_be_bare() -> None:
    assert wire.model_names([{"id": "m"}, {"id": "n"}]) == ("m", "n")
    assert wire.model_names({"data": [{"id": "m"}]}) == ("m",)
    assert wire.model_names({"models": []}) is None
