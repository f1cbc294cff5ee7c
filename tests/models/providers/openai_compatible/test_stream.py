"""A completion that comes in pieces is read as if it had come whole, or not at all."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.models.failure import AttemptError
from harness.models.providers.openai_compatible import wire
from harness.models.usage import Usage

pytestmark = pytest.mark.kind("S14")


def events(*pieces: Any, end: bool = True) -> bytes:
    lines = [f"data: {json.dumps(piece)}\n\n" for piece in pieces]
    return "".join([": keep-alive\n\n", *lines, "data: [DONE]\n\n" if end else ""]).encode()


def piece(finish: str | None = None, **delta: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def test_pieces_add_up() -> None:
    usage = {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}}
    body = events(
        piece(role="assistant", content="", reasoning_content="hm"),
        piece(content='{"a"'),
        piece("stop", content=": 1}"),
        usage,
    )
    reply = wire.read_reply(wire.read_json("text/event-stream", body), how="schema")
    assert (reply.text, reply.finish_reason, reply.how) == ('{"a": 1}', "stop", "schema")
    assert reply.reasoning == "hm"
    assert reply.usage == Usage(prompt=5, completion=2)


def test_tool_calls_add_up_and_two_are_two() -> None:
    def call(index: int, **function: str) -> dict[str, Any]:
        return piece(tool_calls=[{"index": index, "function": function}])

    one = [call(0, name="move", arguments='{"a"'), call(0, arguments=": 1}")]
    reply = wire.read_reply(wire.read_json("", events(*one, piece("tool_calls"))), how="tool")
    assert (reply.text, reply.how) == ('{"a": 1}', "tool")
    two = [*one, call(1, name="move", arguments='{"a": 2}'), piece("tool_calls")]
    reply = wire.read_reply(wire.read_json("", events(*two)), how="tool")
    assert reply.text == '{"a": 1}\n{"a": 2}'


@pytest.mark.parametrize(
    "body",
    [
        events(piece(content='{"a": 1}'), end=False),
        events(),
        events(end=False),
        events(piece(content="x")) + b"data: {half",
        b"data: 7",
    ],
)
def test_a_stream_that_breaks_off_is_no_answer(body: bytes) -> None:
    with pytest.raises(AttemptError):
        wire.read_json("text/event-stream", body)


def test_an_error_in_place_of_a_piece_is_an_error() -> None:
    body = events(piece(content="x"), {"error": {"message": "gone", "code": 502}})
    assert wire.read_json("", body)["error"]["message"] == "gone"


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["choices", "usage", "error"]),
            st.text()
            | st.none()
            | st.lists(
                st.dictionaries(
                    st.sampled_from(["index", "delta", "finish_reason"]),
                    st.none()
                    | st.integers()
                    | st.dictionaries(
                        st.sampled_from(["content", "tool_calls", "reasoning"]),
                        st.text()
                        | st.integers()
                        | st.lists(
                            st.none()
                            | st.dictionaries(
                                st.sampled_from(["index", "function"]), st.integers() | st.text()
                            )
                        ),
                    ),
                )
            ),
        ),
        max_size=3,
    )
)
def test_any_stream_is_a_reply_or_a_failure(pieces: list[Any]) -> None:
    try:
        payload = wire.read_json("", events(*pieces))
        if "error" not in payload:
            wire.read_reply(payload, how="tool").model_dump_json()
    except AttemptError:
        pass
