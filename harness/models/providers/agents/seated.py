"""The state of an agent in one seat of one dialogue, and the chat that asks it there."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

from harness.models.chat import Chat, WrappedChat
from harness.models.reply import ModelReply
from harness.models.request import Request


@dataclass(frozen=True)
class Factory:
    """Makes a runnable, or a function that answers, anew for each dialogue and seat.

    Attributes:
        make: Called with those of ``seat``, ``seed``, ``settings`` and ``thread_id`` that it takes.
    """

    make: Callable[..., Any]


@dataclass
class AgentSeat:
    """One seat of one dialogue.

    Attributes:
        thread_id: Opaque id of this seat in this dialogue.
        offered: What a factory is offered.
        agent: What a factory made for it; None until it is first asked.
        ids: Place in the thread -> id that the agent's own message of that place has.
        failures: Attempts that failed and may have left something behind in a checkpointer.
    """

    thread_id: str
    offered: dict[str, Any]
    agent: Any = None
    ids: dict[int, str] = field(default_factory=dict)
    failures: int = 0

    @property
    def thread(self) -> str:
        """The checkpointer's thread id. It changes after a failure, whose remains are not read."""
        return f"{self.thread_id}.{self.failures}" if self.failures else self.thread_id


SEAT: Final[ContextVar[AgentSeat | None]] = ContextVar("seat", default=None)
"""The seat that is being asked."""


class SeatedChat(WrappedChat):
    """A chat that is asked for one seat of one dialogue."""

    def __init__(self, chat: Chat, seat: AgentSeat) -> None:
        super().__init__(chat)
        self._seat = seat

    async def complete(self, request: Request) -> ModelReply:
        """See :meth:`harness.models.chat.Chat.complete`."""
        token = SEAT.set(self._seat)
        try:
            return await self._chat.complete(request)
        finally:
            SEAT.reset(token)
