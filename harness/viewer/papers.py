"""Articles and news in the index of a run: so that they are found by the words in them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic_core import from_json

from harness.errors import RecordError
from harness.files.jsonl import unreadable
from harness.files.regular import LARGEST, open_regular
from harness.records.folder import file_of
from harness.records.news import NEWS
from harness.records.publication import PUBLICATION
from harness.records.spec import TALKS
from harness.viewer.spelling import spelled
from harness.visible import writable

KINDS: Final = (PUBLICATION, NEWS)
FILES: Final = tuple(map(file_of, KINDS))
FIRST: Final = 1 << 62
"""Number of the first of their texts among all that are searched, after those of dialogues."""
TABLES: Final = {
    "papers": "CREATE TABLE papers (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, "
    "kind TEXT NOT NULL, at INTEGER NOT NULL, talks TEXT NOT NULL)",
    "papers_id": "CREATE UNIQUE INDEX papers_id ON papers (id)",
}
_TEXT: Final = "INSERT INTO texts (rowid, public, private) VALUES (?, ?, NULL)"


@dataclass(frozen=True)
class Paper:
    """An article or news item.

    Attributes:
        id: Of its stage.
        kind: Of its stage.
        talks: Id of the talks that it comes from; empty for none.
        arms: Arms that lead through it.
        scenario: Of them.
        text: Title and text.
    """

    id: str
    kind: str
    talks: str
    arms: tuple[str, ...]
    scenario: str
    text: str

    @property
    def what(self) -> str:
        """What it is, in a word."""
        return "article" if self.kind == PUBLICATION else "news"


class NoPaperError(ValueError):
    """A line is no article and no news item."""


def _read(line: bytes) -> tuple[str, str, str]:
    """Id, id of the talks, and text of what stands in a line.

    Raises:
        NoPaperError: It is none.
    """
    try:
        record: dict[str, Any] = from_json(line)
        body = record["body"] or {}
        title = body.get("title") or body.get("headline") or ""
        talks = (record["spec"].get("inputs") or {}).get(TALKS, "")
        key, text = record["id"], body.get("text") or ""
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise NoPaperError from None
    if not all(isinstance(one, str) for one in (key, talks, title, text)):
        raise NoPaperError
    return key, talks, f"{title}\n\n{text}".strip()


def add(db: sqlite3.Connection, kind: str, lines: Iterator[tuple[int, bytes]]) -> int:
    """Add papers; one that was written again takes the place of what it was. How many of the lines
    are none."""
    damaged = 0
    for at, line in lines:
        try:
            key, talks, text = _read(line)
        except NoPaperError:
            damaged += 1
            continue
        # Texts of what it was stay in the index and belong to nothing any more.
        db.execute("DELETE FROM papers WHERE id = ?", (writable(key),))
        row = (writable(key), kind, at, writable(talks))
        number = db.execute(
            "INSERT INTO papers (id, kind, at, talks) VALUES (?, ?, ?, ?)", row
        ).lastrowid
        assert number is not None
        if text:
            db.execute(_TEXT, (FIRST + number, spelled(writable(text))))
    return damaged


def papers(db: sqlite3.Connection, run: Path, numbers: list[int]) -> dict[int, Paper]:
    """Papers by the numbers of their texts, read again from where their lines begin.

    Raises:
        RecordError: A file cannot be read, or has changed since.
    """
    found: dict[int, Paper] = {}
    for number in numbers:
        row = db.execute(
            "SELECT q.id, q.kind, q.at, q.talks, p.scenario, "
            "(SELECT json_group_array(value) FROM json_each(p.arms)) "
            "FROM papers q LEFT JOIN plan p ON p.id = q.id WHERE q.n = ?",
            (number - FIRST,),
        ).fetchone()
        if row is None:
            continue
        key, kind, at, talks, scenario, arms = row
        path = run / file_of(kind)
        text = _text_at(path, at, key)
        found[number] = Paper(key, kind, talks, tuple(from_json(arms)), scenario or "", text)
    return found


def _text_at(path: Path, at: int, key: str) -> str:
    try:
        with open_regular(path) as file:
            file.seek(at)
            read, _, text = _read(file.readline(LARGEST))
    except OSError as error:
        raise unreadable(path, error) from None
    except NoPaperError:
        read, text = "", ""
    if read != key:
        raise RecordError("the file has changed", where=str(path), fix="search again")
    return text
