"""Adds a piece of a run's file to the index: further lines of its plan, dialogues or scores."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from pydantic_core import from_json

from harness.files.regular import LARGEST
from harness.records.folder import PLAN, SCORES, TRANSCRIPTS
from harness.viewer.entries import (
    FIELDS,
    MOST_TEXTS,
    DamagedError,
    document_of,
    fields_of,
    texts_of,
)
from harness.viewer.sidecar import MOST_MEASURES, SCORES_TABLE
from harness.visible import shortened, writable

PIECE: Final = 4 << 20
"""Bytes of a piece, and the line that goes beyond."""
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

    def __init__(self, file: BinaryIO, offset: int) -> None:
        self._file = file
        self.end = offset
        self.ended = False

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        start = self.end
        self._file.seek(start)
        while self.end - start < PIECE:
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


def add_plan(db: sqlite3.Connection, file: BinaryIO, offset: int) -> Piece:
    """Which arms lead through which stage."""
    lines, damaged = _Lines(file, offset), 0
    for _, line in lines:
        try:
            episode = from_json(line)
            arm, stages = episode["arm"], list(episode["stages"].values())
            place = (episode["scenario"], episode["twin"], episode["epoch"])
            if not isinstance(arm, str):
                raise TypeError
            for stage in stages:
                _add_arm(db, stage, arm, place)
        except _NO_EPISODE:
            damaged += 1
    return Piece(lines.end, damaged, lines.ended)


def _add_arm(db: sqlite3.Connection, stage: str, arm: str, place: tuple[Any, ...]) -> None:
    found = db.execute("SELECT arms FROM plan WHERE id = ?", (stage,)).fetchone()
    if found is None:
        row = (stage, *place, json.dumps([arm]))
        db.execute("INSERT INTO plan (id, scenario, twin, epoch, arms) VALUES (?, ?, ?, ?, ?)", row)
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


def add_dialogues(db: sqlite3.Connection, file: BinaryIO, offset: int) -> Piece:
    """The dialogues and their texts. One that was played again takes the place of what it was."""
    lines, damaged = _Lines(file, offset), 0
    for at, line in lines:
        try:
            document, episode = document_of(line)
            fields = fields_of(document)
            texts = list(texts_of(document))[:MOST_TEXTS]
        except DamagedError:
            damaged += 1
            continue
        if episode is not None:
            place = (episode.scenario, episode.twin.value, episode.epoch)
            _add_arm(db, fields["id"], episode.arm, place)
        number = _add_dialogue(db, at, fields)
        rows = (
            (
                (number * MOST_TEXTS) + place,
                None if text.private else writable(text.text),
                writable(text.text) if text.private else None,
            )
            for place, text in enumerate(texts)
        )
        db.executemany(_TEXT, rows)
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


def add_scores(db: sqlite3.Connection, file: BinaryIO, offset: int) -> Piece:
    """The scores of dialogues, one column a measure."""
    lines, damaged = _Lines(file, offset), 0
    columns = _Columns(db)
    key, start, values = "", 0, dict[str, Any]()
    for at, line in lines:
        try:
            score = from_json(line)
            found = {
                f"{score['evaluator']}.{name}": _value(value)
                for name, value in score["values"].items()
            }
            which = str(score["id"])
        except (ValueError, KeyError, TypeError, AttributeError):
            damaged += 1
            continue
        if which != key:
            columns.put(key, start, values)
            key, start, values = which, at, {}
        values.update(found)
    columns.put(key, start, values)
    return Piece(lines.end, damaged, lines.ended)


class _Columns:
    """The columns of the scores, made as measures turn up."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._known: dict[str, int] = {
            name: number for number, name in db.execute("SELECT number, name FROM measures")
        }

    def put(self, key: str, at: int, values: Mapping[str, Any]) -> None:
        """Keep the values of a dialogue, whose lines begin ``at``, beside those that it has."""
        number = self._db.execute("SELECT n FROM dialogues WHERE id = ?", (key,)).fetchone()
        named = {}
        for name, value in values.items():
            if (column := self._column(name)) is not None:
                named[column] = value
        if number is None or not named:
            return  # a stage of another kind
        marks = ", ".join("?" * (len(named) + 2))
        changes = ", ".join(f"{column} = excluded.{column}" for column in named)
        self._db.execute(
            f"INSERT INTO scores (n, at, {', '.join(named)}) VALUES ({marks}) "  # noqa: S608 - ours
            f"ON CONFLICT (n) DO UPDATE SET at = at || ' ' || excluded.at, {changes}",
            (*number, str(at), *named.values()),
        )

    def _column(self, measure: str) -> str | None:
        number = self._known.get(measure)
        if number is None:
            if len(self._known) >= MOST_MEASURES:
                return None
            number = self._known[measure] = len(self._known)
            self._db.execute("INSERT INTO measures VALUES (?, ?)", (number, measure))
            self._db.execute(f"ALTER TABLE scores ADD COLUMN c{number}")
        return f"c{number}"


def _value(value: object) -> float | int | str | None:
    """A score as SQLite takes it: 1 and 0 of yes and no."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        return writable(shortened(value, MOST_WORD))
    if isinstance(value, int | float):
        try:
            number = float(value)
        except OverflowError:  # JSON has no bound, and what an evaluator finds is the user's own
            return None
        return number if math.isfinite(number) else None
    if value is None:
        return None
    raise TypeError


def forget_scores(db: sqlite3.Connection) -> None:
    """Drop all scores; the run was scored anew."""
    db.execute("DROP TABLE scores")
    db.execute(SCORES_TABLE)
    db.execute("DELETE FROM measures")
    db.execute("DELETE FROM meta WHERE key = ?", (f"mark {SCORES}",))


INGEST: Final[dict[str, Callable[[sqlite3.Connection, BinaryIO, int], Piece]]] = {
    PLAN: add_plan,
    TRANSCRIPTS: add_dialogues,
    SCORES: add_scores,
}
