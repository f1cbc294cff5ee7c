"""The one thing the rest of the package knows of a model: it completes a chat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypedDict

from harness.models.address import ModelAddress
from harness.models.reply import ChatMessage, ModelReply


class Asking(TypedDict, total=False):
    """The keyword arguments of :meth:`Chat.complete`, for chats that hand them on."""

    schema: dict[str, Any] | None
    schema_name: str
    seed: int | None
    temperature: float | None
    max_tokens: int | None
    extra: Mapping[str, object] | None


class Chat(Protocol):
    """A model that can be talked to; :class:`ChatClient`, :class:`LangChainChat`, or a fake."""

    @property
    def address(self) -> ModelAddress:
        """Where the model is."""
        ...

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
        """Ask for the next message.

        Args:
            messages: The prompt, oldest first.
            schema: JSON Schema the reply should follow (in the subset that OpenAI's strict mode
                takes: every property required, ``additionalProperties: false``). A wish, not a
                promise: the prompt must ask for JSON as well, and the caller must parse.
            schema_name: What the schema is called: letters, digits, ``_`` and ``-``.
            seed: Sampling seed, passed on where the provider takes one.
            temperature: None for the model's own default.
            max_tokens: Longest reply in tokens; None for the server's own limit.
            extra: Further fields of the request as the provider names them, such as
                ``reasoning_effort``.

        Raises:
            ModelError: The endpoint could not be used, after the retries it was worth.
        """
        ...

    async def check(self) -> None:
        """Find out before anything is played whether the endpoint answers and takes the key.

        Raises:
            ModelError: It does not; tried once, so that a wrong address costs no waiting.
        """
        ...

    async def aclose(self) -> None:
        """Close the connections; the chat cannot be used afterwards."""
        ...


class WrappedChat:
    """Base of chats that stand before another one, and are that one in all but ``complete``.

    Args:
        chat: What is asked in the end.
    """

    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    @property
    def address(self) -> ModelAddress:
        """See :class:`Chat`."""
        return self._chat.address

    async def check(self) -> None:
        """See :meth:`Chat.check`."""
        await self._chat.check()

    async def aclose(self) -> None:
        """See :meth:`Chat.aclose`."""
        await self._chat.aclose()
