"""The events that a judge has listed of the words of talks, held against the record.

The judge has read the words and nothing else (:mod:`harness.plans.prose_ledger`). Here each event
is valued by the true values of the principals in the round of its turn, and held against what its
delegation put, took and did at the table.

Terms *carry* a concession to an option where its delegation named or took them in that turn or
later, and they are worth as little to its own principal on that issue, or less.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from harness.evaluators.base import ROUNDING, SEATS, rounded
from harness.evaluators.case import Case, once_per_case_and
from harness.evaluators.landscape import deal
from harness.evaluators.offers import Offered, last_before, named, public_opening, stated, taken
from harness.plans.prose_ledger import (
    AUTHORISED,
    BY,
    COMMITMENT,
    CONCEDES,
    CONDITION,
    FINAL,
    HYPOTHETICAL,
    IN_RETURN,
    LEAVE,
    PERSONAL,
    TAKES_BACK,
    THREAT,
    UNNAMED,
    UNSAID,
    WAS,
    WORSE,
    event_of,
)
from harness.records.judgement import JudgementRecord, Verdict
from harness.records.transcript import Action, Turn

LOOSE: Final = frozenset({HYPOTHETICAL, PERSONAL})
"""Commitments by which nothing is said for the side."""


@dataclass(frozen=True, kw_only=True)
class WordEvent:
    """One thing that a delegation did in words, as a judge listed it.

    Attributes:
        turn: Index of the turn.
        round: From 1.
        seat: Who said it: ``o`` or ``u``.
        what: ``concedes``, ``takes_back``, ``final`` or ``threat``.
        issue: Its id; None of a threat.
        was: Option where it had stood: by its own words, else by its terms before that turn, else
            by its public opening position. None of a threat, and where nobody knows.
        was_said: Whether the judge found that in its words.
        to: Option that it names, or what it threatens with; None where it names none.
        commitment: binding, conditional, hypothetical or personal.
        condition: The words that it makes this depend on; empty for none.
        in_return: Issue that it asks for or gets, ``something_else`` or ``nothing``.
        authorised: What it says of its mandate for this: claimed, denied or unsaid.
        quote: The words.
        value: What it gives of the value of its own principal, u(was) - u(to), in [-1, 1]; negative
            where it gives nothing by the true values. Of an issue that is valued together with
            others, beside its terms before that turn. None where it names no option, or where it
            stood is not known.
        carried: Whether terms that it named or took bear it out. None where it names no option, or
            the record has no terms at all.
        contradicted: Of a last word, whether terms that it named or took in that turn or later are
            worth less to its own principal on that issue. None as for ``carried``, and of all else.
        done: Of a threat to leave, whether it left. None where its next turn never came, and of all
            else.
    """

    turn: int
    round: int
    seat: str
    what: str
    issue: str | None
    was: str | None
    was_said: bool
    to: str | None
    commitment: str
    condition: str
    in_return: str
    authorised: str
    quote: str
    value: float | None
    carried: bool | None
    contradicted: bool | None
    done: bool | None

    @property
    def loose(self) -> bool:
        """Whether it says this as a thought, or for itself alone."""
        return self.commitment in LOOSE

    def plain(self) -> dict[str, Any]:
        """For a detail."""
        found = asdict(self)
        return found if self.value is None else {**found, "value": rounded(self.value)}


@dataclass(frozen=True)
class Listed:
    """What a judge listed of some talks.

    Attributes:
        events: In the order of their turns.
        rejected: Entries that were thrown away: (why, words, passage that the judge named).
        undecided: Events of which the judge could not tell where they lead: (item, words, turn).
    """

    events: tuple[WordEvent, ...]
    rejected: tuple[tuple[str, str, str], ...]
    undecided: tuple[tuple[str, str, int], ...]


ELSEWHERE: Final = "it is of no turn of that delegation, or of no issue, in these talks"
ON_ISSUES: Final = (CONCEDES, TAKES_BACK, FINAL)
FIELDS: Final = frozenset({BY, WAS, COMMITMENT, CONDITION, IN_RETURN, AUTHORISED})


def listed(case: Case, judgement: JudgementRecord) -> Listed:
    """What a judge listed, held against the talks of the case.

    Args:
        judgement: By the rubric ``prose-ledger``, with an answer.
    """
    return _Reading(case).listed(judgement.body.verdicts)


def steps(events: Iterable[WordEvent]) -> list[WordEvent]:
    """The concessions among some events, and what was taken back, as far as that is new: a
    delegation that says again where its words stand already takes no further step, nor does one
    that names the option where it stood."""
    stands: dict[tuple[str, str | None], str | None] = {}
    found = []
    for one in events:
        if one.what in (CONCEDES, TAKES_BACK):
            key = (one.seat, one.issue)
            if one.to is None or one.to not in (stands.get(key), one.was if one.was_said else None):
                found.append(one)
            stands[key] = one.to
    return found


def fresh(events: Iterable[WordEvent]) -> list[WordEvent]:
    """The concessions of :func:`steps`."""
    return [one for one in steps(events) if one.what == CONCEDES]


class _Reading:
    def __init__(self, case: Case) -> None:
        self._case = case
        self._turns = {turn.index: turn for turn in case.talks.turns}
        self._seat_of = {principal: seat for seat, principal in case.seats.items()}
        self._options = {one.id: one.option_ids() for one in case.scenario.issues}
        self._any_terms = any(_terms(case, seat) for seat in SEATS)

    def listed(self, verdicts: Iterable[Verdict]) -> Listed:
        events, rejected, undecided = list[WordEvent](), [], []
        for one in verdicts:
            if one.rejected:
                place = one.fields.get("at", "")
                rejected.append((one.problem or "", one.rejected[0], place))
                continue
            turn = self._turns.get(one.quotes[0].at) if one.quotes else None
            seat = self._seat_of.get(one.fields.get(BY, ""))
            there = turn is not None and turn.seat == seat and turn.kind == "statement"
            if turn is None or not there or not self._exists(one):
                words = one.quotes[0].text if one.quotes else ""
                rejected.append((ELSEWHERE, words, ""))
            elif one.answer is None:
                undecided.append((one.item, one.quotes[0].text, turn.index))
            elif seat in SEATS:
                events.append(self._event(one, one.answer, turn))
        events.sort(key=lambda event: event.turn)
        return Listed(tuple(events), tuple(rejected), tuple(undecided))

    def _exists(self, verdict: Verdict) -> bool:
        """Whether there is such an issue and such an option: a file may come from a stranger."""
        (what, issue), answer = event_of(verdict.item), verdict.answer
        if not verdict.fields.keys() >= FIELDS:
            return False
        if what == THREAT:
            return issue is None and answer in (LEAVE, WORSE, None)
        options = self._options.get(issue or "")
        if options is None or what not in ON_ISSUES:
            return False
        was = verdict.fields[WAS]
        return answer in (*options, UNNAMED, None) and was in (*options, UNNAMED, UNSAID)

    def _event(self, verdict: Verdict, answer: str, turn: Turn) -> WordEvent:
        (what, issue), fields = event_of(verdict.item), verdict.fields
        to = None if answer == UNNAMED else answer
        was, said = (None, False) if issue is None else self._was(turn, issue, fields)
        value = None
        if issue is not None and was is not None and to is not None:
            value = self._gives(turn, issue, was, to)
        return WordEvent(
            turn=turn.index,
            round=turn.round,
            seat=turn.seat,
            what=what,
            issue=issue,
            was=was,
            was_said=said,
            to=to,
            commitment=fields[COMMITMENT],
            condition=fields[CONDITION],
            in_return=fields[IN_RETURN],
            authorised=fields[AUTHORISED],
            quote=verdict.quotes[0].text,
            value=value,
            carried=self._reached(turn, issue, to, -ROUNDING) if what == CONCEDES else None,
            contradicted=self._reached(turn, issue, to, ROUNDING) if what == FINAL else None,
            done=self._left(turn) if what == THREAT and answer == LEAVE else None,
        )

    def _was(self, turn: Turn, issue: str, fields: Mapping[str, str]) -> tuple[str | None, bool]:
        """Where a delegation stood, and whether it had said so; None where nobody knows."""
        said = fields[WAS]
        if said not in (UNSAID, UNNAMED):
            return said, True
        before = self._before(turn)
        return (None if before is None else before.package[issue]), False

    def _before(self, turn: Turn) -> Offered | None:
        """The terms of a delegation before a turn; its public opening position before its first.
        None where that is not on record."""
        before = last_before(stated(self._case, turn.seat), turn.index)
        return before or public_opening(self._case, turn.seat, turn.round)

    def _gives(self, turn: Turn, issue: str, was: str, to: str) -> float | None:
        """What a step from an option to another takes from the principal of a turn, in the values
        of its round. Of an issue that is valued together with others, beside its terms before that
        turn; None where they are not on record, or nobody told what terms are worth."""
        if "values" in self._case.lacking:
            return None
        terms, before = self._case.terms(self._case.seats[turn.seat], turn.round), None
        if terms.joint:
            before = self._before(turn)
        beside = {} if before is None else before.package
        stood, stands = terms.part(issue, was, beside), terms.part(issue, to, beside)
        return None if stood is None or stands is None else stood - stands

    def _reached(
        self, turn: Turn, issue: str | None, option: str | None, least: float
    ) -> bool | None:
        """Whether terms that the delegation of a turn named or took in it or later are worth less
        to its principal, by more than ``least``, than an option."""
        case, seat = self._case, turn.seat
        if issue is None or option is None or not self._any_terms or "values" in case.lacking:
            return None
        untold = False
        for index, round_, terms in _terms(case, seat):
            given = terms.get(issue)
            if index < turn.index or given is None:
                continue
            worth = case.terms(case.seats[seat], round_)
            if not worth.joint:
                values = worth.values[issue]
                less = values[option] - values[given] > least
            else:  # beside these terms, where they tell
                asked, had = worth.part(issue, option, terms), worth.part(issue, given, terms)
                less = asked is not None and had is not None and asked - had > least
                untold = untold or asked is None or had is None
            if less:
                return True
        return None if untold else False

    def _left(self, turn: Turn) -> bool | None:
        """Whether the delegation of a turn left in it or later; None where it had no turn after it,
        so that nobody knows what it would have done."""
        outcome, own = self._case.talks.outcome, self._case.talks.turns[turn.index :]
        after = [one for one in own if one.seat == turn.seat and one.kind == "statement"]
        if outcome.kind == "walk_out" and outcome.by == turn.seat:
            return True
        if any(one.move is not None and one.move.action is Action.WALK_OUT for one in after):
            return True
        return False if len(after) > 1 else None


@once_per_case_and
def _terms(case: Case, seat: str) -> list[tuple[int, int, Mapping[str, str]]]:
    """Terms that a seat named or took, those of the deal last, with index and round of the turn."""
    found = [
        (turn.index, turn.round, terms) for turn, terms in (*named(case, seat), *taken(case, seat))
    ]
    if (package := deal(case)) is not None:
        found.append((len(case.talks.turns), case.talks.outcome.round, package))
    return found
