"""Keeps what was paid for: the replies of unfinished dialogues, and a cache shared between runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.models.chat import Chat
from harness.models.replies.cache import CachedChat, Store
from harness.models.replies.digest import RequestDigest
from harness.models.replies.journal import Journal, JournalChat, JournalStore
from harness.models.replies.store import ReplyStore
from harness.records.finished import Finished
from harness.records.run import RunInfo
from harness.records.spec import StageSpec
from harness.records.writer import RunWriter
from harness.stages.base import ChatOf


@dataclass(frozen=True)
class ReplyFiles:
    """Where replies are kept. Can be sent to another process, which then opens it for itself.

    Attributes:
        run: The run folder, for the journal of unfinished dialogues.
        cache: A file that other runs use too; None for none.
        fresh: Dialogues that the cache may not answer: void ones that are played again.
        uncached: Names of runnables: what the code behind a name does may have changed.
    """

    run: Path
    cache: Path | None = None
    fresh: frozenset[str] = frozenset()
    uncached: frozenset[str] = frozenset()

    @contextmanager
    def open(self) -> Iterator[OpenReplies]:
        """Open the files for this process.

        Raises:
            RecordError: One of them is damaged, locked, or cannot be written.
        """
        journal = Journal(self.run)
        try:
            cache = None if self.cache is None else ReplyStore(self.cache)
            try:
                yield OpenReplies(self, journal, cache)
            finally:
                if cache is not None:
                    cache.close()
        finally:
            journal.leave()


@dataclass(frozen=True)
class OpenReplies:
    """What a :class:`ReplyFiles` keeps: its open files, or the way to them."""

    keeping: ReplyFiles
    journal: JournalStore
    cache: Store | None

    def chats(self, spec: StageSpec, chat_of: ChatOf) -> ChatOf:
        """``chat_of`` for one stage: what it was answered already comes from the journal, what
        another run was answered from the cache, the rest from ``chat_of``."""
        known, digest = self.journal.replies(spec.id), RequestDigest()

        def kept(name: str) -> Chat:
            chat = chat_of(name)
            if self.cache is not None and name not in self.keeping.uncached:
                chat = CachedChat(
                    chat,
                    self.cache,
                    repetition=getattr(spec, "seed", 0),
                    fresh=spec.id in self.keeping.fresh,
                    digest=digest,
                )
            return JournalChat(chat, self.journal, spec.id, known=known, digest=digest)

        return kept


class KeepingWriter(RunWriter):
    """A run with models in play: when a dialogue is on disk, the journal lets go of it.

    Args:
        path, info: As for :class:`~harness.records.writer.RunWriter`.
        retry_void: Void dialogues are about to be played again.

    Raises:
        RecordError: As for ``RunWriter``; or the journal is damaged or cannot be written.
    """

    def __init__(self, path: Path, info: RunInfo, *, retry_void: bool = False) -> None:
        super().__init__(path, info)
        try:
            self._journal = Journal(path)
            # A process may have been killed between the transcript and the journal. Where void
            # dialogues are played again, replies of theirs belong to an earlier such attempt.
            settled = ("done",) if retry_void else ("done", "void")
            self._journal.forget(
                dialogue
                for dialogue in self._journal.dialogues()
                if self.played.get(dialogue) in settled and not self._may_be_stale(dialogue)
            )
        except BaseException:
            super().close()
            raise

    def begun(self) -> frozenset[str]:
        """See :meth:`~harness.records.writer.RunWriter.begun`."""
        return frozenset(stage for stage, _, _ in self._journal.paid())

    def _may_be_stale(self, stage: str) -> bool:
        """Whether a stage may be in play again, because what it has read was played again."""
        return bool(self.info.later_kinds) and self.kept.has_read(stage)

    def _written(self, group: Sequence[Finished]) -> None:
        """Let go of what the journal keeps of stages that are on disk."""
        for finished in group:
            # A failed one without calls has lost its worker, and the record has counted nothing.
            if finished.status == "failed" and finished.calls:
                self._journal.settle(finished.id)
        self._journal.forget(finished.id for finished in group if finished.status != "failed")

    def close(self) -> None:
        """Close the files and let go of the folder. The last process of the run to close its
        journal."""
        try:
            self._journal.close()
        finally:
            super().close()
