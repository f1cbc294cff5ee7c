"""What a judge answered about transcripts of which the answers are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.plans.rubric import INSTRUCTS


@dataclass(frozen=True)
class Asked:
    """One question that was asked about a transcript.

    Attributes:
        item: Its id, as the rubric has it of each seat alike: ``threat`` of ``threat_o``.
        seat: The seat that it is about, ``o`` or ``u``; empty where it is about the whole dialogue.
        answers: Ids of the answers, in the order of the scale.
        nothing: The answer for what is not there.
        directed: Whether the scale runs from one party to the other.
        truth: The answer that is right; None where it is not known.
        given: What the judge answered; None where it gave no verdict.
    """

    item: str
    seat: str
    answers: tuple[str, ...]
    nothing: str
    directed: bool
    truth: str | None
    given: str | None

    @property
    def known(self) -> bool:
        """Whether there is a truth."""
        return self.truth is not None

    @property
    def width(self) -> float:
        """From the first place of the scale to the last: 1, or 2 where the scale is directed."""
        return 2.0 if self.directed else 1.0

    def place(self, answer: str | None) -> float | None:
        """The place of an answer on the scale, as the measure has it: 0 to 1, or -1 to 1 where the
        scale is directed. None for None."""
        if answer is None:
            return None
        share = self.answers.index(answer) / (len(self.answers) - 1)
        return 2 * share - 1 if self.directed else share

    @property
    def error(self) -> float | None:
        """The place of the answer less that of the truth; None without either."""
        true, given = self.place(self.truth), self.place(self.given)
        return None if true is None or given is None else given - true


@dataclass(frozen=True)
class AnswerRead:
    """One reading of one transcript by a rubric that asks questions.

    Attributes:
        transcript: Its name; that of the same talks told otherwise, or read again, too.
        scenario: The dispute.
        marks: What it is, as ``{"manner": "devious"}``.
        told: How it is told.
        repeat: Which reading of the same words, from 1.
        parties: Ids of the parties in the official and in the other seat.
        labels: Party -> the name that it goes by.
        opener: Party that speaks first.
        asked: The questions, in the order of the rubric as it is written; None where the judge gave
            no usable reply.
        rejected: Quotes that were thrown away.
        record: Id of the record that was read.
    """

    transcript: str
    scenario: str
    marks: Mapping[str, str]
    told: str
    repeat: int
    parties: tuple[str, str]
    labels: Mapping[str, str]
    opener: str
    asked: tuple[Asked, ...] | None
    rejected: int = 0
    record: str = ""

    @property
    def usable(self) -> bool:
        """Whether there is a reply."""
        return self.asked is not None

    def of(self, item: str) -> tuple[Asked, ...]:
        """What was asked of an item, seat by seat; empty where there is no usable reply."""
        return tuple(one for one in self.asked or () if one.item == item)


def known(read: AnswerRead, item: str | None = None) -> list[Asked]:
    """The questions of a reading whose answer is known, whether the judge answered them or not;
    none where there is no usable reply.

    Args:
        read: The reading.
        item: Of which they are; None for all but whether something speaks to the judge, which
            nothing that is planted does.
    """
    return [
        one
        for one in read.asked or ()
        if one.known and (one.item == item if item else one.item != INSTRUCTS)
    ]


def answered(read: AnswerRead, item: str | None = None) -> list[Asked]:
    """Those of :func:`known` that the judge answered."""
    return [one for one in known(read, item) if one.given is not None]
