"""The run folder: one finished dialogue a line, nothing lost, nothing twice.

``run.json`` what was planned; ``transcripts.jsonl`` finished dialogues; ``messages.jsonl`` every
text a model was shown, once; ``timings.jsonl`` when and how long; ``scores.jsonl`` what evaluators
found, redone at will. While a run is in play its lines stand in the order they finished; when it is
complete they are put in plan order, so that the same plan gives the same file.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO

from pydantic import ValidationError
from pydantic_core import from_json

from harness.errors import RecordError
from harness.records.finished import Finished
from harness.records.jsonl import Appender, read_lines, write_atomically
from harness.records.run import RUN_SCHEMA, RunInfo
from harness.records.transcript import SCHEMA_VERSION, Score, Status, Timing, Transcript

TRANSCRIPTS = "transcripts.jsonl"
MESSAGES = "messages.jsonl"
TIMINGS = "timings.jsonl"
SCORES = "scores.jsonl"
RUN = "run.json"

_HEAD = re.compile(rb'^\{"id":"([0-9a-f]{16})","schema_version":\d+,"status":"(done|void|failed)"')


class RunFolder:
    """A run on disk, for reading. Everything streams; nothing is loaded whole.

    Raises:
        RecordError: The folder is not a run, or a file of it is damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.info = _read_info(path)

    def index(self) -> dict[str, tuple[int, Status]]:
        """Dialogue id -> (byte offset of its last line, status)."""
        return _index(self.path / TRANSCRIPTS)

    def transcripts(self) -> Iterator[Transcript]:
        """Every finished dialogue once, in the order of the file."""
        index = self.index()
        for number, (offset, line) in enumerate(read_lines(self.path / TRANSCRIPTS), start=1):
            head = _HEAD.match(line)
            if head is not None and index[head.group(1).decode()][0] != offset:
                continue  # superseded: an endpoint had failed and the dialogue was played again
            yield _parse(line, f"{self.path / TRANSCRIPTS}:{number}")

    def transcript(self, prefix: str) -> Transcript:
        """The dialogue whose id starts with ``prefix``.

        Raises:
            RecordError: None, or more than one, does.
        """
        found = [(key, where) for key, where in self.index().items() if key.startswith(prefix)]
        if len(found) != 1:
            what = "no dialogue" if not found else f"{len(found)} dialogues"
            raise RecordError(
                f"{what} with an id that starts with {prefix!r}",
                where=str(self.path),
                fix=f"list the dialogues with: track15 show {self.path}",
            )
        with (self.path / TRANSCRIPTS).open("rb") as file:
            file.seek(found[0][1][0])
            return _parse(file.readline().rstrip(b"\n"), f"{self.path}: {found[0][0]}")

    def timings(self) -> Iterator[Timing]:
        for number, (_, line) in enumerate(read_lines(self.path / TIMINGS), start=1):
            try:
                yield Timing.model_validate_json(line)
            except ValidationError:
                raise _damaged(f"{self.path / TIMINGS}:{number}") from None

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
                raise _damaged(f"{self.path / MESSAGES}:{number}") from None
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
                    raise _damaged(f"{self.path / MESSAGES}:{number}") from None
        return found

    def scores(self) -> Iterator[Score]:
        for number, (_, line) in enumerate(read_lines(self.path / SCORES), start=1):
            try:
                yield Score.model_validate_json(line)
            except ValidationError:
                raise RecordError(
                    "damaged line",
                    where=f"{self.path / SCORES}:{number}",
                    fix=f"score the run again: track15 score {self.path}",
                ) from None

    def write_scores(self, scores: Iterable[Score]) -> None:
        """Replace all scores at once."""
        lines = (score.model_dump_json().encode() + b"\n" for score in scores)
        write_atomically(self.path / SCORES, lines)


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
                f"the folder cannot be made: {error.strerror}",
                where=str(path),
                fix="choose another with --log-dir",
            ) from None
        with contextlib.ExitStack() as opened:
            opened.callback(_take_lock(path).close)
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
    kept = _read_info(path)
    if not info.goes_on(kept):
        raise RecordError(
            f"the folder holds another plan (suite {kept.suite.id!r})",
            where=str(path),
            fix="choose another folder with --log-dir",
        )
    now = info.model_copy(update={"created": kept.created})
    if grows and kept.dialogues > info.dialogues:
        # What is asked now, of all that the folder holds or was to hold.
        longer = {name: getattr(kept, name) for name in ("plan", "dialogues", "limited", "command")}
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


