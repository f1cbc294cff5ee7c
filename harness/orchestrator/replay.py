"""Plays a plan again from the record of a run: offline, and byte for byte."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from harness.delegations.base import Delegation
from harness.delegations.replay import ReplayChat, replayed_seats
from harness.disputes.scenario import Twin
from harness.errors import RecordError, counted
from harness.files.jsonl import read_lines, unreadable
from harness.files.regular import open_regular
from harness.incentives.profiles import IncentiveProfile
from harness.kinds import read_record
from harness.orchestrator.graph import Node, Way
from harness.orchestrator.plan import Plan
from harness.records.declaration import Declaration, declared_now
from harness.records.episodes import lineup_name
from harness.records.finished import Finished
from harness.records.folder import JUDGING, MESSAGES, PLAN, SCORES, TIMINGS, stage_files
from harness.records.later import LaterRecord, SeatedTalks
from harness.records.parsing import damaged, read_at
from harness.records.reader import RunFolder, index_file
from harness.records.run import RunInfo
from harness.records.spec import TALKS, StageSpec, TalksSpec
from harness.records.transcript import (
    SCHEMA_VERSION,
    CallTiming,
    StageRecord,
    Timing,
    Transcript,
)
from harness.records.writer import RunWriter
from harness.stages.base import ChatOf
from harness.suite.parts import SeatSpec
from harness.suite.suite import Suite

if TYPE_CHECKING:
    from harness.prompting.talks import Prompts


REPLAY: Final = "-replay"
"""What the name of a replay's folder ends with."""
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
        self._places = {
            key: (path, at)
            for path in stage_files(folder.path)
            for key, (at, _) in index_file(path).items()
        }
        self._timings = _last_timings(folder.path / TIMINGS)
        # Of today's ids, those that were other ones in version 1.
        former = folder.transcripts() if folder.info.is_former else ()
        self._former: dict[str, str] = {}
        for transcript in former:
            known = self._former.setdefault(transcript.spec.id, transcript.id)
            if known != transcript.id:
                raise RecordError(
                    f"the dialogues {known} and {transcript.id} would be one dialogue today: their "
                    "arms are the same in all that is played",
                    where=self.where,
                    fix="replay it with the version that made it, or leave out one of the arms",
                )
        self._texts: Mapping[str, tuple[str, str]] | None = None
        self._episodes: Mapping[tuple[str, str, Twin, int, str], str] | None = None

    def as_played(self, way: Way) -> Way:
        """The way as the record has it, where its talks were played by older rules: with the seed,
        the order and the seats of then. The suite says only which dialogue is meant, who plays it
        and what it is told; a way that the record does not have stays as it is."""
        (talks, *further) = way.nodes
        if further or self._recorded(talks.id) in self._places:
            return way
        if self._episodes is None:
            self._episodes = {
                (e.arm, e.scenario, e.twin, e.epoch, e.lineup): e.stages[TALKS]
                for e in self.folder.episodes()
                if TALKS in e.stages
            }
        lineup = "" if way.models is None else lineup_name(way.models)
        recorded = self._episodes.get((way.arm, way.scenario, way.twin, way.epoch, lineup))
        if recorded is None or recorded not in self._places:
            return way
        then, now = self._read(recorded).spec, talks.spec
        assert isinstance(now, TalksSpec)
        if not isinstance(then, TalksSpec) or then.version >= now.version or not _alike(then, now):
            return way
        return replace(way, nodes=(Node(talks.name, then.id, then),))

    def hold(self, plan: Plan) -> None:
        """Check that the record has every dialogue of ``plan``, before anything is played.

        Raises:
            RecordError: A dialogue is missing; names it.
        """
        lacks: dict[str, Way] = {}
        for way in plan.ways():
            for node in way.nodes:
                if self._recorded(node.id) not in self._places:
                    lacks.setdefault(node.id, way)
        if not lacks:
            return
        (missing, way), more = next(iter(lacks.items())), len(lacks) - 1
        also = f" (and {more} more)" if more else ""
        raise RecordError(
            f"dialogue {missing}{also} is not in the run: arm {way.arm}, scenario "
            f"{way.scenario}, twin {way.twin.value}, epoch {way.epoch}",
            where=self.where,
            fix="the suite, its flags, the models and the prompts must be those of the run; it "
            f"was made by: {self.folder.info.typed or 'a command that is not shown'}",
        )

    def declared(self, suite: Suite, time: str) -> tuple[Declaration, ...]:
        """What was declared in the run, and what ``suite`` asks where that is something else: all
        results are known by then.

        Args:
            time: Now.
        """
        info = self.folder.info
        before = info.declared
        if before[-1].asks(suite):
            return before
        finished, dialogues = self.folder.finished(), info.dialogues
        now = declared_now(suite, time=time, finished=finished, dialogues=dialogues)
        return (*before, now)

    def transcript(self, dialogue: str) -> Transcript:
        """A recorded dialogue."""
        return self._read(self._recorded(dialogue))

    def _read(self, recorded: str) -> Transcript:
        path, at = self._places[recorded]
        try:
            with open_regular(path) as file:
                return read_at(file, path, at, self.folder.info)
        except OSError as error:
            raise unreadable(path, error) from None

    def record(self, stage: str) -> StageRecord:
        """A recorded stage of any kind but talks."""
        path, _ = self._places[stage]
        try:
            return read_record(self._line(stage))
        except ValueError:
            raise damaged(str(path)) from None

    def chats(self, spec: StageSpec) -> ChatOf:
        """The models of a stage that is no talks: all of them answer from its record."""
        chat = ReplayChat(
            self.record(spec.id),
            None,
            timings=self.timings(spec.id),
            texts=self._wanted,
            where=self.where,
        )
        return lambda _: chat

    def compare(self, finished: Finished) -> None:
        """Check that a replayed dialogue equals the recorded one.

        Raises:
            RecordError: It does not; names the first turn that differs.
        """
        line = self._line(finished.id)
        if line == finished.record:
            return
        if finished.kind != TALKS:
            # What it has read was compared by itself; its hash may be of another way of writing.
            alike = (
                record.model_copy(update={"inputs": {}})
                for record in (self.record(finished.id), read_record(finished.record))
            )
            if next(alike) == next(alike):
                return
            raise RecordError(
                f"stage {finished.id} cannot be replayed: it differs from the recorded one",
                where=self.where,
                fix="replay with the version and the suite that made the record",
            )
        old = self.transcript(finished.id)
        recorded = old.id
        new = Transcript.model_validate_json(finished.record)
        if old.schema_version != SCHEMA_VERSION:
            named = {"id": new.id, "schema_version": new.schema_version}
            old = old.model_copy(update=named)
        if old != new:  # else only the way of writing it has changed since
            raise RecordError(
                f"dialogue {recorded} cannot be replayed: {_difference(old, new)}",
                where=self.where,
                fix="replay with the version and the suite that made the record",
            )

    def _line(self, dialogue: str) -> bytes:
        path, at = self._places[self._recorded(dialogue)]
        return _line_at(path, at)

    def _recorded(self, dialogue: str) -> str:
        """What the record calls a dialogue."""
        return self._former.get(dialogue, dialogue)

    def seats(self, spec: TalksSpec, prompts: Prompts | None) -> dict[str, Delegation]:
        """Delegations that play a dialogue again."""
        return replayed_seats(
            spec,
            self._talks(spec),
            prompts,
            timings=self.timings(spec.id),
            texts=self._wanted,
            where=self.where,
        )

    def _talks(self, spec: TalksSpec) -> Transcript:
        """The recorded talks of a spec, be they a stage by themselves or played as another."""
        if not isinstance(spec, SeatedTalks):
            return self.transcript(spec.id)
        record = self.record(spec.id)
        assert isinstance(record, LaterRecord)
        return record.transcript

    def timings(self, dialogue: str) -> dict[int, CallTiming]:
        """How long the calls of a dialogue took; empty where a crash has lost it."""
        at = self._timings.get(self._recorded(dialogue))
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
    return log_dir / f"{plan.name}{REPLAY}"


