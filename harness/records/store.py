"""The run folder: one finished dialogue a line, nothing lost, nothing twice.

``run.json`` what was planned; ``transcripts.jsonl`` finished dialogues; ``messages.jsonl`` every
text a model was shown, once; ``timings.jsonl`` when and how long; ``scores.jsonl`` what evaluators
found, redone at will. While a run is in play its lines stand in the order they finished; when it is
complete they are put in plan order, so that the same plan gives the same file.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, BinaryIO

from pydantic import ValidationError
from pydantic_core import from_json

from harness.errors import RecordError
from harness.files.advice import advice, cannot, reason
from harness.files.regular import open_own, open_regular, refuse_links
from harness.records.activity import LOCK, stamp
from harness.records.checking import score_contradiction, timing_contradiction
from harness.records.finished import Finished
from harness.records.jsonl import Appender, lines_of, read_lines, unreadable, write_atomically
from harness.records.reading import HEAD, RUN, damaged, index_of, parse, read_at, read_info
from harness.records.run import RunInfo
from harness.records.score import Score
from harness.records.transcript import Status, Timing, Transcript

TRANSCRIPTS = "transcripts.jsonl"
MESSAGES = "messages.jsonl"
TIMINGS = "timings.jsonl"
SCORES = "scores.jsonl"

__all__ = ["MESSAGES", "RUN", "SCORES", "TIMINGS", "TRANSCRIPTS", "RunFolder", "RunWriter"]


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
        self._held: tuple[tuple[int, ...], set[int]] = ((), set())

    def index(self) -> dict[str, tuple[int, Status]]:
        """Dialogue id -> (byte offset of its last line, status)."""
        return _index(self.path / TRANSCRIPTS)

    def transcripts(self) -> Iterator[Transcript]:
        """Every finished dialogue once, in the order of the file. A line that contradicts itself,
        or the run, is damaged."""
        path = self.path / TRANSCRIPTS
        with self._opened() as file:
            index, held = index_of(file, path), self._held_in(file)
            for number, (offset, line) in enumerate(lines_of(file, path), start=1):
                head = HEAD.match(line)
                if head is not None and index[head.group(1).decode()][0] != offset:
                    continue  # superseded: an endpoint had failed and it was played again
                info = None if offset in held else self.info
                yield parse(line, f"{path}:{number}", info)
                held.add(offset)

    def read(self, dialogues: Sequence[str]) -> Iterator[Transcript]:
        """The dialogues with these ids, in this order.

        Raises:
            RecordError: One is not there, or its line is damaged.
        """
        path = self.path / TRANSCRIPTS
        with self._opened() as file:
            index = index_of(file, path)
            for dialogue in dialogues:
                if dialogue not in index:
                    raise RecordError(f"dialogue {dialogue} is not there", where=str(path))
                yield read_at(file, path, index[dialogue][0], self.info)

    def _held_in(self, file: BinaryIO) -> set[int]:
        """Offsets of the lines that were held against themselves and the run before: runs are read
        several times over, and once is enough for as long as the file is the same."""
        if isinstance(file, io.BytesIO):
            return set()
        found = os.fstat(file.fileno())
        which = (found.st_dev, found.st_ino, found.st_mtime_ns)
        if self._held[0] != which:
            self._held = (which, set())
        return self._held[1]

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

    def timings(self) -> Iterator[Timing]:
        for number, (_, line) in enumerate(read_lines(self.path / TIMINGS), start=1):
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

    def scores(self) -> Iterator[Score]:
        for number, (_, line) in enumerate(read_lines(self._scores), start=1):
            try:
                score = Score.model_validate_json(line)
                why = score_contradiction(score)
            except ValidationError:
                why = "it is no score"
            if why is not None:
                raise RecordError(
                    f"damaged line: {why}",
                    where=f"{self._scores}:{number}",
                    fix=f"delete the file, then score the run again: track15 score {self.path}",
                ) from None
            yield score

    def write_scores(self, scores: Iterable[Score]) -> None:
        """Replace all scores at once."""
        write_atomically(self.path / SCORES, _score_lines(scores))

    def set_scores_aside(self, folder: Path, scores: Iterable[Score]) -> None:
        """Keep ``scores`` in ``folder``, and read them from there from now on: the run's own folder
        cannot be written."""
        aside = folder / SCORES
        write_atomically(aside, _score_lines(scores))
        self._scores = aside


def _score_lines(scores: Iterable[Score]) -> Iterator[bytes]:
    return (score.model_dump_json().encode() + b"\n" for score in scores)


KNOWN = 100_000
"""Texts that a writer remembers to have written, the last used: what dialogues share comes again
and again. One that is forgotten is written twice, which readers do not mind."""
_HASH = re.compile(rb'^\{"hash":"([0-9a-f]{1,64})"')


def _recent(path: Path) -> dict[str, None]:
    """Hashes of the last texts in ``messages.jsonl``, oldest first."""
    found: dict[str, None] = {}
    for _, line in read_lines(path):
        if (head := _HASH.match(line)) is not None:
            key = head.group(1).decode()
            found.pop(key, None)
            found[key] = None
            if len(found) > KNOWN:
                del found[next(iter(found))]
    return found


class RunWriter:
    """A run in play: the only writer of its folder.

    Opening a folder that holds an earlier part of the same plan, or a plan that begins alike,
    resumes it.

    Raises:
        RecordError: The folder cannot be written, belongs to another plan, or is being written by
            another process.
    """

    grows = True
    """Whether what an earlier, longer plan has left in the folder stays."""

    def __init__(self, path: Path, info: RunInfo) -> None:
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RecordError(
                f"the folder cannot be made: {reason(error)}",
                where=str(path),
                fix=advice(error),
            ) from None
        refuse_links(path)
        with contextlib.ExitStack() as opened:
            opened.callback(_take_lock(path))
            self.info = _kept_or_new(path, info, grows=self.grows)
            self._clear()
            self._transcripts = _appender(path / TRANSCRIPTS, opened)
            self._messages = _appender(path / MESSAGES, opened)
            self._timings = _appender(path / TIMINGS, opened)
            self._known = _recent(path / MESSAGES)
            index = _index(path / TRANSCRIPTS)
            self.played: dict[str, Status] = {key: status for key, (_, status) in index.items()}
            self._opened = opened.pop_all()

    def _clear(self) -> None:
        """Remove what an earlier writer left, where it is not gone on with. The folder is this
        process's alone by now, and belongs to the plan."""

    def finished(self, dialogue: str) -> bool:
        """Whether a dialogue needs no playing: done, or void for what a model replied."""
        return self.played.get(dialogue) in ("done", "void")

    def append(self, finished: Finished) -> None:
        """Bring one finished dialogue to disk. The transcript goes last: once its line is whole,
        everything it refers to is there."""
        fresh = []
        for key, line in finished.messages.items():
            if key not in self._known:
                fresh.append(line)
            self._known.pop(key, None)  # used now: it goes to the end
            self._known[key] = None
        self._messages.append(fresh)
        while len(self._known) > KNOWN:
            del self._known[next(iter(self._known))]
        self._timings.append([finished.timing], sync=False)
        self._transcripts.append([finished.transcript])
        self.played[finished.id] = finished.status

    def finalise(self, plan: Sequence[str]) -> None:
        """Put the lines of a complete run in plan order and drop superseded ones.

        The last thing a writer does: the reordered file takes the place of the one that was being
        appended to, so no dialogue can be appended after it.
        """
        self._transcripts.close()
        path = self.path / TRANSCRIPTS
        index = _index(path)
        if set(index) != set(plan) or any(status == "failed" for _, status in index.values()):
            return  # what superseded lines took still counts against the run's limits
        in_file = sum(1 for _ in read_lines(path))
        offsets = [index[key][0] for key in plan]
        if in_file == len(offsets) and offsets == sorted(offsets):
            return
        with path.open("rb") as source:
            write_atomically(path, _lines_at(source, offsets))

    def close(self) -> None:
        """Close the files and let go of the folder."""
        self._opened.close()

    def __enter__(self) -> RunWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _lines_at(source: IO[bytes], offsets: Sequence[int]) -> Iterator[bytes]:
    for offset in offsets:
        source.seek(offset)
        yield source.readline()


