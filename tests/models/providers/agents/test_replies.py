"""What counts as the answer of an agent, however it is wrapped; and what is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)
from pydantic import BaseModel, Field

from harness.models.providers.agents.replies import UNREAD, NoReplyError, read_result
from harness.models.usage import Usage

FIELDS = frozenset({"action"})
PLAYED = '{"action": "pass"}'
COUNTED: Any = {"input_tokens": 5, "output_tokens": 3, "total_tokens": 8}
COUNTED_USAGE = Usage(prompt=5, completion=3)


class Said(BaseModel):
    words: str


class Renamed(BaseModel):
    move: str = Field(serialization_alias="action")


@dataclass
class Spoken:
    action: str


# --- what is understood ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ("said", "said"),
        ("", ""),
        (AIMessage("said"), "said"),
        (AIMessageChunk(content="said"), "said"),
        (AIMessage([{"type": "text", "text": "said"}]), "said"),
        ({"messages": [HumanMessage("asked"), AIMessage("said")]}, "said"),
        ([HumanMessage("asked"), AIMessage("said")], "said"),
        ((HumanMessage("asked"), AIMessage("said")), "said"),
        ({"messages": [AIMessage("x")], "structured_response": Said(words="a")}, '{"words": "a"}'),
        ({"messages": [AIMessage("said")], "structured_response": None}, "said"),
        (Said(words="ü"), '{"words": "ü"}'),
        ({"words": "a"}, '{"words": "a"}'),
        ({"messages": []}, '{"messages": []}'),
        ([1, "a"], '[1, "a"]'),
        ([], "[]"),
        (3, "3"),
        (0.5, "0.5"),
        ({"a": float("nan")}, '{"a": NaN}'),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_counts_as_the_answer(result: object, text: str) -> None:
    assert read_result(result, {"sent"}).text == text


@pytest.mark.kind("G10")
@pytest.mark.parametrize(
    ("result", "text"),
    [
        ({"input": "asked", "output": PLAYED}, PLAYED),
        ({"input": "asked", "output": AIMessage(PLAYED)}, PLAYED),
        ({"output": {"result": {"action": "pass"}}}, PLAYED),
        ({"role": "assistant", "content": PLAYED}, PLAYED),
        ({"role": "model", "content": PLAYED}, PLAYED),
        (
            {"role": "ai", "content": [{"type": "reasoning", "text": "{}"}, {"text": PLAYED}, 3]},
            PLAYED,
        ),
        ({"role": "ai", "content": [{"type": "reasoning", "text": PLAYED}]}, ""),
        ({"role": "ai", "content": [{"type": "text", "text": PLAYED}]}, PLAYED),
        ([{"role": "user", "content": "?"}, {"role": "assistant", "content": PLAYED}], PLAYED),
        ({"messages": [{"role": "assistant", "content": PLAYED}]}, PLAYED),
        ({"raw": AIMessage("x"), "parsed": Spoken("pass"), "parsing_error": None}, PLAYED),
        ({"raw": AIMessage("x"), "parsed": None, "parsing_error": ValueError()}, UNREAD),
        ({"raw": HumanMessage("x"), "parsed": None, "parsing_error": ValueError()}, UNREAD),
        (Spoken("pass"), PLAYED),
        (Renamed(move="pass"), PLAYED),
        ({"answer": PLAYED, "documents": ["a"]}, PLAYED),
        ({"answer": AIMessage(PLAYED), "notes": "none"}, PLAYED),
        ({"answer": AIMessage(PLAYED), "asked": AIMessage("x", id="sent")}, PLAYED),
        ({"answer": AIMessage(PLAYED), "asked": HumanMessage("x")}, PLAYED),
        ({"result": {"action": "pass"}, "cost": 3}, PLAYED),
        ({"result": Spoken("pass")}, PLAYED),
        ({"structured_response": {"action": "pass"}}, PLAYED),
        # A wrong reply object is the model's fault, and said to it as it is.
        ({"decision": "pass"}, '{"decision": "pass"}'),
        ({"action": "pass", "output": "x"}, '{"action": "pass", "output": "x"}'),
        ({"a": PLAYED, "b": 3, "c": '{"words": 1}', "d": "{"}, PLAYED),
        # Of two reply objects neither is taken.
        (
            {"a": {"action": "pass"}, "b": {"action": "pass"}},
            f'{{"a": {PLAYED}, "b": {PLAYED}}}',
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_named_wrappings_are_understood(result: object, text: str) -> None:
    assert read_result(result, {"sent"}, FIELDS).text == text


def test_words_in_a_dict_are_an_answer_only_where_the_form_is_known() -> None:
    wrapped = {"answer": PLAYED, "documents": ["a"]}
    assert (
        read_result(wrapped).text == '{"answer": "{\\"action\\": \\"pass\\"}", "documents": ["a"]}'
    )
    assert read_result({"answer": "[" * 10_000}, fields=FIELDS).text.startswith('{"answer": "[[')


def test_half_a_character_is_left_to_be_complained_of() -> None:
    for result in (AIMessage("a\ud800"), {"role": "assistant", "content": "a\ud800"}):
        assert read_result(result).text == "a\ud800"


@pytest.mark.kind("G10")
def test_a_completion_as_the_server_gave_it_is_read_as_one() -> None:
    """What a function gives that asks through an SDK and does not open what it got."""

    class Completion(BaseModel):
        id: str
        choices: list[dict[str, Any]]
        usage: dict[str, int]

    message = {"role": "assistant", "content": "{", "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": "length"}
    usage = {"prompt_tokens": 11, "completion_tokens": 7}
    made = {"id": "c", "choices": [choice], "usage": usage}
    for given in (made, Completion.model_validate(made)):
        reply = read_result(given, fields=frozenset({"action"}))
        assert (reply.text, reply.cut_off, reply.usage.prompt) == ("{", True, 11)


# --- facts that are kept ---------------------------------------------------------------------


def test_tokens_of_the_messages_are_summed_where_they_are_given() -> None:
    new = [AIMessage("a", usage_metadata=COUNTED), AIMessage("b"), AIMessage("c")]
    old = AIMessage("old", id="sent", usage_metadata=COUNTED)
    told = HumanMessage("told")
    last = AIMessage("d", usage_metadata=COUNTED)
    reply = read_result({"messages": [old, *new, told, last]}, {"sent"})
    assert (reply.text, reply.usage) == ("d", Usage(prompt=10, completion=6))
    assert read_result({"messages": [AIMessage("a")]}).usage == Usage()
    assert read_result("text").usage == Usage()


def test_tokens_are_kept_beside_a_structured_answer() -> None:
    state = {
        "messages": [AIMessage("x", usage_metadata=COUNTED)],
        "structured_response": Said(words="a"),
    }
    assert read_result(state).usage == COUNTED_USAGE
    assert read_result({**state, "messages": ["x"]}).usage == Usage()
    raw = AIMessage("x", usage_metadata=COUNTED)
    for parsed in (Said(words="a"), None):
        reply = read_result({"raw": raw, "parsed": parsed, "parsing_error": None})
        assert reply.usage == COUNTED_USAGE


@pytest.mark.kind("G10")
def test_a_refusal_of_a_message_is_one() -> None:
    message = {"role": "assistant", "content": None, "refusal": "I will not."}
    assert read_result(message).refusal == "I will not."
    assert read_result({"messages": [message]}).refusal == "I will not."
    for nothing in (None, "", 3):
        assert read_result({**message, "refusal": nothing}).refusal is None


def test_a_refusal_beside_what_was_parsed_is_one() -> None:
    raw = AIMessage("", additional_kwargs={"refusal": "I will not."})
    reply = read_result({"raw": raw, "parsed": None, "parsing_error": None})
    assert (reply.text, reply.refusal) == ("", "I will not.")


# --- what is no answer -----------------------------------------------------------------------

CALLS_A_TOOL = AIMessage("", tool_calls=[{"name": "look", "args": {}, "id": "1"}])
MANY = AIMessage("", tool_calls=[{"name": f"t{n}", "args": {}, "id": str(n)} for n in range(6)])


@pytest.mark.kind("G10")
@pytest.mark.parametrize(
    ("result", "said"),
    [
        (object(), "it gave a value of type object; it must give text, a message of the model"),
        (Said, "it gave a value of type ModelMetaclass"),
        (Spoken, "it gave a value of type type"),
        (b"bytes", "it gave a value of type bytes"),
        ({1j}, "it gave a value of type set"),
        (None, "it gave None; it must give text"),
        ({"output": None}, "it gave None"),
        ({"structured_response": object()}, "it gave a value of type object"),
        (CALLS_A_TOOL, "it ended with calls of tools that nobody has answered: look"),
        (MANY, "nobody has answered: t0, t1, t2, t3"),
        ({"messages": [AIMessage("said"), HumanMessage("asked")]}, "is a HumanMessage"),
        ([AIMessage("x"), ToolMessage("made", tool_call_id="1")], "is a ToolMessage"),
        (HumanMessage("asked"), "is a HumanMessage, not an answer of its model"),
        (SystemMessage("told"), "is a SystemMessage"),
        (AIMessage("said", id="sent"), "it gave back the messages that it was sent"),
        ({"messages": [], "__interrupt__": ["?"]}, "waits for a person (interrupt())"),
        ({"role": "user", "content": "asked"}, "its last message is one of 'user'"),
        ({"messages": [{"role": "tool", "content": "made"}]}, "its last message is one of 'tool'"),
        ({"role": "r" * 99, "content": ""}, f"is one of '{'r' * 20}', not"),
        ({"role": "assistant", "content": None, "tool_calls": [1]}, "calls of tools"),
        ({"role": "assistant", "content": 3}, "the content of its message is of type int"),
        ({"choices": [{}]}, "a completion that cannot be read: its first choice has no 'message'"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_answer_is_said(result: object, said: str) -> None:
    with pytest.raises(NoReplyError) as caught:
        read_result(result, {"sent"})
    assert said in str(caught.value)
    assert caught.value.__cause__ is None


def test_what_is_no_json_is_told_by_its_exception() -> None:
    circle: list[Any] = []
    circle.append(circle)
    for result, kind in (({"a": object()}, TypeError), (circle, ValueError)):
        with pytest.raises(kind) as caught:
            read_result(result)
        assert not isinstance(caught.value, NoReplyError)
