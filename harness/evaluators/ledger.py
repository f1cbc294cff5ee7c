"""The ledger of a dialogue: what every move gave, issue by issue, to whom, and at what cost.

It says of one dialogue what the measures of concessions say of many: which ground was given, at
which turn. A *move* is what :mod:`harness.evaluators.concessions` takes for one: a proposal, a
position taken with a rejection or a pass, or the acceptance of the deal. All values are true values
of the principals, u_P in [0, 1], under the realities of the round of the move.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from harness.disputes.scenario import Package
from harness.evaluators.base import ROUNDING, SEATS
from harness.evaluators.case import Case
from harness.evaluators.offers import (
    SEAT_OPPOSITE,
    Offered,
    moves_of,
    public_opening,
    revalued,
)
from harness.records.transcript import Action, Commitment, Turn

Kind = Literal["opening", "proposal", "position", "acceptance"]
"""What a move was: the first terms of a seat (held against its public opening position), a package,
terms named without proposing them, or the other side's terms taken."""


@dataclass(frozen=True)
class Given:
    """One issue that a move changed.

    Attributes:
        issue: Its id.
        was: Id of the option before the move.
        now: Id of the option that the move named.
        cost: What the change takes from the giver's principal, in [-1, 1]; negative where the giver
            took something back. The costs of a move sum to what it takes in all: of two issues that
            a principal values together, each bears its mean part over both orders in which they can
            change (Shapley 1953).
        worth: What it brings the other side's principal, in [-1, 1]; likewise.
    """

    issue: str
    was: str
    now: str
    cost: float
    worth: float


@dataclass(frozen=True)
class Answer:
    """What the other side did next at the table."""

    turn: int
    action: Action


@dataclass(frozen=True)
class Step:
    """One move of a seat, held against the move of the same seat before it.

    Attributes:
        turn: Index of the turn in the transcript; the number of turns where the acceptance of a
            deal is on no turn, as in a log from elsewhere.
        round: From 1.
        seat: Who made it.
        kind: What it was.
        offer: Id of the proposal that it put or took; None of a position.
        commitment: How far it committed; None where that is not known.
        package: The terms; of two packages put at once, the one worth less to the giver.
        own: u of the giver's principal.
        other: u of the principal across the table.
        no_deal: What having no agreement is worth to the giver's principal.
        before: ``own`` of the terms before the move, in the values of this round.
        given: The issues that it changed, the costliest first; empty where the terms stay.
        crossed: Red lines that it crossed and the terms before did not: (principal, issue).
        below: Whether the terms are worth less to the giver's principal than no agreement.
        fell: Whether they are, and those before were not: this is the move that gave that away.
        answer: The next thing that the other side did at the table; None where it did nothing.
    """

    turn: int
    round: int
    seat: str
    kind: Kind
    offer: str | None
    commitment: Commitment | None
    package: Package
    own: float
    other: float
    no_deal: float
    before: float
    given: tuple[Given, ...]
    crossed: tuple[tuple[str, str], ...]
    below: bool
    fell: bool
    answer: Answer | None

    @property
    def cost(self) -> float:
        """What the move takes from the giver's principal in all; negative where it took back."""
        return self.before - self.own

    @property
    def worth(self) -> float:
        """What the issues that changed bring the other side's principal."""
        return sum(given.worth for given in self.given)


def ledger(case: Case) -> tuple[Step, ...]:
    """Every move of seats ``o`` and ``u``, in the order in which they were made.

    A void dialogue has the moves that were made until then. Where nobody told what terms are worth
    there are none: nothing says who gave.
    """
    if "values" in case.lacking:
        return ()
    steps = [step for seat in SEATS for step in _steps(case, seat)]
    return tuple(sorted(steps, key=lambda step: step.turn))


def _steps(case: Case, seat: str) -> list[Step]:
    moves = moves_of(case, seat)
    found, before = list[Step](), None
    for move in moves:
        found.append(_step(case, seat, move, before))
        before = move
    return found


def _step(case: Case, seat: str, move: Offered, last: Offered | None) -> Step:
    before = public_opening(case, seat, move.round) if last is None else last
    first = before is None  # and nobody knows from where it came: it changed nothing
    before = move if before is None else revalued(case, seat, before, move.round)
    no_deal = case.scenario.terms(case.seats[seat], move.round).reservation
    below = move.own < no_deal - ROUNDING
    turn = case.talks.turns[move.turn] if move.turn < len(case.talks.turns) else None
    return Step(
        turn=move.turn,
        round=move.round,
        seat=seat,
        kind=_kind(turn, first=last is None),
        offer=_offer(case, turn),
        commitment=move.commitment,
        package=move.package,
        own=move.own,
        other=move.other,
        no_deal=no_deal,
        before=before.own,
        given=_given(case, seat, before.package, move),
        crossed=_crossed(case, before.package, move.package),
        below=below,
        fell=below and (first or before.own >= no_deal - ROUNDING),
        answer=_answer(case, seat, move.turn),
    )


def _kind(turn: Turn | None, *, first: bool) -> Kind:
    if turn is None or turn.move is None or turn.move.action is Action.ACCEPT:
        return "acceptance"
    if first:
        return "opening"
    return "proposal" if turn.move.package is not None else "position"


def _offer(case: Case, turn: Turn | None) -> str | None:
    if turn is None or turn.move is None:
        return case.talks.outcome.offer
    if turn.move.action in (Action.PROPOSE, Action.ACCEPT):
        return turn.offer or turn.move.offer
    return None


def _given(case: Case, seat: str, before: Mapping[str, str], move: Offered) -> tuple[Given, ...]:
    """The issues that a move changed, the costliest to the giver first."""
    own = case.scenario.terms(case.seats[seat], move.round)
    other = case.scenario.terms(case.seats[SEAT_OPPOSITE[seat]], move.round)
    costs, worths = own.gains(move.package, before), other.gains(before, move.package)
    found = [
        Given(i, before[i], move.package[i], costs[i], worths[i])
        for i in case.scenario.issue_ids()
        if i in costs
    ]
    return tuple(sorted(found, key=lambda given: -given.cost))


def _crossed(
    case: Case, before: Mapping[str, str], now: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """Red lines of any principal, absent ones too, that the move crossed. A line may name several
    options: a step from one of them to another crosses nothing that was not crossed already."""
    return tuple(
        (principal, line.issue)
        for principal in case.scenario.principals
        for line in case.scenario.crossed(principal, now)
        if before[line.issue] not in line.options
    )


def _answer(case: Case, seat: str, turn: int) -> Answer | None:
    for later in case.talks.turns[turn + 1 :]:
        public = later.kind == "statement" and later.move is not None
        if later.seat == SEAT_OPPOSITE[seat] and public and later.move is not None:
            return Answer(later.index, later.move.action)
    return None


def most_given(steps: tuple[Step, ...], seat: str) -> Step | None:
    """The move of a seat after its first that cost its principal most; None where none cost
    anything."""
    costly = [s for s in steps if s.seat == seat and s.kind != "opening" and s.cost > ROUNDING]
    return max(costly, key=lambda step: step.cost, default=None)
