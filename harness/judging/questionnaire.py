"""A rubric put to a judge: its words, the form of the answer, and how the answer is read.

An answer that is not in the form is asked for again. A quote that does not occur is not: a judge
that may try again would look for words to fit its verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from harness.asking.answer import MadeCall
from harness.asking.conversation import AskedModel
from harness.asking.faults import Faults
from harness.asking.form import Form
from harness.asking.jsonreply import UnreadableError, only_object
from harness.judging import events, listing
from harness.judging.passages import Passage, as_it_stands, lines, place_of
from harness.judging.topics import Part
from harness.prompting.judging import (
    JudgingPrompts,
    LedgerPrompts,
    ListingPrompts,
    judging_prompts,
    later_prompts,
    ledger_prompts,
    listing_prompts,
)
from harness.prompting.publication import Brought
from harness.records.judgement import CANNOT_TELL, JUDGEMENT, JudgedItem, Quote, Rubric, Verdict

MOST_QUOTES: Final = 5
"""Quotes that an answer may rest on."""
LONGEST_QUOTE: Final = 1000
"""Characters of a quote."""
ABSTAINED: Final = "the judge cannot tell"
NO_QUOTE: Final = "no quote was given"
NOT_THERE: Final = "no quote occurs in what was read"


@dataclass(frozen=True)
class Answered:
    """What came back; an answer as :class:`~harness.asking.answer.AnyAnswer` says."""

    verdicts: tuple[Verdict, ...] = ()
    problem: str | None = None
    hint: str | None = None
    calls: Sequence[MadeCall] = ()


class Questionnaire:
    """A conversation with a judge about one record or text, or about a part of it.

    Args:
        rubric: What is asked.
        part: What is read, which topic alone is asked for, and what was read before on it.
        seed: Of the sampling.
        repairs: How often the judge may be asked again.
        asked: The judge.
        brought: What the author of an article had from the talks, where the rubric is a list that
            is held against it.
    """

    def __init__(
        self,
        rubric: Rubric,
        part: Part,
        seed: int,
        repairs: int,
        asked: AskedModel,
        brought: Brought | None = None,
    ) -> None:
        passages, topic = part.passages, part.topic
        self._ids = {item.told: item.id for item in rubric.items}
        rubric = rubric.as_told()
        reader: Callable[[str, Rubric, Sequence[Passage]], tuple[Verdict, ...]]
        words: JudgingPrompts | ListingPrompts | LedgerPrompts
        if rubric.listed is None:
            words, asks, reader = judging_prompts(), schema(rubric), read
            question = words.question(lines(passages))
        elif rubric.placed:
            words, asks = ledger_prompts(), events.schema(rubric, topic)
            reader = partial(events.read, topic=topic, before=part.before)
            question = words.question(lines(passages), topic)
            if topic is not None and part.before:
                question = later_prompts().question(lines(passages), topic, lines(part.before))
        else:
            words, asks, reader = listing_prompts(), listing.schema(rubric), listing.read
            question = words.question(lines(passages), brought)
        self._form = Form(
            asked,
            JUDGEMENT,
            asks,
            words,
            seed,
            repairs,
            lambda text: self._by_id(reader(text, rubric, passages)),
        )
        self.thread = self._form.thread
        # What is the same for every record stands first, so that a server which keeps what it has
        # read reads it once.
        self.thread.add("system", words.system(rubric))
        self.thread.add("user", question)

    async def ask(self, complaint: str | None) -> Answered:
        """Ask once.

        Args:
            complaint: Why the last answer was unusable; None at first.

        Raises:
            ModelError: The judge could not be asked.
        """
        got = await self._form.ask(complaint)
        if got.value is None:
            return Answered(**got.unusable)
        return Answered(got.value, calls=got.calls)

    def _by_id(self, verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
        """Verdicts of what the judge was told, each under the id of its item. An entry of what is
        not on the list keeps the name that the judge wrote."""
        return tuple(replace(one, item=self._ids.get(one.item, one.item)) for one in verdicts)


def schema(rubric: Rubric) -> dict[str, Any]:
    """The JSON schema of an answer."""
    items = {
        item.id: {
            "type": "object",
            "properties": {
                "quotes": {"type": "array", "items": {"type": "string"}},
                "answer": {"type": "string", "enum": list(_allowed(item))},
            },
            "required": ["quotes", "answer"],
            "additionalProperties": False,
        }
        for item in rubric.items
    }
    return {
        "type": "object",
        "properties": items,
        "required": list(items),
        "additionalProperties": False,
    }


def read(text: str, rubric: Rubric, passages: Sequence[Passage]) -> tuple[Verdict, ...]:
    """The verdicts of a reply. Nothing is guessed: what is missing makes the whole unusable.

    Raises:
        UnreadableError: It does not have the form that was asked for; says what to return.
    """
    fields, faults = only_object(text), Faults()
    faults.exactly(fields, [item.id for item in rubric.items], "The answer")
    found = [
        _verdict(item, given, faults, passages)
        for item in rubric.items
        if (given := faults.object(fields, item.id)) is not None
    ]
    if complaint := faults.in_words():
        raise UnreadableError(complaint)
    return tuple(verdict for verdict in found if verdict is not None)


def _allowed(item: JudgedItem) -> tuple[str, ...]:
    return (*(answer.id for answer in item.answers), CANNOT_TELL)


def _verdict(
    item: JudgedItem, given: dict[str, Any], faults: Faults, passages: Sequence[Passage]
) -> Verdict | None:
    path = f"{item.id}."
    faults.exactly(given, ("quotes", "answer"), f"'{item.id}'")
    answer = faults.choice(given, "answer", _allowed(item), path)
    quotes = _quotes(given, faults, path)
    if answer is None or quotes is None:
        return None
    if item.said_by is not None:  # in the words of another it is another's claim
        passages = [one for one in passages if one.who == item.said_by]
    placed = [(quote, place_of(quote, passages)) for quote in quotes]
    there = tuple(
        Quote(text=as_it_stands(quote, passages, at), at=at)
        for quote, at in placed
        if at is not None
    )
    rejected = tuple(quote for quote, at in placed if at is None)
    if answer == CANNOT_TELL:
        return Verdict(item=item.id, quotes=there, rejected=rejected, problem=ABSTAINED)
    if item.answer(answer).quoted and not there:
        problem = NOT_THERE if rejected else NO_QUOTE
        return Verdict(item=item.id, rejected=rejected, problem=problem)
    return Verdict(item=item.id, answer=answer, quotes=there, rejected=rejected)


def _quotes(given: dict[str, Any], faults: Faults, path: str) -> list[str] | None:
    """The quotes of an answer, blanks around them and empty ones left out."""
    if "quotes" not in given:
        return None
    value = given["quotes"]
    if not isinstance(value, list) or not all(isinstance(quote, str) for quote in value):
        faults.add(f"'{path}quotes' must be a list of strings.")
    elif len(value) > MOST_QUOTES:
        faults.add(f"'{path}quotes' has {len(value)} quotes; the limit is {MOST_QUOTES}.")
    elif any(len(quote) > LONGEST_QUOTE for quote in value):
        faults.add(f"'{path}quotes' has a quote of more than {LONGEST_QUOTE} characters.")
    else:
        return [quote.strip() for quote in value if quote.strip()]
    return None
