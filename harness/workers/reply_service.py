"""What a driver keeps for its workers: a run's journal, and the cache of many runs."""

from __future__ import annotations

from typing import Any

from harness.models.reply import ModelReply
from harness.workers.proxies import KNOWN
from harness.workers.replies import OpenReplies


class ReplyService:
    """Keeps replies for workers that cannot reach the files.

    Args:
        kept: Open in this process.

    Raises (all methods):
        RecordError: A file cannot be read or written.
    """

    def __init__(self, kept: OpenReplies) -> None:
        self._kept = kept

    def known(self, dialogue: str) -> tuple[bytes, ...]:
        """What goes with a dialogue to its worker: nothing, or the replies it has had."""
        replies = self._kept.journal.replies(dialogue)
        return (KNOWN.dump_json(replies),) if replies else ()

    async def keep(self, value: Any) -> None:
        """Keep a worker's reply in the journal."""
        dialogue, request, reply = value
        await self._kept.journal.keep(dialogue, request, ModelReply.model_validate_json(reply))

    def put(self, value: Any) -> None:
        """Keep a worker's reply in the cache."""
        if self._kept.cache is not None:
            key, reply = value
            self._kept.cache.put(key, ModelReply.model_validate_json(reply))

    async def find(self, key: str) -> str | None:
        """Look up in the cache what a worker asks for."""
        found = None if self._kept.cache is None else await self._kept.cache.find(key)
        return None if found is None else found.model_dump_json()
