"""Makes the record of a negotiation that was held elsewhere: a transcript like any other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from pydantic_core import to_json

from harness.disputes.scenario import Package
from harness.exchange.importing.agenda import AGREED, MATTER, Agenda
from harness.exchange.importing.base import BadNegotiationError
from harness.exchange.importing.negotiation import Negotiation, Statement, plain
from harness.records.moves import SECOND, Commitment
from harness.records.spec import RECORDED, RecordedSeat, RecordedSpec
from harness.records.transcript import (
    Action,
    Move,
    Outcome,
    Talks,
    Transcript,
    Turn,
    VoidReason,
    status_of,
)

_FAILED: Final = "it broke down, for no reason of the parties"


def record_of(negotiation: Negotiation, agenda: Agenda) -> Transcript:
    """The record of a negotiation.

    Raises:
        BadNegotiationError: It contradicts itself.
    """
    seats = _seats(negotiation)
    told = to_json(plain(negotiation), inf_nan_mode="null")
    spec = RecordedSpec(
        scenario=agenda.scenario.id,
        scenario_hash=agenda.scenario.digest(),
        twin=negotiation.twin,
        seats=tuple(
            RecordedSeat(
                seat=seats[name],
                principal=agenda.principals[name],
                role=party.role,
                model=party.model,
                points=agenda.points.get(name),
                said=party.said,
                rated=party.rated,
            )
            for name, party in negotiation.parties.items()
        ),
        source=hashlib.sha256(told).hexdigest(),
        called=negotiation.id,
        unvalued=not agenda.valued,
    )
    course = _Course(seats, agenda)
    turns = tuple(course.turn(statement) for statement in negotiation.turns)
    outcome, void = _outcome(negotiation, course)
    return Transcript(
        id=spec.id,
        status=status_of(void),
        kind=RECORDED,
        spec=spec,
        void=void,
        body=Talks(order=_order(turns, seats.values()), turns=turns, outcome=outcome),
    )


def _seats(negotiation: Negotiation) -> dict[str, str]:
    """Party -> seat."""
    names = ["o", "u", *(f"x{number}" for number in range(1, 7))]
    return dict(zip(negotiation.parties, names, strict=False))


def _order(turns: Sequence[Turn], seats: Iterable[str]) -> tuple[str, ...]:
    """Seats in the order in which they spoke first; those who never did come last."""
    return tuple(dict.fromkeys([*(turn.seat for turn in turns), *seats]))


@dataclass
class _Put:
    """An offer as it was put.

    Attributes:
        words: How far those commit who put it and accepted it; None for one who did not say.
        taken: The turn in which it was accepted last; None where it was not.
    """

    id: str
    seat: str
    package: Package
    words: list[Commitment | None]
    side_terms: str | None = None
    taken: int | None = None


@dataclass
class _Course:
    """Turns statements into turns, one after the other.

    Attributes:
        put: Every offer, in order.
        accepted: The offer that was accepted last.
    """

    seats: Mapping[str, str]
    agenda: Agenda
    put: list[_Put] = field(default_factory=list)
    accepted: _Put | None = None
    _labels: dict[str, _Put] = field(default_factory=dict)
    _made: dict[str, int] = field(default_factory=dict)
    _steps: dict[tuple[str, int], int] = field(default_factory=dict)
    _index: int = 0
    _round: int = 1

    def turn(self, said: Statement) -> Turn:
        """The next turn."""
        index, at = self._index, f"turn {self._index + 1}"
        seat = self.seat(said.who, at)
        if said.round < self._round:
            raise BadNegotiationError(f"{at} is of round {said.round}, after {self._round}")
        self._index, self._round = index + 1, said.round
        step = self._steps[seat, said.round] = self._steps.get((seat, said.round), 0) + 1
        try:
            move, offer = self._move(said, seat, index)
        except BadNegotiationError as error:
            raise BadNegotiationError(f"{at}: {error}") from None
        return Turn(
            index=index,
            round=said.round,
            step=step,
            seat=seat,
            kind="statement",
            move=move,
            words=said.text,
            offer=offer,
        )

    def seat(self, party: str, at: str) -> str:
        """The seat of a party."""
        if party not in self.seats:
            known = ", ".join(self.seats)
            raise BadNegotiationError(f"{at}: no party is called {party!r}; known: {known}")
        return self.seats[party]

    def _move(self, said: Statement, seat: str, index: int) -> tuple[Move, str | None]:
        action = self._action(said)
        package = None if said.offer is None else self.package(said.offer)
        other = None if said.or_offer is None else self.package(said.or_offer, complete=True)
        if other is not None and action is not Action.PROPOSE:
            raise BadNegotiationError("a second package belongs to a proposal")
        offer: str | None = None
        answered: _Put | None = None
        if action is Action.PROPOSE:
            if package is None or not self._is_complete(package):
                raise BadNegotiationError("a proposal names an option of every issue")
            if said.rejects:  # a counter-offer: what it rejects must have been put, too
                self._answered(said.rejects, seat)
            offer = self._propose(said, seat, package, other)
        elif action in (Action.ACCEPT, Action.REJECT):
            accepts = action is Action.ACCEPT
            answered = self._answered(said.accepts if accepts else said.rejects, seat)
            if accepts:
                self.accepted = answered
                if answered is not None:
                    offer = answered.id
                    answered.words.append(said.commitment)
                    answered.taken = index
        move = Move(
            action=action,
            package=package if action is Action.PROPOSE else None,
            position=package if action in (Action.PASS, Action.REJECT) else None,
            offer=None if answered is None else answered.id,
            commitment=said.commitment,
            words=said.text,
            or_package=other,
            side_terms=said.side_terms,
            agreed=None if said.settled is None else self.package(said.settled),
        )
        return move, offer

    def _action(self, said: Statement) -> Action:
        """What a turn does: what it says that it does, or else what follows from the rest. Terms of
        every issue are a proposal also where they stand beside a refusal, which may be accepted."""
        if said.action is not None:
            return Action.PASS if said.action == "say" else Action(said.action)
        if said.accepts:
            return Action.ACCEPT
        if said.offer is not None and self._is_complete(said.offer):
            return Action.PROPOSE
        return Action.REJECT if said.rejects else Action.PASS

    def _is_complete(self, terms: Mapping[str, str]) -> bool:
        return len(terms) == len(self.agenda.options)

    def _propose(self, said: Statement, seat: str, package: Package, other: Package | None) -> str:
        number = self._made[seat] = self._made.get(seat, 0) + 1
        put = _Put(f"{seat}-{number}", seat, package, [said.commitment], said.side_terms)
        self.put.append(put)
        if said.offer_id is not None:
            self._labels[said.offer_id] = put
        if other is not None:
            self.put.append(
                second := replace(put, id=f"{put.id}{SECOND}", package=other, words=[*put.words])
            )
            if said.offer_id is not None:
                self._labels[f"{said.offer_id}{SECOND}"] = second
        return put.id

    def _answered(self, which: bool | str | None, seat: str) -> _Put | None:
        """The offer that is answered; None where only words were on the table."""
        if isinstance(which, str):
            if which not in self._labels:
                raise BadNegotiationError(f"no offer before it has the offer_id {which!r}")
            return self._labels[which]
        return next((put for put in reversed(self.put) if put.seat != seat), None)

    def package(self, terms: Mapping[str, str], *, complete: bool = False) -> Package:
        """Terms in the names of the scenario."""
        found = {}
        for issue, label in terms.items():
            ladder = self.agenda.options.get(issue)
            if ladder is None:
                known = ", ".join(self.agenda.options)
                raise BadNegotiationError(f"no issue is called {issue!r}; known: {known}")
            if label not in ladder:
                known = ", ".join(ladder)
                raise BadNegotiationError(f"{issue!r} has no option {label!r}; known: {known}")
            name, option = ladder[label]
            found[name] = option
        if complete and not self._is_complete(terms):
            missing = next(issue for issue in self.agenda.options if issue not in terms)
            raise BadNegotiationError(f"an option of {missing!r} is missing")
        return found

    @property
    def round(self) -> int:
        """The round that was spoken in last."""
        return self._round


def _outcome(negotiation: Negotiation, course: _Course) -> tuple[Outcome, VoidReason | None]:
    ending = negotiation.outcome
    by = None if ending.by is None else course.seat(ending.by, "the outcome")
    round_ = ending.round or course.round
    if round_ < course.round:
        raise BadNegotiationError(f"the outcome is of round {round_}, before the last turn")
    if ending.kind == "failed":
        reason = ending.reason or _FAILED
        void = VoidReason(kind="reply", seat=by, detail=reason)
        return Outcome(kind="void", round=round_, by=by, reason=reason), void
    if ending.kind != "deal":
        if ending.terms is not None:
            raise BadNegotiationError(f"the outcome is {ending.kind!r}, and has terms")
        return Outcome(kind=ending.kind, round=round_, by=by, reason=ending.reason), None
    accepted = course.accepted
    if ending.terms is not None:
        package = course.package(ending.terms, complete=True)
    elif accepted is not None:
        package = accepted.package
    elif not course.agenda.known:
        package = {MATTER: AGREED}
    else:
        raise BadNegotiationError(
            "the outcome is a deal without terms; give 'terms', or leave 'issues' out if nobody "
            "knows them"
        )
    # Terms that were settled otherwise than any offer are nobody's proposal.
    put = accepted if accepted is not None and accepted.package == package else None
    if put is None:
        put = next((one for one in reversed(course.put) if one.package == package), None)
    return (
        Outcome(
            kind="deal",
            package=package,
            offer=None if put is None else put.id,
            proposer=None if put is None else put.seat,
            round=round_,
            turn=None if put is None else put.taken,
            by=by,
            commitment=None if put is None else _weakest(put.words),
            reason=ending.reason,
            side_terms=None if put is None else put.side_terms,
        ),
        None,
    )


def _weakest(words: Sequence[Commitment | None]) -> Commitment | None:
    """The weakest of the commitments that make a deal; None where one of them is not told."""
    order = list(Commitment)
    told = [word for word in words if word is not None]
    return max(told, key=order.index) if told and len(told) == len(words) else None
