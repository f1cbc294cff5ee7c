"""What a seat put forward, and what each of it was truly worth to the two principals.

Everything that reads the terms in a move reads them here, so that a new form of move has one place
to be read in: :func:`proposed` (complete packages), :func:`choices` (what the others could take),
:func:`named` (all terms that were named, in part or in whole), :func:`taken` (those of the other
side that were accepted), :func:`stated` (all named terms, as complete packages with their values).

Terms of every commitment are read, hypothetical ones too: the other side has heard them.
:attr:`Offered.commitment` tells them apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from harness.disputes.scenario import Package
from harness.evaluators.case import Case, once_per_case, once_per_case_and
from harness.evaluators.landscape import deal, landscape_in
from harness.records.moves import SECOND
from harness.records.transcript import Action, Commitment, Move, Turn

SEAT_OPPOSITE = {"o": "u", "u": "o"}
FIRM = frozenset({Commitment.BINDING, Commitment.AD_REFERENDUM})
"""Commitments by which a proposal is meant as one: it binds, or goes to the capital."""
ANY_COMMITMENT = "whatever their commitment"
"""What measures say that read hypothetical and personal terms like binding ones."""


class Offered(NamedTuple):
    """Terms that a seat put forward or took, in the true values of a round's realities.

    Attributes:
        turn: Index of the turn in the transcript.
        round: Round whose values these are, from 1.
        step: Turn of the seat in that round, from 1; 0 for what stood before its first.
        own: u of the seat's own principal, in [0, 1].
        other: u of the opposite seat's principal, in [0, 1].
        package: The terms.
        commitment: What its words bind; None for what stood before the first turn, and for a
            position, of which nobody said it.
    """

    turn: int
    round: int
    step: int
    own: float
    other: float
    package: Package
    commitment: Commitment | None = None


_Step = tuple[Offered, Offered]
"""A move, and the one before it."""


# --- the terms in a move -------------------------------------------------------------------------


@once_per_case
def _public(case: Case) -> Mapping[str, Sequence[tuple[Turn, Move]]]:
    """What each seat did at the table. What it puts to its capital is not said there."""
    done = dict[str, list[tuple[Turn, Move]]]()
    for turn in case.talks.turns:
        if turn.kind == "statement" and turn.move is not None:
            done.setdefault(turn.seat, []).append((turn, turn.move))
    return done


@once_per_case_and
def proposed(case: Case, seat: str) -> Sequence[tuple[Turn, Package]]:
    """The turns in which a seat put a complete package on the table, with the package.

    Of two packages put at once, the one worth less to its own principal: that far it was ready to
    go, since the other side chooses.
    """
    propose = Action.PROPOSE
    return [
        (turn, package if move.or_package is None else _lesser(case, seat, turn, move))
        for turn, move in _public(case).get(seat, ())
        if move.action is propose and (package := move.package) is not None
    ]


def _lesser(case: Case, seat: str, turn: Turn, move: Move) -> Package:
    assert move.package is not None
    if move.or_package is None:
        return move.package
    terms = case.terms(case.seats[seat], turn.round)
    return min(move.package, move.or_package, key=terms.utility)


def choices(case: Case, seat: str) -> list[tuple[Turn, tuple[Package, ...]]]:
    """The same turns with what the others could take: the package, or both of an either-or."""
    return [
        (turn, tuple(terms for terms in (move.package, move.or_package) if terms is not None))
        for turn, move in _public(case).get(seat, ())
        if move.action is Action.PROPOSE and move.package is not None
    ]


@once_per_case_and
def named(case: Case, seat: str) -> Sequence[tuple[Turn, Mapping[str, str]]]:
    """All terms that a seat named, with their turns: its proposals, both packages of an either-or
    among them, and the positions that go with a rejection or a pass, which leave issues out."""
    return [
        (turn, terms)
        for turn, move in _public(case).get(seat, ())
        for terms in (move.package, move.or_package, move.position)
        if terms
    ]


@once_per_case_and
def taken(case: Case, seat: str) -> Sequence[tuple[Turn, Mapping[str, str]]]:
    """The terms of the other side that a seat accepted, with the turn in which it did, be it for
    discussion only."""
    put = {
        f"{turn.offer}{SECOND if second else ''}": terms
        for turn, packages in choices(case, SEAT_OPPOSITE[seat])
        for second, terms in enumerate(packages)
    }
    return [
        (turn, put[move.offer])
        for turn, move in _public(case).get(seat, ())
        if move.action is Action.ACCEPT and move.offer in put
    ]


# --- with their values ---------------------------------------------------------------------------


@once_per_case_and
def stated(case: Case, seat: str) -> Sequence[Offered]:
    """Every proposal and every position of seat ``o`` or ``u``, in order.

    A position stands for the seat's terms before it (its public opening position, if it has named
    none) with the named issues changed. Before any terms are known it is left out.
    """
    known = case.has_opening(seat)
    terms: Package = case.scenario.public(case.seats[seat]).opening if known else {}
    found, whole = list[Offered](), len(case.scenario.issues)
    across, propose = SEAT_OPPOSITE[seat], Action.PROPOSE
    round_, land = 0, None
    for turn, move in _public(case).get(seat, ()):
        if move.package is not None:
            terms = move.package if move.or_package is None else _lesser(case, seat, turn, move)
        elif move.position:
            terms = {**terms, **move.position}
        else:
            continue
        if len(terms) != whole:
            continue
        # Only a proposal says how far it commits; a position has what the record writes for all.
        commitment = move.commitment if move.action is propose else None
        if land is None or turn.round != round_:
            round_ = turn.round
            land = landscape_in(case, round_)
        own, other = land.pair(terms, seat, across)
        found.append(Offered(turn.index, round_, turn.step, own, other, terms, commitment))
    return found


@once_per_case_and
def offers_of(case: Case, seat: str) -> Sequence[Offered]:
    """Every proposal of seat ``o`` or ``u``, in order."""
    proposals, terms = proposed(case, seat), stated(case, seat)
    if len(proposals) == len(terms):  # each of them is stated, and nothing else was
        return terms
    turns = {turn.index for turn, _ in proposals}
    return [offer for offer in terms if offer.turn in turns]


@once_per_case_and
def over_limit(case: Case, seat: str) -> Mapping[int, float]:
    """u - r of the terms that seat ``o`` or ``u`` stated, each in the values of its round, by the
    index of its turn."""
    principal, round_, limit = case.seats[seat], 0, 0.0
    over = dict[int, float]()
    for offer in stated(case, seat):
        if offer.round != round_:
            round_ = offer.round
            limit = case.terms(principal, round_).reservation
        over[offer.turn] = offer.own - limit
    return over


@once_per_case_and
def moves_of(case: Case, seat: str) -> Sequence[Offered]:
    """Terms that a seat stated and, last, the deal if the seat accepted it: taking the other side's
    terms is a step as much as proposing them. So is a deal on terms of its own that were not its
    last: the other package of an either-or, or a sketch that it takes home later."""
    moves = [*stated(case, seat)]
    package, outcome = deal(case), case.talks.outcome
    if package is not None and (
        outcome.proposer != seat or not moves or moves[-1].package != package
    ):
        when, commitment = _acceptance(case, seat)
        moves.append(_valued(case, seat, package, when, commitment))
    return moves


def public_opening(case: Case, seat: str, round_: int) -> Offered | None:
    """The opening position that everybody knows, as a proposal before the first turn (index -1);
    None where it is not on record."""
    if not case.has_opening(seat):
        return None
    opening = case.scenario.public(case.seats[seat]).opening
    return _valued(case, seat, opening, (-1, round_, 0), None)


def revalued(case: Case, seat: str, offer: Offered, round_: int) -> Offered:
    """An offer of ``seat`` in the values of another round."""
    if offer.round == round_:
        return offer
    return _valued(case, seat, offer.package, (offer.turn, round_, offer.step), offer.commitment)


def steps_of(case: Case, seat: str, moves: Sequence[Offered]) -> Sequence[_Step]:
    """Each move of a seat after its first, with the one before it, both in the values of the later
    one's round: realities change the worth of terms, which is no concession of anybody's."""
    return [
        (a if a.round == b.round else revalued(case, seat, a, b.round), b)
        for a, b in pairwise(moves)
    ]


@once_per_case_and
def own_steps(case: Case, seat: str) -> Sequence[_Step]:
    """:func:`steps_of` of all its moves."""
    return steps_of(case, seat, moves_of(case, seat))


def stated_steps(case: Case, seat: str) -> Sequence[_Step]:
    """:func:`steps_of` of the terms that it stated: of all its moves but an acceptance."""
    return own_steps(case, seat)[: max(0, len(stated(case, seat)) - 1)]


def offer_steps(case: Case, seat: str) -> Sequence[_Step]:
    """:func:`steps_of` of its proposals."""
    proposals = offers_of(case, seat)
    if len(proposals) == len(stated(case, seat)):
        return stated_steps(case, seat)
    return steps_of(case, seat, proposals)


def last_before(moves: Sequence[Offered], turn: int) -> Offered | None:
    """The last of ``moves`` before a turn; None where there is none."""
    for move in reversed(moves):
        if move.turn < turn:
            return move
    return None


def _acceptance(case: Case, seat: str) -> tuple[tuple[int, int, int], Commitment | None]:
    """When a seat accepted the deal (turn, round, step), and as what; after the last turn where
    none is on record, as in a log from elsewhere."""
    turns, round_ = case.talks.turns, case.talks.outcome.round
    for turn in reversed(turns):
        move = turn.move
        if move is None or turn.seat != seat or move.action is not Action.ACCEPT:
            continue
        if turn.offer == case.talks.outcome.offer:
            return (turn.index, round_, turn.step), move.commitment
    return (len(turns), round_, 1 + sum(turn.seat == seat for turn in turns)), None


def _valued(
    case: Case,
    seat: str,
    package: Package,
    when: tuple[int, int, int],
    commitment: Commitment | None,
) -> Offered:
    """``package`` put by ``seat`` at ``when``: turn, round, step."""
    land = landscape_in(case, when[1])
    own, other = land.pair(package, seat, SEAT_OPPOSITE[seat])
    return Offered(*when, own, other, package, commitment)