def _kept_or_new(path: Path, info: RunInfo, *, grows: bool) -> RunInfo:
    """What ``run.json`` says, written now if this is the first sitting. A folder that ``grows``
    keeps the longer one of two plans that begin alike."""
    if not (path / RUN).exists():
        text = info.model_dump_json(by_alias=True, indent=1).encode() + b"\n"
        write_atomically(path / RUN, iter([text]))
        return info
    kept = read_info(path)
    if not info.goes_on(kept):
        raise RecordError(
            f"the folder holds another plan (suite {kept.suite.id!r})",
            where=str(path),
            fix="choose another folder with --log-dir",
        )
    now = info.model_copy(update={"created": kept.created})
    if grows and kept.dialogues > info.dialogues:
        # What is asked now, of all that the folder holds or was to hold.
        named = ("plan", "dialogues", "limited", "cut", "cut_scenarios", "command")
        longer = {name: getattr(kept, name) for name in named}
        suite = info.suite.model_copy(update={"epochs": kept.suite.epochs})
        now = now.model_copy(update={**longer, "suite": suite})
    if now != kept:
        # The same dialogues under changed questions, checks or flags: what is asked of them now.
        text = now.model_dump_json(by_alias=True, indent=1).encode() + b"\n"
        write_atomically(path / RUN, iter([text]))
    return now


def _appender(path: Path, opened: contextlib.ExitStack) -> Appender:
    appender = Appender(path)
    opened.callback(appender.close)
    return appender


def _take_lock(path: Path) -> Callable[[], None]:
    """Hold the folder against a second writer until what is given back is called, or the process
    ends."""
    try:
        lock = open_own(path / LOCK, os.O_RDWR | os.O_CREAT)
    except OSError as error:
        raise cannot("written", path / LOCK, error) from None
    try:
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:  # not on Windows: two writers are then the user's own care
        pass
    except OSError:
        os.close(lock)
        raise RecordError(
            "another process is playing this run",
            where=str(path),
            fix="wait for it, or choose another folder with --log-dir",
        ) from None
    stamp(lock)

    def let_go() -> None:
        stamp(lock)
        os.close(lock)

    return let_go


def _index(path: Path) -> dict[str, tuple[int, Status]]:
    try:
        with open_regular(path) as file:
            return index_of(file, path)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise unreadable(path, error) from None