def _take_lock(path: Path) -> IO[bytes]:
    """Hold the folder against a second writer until the process ends."""
    try:
        file = (path / ".lock").open("wb")
    except OSError as error:
        raise RecordError(
            f"the folder cannot be written: {error.strerror}",
            where=str(path),
            fix="choose another with --log-dir",
        ) from None
    try:
        import fcntl
    except ImportError:  # not on Windows: two writers are then the user's own care
        return file
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise RecordError(
            "another process is playing this run",
            where=str(path),
            fix="wait for it, or choose another folder with --log-dir",
        ) from None
    return file


def _read_info(path: Path) -> RunInfo:
    where = path / RUN
    try:
        text = where.read_bytes()
    except FileNotFoundError:
        raise RecordError(
            "not a run folder: it has no run.json",
            where=str(path),
            fix="give the folder that 'track15 run' named, or see: track15 list runs",
        ) from None
    except IsADirectoryError:
        raise _damaged_info(where, "damaged: it is a folder") from None
    except OSError as error:
        raise RecordError(
            f"cannot be read: {error.strerror}",
            where=str(where),
            fix="let yourself read the file (ls -l shows who may), then type the command again",
        ) from None
    try:
        info = RunInfo.model_validate_json(text)
    except ValidationError as error:
        newer = _SCHEMA_LINE.search(text)
        if newer is not None and newer.group(1).decode() != RUN_SCHEMA:
            raise _newer_info(newer.group(1).decode(), where) from None
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        why = f"damaged, or written by another version: {field}: {first['msg']}"
        if not field:
            why = f"damaged: {first['msg'][:1].lower()}{first['msg'][1:]}"
        raise _damaged_info(where, why, _COMMAND_LINE.search(text)) from None
    if info.schema_ != RUN_SCHEMA:
        raise _newer_info(info.schema_, where)
    return info


_SCHEMA_LINE = re.compile(rb'^\{\s*"schema": ?"(track15/run/\d{1,6})"')
_COMMAND_LINE = re.compile(rb'^ "command": ("(?:[^"\\\x00-\x1f]|\\.)*"),$', re.MULTILINE)


def _newer_info(schema: str, where: Path) -> RecordError:
    return _newer(f"{schema}; this one reads {RUN_SCHEMA}", str(where))


def _damaged_info(where: Path, why: str, command: re.Match[bytes] | None = None) -> RecordError:
    """The command that made a run makes its ``run.json`` again, and resumes from what the other
    files hold."""
    typed = "the command that made the run"
    if command is not None:
        with contextlib.suppress(ValueError):
            typed = from_json(command.group(1))
    return RecordError(
        why,
        where=str(where),
        fix=f"move it away and type: {typed}\n"
        "  That writes it anew and keeps every finished dialogue; or put back a copy of the file",
    )


def _index(path: Path) -> dict[str, tuple[int, Status]]:
    index: dict[str, tuple[int, Status]] = {}
    for number, (offset, line) in enumerate(read_lines(path), start=1):
        head = _HEAD.match(line)
        if head is None:
            transcript = _parse(line, f"{path}:{number}")
            index[transcript.id] = (offset, transcript.status)
        else:
            status: Status = head.group(2).decode()  # type: ignore[assignment]
            index[head.group(1).decode()] = (offset, status)
    return index


def _parse(line: bytes, where: str) -> Transcript:
    try:
        transcript = Transcript.model_validate_json(line)
    except ValidationError:
        transcript = None
    # A newer record may fit this schema and mean something else: the version decides, not the fit.
    if transcript is not None and transcript.schema_version <= SCHEMA_VERSION:
        return transcript
    try:
        version = from_json(line).get("schema_version")
    except (ValueError, AttributeError):
        raise _damaged(where) from None
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise _newer(f"schema {version}; this one reads {SCHEMA_VERSION}", where)
    raise _damaged(where)


def _newer(what: str, where: str) -> RecordError:
    return RecordError(f"written by a newer version ({what})", where=where, fix="upgrade track15")


def _damaged(where: str) -> RecordError:
    return RecordError(
        "damaged line",
        where=where,
        fix="delete the line and type the command that made the run: it plays what is missing",
    )
