"""Replies shared between runs: what was asked once need not be paid again (``--cache FILE``)."""

from __future__ import annotations

from typing import Protocol

from harness.models.chat import Chat, WrappedChat
from harness.models.replies.digest import RequestDigest
from harness.models.reply import ModelReply
from harness.models.request import Request


class Store(Protocol):
    """The store of a :class:`CachedChat`, in this process or in another one."""

    async def find(self, key: str) -> ModelReply | None:
        """The reply kept under ``key``; None where there is none."""
        ...

    def put(self, key: str, reply: ModelReply) -> None:
        """Keep ``reply`` under ``key``, in place of an earlier one."""
        ...


class CachedChat(WrappedChat):
    """A chat of one dialogue that looks into a store before it asks.

    A reply is found only where everything was the same: the model and its base URL, every message
    of the prompt, the schema, the seed, every sampling setting, and which repetition of its cell
    the dialogue is. What is found has 0 attempts and took 0 seconds.

    Args:
        chat: What is asked otherwise. Not code of the user's: its name says nothing about what it
            does.
        store: Shared by runs, and by the processes of a run.
        repetition: The dialogue's epoch, so that repetitions stay distinct even where nothing else
            tells them apart (a server that takes no seed).
        fresh: Ask in any case, and replace what is in the store.
        digest: Shared by the chats of one dialogue.
    """

    def __init__(
        self,
        chat: Chat,
        store: Store,
        *,
        repetition: int,
        fresh: bool = False,
        digest: RequestDigest | None = None,
    ) -> None:
        super().__init__(chat)
        self._store = store
        self._repetition = repetition
        self._fresh = fresh
        self._digest = digest or RequestDigest()

    async def complete(self, request: Request) -> ModelReply:
        """See :meth:`harness.models.chat.Chat.complete`. Besides, ``RecordError`` if the store
        cannot be read or written."""
        digest = self._digest.of(self._chat.address, request)
        key = f"{digest}/{self._repetition}"
        found = None if self._fresh else await self._store.find(key)
        if found is not None:
            return found.model_copy(update={"attempts": 0, "seconds": 0.0})
        reply = await self._chat.complete(request)
        self._store.put(key, reply)
        return reply
