"""Adds a piece of a run's file to the index: further lines of its plan, dialogues or scores."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO, Final

from pydantic_core import from_json

from harness.files.regular import LARGEST
from harness.records.folder import PLAN, SCORES, TRANSCRIPTS, file_of
from harness.viewer import papers
from harness.viewer.chains import add_episode
from harness.viewer.entries import (
    FIELDS,
    MOST_TEXTS,
    DamagedError,
    document_of,
    fields_of,
    texts_of,
)
from harness.viewer.sidecar import MOST_MEASURES, SCORES_TABLE
from harness.viewer.spelling import spelled
from harness.visible import shortened, writable

PIECE: Final = 4 << 20
"""Bytes of a piece, and the line that goes beyond: what a page may wait for."""
LARGE_PIECE: Final = 16 << 20
"""The same where nobody waits; larger ones take less time in all."""
_MOST_STAGES: Final = 1 << 10
"""Stages of an episode that are told apart in the order of the plan."""
MOST_WORD: Final = 200
"""Characters that are kept of a score in words."""


@dataclass(frozen=True)
class Piece:
    """What was added.

    Attributes:
        end: Where the next line begins.
        damaged: Lines that are no record.
        ended: Whether no whole line is left.
    """

    end: int
    damaged: int
    ended: bool


class _Lines:
    """The whole lines of the next piece of a file."""

    def __init__(self, file: BinaryIO, offset: int, size: int) -> None:
        self._file, self._size = file, size
        self.end = offset
        self.ended = False

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        start = self.end
        self._file.seek(start)
        while self.end - start < self._size:
            line = self._file.readline(LARGEST + 1)
            if not line.endswith(b"\n"):
                self.ended = True
                return
            at, self.end = self.end, self.end + len(line)
            yield at, line[:-1]


_NO_EPISODE: Final = (
    *(ValueError, KeyError, TypeError, AttributeError, OverflowError),
    *(sqlite3.ProgrammingError, sqlite3.InterfaceError),
)
"""What a line that is no episode ends in. A value that SQLite does not take is a programming error
to it, or one of the interface, whichever the version; a number too large is an overflow."""


def add_plan(db: sqlite3.Connection, file: BinaryIO, offset: int, size: int = PIECE) -> Piece:
    """Which arms lead through which stage."""
    lines, damaged = _Lines(file, offset, size), 0
    for at, line in lines:
        try:
            episode = from_json(line)
            arm, stages = episode["arm"], list(episode["stages"].values())
            where = (episode["scenario"], episode["twin"], episode["epoch"])
            if not isinstance(arm, str):
                raise TypeError
            for number, stage in enumerate(stages):
                _add_arm(db, stage, arm, at * _MOST_STAGES + min(number, _MOST_STAGES - 1), where)
            add_episode(db, at, episode)
        except _NO_EPISODE:
            damaged += 1
    return Piece(lines.end, damaged, lines.ended)


def _add_arm(
    db: sqlite3.Connection, stage: str, arm: str, place: int, where: tuple[Any, ...]
) -> None:
    """Note that an arm leads through a stage.

    Args:
        db: The index.
        stage: Its id.
        arm: Name of the arm.
        place: Grows along the plan; the first one of a stage stays.
        where: Its scenario, twin and epoch.
    """
    found = db.execute("SELECT arms FROM plan WHERE id = ?", (stage,)).fetchone()
    if found is None:
        row = (stage, place, *where, json.dumps([arm]))
        db.execute(
            "INSERT INTO plan (id, place, scenario, twin, epoch, arms) VALUES (?, ?, ?, ?, ?, ?)",
            row,
        )
        return
    arms = json.loads(found[0])
    if arm not in arms:
        row = (json.dumps([*arms, arm]), stage)
        db.execute("UPDATE plan SET arms = ? WHERE id = ?", row)
        # Arms that share a dialogue may come after it in the plan.
        db.execute("UPDATE dialogues SET arms = ? WHERE id = ?", row)


_DIALOGUE: Final = (
    f"INSERT INTO dialogues (at, arms, {', '.join(FIELDS)}) "  # noqa: S608 - names of ours
    f"VALUES ({', '.join('?' * (len(FIELDS) + 2))})"
)
_TEXT: Final = "INSERT INTO texts (rowid, public, private) VALUES (?, ?, ?)"


def add_dialogues(db: sqlite3.Connection, file: BinaryIO, offset: int, size: int = PIECE) -> Piece:
    """The dialogues and their texts. One that was played again takes the place of what it was."""
    lines, damaged = _Lines(file, offset, size), 0
    written = list[tuple[int, str | None, str | None]]()
    for at, line in lines:
        try:
            document, episode = document_of(line)
            fields = fields_of(document)
            texts = list(texts_of(document))[:MOST_TEXTS]
        except DamagedError:
            damaged += 1
            continue
        if episode is not None:
            where = (episode.scenario, episode.twin.value, episode.epoch)
            _add_arm(db, fields["id"], episode.arm, at * _MOST_STAGES, where)
        number = _add_dialogue(db, at, fields)
        for place, text in enumerate(texts, start=number * MOST_TEXTS):
            said = spelled(writable(text.text))
            written.append((place, None, said) if text.private else (place, said, None))
    db.executemany(_TEXT, written)
    return Piece(lines.end, damaged, lines.ended)


def _add_dialogue(db: sqlite3.Connection, at: int, fields: dict[str, Any]) -> int:
    """Add the fields of a dialogue; its number."""
    key = fields["id"]
    place = "SELECT scenario, twin, epoch, arms FROM plan WHERE id = ?"
    found = db.execute(place, (key,)).fetchone()
    arms = "[]"
    if found is not None:
        fields["scenario"], fields["twin"], fields["epoch"], arms = found
    former = db.execute("SELECT n FROM dialogues WHERE id = ?", (key,)).fetchone()
    if former is not None:
        # Its texts stay in the index and belong to no dialogue any more.
        db.execute("DELETE FROM dialogues WHERE n = ?", former)
    number = db.execute(_DIALOGUE, (at, arms, *(fields[name] for name in FIELDS))).lastrowid
    assert number is not None
    if former is not None:
        db.execute("UPDATE scores SET n = ? WHERE n = ?", (number, *former))
    return number


def add_scores(db: sqlite3.Connection, file: BinaryIO, offset: int, size: int = PIECE) -> Piece:
    """The scores of dialogues, one column a measure."""
    lines, damaged = _Lines(file, offset, size), 0
    columns = _Columns(db)
    key, start, found, ours = "", 0, dict[str, Any](), False
    for at, line in lines:
        try:
            score = from_json(line)
            which, values = str(score["id"]), score["values"]
            evaluator, names = score["evaluator"], tuple(values)
            kept = [
                value if type(value) is float and -math.inf < value < math.inf else _value(value)
                for value in values.values()
            ]
        except (ValueError, KeyError, TypeError, AttributeError):
            damaged += 1
            continue
        if which != key:
            columns.put(key, start, found)
            key, start, found, ours = which, at, {}, columns.of_dialogue(which)
        if ours:  # what is of a stage of another kind would be an empty column of every dialogue
            found.update(zip(columns.named(evaluator, names), kept, strict=True))
    columns.put(key, start, found)
    return Piece(lines.end, damaged, lines.ended)


class _Columns:
    """The columns of the scores, made as measures turn up."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._known: dict[str, int] = {
            name: number for number, name in db.execute("SELECT number, name FROM measures")
        }
        # What evaluators find has few shapes: each is worked out once.
        self._named: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = {}
        self._sql: dict[tuple[str, ...], str] = {}

    def of_dialogue(self, key: str) -> bool:
        """Whether an id is that of a dialogue."""
        sql = "SELECT 1 FROM dialogues WHERE id = ?"
        return self._db.execute(sql, (key,)).fetchone() is not None

    def named(self, evaluator: object, values: tuple[str, ...]) -> tuple[str, ...]:
        """Columns of what an evaluator found; an empty name for what is not kept."""
        shape = (str(evaluator), values)
        if shape not in self._named:
            self._named[shape] = tuple(self._column(f"{evaluator}.{name}") for name in values)
        return self._named[shape]

    def put(self, key: str, at: int, found: dict[str, Any]) -> None:
        """Keep what was found in a dialogue, column -> value, beside what it has. Its lines begin
        ``at``."""
        found.pop("", None)
        number = self._db.execute("SELECT n FROM dialogues WHERE id = ?", (key,)).fetchone()
        if number is None or not found:
            return  # a stage of another kind
        names = tuple(found)
        if names not in self._sql:
            marks = ", ".join("?" * (len(names) + 2))
            changes = ", ".join(f"{column} = excluded.{column}" for column in names)
            self._sql[names] = (
                f"INSERT INTO scores (n, at, {', '.join(names)}) VALUES ({marks}) "  # noqa: S608 - ours
                f"ON CONFLICT (n) DO UPDATE SET at = at || ' ' || excluded.at, {changes}"
            )
        self._db.execute(self._sql[names], (*number, str(at), *found.values()))

    def _column(self, measure: str) -> str:
        number = self._known.get(measure)
        if number is None:
            if len(self._known) >= MOST_MEASURES:
                return ""
            number = self._known[measure] = len(self._known)
            self._db.execute("INSERT INTO measures VALUES (?, ?)", (number, measure))
            self._db.execute(f"ALTER TABLE scores ADD COLUMN c{number}")
        return f"c{number}"