class ReplayWriter(RunWriter):
    """Writes a replay, and holds each dialogue against the record.

    Args:
        path: The folder, named by :func:`folder_of`. An earlier replay in it goes: it was the same,
            or it was wrong.
        info: As for :class:`~harness.records.writer.RunWriter`.
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
        others = (self.path / name for name in (PLAN, JUDGING, MESSAGES, TIMINGS, SCORES))
        for file in (*stage_files(self.path), *others):
            try:
                file.unlink(missing_ok=True)
            except OSError as error:
                raise RecordError(
                    f"the earlier replay cannot be removed: {error.strerror}",
                    where=str(file),
                    fix="choose another folder with --log-dir",
                ) from None

    def append_all(
        self, group: Sequence[Finished], count: Callable[[Finished], None] = lambda _: None
    ) -> None:
        """See :meth:`~harness.records.writer.RunWriter.append_all`.

        Raises:
            RecordError: Besides, where a replayed dialogue is not the recorded one. Those before it
                are on disk.
        """
        for number, finished in enumerate(group):
            try:
                self._recording.compare(finished)
            except RecordError:
                super().append_all(group[:number], count)
                raise
        super().append_all(group, count)


def _alike(then: TalksSpec, now: TalksSpec) -> bool:
    """Whether talks of older rules are those that a plan of today means: the same dispute and
    prompts, the same rounds and turns, and the same players in the same chairs."""
    if then.fork is not None:
        return False
    rules = {name for name, value in then.protocol if value is not None}
    return (
        (then.scenario, then.scenario_hash, then.twin, then.templates)
        == (now.scenario, now.scenario_hash, now.twin, now.templates)
        and all(getattr(then.protocol, name) == getattr(now.protocol, name) for name in rules)
        and [_player(seat) for seat in then.seats] == [_player(seat) for seat in now.seats]
    )


def _player(seat: SeatSpec) -> SeatSpec:
    """A seat without what has been told apart, or set otherwise, since."""
    return seat.model_copy(update={"authority": None, "brief": None, "profile": IncentiveProfile()})


def _difference(recorded: Transcript, now: Transcript) -> str:
    old, new = recorded.body, now.body
    for index, (before, after) in enumerate(zip(old.turns, new.turns, strict=False)):
        if before != after:
            return f"turn {index} (seat {after.seat}) differs from the recorded one"
    if len(old.turns) != len(new.turns):
        return f"it has {counted(len(new.turns), 'turn')}, the recorded one {len(old.turns)}"
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
