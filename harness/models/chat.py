"""The one thing the rest of the package knows of a model: it completes a chat."""

from __future__ import annotations

from typing import Protocol

from harness.models.address import ModelAddress
from harness.models.reply import ModelReply
from harness.models.request import Request


class Chat(Protocol):
    """A model that can be talked to: an :class:`~harness.models.endpoint.Endpoint`, what stands
    before one, or a fake."""

    @property
    def address(self) -> ModelAddress:
        """Where the model is."""
        ...

    async def complete(self, request: Request) -> ModelReply:
        """Ask for the next message.

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
