"""What is left of a reply whose reasoning may not be kept."""

from __future__ import annotations

import pytest

from harness.asking.unreasoned import UnreasonedChat, without_reasoning
from harness.models.reply import ModelReply
from harness.models.request import Request
from harness.models.usage import Usage
from tests.support.chats import in_turn

USAGE = Usage(prompt=8, completion=30, reasoning=25)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('{"a": 1}', '{"a": 1}'),
        ('<think>CANARY</think>\n{"a": 1}', '{"a": 1}'),
        ("<think>CANARY", "<think>"),
        ("", ""),
    ],
)
def test_an_answer_stays_and_reasoning_goes(text: str, left: str) -> None:
    reply = ModelReply(
        text=text,
        finish_reason="stop",
        usage=USAGE,
        thinking=None if text else "is all there is",
        reasoning="CANARY",
        reasoning_cut=3,
    )
    kept = without_reasoning(reply)
    assert "CANARY" not in kept.model_dump_json()
    same = reply.model_copy(update={"text": left, "reasoning": None, "reasoning_cut": None})
    assert kept == same, "all else stays"


def test_a_reply_without_reasoning_is_the_same_object() -> None:
    reply = ModelReply(text='Here: {"a": 1}', usage=USAGE)
    assert without_reasoning(reply) is reply


async def test_a_chat_drops_it_before_anybody_has_the_reply() -> None:
    chat = UnreasonedChat(in_turn("<think>CANARY</think>yes"))
    assert (await chat.complete(Request([{"role": "user", "content": "?"}]))).text == "yes"
