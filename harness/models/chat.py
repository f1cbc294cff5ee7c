"""The interface through which the rest of the package uses a model: it completes a chat."""

from __future__ import annotations

from typing import Protocol

from harness.models.address import ModelAddress
from harness.models.reply import ModelReply
from harness.models.request import Request


class Chat(Protocol):
    """A model that can be asked: an :class:`~harness.models.endpoint.Endpoint`, a wrapper around
    one, or a fake."""

    @property
    def address(self) -> ModelAddress:
        """Where the model is."""
        ...

    async def complete(self, request: Request) -> ModelReply:
        """Ask for the next message.

        Raises:
            ModelError: The endpoint could not be used, even after retries.
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
    """Base of chats that wrap another chat and change only ``complete``.

    Args:
        chat: The wrapped chat.
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
