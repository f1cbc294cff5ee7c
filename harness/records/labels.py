"""What people found in turns that were drawn for them: ``labels.jsonl`` of a run, one turn a line.

A line is on disk as soon as a turn is answered. Where a person has answered a turn again, as after
going back, the last line counts. The names of people are what they typed. The file may come from a
stranger: it is read as data, and its words are shown as words.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, StringConstraints, ValidationError, model_validator

from harness.disputes.scenario import Slug
from harness.errors import RecordError
from harness.files.jsonl import Appender, read_lines
from harness.records.folder import LABELS
from harness.records.judgement import Verdict
from harness.records.spec import StageId
from harness.records.transcript import Record

MOST_LABELS: Final = 100_000
"""Of a run."""
MOST_EVENTS: Final = 40
"""Of a turn."""
MOST_PEOPLE: Final = 20
"""Who label one run: every two of them are compared."""
LONGEST_NAME: Final = 60
"""Characters of a person's name."""
LEAST_CHANCE: Final = 1e-9
"""That a turn was drawn: no run has as many turns as would make it less."""
_CUT: Final = "delete lines of the file, or move it away"
Name = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME)]


class Label(Record):
    """What one person found in one turn.

    Attributes:
        record: Id of the talks.
        rubric, version: By what the person judged.
        who: Whom the person calls himself or herself.
        at: Index of the turn that was asked about; one.
        sampled: Index of the turn -> the chance that it was drawn, in [1e-9, 1].
        verdicts: What was found in it; none where there is nothing.
        skipped: Whether the person left it out. That is missing, and not nothing.
    """

    record: StageId
    rubric: Slug
    version: int = Field(ge=1)
    who: Name
    at: tuple[int, ...] = Field(min_length=1, max_length=1)
    sampled: dict[int, Annotated[float, Field(ge=LEAST_CHANCE, le=1)]]
    verdicts: tuple[Verdict, ...] = Field(default=(), max_length=MOST_EVENTS)
    skipped: bool = Field(default=False, exclude_if=lambda skipped: not skipped)

    @model_validator(mode="after")
    def _of_its_turn(self) -> Label:
        if set(self.sampled) != set(self.at):
            raise ValueError("the chances are not of the turn that was asked about")
        if any(quote.at not in self.at for one in self.verdicts for quote in one.quotes):
            raise ValueError("words are quoted from another turn")
        if self.skipped and self.verdicts:
            raise ValueError("a turn that was left out has no verdict")
        return self

    @property
    def turn(self) -> int:
        """Index of the turn."""
        return self.at[0]

    @property
    def chance(self) -> float:
        """That it was drawn."""
        return self.sampled[self.turn]


def read_labels(run: Path) -> list[Label]:
    """The labels of a run that count: the last of each person, rubric and turn, in the order in
    which these were first answered; none where there is no file.

    Raises:
        RecordError: A line is none, or there are too many.
    """
    path, found = run / LABELS, dict[tuple[str, str, str, int], Label]()
    people = set[str]()
    for number, (_, line) in enumerate(read_lines(path), start=1):
        where = f"{path}:{number}"
        if number > MOST_LABELS:
            raise RecordError(f"there are more than {MOST_LABELS:,} labels", where=where, fix=_CUT)
        try:
            one = Label.model_validate_json(line)
        except ValidationError:
            raise RecordError(
                "damaged line: it is no label of a turn",
                where=where,
                fix="delete the line, or move the file away",
            ) from None
        people.add(one.who)
        if len(people) > MOST_PEOPLE:
            raise RecordError(
                f"more than {MOST_PEOPLE} people have labelled this run", where=where, fix=_CUT
            )
        found[one.who, one.rubric, one.record, one.turn] = one
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