def _value(value: object) -> float | int | str | None:
    """A score as SQLite takes it: 1 and 0 of yes and no."""
    if value is None:
        return None
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        return writable(value if len(value) <= MOST_WORD else shortened(value, MOST_WORD))
    if isinstance(value, int | float):
        try:
            number = float(value)
        except OverflowError:  # JSON has no bound, and what an evaluator finds is the user's own
            return None
        return number if math.isfinite(number) else None
    raise TypeError


def add_papers(
    db: sqlite3.Connection, file: BinaryIO, offset: int, size: int = PIECE, *, kind: str
) -> Piece:
    """The articles, or the news."""
    lines = _Lines(file, offset, size)
    damaged = papers.add(db, kind, iter(lines))
    return Piece(lines.end, damaged, lines.ended)


def forget_scores(db: sqlite3.Connection) -> None:
    """Drop all scores; the run was scored anew."""
    db.execute("DROP TABLE scores")
    db.execute(SCORES_TABLE)
    db.execute("DELETE FROM measures")
    db.execute("DELETE FROM meta WHERE key = ?", (f"mark {SCORES}",))


INGEST: Final[dict[str, Callable[[sqlite3.Connection, BinaryIO, int, int], Piece]]] = {
    PLAN: add_plan,
    TRANSCRIPTS: add_dialogues,
    SCORES: add_scores,
    **{file_of(kind): partial(add_papers, kind=kind) for kind in papers.KINDS},
}
