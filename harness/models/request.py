"""A request to a model, as it travels from a delegation to the provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypedDict


class ChatMessage(TypedDict):
    """One message of a prompt."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a model. It is shared, and never changed.

    Attributes:
        messages: The prompt, oldest first.
        schema: JSON Schema the reply should follow (in the subset that OpenAI's strict mode takes:
            every property required, ``additionalProperties: false``); None for free text. A wish,
            not a promise: the prompt must ask for JSON as well, and the caller must parse.
        schema_name: What the schema is called: letters, digits, ``_`` and ``-``.
        seed: Sampling seed, passed on where the provider takes one; None for none.
        temperature: None for the model's own default.
        max_tokens: Longest reply in tokens; None for the server's own limit.
        extra: Further fields of the request as the provider names them, such as
            ``reasoning_effort``.
    """

    messages: Sequence[ChatMessage]
    schema: dict[str, Any] | None = None
    schema_name: str = "reply"
    seed: int | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    extra: Mapping[str, object] | None = None

    @property
    def size(self) -> int:
        """Length of the prompt in characters."""
        return sum([len(message["content"]) for message in self.messages])

    @property
    def briefed(self) -> bool:
        """Whether the prompt begins with a system message."""
        return bool(self.messages) and self.messages[0]["role"] == "system"

    @property
    def texts(self) -> list[str]:
        """The words of the prompt, message by message."""
        return [message["content"] for message in self.messages]

    def without_system(self) -> Request:
        """The same question with a leading system message put before the first user message, for a
        server that has no system role.

        Prompts that only grow still do: both are the same in every prompt of a thread.
        """
        if not self.briefed:
            return self
        briefing, rest = self.messages[0]["content"], list(self.messages[1:])
        if rest and rest[0]["role"] == "user":
            briefing = f"{briefing}\n\n{rest.pop(0)['content']}"
        return replace(self, messages=[{"role": "user", "content": briefing}, *rest])
