"""The list that a judge makes by a placed rubric: events, each at its passage.

An entry says in which passage its words stand. They must stand in that one, and where the rubric
asks who speaks, in a passage of that speaker. An entry that names another passage, an item or an
answer that does not exist, or words of somebody else, is rejected and kept, so that it can be
counted. It is neither put right nor asked for again: only a reply out of form is, as one is whose
entries lack a field, or have a value there that is none of a set list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from harness.asking.faults import Faults, shown
from harness.asking.jsonreply import UnreadableError, only_object
from harness.judging.listing import LONGEST_QUOTE, UNSURE
from harness.judging.passages import Passage, as_it_stands, occurs, place_of
from harness.prompting.judging import MOST_ENTRIES
from harness.prompting.templates import unmarked
from harness.records.judgement import (
    CANNOT_TELL,
    ENTRY,
    JudgedField,
    JudgedItem,
    JudgedTopic,
    Quote,
    Rubric,
    Verdict,
)

LONGEST_NAME: Final = 200
"""Characters of any other text of an entry."""
LONGEST_NUMBER: Final = 20
"""Characters of a number that is kept though it is of no passage."""
NOT_ASKED: Final = "it is of something that was not asked for there"
NO_ITEM: Final = "there is nothing of that name to list"
NO_ANSWER: Final = "what it is of has no such answer"
NO_VALUE: Final = "one of its fields has a value that there is not"
READ_BEFORE: Final = "it is of a passage that was only shown again, and was asked for before"
NOT_IN_PASSAGE: Final = "its words do not stand in that passage"
OTHER_SIDE: Final = "its words are those of another party"
REJECTED: Final = (
    *(NO_ITEM, NOT_ASKED, NO_ANSWER, NO_VALUE),
    *(READ_BEFORE, NOT_IN_PASSAGE, OTHER_SIDE),
)
"""Why an entry is rejected. The first that holds is said."""


def schema(rubric: Rubric, topic: JudgedTopic | None = None) -> dict[str, Any]:
    """The JSON schema of a list. Which answers go with which item is not in it; the reader holds
    that.

    Args:
        topic: What is asked for; None for the whole list.
    """
    items = [item for item in rubric.items if topic is None or item.id in topic.items]
    answers = dict.fromkeys(answer.id for item in items for answer in item.answers)
    entry: dict[str, Any] = {
        "at": {"type": "integer"},
        "quote": {"type": "string"},
        "of": {"type": "string", "enum": [item.id for item in items]},
        "answer": {"type": "string", "enum": [*answers, CANNOT_TELL]},
    }
    for one in rubric.fields:
        values = dict.fromkeys(
            [*(answers if one.of_item else ()), *(answer.id for answer in one.answers)]
        )
        entry[one.id] = {"type": "string"} if one.quoted else {"type": "string", "enum": [*values]}
    return _object({"found": {"type": "array", "items": _object(entry)}})


def read(
    text: str,
    rubric: Rubric,
    passages: Sequence[Passage],
    topic: JudgedTopic | None = None,
    before: Sequence[Passage] = (),
) -> tuple[Verdict, ...]:
    """The entries of a reply as verdicts, in their order; the same entry twice is one.

    Args:
        text: The reply.
        rubric: Placed.
        passages: What the judge was given to read.
        topic: What was asked for; None for the whole list.
        before: What it was shown again of an earlier question. An entry of that is rejected: it
            would count twice.

    Raises:
        UnreadableError: It does not have the form that was asked for; says what to return.
    """
    fields, faults = only_object(text), Faults()
    faults.exactly(fields, ("found",), "The answer")
    entries = fields.get("found", [])
    if not isinstance(entries, list):
        faults.add("'found' must be a list, empty where there is nothing to list.")
        entries = []
    elif len(entries) > MOST_ENTRIES:
        faults.add(f"'found' has {len(entries)} entries; the limit is {MOST_ENTRIES}.")
    reader = _Reader(rubric, passages, faults, topic, before)
    found = [reader.verdict(f"found[{number}]", entry) for number, entry in enumerate(entries)]
    if complaint := faults.in_words():
        raise UnreadableError(complaint)
    return tuple(dict.fromkeys(one for one in found if one is not None))


class _Reader:
    """Reads entries one by one.

    Args:
        rubric: What was asked.
        passages: What was read.
        faults: Where what is out of form is noted.
        topic: What was asked for; None for the whole list.
        before: What was read before.
    """

    def __init__(
        self,
        rubric: Rubric,
        passages: Sequence[Passage],
        faults: Faults,
        topic: JudgedTopic | None,
        before: Sequence[Passage],
    ) -> None:
        self._asked = None if topic is None else topic.items
        self._items: Mapping[str, JudgedItem] = {item.id: item for item in rubric.items}
        self._fields = rubric.fields
        self._names = (*ENTRY, *(one.id for one in rubric.fields))
        self._passages = {one.at: one for one in passages}
        self._before = frozenset(one.at for one in before)
        self._faults = faults

    def verdict(self, path: str, entry: Any) -> Verdict | None:
        """The verdict of an entry; None where it is out of form."""
        if not isinstance(entry, dict):
            self._faults.add(f"'{path}' must be an object with {', '.join(self._names)}.")
            return None
        self._faults.exactly(entry, self._names, f"'{path}'")
        at = self._number(entry, path)
        quote = self._faults.text(entry, "quote", LONGEST_QUOTE, f"{path}.")
        texts = {
            name: self._faults.text(entry, name, LONGEST_NAME, f"{path}.")
            for name in ("of", "answer")
        }
        values = {one.id: self._value(one, entry, path) for one in self._fields}
        said = {name: value for name, value in values.items() if value is not None}
        of, answer = texts["of"], texts["answer"]
        if at is None or quote is None or of is None or answer is None or len(said) < len(values):
            return None
        why = self._why_rejected(at, quote, of, answer, said)
        if why is not None:
            as_written = {"at": str(at)[:LONGEST_NUMBER], "answer": answer, **said}
            return Verdict(item=of, rejected=(quote,), problem=why, fields=as_written)
        return self._kept(self._passages[at], quote, of, answer, said)

    def _kept(
        self, passage: Passage, quote: str, of: str, answer: str, values: Mapping[str, str]
    ) -> Verdict:
        quotes = (Quote(text=_spelt(quote, passage), at=passage.at),)
        kept = {
            one.id: _spelt(values[one.id], passage) if one.quoted else values[one.id]
            for one in self._fields
        }
        if answer == CANNOT_TELL:
            return Verdict(item=of, quotes=quotes, problem=UNSURE, fields=kept)
        return Verdict(item=of, answer=answer, quotes=quotes, fields=kept)

    def _why_rejected(
        self, at: int, quote: str, of: str, answer: str, values: Mapping[str, str]
    ) -> str | None:
        item, passage = self._items.get(of), self._passages.get(at)
        if item is None:
            return NO_ITEM
        if self._asked is not None and of not in self._asked:
            return NOT_ASKED
        if answer not in (*(one.id for one in item.answers), CANNOT_TELL):
            return NO_ANSWER
        if any(not _may_be(one, values[one.id], item) for one in self._fields):
            return NO_VALUE
        if passage is None:
            return READ_BEFORE if at in self._before else NOT_IN_PASSAGE
        as_read = (passage, replace(passage, text=unmarked(passage.text)))
        if place_of(quote, as_read) is None:
            return NOT_IN_PASSAGE
        if any(
            one.quoted and values[one.id] and not any(occurs(values[one.id], p) for p in as_read)
            for one in self._fields
        ):
            return NOT_IN_PASSAGE
        speakers = {
            answer.text
            for one in self._fields
            for answer in one.answers
            if one.speaker and answer.id == values[one.id]
        }
        if item.said_by is not None:
            speakers.add(item.said_by)
        return OTHER_SIDE if speakers - {passage.who} else None

    def _value(self, one: JudgedField, entry: dict[str, Any], path: str) -> str | None:
        """The value of a field; None where it is out of form, as one is that is none of a set list.
        Which answers its item has is no matter of form."""
        if one.quoted or one.of_item:
            limit = LONGEST_QUOTE if one.quoted else LONGEST_NAME
            return self._faults.text(entry, one.id, limit, f"{path}.")
        return self._faults.choice(entry, one.id, [own.id for own in one.answers], f"{path}.")

    def _number(self, entry: Mapping[str, Any], path: str) -> int | None:
        value = entry.get("at")
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if "at" in entry:
            self._faults.add(
                f"'{path}.at' must be the number of a passage, such as 4, not {shown(value)}."
            )
        return None


def _spelt(words: str, passage: Passage) -> str:
    """Words as they stand in their passage, signs before and behind them included where they are
    quoted with them."""
    if not words:
        return ""
    whole, asked = (" ".join(text.split()) for text in (passage.text, words))
    return asked if asked in whole else as_it_stands(words, (passage,), passage.at)


def _may_be(one: JudgedField, value: str, item: JudgedItem) -> bool:
    """Whether a field may have a value in an entry of an item."""
    return one.quoted or value in one.allowed(item)


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
