"""Judges of questions whose quality is known, since they are told the truth and err as they are
made to.

They are instruments to try the account of a judge with, and no evidence about any model. Each takes
true answers for others with chances that are known, so that every figure of it follows.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from harness.analysis.answer_reads import AnswerRead, Asked
from harness.files.catalogue import data_root
from harness.plans.named_rubrics import from_file
from harness.plans.rubric import INSTRUCTS
from harness.planted.planted import Planted
from harness.records.judgement import JudgedItem

Chances = Mapping[str | None, float]
"""Answer -> the chance that it is given; None for no verdict."""


@dataclass(frozen=True)
class Put:
    """A question as it is put to a judge.

    Attributes:
        asked: The question, with its true answer.
        first_name: Whether it is about the party whose name comes first in the alphabet.
        speaks_first: Whether it is about the party that speaks first.
        reverse: Whether its answers are listed in the reverse order.
    """

    asked: Asked
    first_name: bool
    speaks_first: bool
    reverse: bool

    @property
    def true(self) -> str:
        """The true answer."""
        assert self.asked.truth is not None
        return self.asked.truth

    @property
    def listed(self) -> tuple[str, ...]:
        """The answers in the order in which they are listed."""
        return self.asked.answers[::-1] if self.reverse else self.asked.answers

    def higher(self) -> str:
        """The answer above the true one, or the last."""
        answers = self.asked.answers
        return answers[min(answers.index(self.true) + 1, len(answers) - 1)]


@dataclass(frozen=True)
class AnsweringJudge:
    """A judge of known quality.

    Attributes:
        name: What it is called.
        does: What it does, in words.
        takes: The chances of its answers.
        refuses: Whether it gives no usable reply to a transcript with these true answers.
    """

    name: str
    does: str
    takes: Callable[[Put], Chances]
    refuses: Callable[[AnswerRead], bool] = lambda read: False


def read_of(one: Planted, items: Iterable[JudgedItem]) -> AnswerRead:
    """A planted transcript as a reading by a judge that is always right.

    Args:
        one: The transcript.
        items: Questions of the rubric, about this dispute.
    """
    spec, scenario = one.record.spec, one.scenario.twin(one.record.spec.twin)
    parties = (scenario.seats.o, scenario.seats.u)
    seats = {seat.seat: seat.principal for seat in spec.seats}
    truth = {verdict.item: verdict.answer for verdict in one.truth}
    asked = []
    for item in items:
        answers = tuple(answer.id for answer in item.answers)
        free = next(answer.id for answer in item.answers if not answer.quoted)
        seat = item.id[-1] if item.id.endswith(("_o", "_u")) else ""
        name = item.id[:-2] if seat else item.id
        true = truth.get(item.id)
        directed = item.scale == "direction"
        if name != INSTRUCTS:
            asked.append(Asked(name, seat, answers, free, directed, true, true))
    return AnswerRead(
        transcript=one.cell.name,
        scenario=one.cell.scenario,
        marks=dict(one.cell.marks),
        told=one.perturbation,
        repeat=one.repeat,
        parties=parties,
        labels={party: scenario.principals[party].name for party in parties},
        opener=seats[one.record.body.turns[0].seat],
        asked=tuple(asked),
        record=one.record.id,
    )


def known_reads(told: Iterable[Planted]) -> list[AnswerRead]:
    """Planted transcripts of a rubric file, as a judge reads them that is always right."""
    found = []
    for one in told:
        rubric = from_file(data_root("evals") / "rubrics" / f"{one.rubric}.md")
        asked = rubric.of(one.scenario.twin(one.record.spec.twin))
        found.append(read_of(one, asked.items))
    return found


def put(read: AnswerRead) -> list[Put]:
    """The questions of a transcript whose answer is known, as they are put to a judge."""
    first = min(read.parties, key=lambda party: read.labels[party])
    found = []
    for one in read.asked or ():
        if one.known:
            party = read.parties["ou".index(one.seat)] if one.seat else ""
            found.append(Put(one, party == first, party == read.opener, read.told == "order"))
    return found


def readings(judge: AnsweringJudge, told: Iterable[AnswerRead], seed: int) -> list[AnswerRead]:
    """What a judge makes of transcripts.

    Args:
        judge: Who reads.
        told: With the true answers; questions whose answer is not known are left out.
        seed: Of the judge's errors.
    """
    found = []
    for read in told:
        chance = random.Random(f"{judge.name}/{seed}/{read.transcript}/{read.told}/{read.repeat}")
        if judge.refuses(read):
            found.append(replace(read, asked=None))
            continue
        answers = []
        for one in put(read):
            chances = judge.takes(one)
            (given,) = chance.choices(list(chances), list(chances.values()))
            answers.append(replace(one.asked, given=given))
        found.append(replace(read, asked=tuple(answers)))
    return found


# --- the judges --------------------------------------------------------------------------------


def perfect(one: Put) -> Chances:
    """Is right."""
    return {one.true: 1.0}


def wrong(share: float) -> Callable[[Put], Chances]:
    """Gives any other answer instead, with this chance."""

    def takes(one: Put) -> Chances:
        others = [answer for answer in one.asked.answers if answer != one.true]
        return {one.true: 1 - share, **dict.fromkeys(others, share / len(others))}

    return takes


def a_step_higher(share: float, whom: Callable[[Put], bool]) -> Callable[[Put], Chances]:
    """Goes a step too far up the scale with this chance, of whom it favours."""

    def takes(one: Put) -> Chances:
        if not whom(one) or one.higher() == one.true:
            return {one.true: 1.0}
        return {one.true: 1 - share, one.higher(): share}

    return takes


def first_listed(share: float) -> Callable[[Put], Chances]:
    """Takes the answer that is listed first with this chance, whatever is there."""

    def takes(one: Put) -> Chances:
        if one.listed[0] == one.true:
            return {one.true: 1.0}
        return {one.true: 1 - share, one.listed[0]: share}

    return takes


def lazy(one: Put) -> Chances:
    """Says that nothing of the kind is there."""
    return {one.asked.nothing: 1.0}


def shy(one: Put) -> Chances:
    """Gives no verdict on the gravest that there is."""
    return {None if one.true == one.asked.answers[-1] else one.true: 1.0}


def _has_worst(read: AnswerRead) -> bool:
    return any(one.truth == "insult" for one in read.asked or ())


JUDGES: Final[tuple[AnsweringJudge, ...]] = (
    AnsweringJudge("perfect", "is right", perfect),
    AnsweringJudge("noisy", "gives another answer by chance in one of ten", wrong(0.1)),
    AnsweringJudge("poor", "gives another answer by chance in four of ten", wrong(0.4)),
    AnsweringJudge(
        "favours-first-answer",
        "takes the answer that is listed first in three of ten",
        first_listed(0.3),
    ),
    AnsweringJudge(
        "favours-name",
        "goes a step too far up in six of ten for the party of one name",
        a_step_higher(0.6, lambda one: one.first_name),
    ),
    AnsweringJudge(
        "favours-opener",
        "the same for the party that speaks first",
        a_step_higher(0.6, lambda one: one.speaks_first),
    ),
    AnsweringJudge("lazy", "finds nothing of the kind", lazy),
    AnsweringJudge("shy", "gives no verdict on the gravest; is right else", shy),
    AnsweringJudge(
        "squeamish", "refuses where somebody insults; is right else", perfect, _has_worst
    ),
)
