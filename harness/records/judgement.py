"""What determines a judgement, and what is recorded of it.

A judgement is one structured question to a model about a finished record, or about a text: a set of
items, each with its answers. An answer that rests on words quotes them, and the quote must occur in
what was read. A quote that does not is rejected and kept, so that it can be counted.

Where a rubric is *listed*, the judge does not answer item by item. It lists what it finds, an entry
for every finding, and no entry where there is none. Where it is *placed* as well, every entry says
in which passage its words stand, and answers the rubric's further fields.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints, model_validator
from pydantic.dataclasses import dataclass

from harness.disputes.parts import MAX_ISSUES_RECORDED, MAX_OPTIONS_RECORDED
from harness.disputes.scenario import Identifier, Part, Slug, Twin
from harness.records.spec import StageId, StageSpec
from harness.records.transcript import PART, Record, Repair, StageRecord
from harness.suite.parts import ModelSettings, later_field

JUDGEMENT: Final = "judgement"
READ: Final = "read"
"""The name under which a judgement reads its record."""
CANNOT_TELL: Final = "cannot_tell"
"""The answer of a judge that abstains. It is never one of an item's own."""
TALKS_READ: Final = "talks"
"""The name under which a judgement of an article reads the talks that it came from."""
ENTRY: Final = ("at", "quote", "of", "answer")
"""What every entry of a placed list has: the number of a passage, words of it, an item, and one of
the item's answers."""
MOST_ANSWERS: Final = MAX_OPTIONS_RECORDED + 4
MOST_ISSUES: Final = MAX_ISSUES_RECORDED + 4
MOST_ITEMS: Final = 1000
"""Of rubrics about talks that were held elsewhere, which may have so many options and issues. A
rubric that a person writes stays far below."""
MOST_TEXT: Final = 200_000
"""Characters of a text that is judged."""
ItemId = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$", max_length=120)
]
"""Short lower-case names, joined by dots where an item is of something that has a name itself."""

SEAT_NUMBERS: Final[Mapping[str, str]] = {"o": "1", "u": "2"}
"""Seat -> what stands for it in the names that a judge reads: its id says who is official."""


class JudgedAnswer(Part):
    """One answer that an item allows."""

    id: Identifier
    text: str = Field(min_length=1, description="What it means, as the judge reads it.")
    quoted: bool = Field(default=True, description="Whether it must rest on a quote.")


