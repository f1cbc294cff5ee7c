"""Threads that only grow, and the calls that are recorded of them."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from pydantic import TypeAdapter

from harness.asking.conversation import (
    KEPT_OF_REPLY,
    NO_REPLY,
    AskedModel,
    Thread,
    message_hash,
)
from harness.errors import ModelError
from harness.models.reply import KEPT_OF_REASONING, AgentUse, ModelReply
from harness.models.usage import Usage
from harness.records.transcript import Call
from harness.suite.parts import ModelSettings
from tests.support.chats import FakeChat, in_turn

SCHEMA = {"type": "object"}


def asked(chat: FakeChat, **settings: Any) -> AskedModel:
    return AskedModel("judge", chat, "openai/m@http://h/v1", ModelSettings(**settings))


async def ask(thread: Thread, chat: FakeChat, **more: Any) -> Any:
    return await thread.ask(asked(chat), purpose="grade", schema=SCHEMA, seed=5, **more)


def test_a_hash_tells_the_speaker_too() -> None:
    assert message_hash("user", "Hi") == hashlib.sha256(b"user\0Hi").hexdigest()[:16]
    assert message_hash("user", "Hi") != message_hash("system", "Hi")


def test_every_text_is_found_by_its_hash() -> None:
    thread = Thread()
    thread.add("system", "Judge.")
    thread.add("user", "Which?")
    assert thread.texts() == {
        message_hash("system", "Judge."): ("system", "Judge."),
        message_hash("user", "Which?"): ("user", "Which?"),
    }


async def test_each_prompt_begins_with_the_one_before() -> None:
    chat, thread = in_turn("first", "second"), Thread()
    thread.add("user", "Which?")
    one, _ = await ask(thread, chat)
    thread.add("user", "Again.")
    two, _ = await ask(thread, chat)
    assert chat.asked[1].texts == [*chat.asked[0].texts, "first", "Again."]
    assert two.call.prompt[: len(one.call.prompt)] == one.call.prompt
    assert [thread.texts()[key][1] for key in two.call.prompt] == chat.asked[1].texts
    assert thread.messages[-1] == {"role": "assistant", "content": "second"}


async def test_a_request_holds_what_was_asked_for() -> None:
    chat, thread = in_turn("yes"), Thread()
    thread.add("user", "Which?")
    model = asked(chat, temperature=0.5, max_tokens=90, effort="low")
    await thread.ask(model, purpose="grade", schema=SCHEMA, seed=5)
    (request,) = chat.asked
    assert (request.schema, request.schema_name, request.seed) == (SCHEMA, "grade", 5)
    assert (request.temperature, request.max_tokens) == (0.5, 90)
    assert request.extra == model.settings.fields
    assert "low" in (request.extra or {}).values()


async def test_a_call_records_the_reply_as_it_came_and_what_it_took_apart() -> None:
    reply = ModelReply(
        text="<think>hm</think> yes",
        finish_reason="stop",
        usage=Usage(prompt=8, completion=3, reasoning=1, cached=2),
        attempts=2,
        seconds=1.5,
        how="schema",
        inside=AgentUse(calls=4),
    )
    thread = Thread()
    thread.add("user", "Which?")
    made, given = await ask(thread, in_turn(reply), member="lawyer")
    call = made.call
    assert given is reply
    assert (call.seat, call.member, call.purpose) == ("judge", "lawyer", "grade")
    assert (call.model, call.reply, call.how) == ("openai/m@http://h/v1", reply.text, "schema")
    assert (call.usage.prompt, call.usage.completion, call.usage.reasoning) == (8, 3, 1)
    assert call.reasoning == "hm"
    assert call.inside == AgentUse(calls=4)
    assert (made.seconds, made.attempts, made.cached_tokens) == (1.5, 2, 2)
    assert thread.messages[-1]["content"] == "yes", "thinking is not sent back"


async def test_what_there_is_nothing_of_is_left_out() -> None:
    made, _ = await ask(Thread(), in_turn("yes"))
    written = TypeAdapter(Call).dump_python(made.call)
    assert not {"inside", "reasoning", "reasoning_cut"} & written.keys()


@pytest.mark.parametrize(
    ("reply", "reasoning", "cut"),
    [
        (ModelReply(text="yes", reasoning="CANARY"), "CANARY", None),
        (ModelReply(text="<think>CANARY</think>yes"), "CANARY", None),
        (ModelReply(text="yes", reasoning="CANARY \ud800"), "CANARY \\ud800", None),
        (ModelReply(text="yes", reasoning="CANARY", reasoning_cut=5), "CANARY", 5),
        # A field of its own goes before what stands in the text.
        (ModelReply(text="<think>x</think>yes", reasoning="CANARY"), "CANARY", None),
    ],
)
async def test_reasoning_is_recorded_and_never_sent_again(
    reply: ModelReply, reasoning: str, cut: int | None
) -> None:
    thread, chat = Thread(), in_turn(reply, "no")
    thread.add("user", "Which?")
    made, _ = await ask(thread, chat)
    assert (made.call.reasoning, made.call.reasoning_cut) == (reasoning, cut)
    thread.add("user", "Again.")
    await ask(thread, chat)
    assert chat.asked[1].texts == ["Which?", "yes", "Again."]


async def test_long_reasoning_is_cut_wherever_it_stood() -> None:
    long = "a" * (KEPT_OF_REASONING + 3)
    for reply in (ModelReply(text="yes", reasoning=long), f"<think>{long}</think>yes"):
        made, _ = await ask(Thread(), in_turn(reply))
        assert made.call.reasoning_cut == 3
        assert "[3 characters left out]" in (made.call.reasoning or "")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  ", NO_REPLY),
        ("x" * KEPT_OF_REPLY, "x" * KEPT_OF_REPLY),
        ("x" * (KEPT_OF_REPLY + 1), "x" * KEPT_OF_REPLY + " [cut]"),
        ("half \ud83d", "half \\ud83d"),
    ],
)
async def test_what_stays_in_the_thread_can_be_sent_again(text: str, kept: str) -> None:
    thread = Thread()
    made, _ = await ask(thread, in_turn(text))
    assert thread.messages[-1]["content"] == kept
    assert made.call.reply.encode(), "a record is UTF-8"
    assert len(made.call.reply) >= len(text), "the record holds all of it"


async def test_a_refusal_is_on_record() -> None:
    made, _ = await ask(Thread(), in_turn(ModelReply(text="", refusal="No \udc00.")))
    assert made.call.refusal == "No \\udc00."


async def test_a_model_that_cannot_be_asked_leaves_the_thread_as_it_was() -> None:
    thread = Thread()
    thread.add("user", "Which?")
    with pytest.raises(ModelError, match="refused"):
        await ask(thread, in_turn(ModelError("connection refused")))
    assert len(thread.messages) == len(thread.hashes) == 1
