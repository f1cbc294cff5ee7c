"""The replies of unfinished dialogues, so that a run that was killed pays for none of them twice.

A transcript is written when its dialogue is over. Until then the dialogue's replies are kept in the
run's ``calls.sqlite``. A dialogue that begins again is answered from there for as long as it asks
the same, and then goes on where it stopped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, Protocol

from harness.models.chat import Chat, WrappedChat
from harness.models.replies.digest import RequestDigest
from harness.models.replies.store import ReplyStore
from harness.models.reply import ModelReply
from harness.models.request import Request

CALLS: Final = "calls.sqlite"
"""Name of the file in a run folder."""


class JournalStore(Protocol):
    """The journal of a :class:`JournalChat`, in this process or in another one."""

    def replies(self, dialogue: str) -> Mapping[str, ModelReply]:
        """See :meth:`Journal.replies`."""
        ...

    async def keep(self, dialogue: str, request: str, reply: ModelReply) -> None:
        """See :meth:`Journal.keep`."""
        ...


class Journal:
    """Replies of a run's unfinished dialogues, by dialogue and request. One for each process of a
    run; all of them write to the same file.

    Args:
        run: The run folder.

    Raises:
        RecordError: As :class:`~harness.models.replies.store.ReplyStore`.
    """

    def __init__(self, run: Path) -> None:
        self._store = ReplyStore(run / CALLS, durable=False)
        self._coming: list[tuple[str, ModelReply]] = []
        self._waiting: list[asyncio.Future[None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    def replies(self, dialogue: str) -> dict[str, ModelReply]:
        """What a dialogue was answered so far: request -> reply."""
        start = f"{dialogue}/"
        return {key.removeprefix(start): reply for key, reply in self._store.items(start)}

    async def keep(self, dialogue: str, request: str, reply: ModelReply) -> None:
        """Keep a reply before anything is made of it. ``request`` is its digest, a slash and the
        model's address. Replies that come together are written together."""
        loop = asyncio.get_running_loop()
        written = loop.create_future()
        if not self._coming or loop is not self._loop:  # another may have ended before it wrote
            self._loop = loop
            loop.call_soon(self._write)
        self._coming.append((f"{dialogue}/{request}", reply))
        self._waiting.append(written)
        await written

    def _write(self) -> None:
        waiting, self._waiting = self._waiting, []
        failed: Exception | None = None
        try:
            self._put()
        except Exception as error:  # noqa: BLE001 - all who wait are told, whatever it is
            failed = error
        for written in waiting:
            if not written.done():  # else its dialogue was cancelled
                if failed is None:
                    written.set_result(None)
                else:
                    written.set_exception(failed)

    def _put(self) -> None:
        coming, self._coming = self._coming, []
        if coming:
            self._store.put_all(coming)

    def dialogues(self) -> set[str]:
        """Dialogues that replies are kept of."""
        return {key.partition("/")[0] for key, _ in self._store.items()}

    def paid(self) -> Iterator[tuple[str, str, ModelReply]]:
        """Dialogue, model and reply of each call that was paid for and that no record counts."""
        for key, reply in self._store.items():
            if reply.attempts:
                dialogue, _, address = key.split("/", 2)
                yield dialogue, address, reply

    def forget(self, dialogues: Iterable[str]) -> None:
        """Drop dialogues that are finished and on disk: their transcripts hold the replies."""
        self._store.delete_all([f"{dialogue}/" for dialogue in dialogues])

    def settle(self, dialogue: str) -> None:
        """Note that the record has counted what a dialogue's replies took, although it is to be
        played again: their attempts become 0, so that nothing is counted twice."""
        for key, reply in self._store.items(f"{dialogue}/"):
            if reply.attempts:
                self._store.put(key, reply.model_copy(update={"attempts": 0}))

    def close(self) -> None:
        """Close the file, and remove it when nothing is left in it.

        Only the process that closes last may call this; others call :meth:`leave`.
        """
        self._put()
        empty = len(self._store) == 0
        self.leave()
        if empty:
            self._store.path.unlink(missing_ok=True)

    def leave(self) -> None:
        """Close the file; what has come is written first."""
        try:
            self._put()
        finally:
            self._store.close()


class JournalChat(WrappedChat):
    """A chat of one dialogue: answers from the journal what the dialogue was answered already, asks
    for the rest and keeps each reply before it is used.

    A reply from the journal stands as it came, with its seconds and attempts: it was paid for by
    this dialogue. (After :meth:`Journal.settle` its attempts are 0.)

    Args:
        chat: What is asked.
        journal: Of the run.
        dialogue: Id of the dialogue.
        known: Its replies so far; None to look them up. Chats of one dialogue may share them.
        digest: Shared by the chats of one dialogue.
    """

    def __init__(
        self,
        chat: Chat,
        journal: JournalStore,
        dialogue: str,
        *,
        known: Mapping[str, ModelReply] | None = None,
        digest: RequestDigest | None = None,
    ) -> None:
        super().__init__(chat)
        self._journal = journal
        self._dialogue = dialogue
        self._known = journal.replies(dialogue) if known is None else known
        self._digest = digest or RequestDigest()

    async def complete(self, request: Request) -> ModelReply:
        """See :meth:`harness.models.chat.Chat.complete`. Besides, ``RecordError`` if the journal
        cannot be written."""
        address = self._chat.address
        key = f"{self._digest.of(address, request)}/{address}"
        known = self._known.get(key)
        if known is not None:
            return known
        reply = await self._chat.complete(request)
        await self._journal.keep(self._dialogue, key, reply)
        return reply
