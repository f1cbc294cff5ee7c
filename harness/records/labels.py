"""What people found in turns, or answered about whole records, that were drawn for them:
``labels.jsonl`` of a run, one turn or record a line.

A line is on disk as soon as a turn or a question is answered. Where a person has answered again, as
after going back, the last line counts. The names of people are what they typed. The file may come
from a stranger: it is read as data, and its words are shown as words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, StringConstraints, ValidationError, model_validator

from harness.disputes.scenario import Slug
from harness.errors import RecordError
from harness.files.jsonl import Appender, read_lines
from harness.records.folder import LABELS
from harness.records.judgement import ItemId, Rubric, Verdict
from harness.records.spec import StageId
from harness.records.transcript import Record
from harness.suite.parts import later_field

MOST_LABELS: Final = 100_000
"""Of a run."""
MOST_EVENTS: Final = 40
"""Of a turn."""
MOST_ANSWERS: Final = 200
"""About a record: one a question. No rubric of a person's own has as many."""
LONGEST_ID: Final = 120
"""Characters of what a question or an answer is called."""
MOST_PEOPLE: Final = 20
"""Who label one run: every two of them are compared."""
LONGEST_NAME: Final = 60
"""Characters of a person's name."""
LEAST_CHANCE: Final = 1e-9
"""That a turn or record was drawn: no run has as many as would make it less."""
_CUT: Final = "delete lines of the file, or move it away"
Name = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME)]
Chance = Annotated[float, Field(ge=LEAST_CHANCE, le=1)]
Place = Annotated[float, Field(ge=-1, le=1)]


class Whole(Record):
    """What is kept with the answers about a whole record.

    Attributes:
        chance: That the record was drawn, in [1e-9, 1].
        digest: Of the questions in the very words in which they were asked: :func:`asked_digest`.
        places: Item -> place of the answer on its scale, in [-1, 1]; only of answers that have one.
    """

    chance: Chance
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    places: dict[ItemId, Place] = Field(default_factory=dict, max_length=MOST_ANSWERS)


class Label(Record):
    """What one person found in one turn, or answered about one whole record.

    Attributes:
        record: Id of the talks, or of the article.
        rubric, version: By what the person judged.
        who: Whom the person calls himself or herself.
        at: Index of the turn that was asked about; none of a whole record.
        sampled: Index of the turn -> the chance that it was drawn, in [1e-9, 1].
        verdicts: What was found in a turn, none where there is nothing; of a whole record one for
            each question that has been put. An answer of None is missing: the person cannot tell,
            or left the question out.
        skipped: Whether the person left a turn out. That is missing, and not nothing.
        whole: What is kept of a whole record; None of a turn.
    """

    record: StageId
    rubric: Slug
    version: int = Field(ge=1)
    who: Name
    at: tuple[int, ...] = Field(max_length=1)
    sampled: dict[int, Chance]
    verdicts: tuple[Verdict, ...] = Field(default=(), max_length=MOST_ANSWERS)
    skipped: bool = Field(default=False, exclude_if=lambda skipped: not skipped)
    whole: Whole | None = later_field()

    @model_validator(mode="after")
    def _of_its_turn(self) -> Label:
        if (self.whole is None) is not bool(self.at):
            raise ValueError("it is of one turn, or of a whole record")
        if self.whole is None and len(self.verdicts) > MOST_EVENTS:
            raise ValueError(f"nobody finds more than {MOST_EVENTS} things in a turn")
        if self.whole is not None and len(self.items) < len(self.verdicts):
            raise ValueError("a question is answered twice")
        if self.whole is not None and not all(map(_is_answer, self.verdicts)):
            raise ValueError("an answer is a question and what was answered, and no more")
        if set(self.sampled) != set(self.at):
            raise ValueError("the chances are not of the turn that was asked about")
        if any(quote.at not in self.at for one in self.verdicts for quote in one.quotes):
            raise ValueError("words are quoted from another turn")
        if self.skipped and self.verdicts:
            raise ValueError("a turn that was left out has no verdict")
        return self

    @property
    def turn(self) -> int:
        """Index of the turn. Only of a label of one."""
        return self.at[0]

    @property
    def chance(self) -> float:
        """That the turn or record was drawn."""
        return self.sampled[self.turn] if self.whole is None else self.whole.chance

    @property
    def items(self) -> dict[str, Verdict]:
        """Of a whole record: question -> what the person said."""
        return {one.item: one for one in self.verdicts}


def _is_answer(verdict: Verdict) -> bool:
    """Whether a verdict is one of a person on a question about a whole record."""
    told = (verdict.item, verdict.answer or "", verdict.problem or "")
    return all(len(one) <= LONGEST_ID for one in told) and not (
        verdict.quotes or verdict.rejected or verdict.fields
    )


def asked_digest(rubric: Rubric) -> str:
    """The SHA-256 of a rubric as it is asked about one record: every word of it."""
    return hashlib.sha256(rubric.model_dump_json().encode()).hexdigest()


def read_labels(run: Path) -> list[Label]:
    """The labels of a run that count: the last of each person, rubric and turn or record, in the
    order in which these were first answered; none where there is no file.

    Raises:
        RecordError: A line is none, or there are too many.
    """
    path, found = run / LABELS, dict[tuple[object, ...], Label]()
    people = set[str]()
    for number, (_, line) in enumerate(read_lines(path), start=1):
        where = f"{path}:{number}"
        if number > MOST_LABELS:
            raise RecordError(f"there are more than {MOST_LABELS:,} labels", where=where, fix=_CUT)
        try:
            one = Label.model_validate_json(line)
        except ValidationError:
            raise RecordError(
                "damaged line: it is no label of a turn or record",
                where=where,
                fix="delete the line, or move the file away",
            ) from None
        people.add(one.who)
        if len(people) > MOST_PEOPLE:
            raise RecordError(
                f"more than {MOST_PEOPLE} people have labelled this run", where=where, fix=_CUT
            )
        found[one.who, one.rubric, one.record, one.at] = one
    return list(found.values())


def add_labels(run: Path, labels: Iterable[Label]) -> None:
    """Add labels to a run; they are on disk when this returns.

    Raises:
        RecordError: They cannot be written.
    """
    file = Appender(run / LABELS)
    try:
        file.append([one.model_dump_json().encode() for one in labels])
    finally:
        file.close()
