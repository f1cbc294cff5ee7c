"""Plays a plan again from the record of a run: offline, and byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from harness.delegations.base import Delegation
from harness.delegations.replay import replayed_seats
from harness.errors import RecordError
from harness.files.regular import open_regular
from harness.orchestrator.plan import Plan
from harness.records.finished import Finished
from harness.records.jsonl import read_lines, unreadable
from harness.records.reading import read_at
from harness.records.run import RunInfo
from harness.records.spec import DialogueSpec
from harness.records.store import (
    MESSAGES,
    SCORES,
    TIMINGS,
    TRANSCRIPTS,
    RunFolder,
    RunWriter,
)
from harness.records.transcript import CallTiming, Timing, Transcript

if TYPE_CHECKING:
    from harness.prompting import Prompts


_HEAD = re.compile(rb'^\{"id":"([0-9a-f]{16})"')


class Recording:
    """A run to be played again. Finds each dialogue where it stands; nothing is loaded whole but
    the messages, and those only where the user's own delegation had shown some to its models.

    Args:
        folder: The run.

    Raises (all methods):
        RecordError: A file of the run is damaged.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self.where = str(folder.path)
        self._transcripts = {key: at for key, (at, _) in folder.index().items()}
        self._timings = _last_timings(folder.path / TIMINGS)
        self._texts: Mapping[str, tuple[str, str]] | None = None

    def hold(self, plan: Plan) -> None:
        """Hold that the record has every dialogue of ``plan``, before anything is played.

        Raises:
            RecordError: One is missing, named.
        """
        missing = [key for key in plan.ids if key not in self._transcripts]
        if not missing:
            return
        spec = next(spec for spec in plan.specs() if spec.id == missing[0])
        also = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
        raise RecordError(
            f"dialogue {spec.id}{also} is not in the run: arm {spec.arm}, scenario "
            f"{spec.scenario}, twin {spec.twin.value}, epoch {spec.epoch}",
            where=self.where,
            fix="the suite, its flags, the models and the prompts must be those of the run; it "
            f"was made by: {self.folder.info.typed or 'a command that is not shown'}",
        )

    def transcript(self, dialogue: str) -> Transcript:
        """A recorded dialogue."""
        path = self.folder.path / TRANSCRIPTS
        try:
            with open_regular(path) as file:
                return read_at(file, path, self._transcripts[dialogue], self.folder.info)
        except OSError as error:
            raise unreadable(path, error) from None

    def compare(self, finished: Finished) -> None:
        """Hold that a dialogue came out as it stands in the record.

        Raises:
            RecordError: It did not; names the first turn that differs.
        """
        line = self._line(finished.id)
        if line == finished.transcript:
            return
        old = self.transcript(finished.id)
        new = Transcript.model_validate_json(finished.transcript)
        if old != new:  # else only the way of writing it has changed since
            raise RecordError(
                f"dialogue {finished.id} cannot be replayed: {_difference(old, new)}",
                where=self.where,
                fix="replay with the version and the suite that made the record",
            )

    def _line(self, dialogue: str) -> bytes:
        return _line_at(self.folder.path / TRANSCRIPTS, self._transcripts[dialogue])

    def seats(self, spec: DialogueSpec, prompts: Prompts | None) -> dict[str, Delegation]:
        """Delegations that play a dialogue again."""
        return replayed_seats(
            spec,
            self.transcript(spec.id),
            prompts,
            timings=self.timings(spec.id),
            texts=self._wanted,
            where=self.where,
        )

    def timings(self, dialogue: str) -> dict[int, CallTiming]:
        """How long the calls of a dialogue took; empty where a crash has lost it."""
        at = self._timings.get(dialogue)
        if at is None:
            return {}
        try:
            timing = Timing.model_validate_json(_line_at(self.folder.path / TIMINGS, at))
        except ValidationError:
            raise RecordError(f"damaged timings of dialogue {dialogue}", where=self.where) from None
        return {call.call: call for call in timing.calls}

    def _wanted(self, hashes: Iterable[str]) -> Mapping[str, tuple[str, str]]:
        if self._texts is None:
            self._texts = self.folder.messages()
        return {key: self._texts[key] for key in hashes if key in self._texts}


def folder_of(log_dir: Path, plan: Plan) -> Path:
    """Where a replay of ``plan`` is written: beside the run, never into it."""
    return log_dir / f"{plan.name}-replay"


class ReplayWriter(RunWriter):
    """Writes a replay, and holds each dialogue against the record.

    Args:
        path: The folder, named by :func:`folder_of`. An earlier replay in it goes: it was the same,
            or it was wrong.
        info: As for :class:`~harness.records.store.RunWriter`.
        recording: What is replayed.

    Raises:
        RecordError: As for ``RunWriter``; ``path`` is the run that is replayed, or the earlier
            replay cannot be removed.
    """

    grows = False

    def __init__(self, path: Path, info: RunInfo, recording: Recording) -> None:
        if path.exists() and path.samefile(recording.folder.path):
            raise RecordError(
                "the replay would be written into the run that it replays",
                where=str(path),
                fix="choose another folder with --log-dir",
            )
        super().__init__(path, info)
        self._recording = recording

    def _clear(self) -> None:
        for name in (TRANSCRIPTS, MESSAGES, TIMINGS, SCORES):
            try:
                (self.path / name).unlink(missing_ok=True)
            except OSError as error:
                raise RecordError(
                    f"the earlier replay cannot be removed: {error.strerror}",
                    where=str(self.path / name),
                    fix="choose another folder with --log-dir",
                ) from None

    def append(self, finished: Finished) -> None:
        """See :meth:`~harness.records.store.RunWriter.append`.

        Raises:
            RecordError: Besides, where the replayed dialogue is not the recorded one.
        """
        self._recording.compare(finished)
        super().append(finished)


def _difference(recorded: Transcript, now: Transcript) -> str:
    old, new = recorded.talks, now.talks
    for index, (before, after) in enumerate(zip(old.turns, new.turns, strict=False)):
        if before != after:
            return f"turn {index} (seat {after.seat}) differs from the recorded one"
    if len(old.turns) != len(new.turns):
        return f"it has {len(new.turns)} turns, the recorded one {len(old.turns)}"
    if old.outcome != new.outcome:
        return f"it ends in {new.outcome.kind}, the recorded one in {old.outcome.kind}"
    return "its debriefs, its calls or its specification differ from the recorded ones"


def _line_at(path: Path, offset: int) -> bytes:
    try:
        with open_regular(path) as file:
            file.seek(offset)
            return file.readline().rstrip(b"\n")
    except OSError as error:
        raise unreadable(path, error) from None


def _last_timings(path: Path) -> dict[str, int]:
    """Dialogue id -> offset of its last line."""
    found = {}
    for offset, line in read_lines(path):
        if (head := _HEAD.match(line)) is not None:
            found[head.group(1).decode()] = offset
    return found
