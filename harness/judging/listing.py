"""The list that a judge makes by a listed rubric: its form, and how it is read.

An entry says what it is of, what was found there, and the words that it rests on. An empty list is
an answer like any other. An entry whose quote does not occur has no answer, and is kept so that it
can be counted; as with set questions, nobody is asked for better words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.asking.faults import Faults, shown
from harness.asking.jsonreply import UnreadableError, only_object
from harness.judging.passages import Passage, as_it_stands, place_of
from harness.prompting.judging import MOST_ENTRIES
from harness.records.judgement import CANNOT_TELL, JudgedItem, Quote, Rubric, Verdict

LONGEST_QUOTE: Final = 1000
"""Characters of a quote."""
UNSURE: Final = "the judge cannot tell"
NOT_THERE: Final = "its quote does not occur in what was read"
_FIELDS: Final = ("quote", "of", "answer")


def schema(rubric: Rubric) -> dict[str, Any]:
    """The JSON schema of a list. Which answers go with which item is not in it; the reader holds
    that."""
    answers = dict.fromkeys(answer.id for item in rubric.items for answer in item.answers)
    entry = {
        "quote": {"type": "string"},
        "of": {"type": "string", "enum": [item.id for item in rubric.items]},
        "answer": {"type": "string", "enum": [*answers, CANNOT_TELL]},
    }
    return _object({"found": {"type": "array", "items": _object(entry)}})


def read(text: str, rubric: Rubric, passages: Sequence[Passage]) -> tuple[Verdict, ...]:
    """The entries of a reply as verdicts, in their order; the same entry twice is one. Nothing is
    guessed: an entry out of form makes the whole unusable.

    Raises:
        UnreadableError: It does not have the form that was asked for; says what to return.
    """
    fields, faults = only_object(text), Faults()
    faults.exactly(fields, ("found",), "The answer")
    items = {item.id: item for item in rubric.items}
    entries = fields.get("found", [])
    if not isinstance(entries, list):
        faults.add("'found' must be a list, empty where there is nothing to list.")
        entries = []
    elif len(entries) > MOST_ENTRIES:
        faults.add(f"'found' has {len(entries)} entries; the limit is {MOST_ENTRIES}.")
    found = [
        _verdict(f"found[{number}]", entry, items, faults, passages)
        for number, entry in enumerate(entries)
    ]
    if complaint := faults.in_words():
        raise UnreadableError(complaint)
    return tuple(dict.fromkeys(one for one in found if one is not None))


def _verdict(
    path: str,
    entry: Any,
    items: Mapping[str, JudgedItem],
    faults: Faults,
    passages: Sequence[Passage],
) -> Verdict | None:
    if not isinstance(entry, dict):
        faults.add(f"'{path}' must be an object with {', '.join(_FIELDS)}.")
        return None
    faults.exactly(entry, _FIELDS, f"'{path}'")
    quote = faults.text(entry, "quote", LONGEST_QUOTE, f"{path}.")
    of = entry.get("of")
    item = items.get(of) if isinstance(of, str) else None
    if item is None and "of" in entry:  # there may be a hundred names: too many for a complaint
        faults.add(f"'{path}.of' must be a name that an entry may be of, not {shown(of)}.")
    if item is None or quote is None:
        return None
    allowed = (*(one.id for one in item.answers), CANNOT_TELL)
    answer = faults.choice(entry, "answer", allowed, f"{path}.")
    if answer is None:
        return None
    if item.said_by is not None:  # in the words of another it is another's claim
        passages = [one for one in passages if one.who == item.said_by]
    at = place_of(quote, passages)
    if at is None:
        return Verdict(item=item.id, rejected=(quote,), problem=NOT_THERE)
    quotes = (Quote(text=as_it_stands(quote, passages, at), at=at),)
    if answer == CANNOT_TELL:
        return Verdict(item=item.id, quotes=quotes, problem=UNSURE)
    return Verdict(item=item.id, answer=answer, quotes=quotes)


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
