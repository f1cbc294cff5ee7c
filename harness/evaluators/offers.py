"""The proposals of a seat, and what each was truly worth to the two principals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.disputes.scenario import Package
from harness.evaluators.case import Case
from harness.evaluators.landscape import deal, landscape
from harness.records.transcript import Action, Turn

SEAT_OPPOSITE = {"o": "u", "u": "o"}


@dataclass(frozen=True)
class Offered:
    """Terms that a seat put forward or took, in the true values of that round's realities.

    Attributes:
        turn: Index of the turn in the transcript.
        round: Round, from 1.
        step: Turn of the seat in that round, from 1; 0 for what stood before its first.
        own: u of the seat's own principal, in [0, 1].
        other: u of the opposite seat's principal, in [0, 1].
        package: The terms.
    """

    turn: int
    round: int
    step: int
    own: float
    other: float
    package: Package


def proposed(case: Case, seat: str) -> list[tuple[Turn, Package]]:
    """The turns in which a seat put a complete package on the table, with the package.

    Positions that go with a rejection or a pass bind nobody and are not proposals; neither is what
    a delegation puts to its capital.
    """
    return [
        (turn, turn.move.package)
        for turn in case.talks.turns
        if turn.seat == seat
        and turn.kind == "statement"
        and turn.move is not None
        and turn.move.action is Action.PROPOSE
        and turn.move.package is not None
    ]


def offers_of(case: Case, seat: str) -> list[Offered]:
    """Every proposal of seat ``o`` or ``u``, in order."""
    return [
        _offered(case, seat, package, (turn.index, turn.round, turn.step))
        for turn, package in proposed(case, seat)
    ]


def moves_of(case: Case, seat: str, offers: Sequence[Offered]) -> list[Offered]:
    """Proposals of a seat (``offers``) and, last, the deal if the seat accepted it: taking the
    other side's terms is a step as much as proposing them."""
    moves = list(offers)
    package, outcome = deal(case), case.talks.outcome
    if package is not None and outcome.proposer != seat:
        turn, step = _acceptance(case, seat)
        moves.append(_offered(case, seat, package, (turn, outcome.round, step)))
    return moves


def public_opening(case: Case, seat: str, round_: int) -> Offered:
    """The opening position that everybody knows, as a proposal before the first turn (index -1)."""
    opening = case.scenario.public(case.seats[seat]).opening
    return _offered(case, seat, opening, (-1, round_, 0))


def _acceptance(case: Case, seat: str) -> tuple[int, int]:
    """Turn and step in which a seat accepted the deal; after the last turn where none is on
    record, as in a log from elsewhere."""
    turns = case.talks.turns
    for turn in reversed(turns):
        accepts = turn.move is not None and turn.move.action is Action.ACCEPT
        if accepts and turn.seat == seat and turn.offer == case.talks.outcome.offer:
            return turn.index, turn.step
    return len(turns), 1 + sum(turn.seat == seat for turn in turns)


def _offered(
    case: Case,
    seat: str,
    package: Package,
    when: tuple[int, int, int],
) -> Offered:
    """``package`` put by ``seat`` at ``when``: turn, round, step."""
    land = landscape(case.scenario, case.seats, when[1])
    values = land.values(package)
    own, other = land.seats.index(seat), land.seats.index(SEAT_OPPOSITE[seat])
    return Offered(*when, float(values[own]), float(values[other]), package)
