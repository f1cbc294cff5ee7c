"""What determines a judgement, and what is recorded of it.

A judgement is one structured question to a model about a finished record, or about a text: a set of
items, each with its answers. An answer that rests on words quotes them, and the quote must occur in
what was read. A quote that does not is rejected and kept, so that it can be counted.

Where a rubric is *listed*, the judge does not answer item by item. It lists what it finds, an entry
for every finding, and no entry where there is none.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints, model_validator
from pydantic.dataclasses import dataclass

from harness.disputes.scenario import Identifier, Part, Slug, Twin
from harness.records.spec import StageSpec
from harness.records.transcript import PART, Record, Repair, StageRecord
from harness.suite.parts import ModelSettings, later_field

JUDGEMENT: Final = "judgement"
READ: Final = "read"
"""The name under which a judgement reads its record."""
CANNOT_TELL: Final = "cannot_tell"
"""The answer of a judge that abstains. It is never one of an item's own."""
TALKS_READ: Final = "talks"
"""The name under which a judgement of an article reads the talks that it came from."""
MOST_TEXT: Final = 200_000
"""Characters of a text that is judged."""
ItemId = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$", max_length=120)
]
"""Short lower-case names, joined by dots where an item is of something that has a name itself."""


class JudgedAnswer(Part):
    """One answer that an item allows."""

    id: Identifier
    text: str = Field(min_length=1, description="What it means, as the judge reads it.")
    quoted: bool = Field(default=True, description="Whether it must rest on a quote.")


class JudgedItem(Part):
    """One question of a rubric; where it is listed, one thing that an entry may be of."""

    id: ItemId
    question: str = Field(min_length=1)
    answers: tuple[JudgedAnswer, ...] = Field(min_length=2, max_length=20)
    said_by: str | None = later_field(
        description="Whose words an answer may rest on, as they stand before them; None for any."
    )

    @model_validator(mode="after")
    def _answers_are_told_apart(self) -> JudgedItem:
        ids = [answer.id for answer in self.answers]
        if len(set(ids)) < len(ids):
            raise ValueError(f"item {self.id!r} has an answer twice")
        if CANNOT_TELL in ids:
            raise ValueError(f"item {self.id!r}: every judge may answer {CANNOT_TELL!r} already")
        return self

    def answer(self, name: str) -> JudgedAnswer:
        """The answer of that id."""
        return next(answer for answer in self.answers if answer.id == name)


class Rubric(Part):
    """What is asked about a record or text.

    ``about`` says what is read and from where the judge looks at it. ``listed`` says what the judge
    lists: then an entry is an item, one of its answers, and the quote it rests on.
    """

    id: Slug
    version: int = Field(default=1, ge=1)
    about: str = Field(min_length=1)
    items: tuple[JudgedItem, ...] = Field(min_length=1, max_length=200)
    listed: Annotated[str, Field(min_length=1)] | None = later_field()

    @model_validator(mode="after")
    def _items_are_told_apart(self) -> Rubric:
        ids = [item.id for item in self.items]
        if len(set(ids)) < len(ids):
            raise ValueError("a rubric has an item twice")
        if self.listed is not None and not all(
            answer.quoted for item in self.items for answer in item.answers
        ):
            raise ValueError("what is listed rests on a quote: every answer of it is quoted")
        return self


class Judge(Part):
    """Who judges."""

    model: str
    settings: ModelSettings = ModelSettings()


class JudgementSpec(StageSpec):
    """Everything that determines a judgement.

    What is read is the record of the input :data:`READ`, or ``text``; and beside an article, where
    the input :data:`TALKS_READ` is given, the talks as its author has brought them home.
    ``scenario`` and ``twin`` name the parties of a record of talks; they are None for a text.
    """

    kind: Literal["judgement"] = JUDGEMENT
    text: Annotated[str, Field(min_length=1, max_length=MOST_TEXT)] | None = later_field()
    scenario: str | None = later_field()
    scenario_hash: str | None = later_field()
    twin: Twin | None = later_field()
    judge: Judge
    rubric: Rubric
    seed: int = Field(ge=0)
    repairs: int = Field(default=2, ge=0, le=10)
    token_limit: int | None = later_field(ge=1)
    time_limit: float | None = later_field(gt=0)
    templates: dict[str, str] = Field(
        default_factory=dict, description="Hash of every prompt template of judgements."
    )

    @model_validator(mode="after")
    def _something_is_read(self) -> JudgementSpec:
        if (self.text is None) == (READ not in self.inputs):
            raise ValueError("a judgement reads a record or a text, and not both")
        return self


@dataclass(frozen=True, slots=True, kw_only=True, config=PART)
class Quote:
    """Words that an answer rests on, spelt as they stand there, and where that is: the index of a
    turn, or the number of a paragraph from 0."""

    text: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True, config=PART)
class Verdict:
    """What was found of one item.

    ``answer`` is null where the judge abstained, or where no quote of an answer that must rest on
    one occurs in what was read; ``problem`` says which. It is never the mildest answer.
    ``rejected`` are the quotes that do not occur.
    """

    item: str
    answer: str | None = None
    quotes: tuple[Quote, ...] = ()
    rejected: tuple[str, ...] = ()
    problem: str | None = None


class Judgement(Record):
    """The body: one verdict an item, in the order of the rubric; of a listed rubric one verdict an
    entry, in the order of the list, which may be empty. There is none where there is no usable
    reply. ``repairs`` are the replies that could not be used before it."""

    verdicts: tuple[Verdict, ...] = ()
    repairs: tuple[Repair, ...] = ()


_NOT_ASKED: Final = "not of what was asked"


class JudgementRecord(StageRecord):
    """A record or text that was judged."""

    kind: Literal["judgement"] = JUDGEMENT
    spec: JudgementSpec
    body: Judgement

    def unlike_spec(self) -> str | None:
        """See :meth:`~harness.records.transcript.StageRecord.unlike_spec`. Whether quotes stand in
        what was read is not looked at here: that is another record."""
        rubric, verdicts = self.spec.rubric, self.body.verdicts
        if self.status != "done":
            return "it has verdicts, and no usable reply" if verdicts else None
        asked = [item.id for item in rubric.items]
        if rubric.listed is None and [verdict.item for verdict in verdicts] != asked:
            return f"its verdicts are {_NOT_ASKED}: one for each item of its rubric, in order"
        answers = {item.id: {one.id: one.quoted for one in item.answers} for item in rubric.items}
        for verdict in verdicts:
            known = answers.get(verdict.item, {})
            if verdict.answer is None:
                continue
            if verdict.answer not in known:
                return f"{verdict.answer!a} is {_NOT_ASKED}: {verdict.item!a} has no such answer"
            if known[verdict.answer] and not verdict.quotes:
                return f"its answer to {verdict.item!a} rests on no quote"
        return None
