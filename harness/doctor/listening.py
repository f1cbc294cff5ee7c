"""A chat that records every exchange, and counts for a checkup what it took."""

from __future__ import annotations

import math
from dataclasses import dataclass

from harness.doctor.checkup import Checkup
from harness.errors import ModelError
from harness.models.chat import Chat, WrappedChat
from harness.models.reply import ModelReply
from harness.models.request import Request
from harness.models.usage import CHARACTERS_PER_TOKEN


@dataclass(frozen=True)
class Exchange:
    """One call: what went out, and a reply or an error."""

    request: Request
    reply: ModelReply | None = None
    error: ModelError | None = None

    @property
    def status(self) -> int | None:
        """HTTP status of the error, where it was one."""
        status = getattr(self.error, "status", None)
        return status if isinstance(status, int) else None


class HeardChat(WrappedChat):
    """Asks another chat, keeps every exchange, and books it to a checkup.

    Args:
        chat: What is asked.
        checkup: Whose account it goes to.

    Attributes:
        exchanges: In the order in which they ended.
    """

    def __init__(self, chat: Chat, checkup: Checkup) -> None:
        super().__init__(chat)
        self._checkup = checkup
        self.exchanges: list[Exchange] = []

    async def complete(self, request: Request) -> ModelReply:
        """See :meth:`harness.models.chat.Chat.complete`."""
        try:
            reply = await self._chat.complete(request)
        except ModelError as error:
            attempts = getattr(error, "attempts", 1)
            self._checkup.requests += attempts if isinstance(attempts, int) else 1
            self.exchanges.append(Exchange(request, error=error))
            raise
        self._book(request.size, reply)
        self.exchanges.append(Exchange(request, reply=reply))
        return reply

    def _book(self, size: int, reply: ModelReply) -> None:
        self._checkup.requests += reply.attempts
        prompt, completion = reply.usage.prompt, reply.usage.completion
        if not prompt:
            prompt = math.ceil(size / CHARACTERS_PER_TOKEN)
            self._checkup.estimated = True
        if completion is None:
            completion = math.ceil(len(reply.text) / CHARACTERS_PER_TOKEN)
            self._checkup.estimated = True
        self._checkup.tokens += prompt + completion
