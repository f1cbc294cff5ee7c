"""Finds dialogues in a run without reading the others, and those that belong beside one."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from harness.errors import RecordError
from harness.files.jsonl import read_lines
from harness.files.regular import open_regular
from harness.records.episodes import talks_of
from harness.records.folder import PLAN, SCORES, TRANSCRIPTS
from harness.records.parsing import read_at
from harness.records.reader import RunFolder
from harness.records.score import Score
from harness.records.transcript import Transcript
from harness.viewer.runs import UnknownRunError, stamp_of

_ID: Final = re.compile(rb'^\{"id":"([0-9a-zA-Z_-]{1,64})"')
T = TypeVar("T")


class UnknownDialogueError(UnknownRunError):
    """No dialogue of the run has that id."""


@dataclass(frozen=True)
class Sibling:
    """A dialogue on the same scenario, twin and epoch.

    Attributes:
        arm: Its arm; the first, of several.
        dialogue: Its id.
        arms: All arms that lead through it.
    """

    arm: str
    dialogue: str
    arms: tuple[str, ...]


@dataclass
class Finder:
    """Where everything of a run stands, found once for as long as its files are the same.

    Args:
        folder: The run.
    """

    folder: RunFolder
    _known: dict[str, tuple[object, Any]] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def order(self) -> list[str]:
        """Ids of the finished dialogues, in the order of the file."""
        return list(self._offsets())

    def transcript(self, dialogue: str) -> Transcript:
        """The dialogue with exactly this id.

        Raises:
            UnknownDialogueError: There is none.
            RecordError: Its line is damaged.
        """
        offset = self._offsets().get(dialogue)
        if offset is None:
            raise UnknownDialogueError(
                f"no dialogue {dialogue!r} in this run",
                where=str(self.folder.path),
                fix="go to the page of the run, and choose one of its dialogues",
            )
        path = self.folder.path / TRANSCRIPTS
        with open_regular(path) as file:
            return read_at(file, path, offset, self.folder.info)

    def scores(self, dialogue: str) -> dict[str, Score]:
        """Evaluator -> its score of a dialogue; empty where it is not scored.

        Raises:
            RecordError: A line is damaged.
        """
        offsets = self._score_offsets().get(dialogue, ())
        path, found = self.folder.path / SCORES, dict[str, Score]()
        if not offsets:
            return found
        with open_regular(path) as file:
            for offset in offsets:
                file.seek(offset)
                try:
                    score = Score.model_validate_json(file.readline())
                except ValidationError:
                    raise RecordError(
                        "a score of this dialogue is damaged",
                        where=str(path),
                        fix=f"score the run again: track15 score {self.folder.path}",
                    ) from None
                if score.id == dialogue:
                    found[score.evaluator] = score
        return found

    def siblings(self, scenario: str, twin: str, epoch: int) -> list[Sibling]:
        """The finished dialogues that are planned on a scenario, twin and epoch, arm by arm in the
        order of the plan."""
        offsets = self._offsets()
        arms: dict[str, list[str]] = defaultdict(list)
        for arm, dialogue in self._pairs().get((scenario, twin, epoch), ()):
            if dialogue in offsets and arm not in arms[dialogue]:
                arms[dialogue].append(arm)
        return [Sibling(own[0], dialogue, tuple(own)) for dialogue, own in arms.items()]

    def _offsets(self) -> dict[str, int]:
        def found() -> dict[str, int]:
            return {key: offset for key, (offset, _) in self.folder.index().items()}

        return self._kept(TRANSCRIPTS, TRANSCRIPTS, found)

    def _score_offsets(self) -> Mapping[str, list[int]]:
        def found() -> Mapping[str, list[int]]:
            offsets: dict[str, list[int]] = defaultdict(list)
            for offset, line in read_lines(self.folder.path / SCORES):
                if head := _ID.match(line):
                    offsets[head.group(1).decode()].append(offset)
            return offsets

        return self._kept("scores", SCORES, found)

    def _pairs(self) -> Mapping[tuple[str, str, int], list[tuple[str, str]]]:
        def found() -> Mapping[tuple[str, str, int], list[tuple[str, str]]]:
            pairs: dict[tuple[str, str, int], list[tuple[str, str]]] = defaultdict(list)
            for episode in self.folder.episodes():
                if (dialogue := talks_of(episode)) is not None:
                    key = (episode.scenario, episode.twin.value, episode.epoch)
                    pairs[key].append((episode.arm, dialogue))
            return pairs

        # A run of the former schema has its plan in its dialogues.
        return self._kept("pairs", TRANSCRIPTS if self.folder.info.is_former else PLAN, found)

    def _kept(self, what: str, name: str, find: Callable[[], T]) -> T:
        """What was found, for as long as the file ``name`` is what it was."""
        stamp = stamp_of(self.folder.path / name)
        with self._lock:
            known = self._known.get(what)
            if known is None or known[0] != stamp:
                known = self._known[what] = (stamp, find())
            value: T = known[1]
            return value


class Finders:
    """A finder a run, made when it is first asked for."""

    def __init__(self) -> None:
        self._known: dict[Path, Finder] = {}
        self._lock = threading.Lock()

    def of(self, folder: RunFolder) -> Finder:
        """The finder of a run as it was opened last."""
        with self._lock:
            known = self._known.get(folder.path)
            if known is None or known.folder is not folder:
                known = self._known[folder.path] = Finder(folder)
            return known