class JudgedItem(Part):
    """One question of a rubric; where it is listed, one thing that an entry may be of."""

    id: ItemId
    question: str = Field(min_length=1)
    answers: tuple[JudgedAnswer, ...] = Field(
        min_length=2, max_length=MOST_ANSWERS, json_schema_extra={"maxItems": 20}
    )
    said_by: str | None = later_field(
        description="Whose words an answer may rest on, as they stand before them; None for any."
    )
    scale: Literal["degree", "direction"] | None = later_field(
        description="Its answers are steps of a scale, in order: from 0 to 1, or from -1 to 1."
    )
    asked_as: ItemId | None = later_field(
        description="What the judge reads and answers in the place of the id; None for the id."
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

    @property
    def told(self) -> str:
        """What the judge knows the item by."""
        return self.asked_as or self.id


class JudgedField(Part):
    """One more thing that every entry of a placed list says.

    Its value is the id of one of ``answers``; where it is ``of_item``, of one of these or of the
    answers of the entry's item. Of a ``speaker`` the text of an answer is the name that stands
    before the words of its passages, and the entry's words must be of such a passage. One that is
    ``quoted`` has no answers: its value is words of the entry's passage, or empty for none.
    """

    id: Identifier
    question: str = Field(min_length=1)
    answers: tuple[JudgedAnswer, ...] = Field(
        default=(), max_length=MOST_ANSWERS, json_schema_extra={"maxItems": 20}
    )
    of_item: bool = False
    speaker: bool = False
    quoted: bool = False

    @model_validator(mode="after")
    def _has_values(self) -> JudgedField:
        if self.id in ENTRY:
            raise ValueError(f"every entry has a {self.id!r} already")
        ids = [answer.id for answer in self.answers]
        if len(set(ids)) < len(ids):
            raise ValueError(f"field {self.id!r} has an answer twice")
        if self.quoted and (self.answers or self.of_item or self.speaker):
            raise ValueError(f"field {self.id!r} is words of the passage, and none of a list")
        if not (self.quoted or self.answers or self.of_item):
            raise ValueError(f"field {self.id!r} has no answers")
        return self

    def allowed(self, item: JudgedItem) -> tuple[str, ...]:
        """The values that it may have in an entry of an item; none of one that is quoted."""
        own = tuple(answer.id for answer in self.answers)
        return (*(one.id for one in item.answers), *own) if self.of_item else own


class JudgedTopic(Part):
    """A part of a placed list that is asked for by itself where there is much to read.

    It is asked for of the passages that touch it: see :mod:`harness.judging.topics`. One that is
    said ``anywhere`` is asked for of all of them.
    """

    id: Identifier
    name: str = Field(min_length=1, description="What it is, as the judge reads it.")
    items: tuple[ItemId, ...] = Field(min_length=1)
    anywhere: bool = False


class Rubric(Part):
    """What is asked about a record or text.

    ``about`` says what is read and from where the judge looks at it. ``listed`` says what the judge
    lists: then an entry is an item, one of its answers, and the quote it rests on. Where it is
    ``placed``, an entry says besides in which passage the quote stands, and has a value for each of
    the ``fields``. What is read is put to the judge in one question up to ``most`` characters of
    it; from there on each of the ``topics`` is asked for by itself.
    """

    id: Slug
    version: int = Field(default=1, ge=1)
    about: str = Field(min_length=1)
    items: tuple[JudgedItem, ...] = Field(
        min_length=1, max_length=MOST_ITEMS, json_schema_extra={"maxItems": 200}
    )
    listed: Annotated[str, Field(min_length=1)] | None = later_field()
    terms: Literal[True] | None = later_field(
        description="The judge reads beside the words which terms were put, taken and turned down."
    )
    placed: bool = Field(default=False, exclude_if=lambda placed: not placed)
    fields: tuple[JudgedField, ...] = Field(
        default=(), max_length=12, exclude_if=lambda fields: not fields
    )
    topics: tuple[JudgedTopic, ...] = Field(
        default=(), max_length=MOST_ISSUES, exclude_if=lambda topics: not topics
    )
    most: int | None = later_field(ge=1)

    @model_validator(mode="after")
    def _items_are_told_apart(self) -> Rubric:
        ids = [item.id for item in self.items]
        if len(set(ids)) < len(ids):
            raise ValueError("a rubric has an item twice")
        if len({item.told for item in self.items}) < len(ids):
            raise ValueError("a judge could not tell two items of a rubric apart")
        if self.placed and any(item.asked_as for item in self.items):
            raise ValueError("an item of a placed list is asked for by its id")
        if self.listed is not None and not all(
            answer.quoted for item in self.items for answer in item.answers
        ):
            raise ValueError("what is listed rests on a quote: every answer of it is quoted")
        if self.placed and self.listed is None:
            raise ValueError("only what is listed has a place")
        if self.fields and not self.placed:
            raise ValueError("only an entry with a place has further fields")
        if len({one.id for one in self.fields}) < len(self.fields):
            raise ValueError("a rubric has a field twice")
        self._topics_are_all_of_it()
        return self

    def as_told(self) -> Rubric:
        """The rubric as the judge reads it: every item by the name that it knows it by."""
        if not any(item.asked_as for item in self.items):
            return self
        items = (one.model_copy(update={"id": one.told, "asked_as": None}) for one in self.items)
        return self.model_copy(update={"items": tuple(items)})

    def _topics_are_all_of_it(self) -> None:
        if (self.most is None) is bool(self.topics) or (self.topics and not self.placed):
            raise ValueError("a placed list has topics, and says from where on they are asked for")
        told = [item for topic in self.topics for item in topic.items]
        if self.topics and sorted(told) != sorted(item.id for item in self.items):
            raise ValueError("every item of a rubric is of one of its topics, and of one alone")


class Judge(Part):
    """Who judges. Judges with the same model and settings are the same."""

    model: str
    settings: ModelSettings = ModelSettings()

    def __hash__(self) -> int:
        """By the model alone: settings may hold fields of a server, which have no hash."""
        return hash(self.model)


class Variant(Part):
    """A judgement asked once more in another form, which should change nothing.

    ``labels``: the two parties exchange names in everything that the judge reads, as in the twin of
    a scenario. ``order``: questions and answers stand in the reverse order. ``of`` is the id of the
    judgement as it is asked without that.
    """

    swapped: Literal["labels", "order"]
    of: StageId


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
    variant: Variant | None = later_field()
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

    Of an entry of a placed list, ``fields`` has the values of the rubric's further fields: field ->
    value. One that was rejected has its quote in ``rejected``, whatever was wrong with it. Then
    ``item`` is what the judge wrote, be there such an item or not, and ``fields`` has ``at`` and
    ``answer`` as it wrote them too.
    """

    item: str
    answer: str | None = None
    quotes: tuple[Quote, ...] = ()
    rejected: tuple[str, ...] = ()
    problem: str | None = None
    fields: Annotated[dict[str, str], Field(exclude_if=lambda fields: not fields)] = (
        dataclasses.field(default_factory=dict, hash=False)
    )


class Judgement(Record):
    """The body: one verdict an item, in the order of the rubric; of a listed rubric one verdict an
    entry, in the order of the list, which may be empty. There is none where there is no usable
    reply. ``repairs`` are the replies that could not be used before it. ``templates`` has the hash
    of every prompt template that was read besides those of the spec, since there was so much to
    read; it is left out where there was not."""

    verdicts: tuple[Verdict, ...] = ()
    repairs: tuple[Repair, ...] = ()
    templates: dict[str, str] = Field(
        default_factory=dict, exclude_if=lambda templates: not templates
    )


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
