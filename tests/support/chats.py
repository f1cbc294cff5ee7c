"""Fake chats: models that answer what a test says, and remember what they were asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.models.address import ModelAddress, parse_address
from harness.models.reply import ChatMessage, ModelReply
from harness.models.usage import Usage


@dataclass(frozen=True)
class Asked:
    """One call as it arrived."""

    messages: tuple[ChatMessage, ...]
    schema: dict[str, Any] | None
    schema_name: str
    seed: int | None
    temperature: float | None
    max_tokens: int | None
    extra: Mapping[str, object] | None = None


@dataclass
class FakeChat:
    """Answers by ``answer(asked)``: a text, a :class:`ModelReply`, or an exception to raise."""

    answer: Callable[[Asked], str | ModelReply | Exception]
    asked: list[Asked] = field(default_factory=list)
    address: ModelAddress = field(default_factory=lambda: parse_address("openai/fake"))

    async def complete(
        self,
        messages: Sequence[ChatMessage],
        *,
        schema: dict[str, Any] | None = None,
        schema_name: str = "reply",
        seed: int | None = None,
        temperature: float | None = None,
        max_tokens: int | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> ModelReply:
        asked = Asked(tuple(messages), schema, schema_name, seed, temperature, max_tokens, extra)
        self.asked.append(asked)
        answer = self.answer(asked)
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
