"""Fake chats: models that answer what a test says, and remember what they were asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from harness.models.address import ModelAddress, parse_address
from harness.models.reply import ModelReply
from harness.models.request import Request
from harness.models.usage import Usage


@dataclass
class FakeChat:
    """Answers by ``answer(request)``: a text, a :class:`ModelReply`, or an exception to raise."""

    answer: Callable[[Request], str | ModelReply | Exception]
    asked: list[Request] = field(default_factory=list)
    address: ModelAddress = field(default_factory=lambda: parse_address("openai/fake"))

    async def complete(self, request: Request) -> ModelReply:
        self.asked.append(request)
        answer = self.answer(request)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, str):
            usage = Usage(prompt=11, completion=7, cached=3)
            return ModelReply(text=answer, finish_reason="stop", usage=usage, how="schema")
        return answer

    async def check(self) -> None:
        """There is nothing to reach."""

    async def aclose(self) -> None:
        """Nothing is open."""


def in_turn(*answers: str | ModelReply | Exception) -> FakeChat:
    """A chat that gives these answers, one a call."""
    left = iter(answers)
    return FakeChat(lambda _: next(left))


def move_json(
    move: dict[str, Any], words: str = "We say so.", thoughts: str = "I think so."
) -> str:
    """The reply that makes ``move``."""
    return json.dumps({"private_thoughts": thoughts, "move": move, "public_words": words})
