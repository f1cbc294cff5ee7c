"""Drops what a model thought, for those who may not keep it (``--no-reasoning``)."""

from __future__ import annotations

from harness.asking.jsonreply import without_thoughts
from harness.models.chat import WrappedChat
from harness.models.reply import ModelReply
from harness.models.request import Request


class UnreasonedChat(WrappedChat):
    """A chat whose replies hold no reasoning, wherever the server put it.

    What is read from a reply stays the same: reasoning is never read. The tokens that it took are
    still counted.
    """

    async def complete(self, request: Request) -> ModelReply:
        """See :meth:`harness.models.chat.Chat.complete`."""
        return without_reasoning(await self._chat.complete(request))


def without_reasoning(reply: ModelReply) -> ModelReply:
    """``reply`` without a field for reasoning, and without thinking before its answer."""
    text = without_thoughts(reply.text)
    if reply.reasoning is None and text == reply.text:
        return reply
    return reply.model_copy(update={"text": text, "reasoning": None, "reasoning_cut": None})
