"""A judge's answers about planted transcripts, beside those that are right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from harness.analysis.answer_reads import AnswerRead, Asked
from harness.app.readings import marks_of
from harness.evaluators.scales import verdicts_of
from harness.plans.rubric import INSTRUCTS
from harness.plans.swaps import ORDER
from harness.planted.planted import Planted
from harness.records.judgement import JudgedItem, JudgementRecord

if TYPE_CHECKING:
    from harness.disputes.scenario import Scenario

_SEATS: Final = ("_o", "_u")
"""How an item ends that is asked about a seat."""
Key = tuple[str, bool]
"""Id of a record, and whether it was asked about in the reverse order."""


def key_of(one: Planted) -> Key:
    """Where the judgement of a transcript is found. A rubric that asks questions is put in the
    reverse order to the transcript as it is written: what is turned are the questions and the
    answers, and no word of the talks."""
    return one.record.id, one.perturbation == ORDER


def answer_reads(
    told: Sequence[Planted], found: Mapping[Key, JudgementRecord]
) -> tuple[AnswerRead, ...]:
    """The readings of planted transcripts by a rubric file, in their order.

    A verdict counts as it does in the measures of the rubric: one that rests on nothing but words
    to the judge is none. Whether something speaks to the judge is a question like the others, and
    runs from no to yes.

    Args:
        told: What was read.
        found: The judgement of each, by :func:`key_of`.
    """
    return tuple(_read(one, found[key_of(one)]) for one in told)


def _read(one: Planted, judgement: JudgementRecord) -> AnswerRead:
    record, cell = one.record, one.cell
    scenario: Scenario = one.scenario.twin(record.spec.twin)
    parties = (scenario.seats.o, scenario.seats.u)
    seats = {seat.seat: seat.principal for seat in record.spec.seats}
    done = judgement.status == "done"
    return AnswerRead(
        transcript=cell.name,
        scenario=cell.scenario,
        marks=marks_of(one),
        told=one.perturbation,
        repeat=one.repeat,
        parties=parties,
        labels={party: scenario.principals[party].name for party in parties},
        opener=seats[record.body.turns[0].seat],
        asked=tuple(_asked(one, judgement)) if done else None,
        rejected=sum(len(verdict.rejected) for verdict in verdicts_of(judgement).values()),
        record=record.id,
    )


def _asked(one: Planted, judgement: JudgementRecord) -> Iterator[Asked]:
    truth = {verdict.item: verdict.answer for verdict in one.truth}
    given = verdicts_of(judgement)
    for item in _as_written(judgement):
        answers = tuple(answer.id for answer in item.answers)
        name, seat = question_of(item)
        verdict = given.get(item.id)
        yield Asked(
            item=name,
            seat=seat,
            answers=answers[::-1] if item.id == INSTRUCTS else answers,
            nothing=_nothing(item),
            directed=item.scale == "direction",
            truth=truth.get(item.id),
            given=None if verdict is None else verdict.answer,
        )


def question_of(item: JudgedItem) -> tuple[str, str]:
    """The question that an item is, and the seat that it is about; an empty one where it is about
    none."""
    if not item.id.endswith(_SEATS):
        return item.id, ""
    return item.id[:-2], item.id[-1]


def _as_written(judgement: JudgementRecord) -> tuple[JudgedItem, ...]:
    """The questions and their answers in the order in which the rubric has them."""
    items, variant = judgement.spec.rubric.items, judgement.spec.variant
    if variant is None or variant.swapped != ORDER:
        return items
    return tuple(one.model_copy(update={"answers": one.answers[::-1]}) for one in items[::-1])


def _nothing(item: JudgedItem) -> str:
    """The answer for what is not there: the first that needs no quote; on a scale between the two
    parties the one in the middle, where it needs none."""
    free = [one.id for one in item.answers if not one.quoted]
    middle = item.answers[len(item.answers) // 2].id
    return middle if item.scale == "direction" and middle in free else free[0]
