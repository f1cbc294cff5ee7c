"""Reads a run folder: one finished stage a line, each once.

``run.json`` what was planned; ``plan.jsonl`` which stages each arm leads through; ``judging.jsonl``
which records were judged; ``transcripts.jsonl`` finished dialogues, and a file of its own for every
other kind of stage; ``messages.jsonl`` every text a model was shown, once; ``timings.jsonl`` when
and how long; ``scores.jsonl`` what evaluators found, redone at will. Lines stand in the order they
finished; those of a complete run are put in plan order, so that the same plan gives the same file.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final

from pydantic import ValidationError
from pydantic_core import from_json

from harness.errors import RecordError
from harness.files.jsonl import read_lines, unreadable, write_atomically
from harness.files.regular import open_regular, refuse_links
from harness.records.checking import ArmSeats, timing_contradiction
from harness.records.episodes import Episode, Place, places_of, read_episodes
from harness.records.finished import record_hash
from harness.records.folder import (
    MESSAGES,
    PLAN,
    SCORES,
    TIMINGS,
    TRANSCRIPTS,
    file_of,
    stage_files,
)
from harness.records.judging import with_judged
from harness.records.kinds import record_class
from harness.records.line_places import KnownLines, LinePlace, can_be_shared, which
from harness.records.parsing import (
    Index,
    Line,
    RecordT,
    damaged,
    index_of,
    is_other,
    parse,
    parse_stage,
    read_at,
    read_info,
)
from harness.records.score import Score
from harness.records.score_lines import read_scores, read_scores_at, score_line
from harness.records.score_places import ScoreLines
from harness.records.spec import TalksSpec
from harness.records.stage_index import StageIndex
from harness.records.transcript import StageRecord, Status, Timing, Transcript
from harness.records.version1 import episode_of

_HASH: Final = re.compile(rb'^\{"hash":"([0-9a-f]{1,64})"')


class RunFolder:
    """A run on disk, for reading. Everything streams; nothing is loaded whole.

    Raises:
        RecordError: The folder is not a run, or a file of it is damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        refuse_links(path)
        self.info = read_info(path)
        self._scores = path / SCORES
        self._transcripts = str(path / TRANSCRIPTS)
        self._seen = (tuple[int, ...](), KnownLines({}))
        self._places: dict[str, Place] = {}
        self._arms = ArmSeats(self.info)
        self.stage_index = StageIndex(path, index_file)

    def episodes(self) -> Iterator[Episode]:
        """Every planned way through the run's graph, as far as the plan has been written down: at
        least as far as it has been played."""
        if not self.info.is_former:
            yield from read_episodes(self.path / PLAN)
            return
        path = self.path / TRANSCRIPTS
        known: dict[str, Episode] = {}  # a dialogue that was played again has several lines
        for number, (_, line) in enumerate(read_lines(path), start=1):
            try:
                episode = episode_of(line)
            except (ValueError, KeyError, TypeError, AttributeError):
                raise damaged(f"{path}:{number}") from None
            known[next(iter(episode.stages.values()))] = episode
        yield from known.values()

    def places(self) -> dict[str, Place]:
        """Stage id -> where it stands in the plan; a judgement stands where its record does."""
        self._places = with_judged(places_of(map(self._held_episode, self.episodes())), self.path)
        return self._places

    def find_places(self, stages: Collection[str]) -> None:
        """Find where these stages stand before they are asked for one by one, and no others: few
        dialogues of a large run are printed, and its plan is long."""
        if not self._places and not self.info.is_former:
            episodes = read_episodes(self.path / PLAN, stages)
            self._places = places_of(map(self._held_episode, episodes))

    def _held_episode(self, episode: Episode) -> Episode:
        """An episode, held to be one of this run."""
        if episode.scenario not in self.info.scenarios:
            raise RecordError(
                f"the plan names the scenario {episode.scenario!r}, which the run does not have",
                where=str(self.path / PLAN),
                fix=self._writes_plan(),
            )
        return episode

    def _writes_plan(self) -> str:
        """What makes the plan anew."""
        typed = self.info.typed or "the command that made the run"
        return f"move the file away, if it is there, and type: {typed}\n  That writes it again"

    def finished(self) -> int:
        """How many episodes need no more playing: every stage of theirs is done or void."""
        files = (path for path in stage_files(self.path) if path.name != TRANSCRIPTS)
        settled = {
            key
            for index in (self.index(), *map(index_file, files))
            for key, (_, status) in index.items()
            if status != "failed"
        }
        return sum(settled.issuperset(episode.stages.values()) for episode in self.episodes())

    def place(self, stage: str) -> Place:
        """Where a stage stands in the plan.

        Raises:
            RecordError: The plan does not have it.
        """
        found = self._places.get(stage) or self.places().get(stage)
        if found is None:
            raise RecordError(
                f"the plan does not have the dialogue {stage}",
                where=str(self.path / PLAN),
                fix=self._writes_plan(),
            )
        return found

    def hold_arms(self, dialogue: str, spec: TalksSpec, place: Place) -> None:
        """Hold that a dialogue can be of the arms that the plan says it is of.

        Raises:
            RecordError: Those who sit in it are those of another arm.
        """
        if (found := self._arms.exchanged(spec, place.arms)) is None:
            return
        arm, other = found
        lines = (
            number
            for number, episode in enumerate(self.episodes(), start=1)
            if episode.arm == arm and dialogue in episode.stages.values()
        )
        raise RecordError(
            f"the plan says that dialogue {dialogue} is of arm {arm!r}, and those who sit in it "
            f"are those of arm {other!r}",
            where=f"{self.path / PLAN}:{next(lines)}",
            fix=self._writes_plan(),
        )

    def index(self) -> dict[str, tuple[int, Status]]:
        """Dialogue id -> (byte offset of its last line, status)."""
        with self._opened() as file:
            return dict(self._seen_in(file).index)

    def know(self, index: Index, file: os.stat_result) -> None:
        """Take an index for that of the transcripts, as long as they are this very file."""
        self._seen = (which(file), KnownLines(index))

    def transcripts(self) -> Iterator[Transcript]:
        """Every finished dialogue once, in the order of the file. A line that contradicts itself,
        or the run, is damaged."""
        for line in self.lines():
            yield self.read_line(line)

    def lines(self) -> Iterator[Line]:
        """The lines of :meth:`transcripts`, as they stand in the file, for :meth:`read_line`."""
        with self._opened() as file:
            yield from self._seen_in(file).read(file, self.path / TRANSCRIPTS)

    @contextlib.contextmanager
    def shared_lines(self) -> Iterator[tuple[int | None, Iterator[Line | LinePlace]]]:
        """For those who read :meth:`lines` in other processes: a descriptor of the transcripts, and
        where the lines stand; where that cannot be, None, and the lines."""
        with self._opened() as file:
            descriptor = file.fileno() if can_be_shared(file) else None
            yield descriptor, self._shared(file)

    def _shared(self, file: BinaryIO) -> Iterator[Line | LinePlace]:
        seen = self._seen_in(file)
        places = seen.places() if can_be_shared(file) else None
        yield from seen.read(file, self.path / TRANSCRIPTS) if places is None else places

    def read_line(self, line: Line) -> Transcript:
        """The transcript that a line holds.

        Raises:
            RecordError: As :meth:`transcripts`.
        """
        where = f"{self._transcripts}:{line.number}"
        return parse(line.text, where, None if line.held else self.info)

    def read(self, dialogues: Sequence[str]) -> Iterator[Transcript]:
        """The dialogues with these ids, in this order.

        Raises:
            RecordError: One is not there, or its line is damaged.
        """
        path = self.path / TRANSCRIPTS
        with self._opened() as file:
            index = self._seen_in(file).index
            for dialogue in dialogues:
                if dialogue not in index:
                    raise RecordError(f"dialogue {dialogue} is not there", where=str(path))
                yield read_at(file, path, index[dialogue][0], self.info)

    def records(self, kind: str, record: type[RecordT]) -> Iterator[RecordT]:
        """Every finished stage of a kind once, in the order of its file.

        Args:
            kind: Any but talks, which :meth:`transcripts` reads.
            record: What they are read as. :class:`~harness.records.transcript.StageRecord` does for
                every kind: spec and body are plain values then.

        Raises:
            RecordError: A line is damaged.
        """
        path = self.path / file_of(kind)
        last = {offset for offset, _ in index_file(path).values()}
        for number, (offset, line) in enumerate(read_lines(path), start=1):
            if offset in last:
                yield parse_stage(line, f"{path}:{number}", kind, record)

    def inputs(self, record: StageRecord) -> Iterator[tuple[str, StageRecord, bool]]:
        """What a stage has read, as it stands here now: talks as transcripts, every other kind with
        spec and body as plain values.

        Yields:
            Name, record, and whether it is still what was read.

        Raises:
            RecordError: It is not there, or its line is damaged.
        """
        for name, read in record.inputs.items():
            found, now = self.stage(read.id, plain=True)
            yield name, found, now == read.hash

    def stage(self, stage: str, plain: bool = False) -> tuple[StageRecord, str]:
        """A stage of whatever kind as it stands here now, and the hash of its line.

        Args:
            plain: Read spec and body of every kind but talks as plain values.

        Raises:
            RecordError: It is not there, or its line is damaged.
        """
        path, line = self.stage_index.line(stage)
        if path.name == TRANSCRIPTS:
            return parse(line, str(path), self.info), record_hash(line)
        record = StageRecord if plain else record_class(path.stem)
        return parse_stage(line, str(path), path.stem, record), record_hash(line)

    def _seen_in(self, file: BinaryIO) -> KnownLines:
        """What is known of the transcripts: runs are read several times over, and to index and to
        check them once is enough for as long as the file is the same."""
        if isinstance(file, io.BytesIO):
            return KnownLines({})
        now = which(os.fstat(file.fileno()))
        if self._seen[0] != now:
            self._seen = (now, KnownLines.of(file, self.path / TRANSCRIPTS))
        return self._seen[1]

    @contextlib.contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        """The transcripts, opened once: a file that takes their place meanwhile changes nothing."""
        path = self.path / TRANSCRIPTS
        try:
            file = open_regular(path)
        except FileNotFoundError:
            file = io.BytesIO()
        except OSError as error:
            raise unreadable(path, error) from None
        with file:
            yield file

    def transcript(self, prefix: str) -> Transcript:
        """The dialogue whose id starts with ``prefix``.

        Raises:
            RecordError: None, or more than one, does.
        """
        found = [key for key in self.index() if key.startswith(prefix)]
        if len(found) != 1:
            what = "no dialogue" if not found else f"{len(found)} dialogues"
            raise RecordError(
                f"{what} with an id that starts with {prefix!r}",
                where=str(self.path),
                fix=f"list the dialogues with: track15 show {self.path}",
            )
        return next(self.read(found))

    def timings(self, wanted: Collection[str] | None = None) -> Iterator[Timing]:
        """When stages were played and how long it took; only ``wanted`` ones when given."""
        for number, (_, line) in enumerate(read_lines(self.path / TIMINGS), start=1):
            if is_other(line, wanted):
                continue
            where = f"{self.path / TIMINGS}:{number}"
            try:
                timing = Timing.model_validate_json(line)
            except ValidationError:
                raise damaged(where) from None
            if (why := timing_contradiction(timing)) is not None:
                raise damaged(where, why)
            yield timing

    def messages(self, wanted: Iterable[str] | None = None) -> dict[str, tuple[str, str]]:
        """Texts shown to models: hash -> (role, content); only ``wanted`` ones when given."""
        keep = None if wanted is None else set(wanted)
        found: dict[str, tuple[str, str]] = {}
        for number, (_, line) in enumerate(read_lines(self.path / MESSAGES), start=1):
            if is_other(line, keep):
                continue
            try:
                item = from_json(line)
                if keep is None or item["hash"] in keep:
                    found[item["hash"]] = (item["role"], item["content"])
            except (ValueError, KeyError, TypeError):
                raise damaged(f"{self.path / MESSAGES}:{number}") from None
        return found

    def message_lengths(self, wanted: Iterable[str]) -> dict[str, int]:
        """Characters of the texts with these hashes; nothing else is kept of them."""
        keep, found = set(wanted), {}
        for number, (_, line) in enumerate(read_lines(self.path / MESSAGES), start=1):
            head = _HASH.match(line)
            if head is not None and (key := head.group(1).decode()) in keep:
                try:
                    found[key] = len(from_json(line)["content"])
                except (ValueError, KeyError, TypeError):
                    raise damaged(f"{self.path / MESSAGES}:{number}") from None
        return found

    def score_lines(self) -> ScoreLines:
        """The scores, to be read dialogue by dialogue."""
        return ScoreLines(self._scores)

    def scores(
        self,
        *,
        evaluator: str | None = None,
        evaluators: Collection[str] | None = None,
        dialogues: Collection[str] | None = None,
    ) -> Iterator[Score]:
        """What evaluators found, in the order of the file: as
        :func:`~harness.records.score_lines.read_scores`."""
        names = evaluators if evaluator is None else (evaluator,)
        return read_scores(self._scores, self.path, names, dialogues)

    def scores_at(self, places: Iterable[tuple[int, int]]) -> Iterator[Score]:
        """Those at byte offsets, in as many bytes, of a file that is known to be as it was."""
        return read_scores_at(self._scores, self.path, places)

    def write_scores(self, scores: Iterable[Score | bytes]) -> None:
        """Replace all scores at once; bytes are lines of :func:`score_line`."""
        write_atomically(self.path / SCORES, map(score_line, scores))

    def set_scores_aside(self, folder: Path, scores: Iterable[Score | bytes]) -> None:
        """Keep ``scores`` in ``folder``, and read them from there from now on: the run's own folder
        cannot be written."""
        aside = folder / SCORES
        write_atomically(aside, map(score_line, scores))
        self._scores = aside


def index_file(path: Path) -> dict[str, tuple[int, Status]]:
    """Stage id -> (byte offset of its last line, status); empty where there is no file.

    Raises:
        RecordError: It cannot be read, or a line is none.
    """
    try:
        with open_regular(path) as file:
            return index_of(file, path)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise unreadable(path, error) from None
