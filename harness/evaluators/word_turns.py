"""The counts of :class:`~harness.evaluators.words.Words` that are sums over turns, turn by turn.

What a person finds in some turns corrects these, and no other. Whether a last word was kept, or
terms bear words out, is no matter of one turn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from harness.evaluators.base import SEATS
from harness.evaluators.case import Case
from harness.evaluators.word_events import fresh, listed
from harness.plans.prose_ledger import BY, CONCEDES, FINAL, THREAT, event_of
from harness.records.judgement import JudgementRecord, Verdict

WORDS: Final = "words"
"""Name of the evaluator whose counts these are; it is known to the registry alone."""
CONCEDED: Final = "conceded"
FINALS: Final = "final"
THREATS: Final = "threats"
_COUNTS: Final[Mapping[str, str]] = {CONCEDED: CONCEDES, FINALS: FINAL, THREATS: THREAT}
MEASURES: Final = tuple(f"{WORDS}.{count}_{seat}" for count in _COUNTS for seat in SEATS)
"""``evaluator.measure`` of those counts."""
ByTurn = Mapping[str, Counter[int]]


def judged_turns(case: Case, judgement: JudgementRecord) -> ByTurn:
    """``evaluator.measure`` -> turn -> what a judge counts there. What is only said again counts
    where it was first said, as in the measure.

    Args:
        judgement: By the rubric ``prose-ledger``, with an answer.
    """
    events = listed(case, judgement).events
    found = {name: Counter[int]() for name in MEASURES}
    for seat in SEATS:
        own = [one for one in events if one.seat == seat]
        found[_measure(CONCEDED, seat)].update(one.turn for one in fresh(own))
        finals = {(one.issue, one.to): one.turn for one in reversed(own) if one.what == FINAL}
        found[_measure(FINALS, seat)].update(finals.values())
        threats = {(one.to, one.turn) for one in own if one.what == THREAT}
        found[_measure(THREATS, seat)].update(turn for _, turn in threats)
    return found


def found_in_turn(case: Case, verdicts: Iterable[Verdict]) -> dict[str, int]:
    """``evaluator.measure`` -> what a person counts in one turn, in which nothing that is only said
    again was to be marked."""
    seat_of = {principal: seat for seat, principal in case.seats.items()}
    events = {
        (event_of(one.item), one.answer, seat_of.get(one.fields.get(BY, "")))
        for one in verdicts
        if one.answer is not None
    }
    return {
        _measure(count, seat): sum(of[0] == what and by == seat for of, _, by in events)
        for count, what in _COUNTS.items()
        for seat in SEATS
    }


def acts(verdicts: Iterable[Verdict]) -> frozenset[tuple[str, str | None]]:
    """What is done in a turn, whoever says so: (what, issue), each once."""
    return frozenset(event_of(one.item) for one in verdicts if one.answer is not None)


def _measure(count: str, seat: str) -> str:
    return f"{WORDS}.{count}_{seat}"
