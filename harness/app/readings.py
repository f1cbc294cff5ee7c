"""A judge's readings of planted transcripts, beside what is said in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from harness.analysis.event_matching import Event
from harness.analysis.judge_reads import Read
from harness.plans.prose_ledger import BY, COMMITMENT, CONCEDES, TAKES_BACK
from harness.planted.planted import Planted
from harness.records.judgement import JudgementRecord, Verdict

if TYPE_CHECKING:
    from harness.disputes.scenario import Scenario

_COMMIT: Final = (CONCEDES, TAKES_BACK)
"""Events of which it is known how far the words commit."""


def reads_of(told: Sequence[Planted], found: Mapping[str, JudgementRecord]) -> tuple[Read, ...]:
    """The readings of planted transcripts, in their order.

    Args:
        told: What was read.
        found: Id of a record -> its judgement.
    """
    return tuple(_read(one, found[one.record.id]) for one in told)


def _read(one: Planted, judgement: JudgementRecord) -> Read:
    record, cell = one.record, one.cell
    scenario: Scenario = one.scenario.twin(record.spec.twin)
    parties = (scenario.seats.o, scenario.seats.u)
    seats = {seat.seat: seat.principal for seat in record.spec.seats}
    verdicts = judgement.body.verdicts
    done = judgement.status == "done"
    return Read(
        transcript=cell.name,
        scenario=cell.scenario,
        marks=marks_of(one),
        told=one.perturbation,
        repeat=one.repeat,
        turns=len(record.body.turns),
        parties=parties,
        labels={party: scenario.principals[party].name for party in parties},
        opener=seats[record.body.turns[0].seat],
        truth=events_of(one.truth),
        listed=events_of(verdicts) if done else None,
        unsure=tuple(
            Event(verdict.quotes[0].at, verdict.fields.get(BY, ""), verdict.item, "")
            for verdict in verdicts
            if verdict.answer is None and verdict.quotes
        ),
        rejected=sum(len(verdict.rejected) for verdict in verdicts),
        items=tuple(item.id for item in judgement.spec.rubric.items),
        record=record.id,
    )


def marks_of(one: Planted) -> dict[str, str]:
    """What tells a planted transcript from others."""
    return dict(one.cell.marks)


def events_of(verdicts: Iterable[Verdict]) -> tuple[Event, ...]:
    """The events of a list: its entries with an answer."""
    return tuple(
        Event(
            one.quotes[0].at,
            one.fields.get(BY, ""),
            one.item,
            one.answer,
            one.fields.get(COMMITMENT, "") if one.item.startswith(_COMMIT) else "",
        )
        for one in verdicts
        if one.answer is not None and one.quotes
    )
