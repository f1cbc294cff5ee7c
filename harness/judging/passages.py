"""What a judge reads, in passages: the turns of talks, or the paragraphs of an article or a text.

A judge sees what was said aloud and nothing else: no private thought, no brief, no value. Each
passage stands on one line behind its number, so that nothing said in one can look like another.
Characters that nobody sees are left out: in them somebody could speak to the judge alone, or keep
words from being quoted. What servers read as chat-template markers is broken by a space.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from harness.disputes.scenario import Scenario
from harness.plans.prose import from_markdown
from harness.prompting.templates import unmarked
from harness.records.publication import PUBLICATION
from harness.records.transcript import Action, Move, StageRecord, Transcript, Turn

_ARTICLE: Final = ("title", "text")
"""What is read of it, in this order."""
LEAST_WORDS: Final = 3
"""Words that a quote has at least, unless it is a passage whole: fewer occur everywhere."""
_BLANK: Final = re.compile(r"\s+")
_WORDS: Final = re.compile(r"[^\W_]+")
_PARAGRAPHS: Final = re.compile(r"\n[ \t]*\n")
_ALIKE: Final = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u00ab": '"',
        "\u00bb": '"',
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u00ad": None,
        "\u2026": "...",
    }
)
"""Signs that are typed in more ways than one."""
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co"})
"""Categories of characters that have no ink of their own."""
_AROUND: Final = " \t\"'.,;:!?-[]()"
"""What may stand around a quote that is not in the passage: signs, never words."""


@dataclass(frozen=True)
class Passage:
    """A part of what is read.

    Attributes:
        at: Index of a turn, or number of a paragraph from 0.
        who: Who says it; empty for a paragraph.
        text: The words.
        did: What was done at the table with them; no words of anybody's, so that no quote of it
            counts.
    """

    at: int
    who: str
    text: str
    did: str = ""

    @property
    def line(self) -> str:
        """As the judge reads it: on one line, whatever stands in it."""
        words = unmarked(_BLANK.sub(" ", _seen(self.text))).strip()
        if not self.who:
            return f"[{self.at}] {words}"
        did = f" ({self.did})" if self.did else ""
        return f"[{self.at}] {self.who}{did}{': ' if words else ''}{words}"


def of_record(
    record: StageRecord, scenario: Scenario, *, moves: bool = False
) -> tuple[Passage, ...]:
    """What was said aloud in talks, or an article with its title as the first passage; nothing of
    other kinds of records. What else a record holds is not read: who signs an article, and what its
    author thought, are no part of its text.

    Args:
        record: Finished.
        scenario: In the twin that was played.
        moves: Read what was put, taken and turned down at the table as well, which says what "that"
            is. Side terms are words, and are read with those of their proposal.
    """
    if record.kind == PUBLICATION:
        return of_article(record.body)
    if not isinstance(record, Transcript):
        return ()
    names = {seat.seat: scenario.principals[seat.principal].name for seat in record.spec.seats}
    if moves:
        said = (_with_moves(turn, names[turn.seat]) for turn in record.body.turns)
        return tuple(one for one in said if one is not None)
    return tuple(
        Passage(turn.index, names[turn.seat], turn.words)
        for turn in record.body.turns
        if turn.kind == "statement" and turn.words.strip()
    )


def words_of(record: StageRecord, scenario: Scenario) -> tuple[Passage, ...]:
    """The words of talks alone, turn by turn, and those of an article as :func:`of_record` has
    them. Side terms are words; of what was put, taken and turned down nothing is read.

    Args:
        record: Finished.
        scenario: In the twin that was played.
    """
    found = of_record(record, scenario, moves=True)
    return tuple(replace(one, did="") for one in found if one.text)


def _with_moves(turn: Turn, who: str) -> Passage | None:
    """A turn with what was done in it; None where nothing of it was public."""
    if turn.kind != "statement":
        return None
    move = turn.move
    words = (turn.words, "" if move is None else move.side_terms or "")
    text = "\n".join(part for part in map(str.strip, words) if part)
    did = "" if move is None else _did(move, turn.offer)
    return Passage(turn.index, who, text, did) if text or did else None


def _did(move: Move, put: str | None) -> str:
    """A move in words, with issues and options by their ids.

    Args:
        put: Id of the offer that it puts.
    """
    if move.action is Action.PROPOSE and move.package is not None:
        first = f"puts {put or 'a proposal'}: {_terms(move.package)}"
        return f"{first} - or: {_terms(move.or_package)}" if move.or_package else first
    done = {
        Action.ACCEPT: f"accepts {move.offer}",
        Action.REJECT: f"rejects {move.offer}",
        Action.WALK_OUT: "leaves the table",
    }.get(move.action, "")
    wanted = f"would want, without proposing it: {_terms(move.position)}" if move.position else ""
    return "; ".join(filter(None, (done, wanted)))


def _terms(package: Mapping[str, str]) -> str:
    return ", ".join(f"{issue} {option}" for issue, option in package.items())


def of_article(body: Any) -> tuple[Passage, ...]:
    """An article: its title is passage 0, and its paragraphs are those from 1 on, without markup.

    Args:
        body: With ``title`` and ``text``, which is Markdown; a record or plain values.
    """
    held = body if isinstance(body, Mapping) else {k: getattr(body, k, None) for k in _ARTICLE}
    title, text = (str(held.get(name) or "") for name in _ARTICLE)
    parts = (title.strip(), *(one.text for one in of_text(text)))
    seen = (from_markdown(part) if at else part for at, part in enumerate(parts))
    return tuple(Passage(at, "", words) for at, words in enumerate(seen) if words)


def of_text(text: str) -> tuple[Passage, ...]:
    """The paragraphs of a text."""
    parts = (part.strip() for part in _PARAGRAPHS.split(text.replace("\r\n", "\n")))
    return tuple(Passage(n, "", part) for n, part in enumerate(filter(None, parts)))


def place_of(quote: str, passages: Iterable[Passage]) -> int | None:
    """Where a quote occurs: ``at`` of the first passage that holds it; None where none does.

    Spaces, capitals, and the ways in which quotation marks and dashes are typed make no difference,
    nor do signs around the quote. Words do: every one of them must be there, in that order and with
    nothing between. A quote has to have :data:`LEAST_WORDS` words, or be a passage whole.
    """
    wanted = plain(quote)
    if not wanted:
        return None
    long_enough = len(wanted.split()) >= LEAST_WORDS
    for passage in passages:
        words = plain(passage.text)
        if wanted == words or (long_enough and _holds(words, wanted)):
            return passage.at
    return None


def occurs(words: str, passage: Passage) -> bool:
    """Whether words occur in a passage as :func:`place_of` says, be they ever so few."""
    wanted = plain(words)
    return bool(wanted) and _holds(plain(passage.text), wanted)


def as_it_stands(quote: str, passages: Iterable[Passage], at: int) -> str:
    """A quote as it stands in its passage, spelt as there; the quote itself where it cannot be
    found word by word.

    Args:
        at: Of the passage, as :func:`place_of` gives it.
    """
    words = map(re.escape, _WORDS.findall(quote))
    spelt = re.compile(r"[\W_]+".join(words), re.IGNORECASE)
    text = next(passage.text for passage in passages if passage.at == at)
    found = spelt.search(text) if spelt.pattern else None
    return quote if found is None else _BLANK.sub(" ", found[0])


def stands_in(quote: str, passage: Passage) -> bool:
    """Whether a quote stands in a passage, as :func:`as_it_stands` gives it."""
    whole = _BLANK.sub(" ", passage.text)
    return quote in whole or place_of(quote, (passage,)) is not None


def plain(text: str) -> str:
    """Text with what makes no difference to a quote taken away."""
    same = unmarked(unicodedata.normalize("NFKC", _seen(text)).translate(_ALIKE))
    return _BLANK.sub(" ", same).strip(_AROUND).casefold()


def _seen(text: str) -> str:
    """A text without control characters, blanks aside, and without those that only direct how
    others are shown."""
    if text.isprintable():
        return text
    return "".join(one for one in text if one.isspace() or unicodedata.category(one) not in _UNSEEN)


def _holds(words: str, wanted: str) -> bool:
    """Whether a text holds a quote, from the start of a word to the end of one."""
    start = words.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        whole_start = start == 0 or not (words[start - 1].isalnum() and wanted[0].isalnum())
        whole_end = end == len(words) or not (words[end].isalnum() and wanted[-1].isalnum())
        if whole_start and whole_end:
            return True
        start = words.find(wanted, start + 1)
    return False


def lines(passages: Sequence[Passage]) -> list[str]:
    """The passages as a judge reads them, one a line."""
    return [passage.line for passage in passages]
