"""Search in everything that was said: which messages hold the words, and where in them."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from harness.errors import RecordError
from harness.files.jsonl import unreadable
from harness.files.regular import LARGEST, open_regular
from harness.records.folder import TRANSCRIPTS
from harness.viewer.entries import MOST_TEXTS, DamagedError, Text, document_of, texts_of
from harness.viewer.index import Index
from harness.viewer.listing import Row, rows
from harness.viewer.papers import FIRST as PAPERS
from harness.viewer.papers import Paper, papers
from harness.viewer.spelling import BETWEEN, TOKENIZE, spelled, unspelled
from harness.visible import visible, writable

PAGE: Final = 30
"""Messages a page."""
MOST_COUNTED: Final = 10_000
"""Messages that are counted; beyond, it is said that there are more."""
MOST_LENGTH: Final = 300
"""Characters of what is looked for."""
_WORDS: Final = re.compile(r'"([^"]*)"?|(\S+)')
_FOUND: Final = (
    "SELECT t.rowid FROM texts t WHERE t.texts MATCH ? "
    "AND (EXISTS (SELECT 1 FROM dialogues d WHERE d.n = t.rowid / ?) OR (t.rowid >= ? "
    "AND EXISTS (SELECT 1 FROM papers p WHERE p.n = t.rowid - ?))) ORDER BY t.rowid LIMIT ?"
)
_SIGNS: Final = ("\ue000", "\ue001")
"""Stand before and behind a word that was found, until the text is escaped; for private use, and
taken out of texts that have them."""


@dataclass(frozen=True)
class Hit:
    """A message that holds the words.

    Attributes:
        row: Its dialogue.
        text: The message.
        excerpt: The words in their place; markup of ours, with all else escaped.
    """

    row: Row
    text: Text
    excerpt: Markup
    paper: None = None


@dataclass(frozen=True)
class PaperHit:
    """An article or news item that holds the words; ``excerpt`` as of :class:`Hit`."""

    paper: Paper
    excerpt: Markup


@dataclass(frozen=True)
class Hits:
    """A page of what was found.

    Attributes:
        hits: Messages; after them, articles and news.
        total: Messages that hold the words, of those that are counted.
        more: Whether there are more.
    """

    hits: tuple[Hit | PaperHit, ...] = ()
    total: int = 0
    more: bool = False


def expression_of(text: str, *, private: bool) -> str:
    """What is looked for, as FTS5 writes it: every word, or text in quotes, of one message. A ``*``
    ends a word of which only the beginning is known. In scripts without spaces any letters in a row
    are a word. Empty where no word is in it."""
    found = []
    for phrase, word in _WORDS.findall(text[:MOST_LENGTH]):
        said = phrase or word
        star = "*" if word.endswith("*") else ""
        # Signs are no words: a phrase of them alone would find nothing at all.
        if any(char.isalnum() for char in said):
            found.append(f'"{spelled(_plain(said))}"{star}')
    if not found:
        return ""
    joined = " AND ".join(found)
    return joined if private else f"public : ({joined})"


def _plain(text: str) -> str:
    return writable(text).replace('"', " ").replace("\0", " ")


def search(index: Index, text: str, *, private: bool = False, page: int = 1) -> Hits:
    """Messages of a run that hold all the words, in the order of the run.

    Args:
        index: Of the run.
        text: See :func:`expression_of`.
        private: Also what the other side was not to see.
        page: From 1.

    Raises:
        RecordError: The transcripts cannot be read.
    """
    expression = expression_of(text, private=private)
    if not expression:
        return Hits()
    with index.reading() as db:
        given = (expression, MOST_TEXTS, PAPERS, PAPERS, MOST_COUNTED + 1)
        numbers = [n for (n,) in db.execute(_FOUND, given)]
        wanted = numbers[:MOST_COUNTED][(page - 1) * PAGE : page * PAGE]
        written = papers(db, index.path, [number for number in wanted if number >= PAPERS])
        said = [number for number in wanted if number < PAPERS]
        which = list(dict.fromkeys(number // MOST_TEXTS for number in said))
        shown = {row.number: row for row in rows(db, which, ())}
        marks = ", ".join("?" * len(which))
        sql = f"SELECT n, at FROM dialogues WHERE n IN ({marks})"  # noqa: S608 - marks alone
        places = dict(db.execute(sql, which))
    texts = _texts(index, places)
    hits = []
    for number in said:
        dialogue, place = divmod(number, MOST_TEXTS)
        if place < len(texts.get(dialogue, ())):
            hits.append((shown[dialogue], texts[dialogue][place]))
    texts_found = [*(text.text for _, text in hits), *(one.text for one in written.values())]
    excerpts = iter(_excerpts(texts_found, expression))
    return Hits(
        (
            *(Hit(row, text, next(excerpts)) for row, text in hits),
            *(PaperHit(paper, next(excerpts)) for paper in written.values()),
        ),
        min(len(numbers), MOST_COUNTED),
        len(numbers) > MOST_COUNTED,
    )


def _texts(index: Index, places: dict[int, int]) -> dict[int, list[Text]]:
    """Number of a dialogue -> its texts, read again from where its line begins."""
    path = index.path / TRANSCRIPTS
    found: dict[int, list[Text]] = {}
    try:
        with open_regular(path) as file:
            for number, at in places.items():
                file.seek(at)
                try:
                    document, _ = document_of(file.readline(LARGEST).rstrip(b"\n"))
                    found[number] = list(texts_of(document))
                except DamagedError:
                    raise RecordError(
                        "the transcripts have changed", where=str(path), fix="search again"
                    ) from None
    except OSError as error:
        raise unreadable(path, error) from None
    return found


def _excerpts(texts: Sequence[str], expression: str) -> list[Markup]:
    """The words that were found, in their place. A small index of these texts alone finds them, by
    the rules by which they were found in the large one."""
    with sqlite3.connect(":memory:") as db:
        db.execute(f"CREATE VIRTUAL TABLE found USING fts5 (public, {TOKENIZE})")
        cleaned = [spelled(_without_signs(text)) for text in texts]
        db.executemany("INSERT INTO found VALUES (?)", ((text,) for text in cleaned))
        sql = (
            "SELECT rowid, snippet(found, 0, ?, ?, '…', 40) FROM found WHERE found MATCH ? "
            "ORDER BY rowid"
        )
        marked = dict(db.execute(sql, (*_SIGNS, expression)))
    db.close()
    return [_marked(marked.get(place, text)) for place, text in enumerate(cleaned, start=1)]


def _without_signs(text: str) -> str:
    return writable(text.translate(dict.fromkeys(map(ord, (*_SIGNS, BETWEEN)), " ")))


def _marked(text: str) -> Markup:
    shown = str(escape(visible(unspelled(text))))
    return Markup(shown.replace(_SIGNS[0], "<mark>").replace(_SIGNS[1], "</mark>"))  # noqa: S704
