"""A form that is asked for again: what it reads, what it says is wrong, and with which seeds."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from harness.asking.conversation import SEEDS, AskedModel
from harness.asking.form import Filled, Form
from harness.asking.jsonreply import UnreadableError, only_object
from harness.models.reply import ModelReply
from harness.seeds import derive
from harness.suite.parts import ModelSettings
from tests.support.chats import FakeChat, in_turn


class Words:
    def complaint(self, problem: str, *, tries: int | None = None) -> str:
        return f"{problem} Tries left: {tries}."


def number(text: str) -> int:
    value = only_object(text).get("n")
    if not isinstance(value, int):
        raise UnreadableError("'n' must be a whole number.")
    return value


def asked(*replies: str | ModelReply) -> tuple[Sequence[Filled[int]], FakeChat, Form[int]]:
    chat = in_turn(*replies)
    model = AskedModel("somebody", chat, "openai/m", ModelSettings())
    form = Form(model, "number", {"type": "object"}, Words(), 7, 2, number)
    form.thread.add("user", "Which number?")

    async def play() -> list[Filled[int]]:
        found: list[Filled[int]] = []
        for _ in replies:
            found.append(await form.ask(found[-1].problem if found else None))
        return found

    return asyncio.run(play()), chat, form


def test_what_can_be_read_is_the_answer() -> None:
    (found,), chat, _ = asked('{"n": 3}')
    assert (found.value, found.problem, len(found.calls)) == (3, None, 1)
    assert chat.asked[0].seed == derive(7, 0) % SEEDS
    assert chat.asked[0].schema_name == "number"


def test_what_cannot_be_read_is_said_and_asked_again_with_another_seed() -> None:
    found, chat, form = asked('{"n": "x"}', '{"n": 4}')
    assert [one.value for one in found] == [None, 4]
    assert found[0].unusable == {
        "problem": "'n' must be a whole number.",
        "hint": None,
        "calls": found[0].calls,
    }
    assert chat.asked[0].seed != chat.asked[1].seed
    said = [message["content"] for message in form.thread.messages]
    assert said[2] == "'n' must be a whole number. Tries left: 2."
    assert chat.asked[1].messages[: len(chat.asked[0].messages)] == chat.asked[0].messages


def test_a_refusal_is_a_problem_and_no_answer() -> None:
    (found,), _, _ = asked(ModelReply(text="", refusal="No."))
    assert found.value is None
    assert found.problem is not None
    assert "refus" in found.problem
