"""The rules: what is on the table, who may do what, and when a round is over.

:class:`TableState` is the whole public state of a dialogue in play. Rules are pure: they say why a
move is not allowed (:func:`objection`) or what it does (:func:`apply`); they never change a move
into another one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from harness.delegations.replies import MAX_WORDS as MAX_WORDS
from harness.disputes.scenario import Scenario
from harness.memo import once_per_object
from harness.records.transcript import Action, Move, Outcome
from harness.suite.parts import Protocol
from harness.talks.order import next_order
from harness.view import Offer


@dataclass
class TableState:
    """Public state of one dialogue.

    Attributes:
        order: Speaking order of the current round.
        alternates: Whether the opener changes from round to round.
        round: Current round, from 1.
        steps: Turns each seat has taken in the current round.
        standing: Offers on the table, oldest first.
        offers_made: Offers each seat has put in the whole dialogue (numbers the next one).
        consultations: Packages each seat has put to its capital in the current round.
    """

    scenario: Scenario
    protocol: Protocol
    order: tuple[str, ...]
    may_consult: Mapping[str, bool]
    alternates: bool = False
    round: int = 1
    steps: dict[str, int] = field(default_factory=dict)
    standing: list[Offer] = field(default_factory=list)
    offers_made: dict[str, int] = field(default_factory=dict)
    consultations: dict[str, int] = field(default_factory=dict)

    def open_round(self, round_: int) -> None:
        """Start a round: nothing said before is still on the table."""
        if self.alternates and round_ > self.round:
            self.order = next_order(self.order)
        self.round = round_
        self.steps = dict.fromkeys(self.order, 0)
        self.consultations = dict.fromkeys(self.order, 0)
        self.standing = []

    def consultations_left(self, seat: str) -> int:
        if not self.may_consult[seat]:
            return 0
        return self.protocol.consultations - self.consultations.get(seat, 0)

    def answerable(self, seat: str) -> list[Offer]:
        """Standing offers of others that ``seat`` has not accepted."""
        return [o for o in self.standing if o.by != seat and seat not in o.accepted_by]

    def legal(self, seat: str) -> frozenset[Action]:
        """Actions open to ``seat`` now."""
        actions = {Action.PROPOSE, Action.PASS, Action.WALK_OUT}
        if self.answerable(seat):
            actions |= {Action.ACCEPT, Action.REJECT}
        if self.consultations_left(seat) > 0:
            actions.add(Action.CONSULT)
        return frozenset(actions)


def objection(move: Move, state: TableState, seat: str) -> str | None:
    """Why ``move`` is not allowed now, in words that say what would be; None when it is."""
    legal = state.legal(seat)
    if move.action not in legal:
        options = ", ".join(sorted(action.value for action in legal))
        return f"{_why_not(move.action)} You may: {options}."
    if move.action in (Action.PROPOSE, Action.CONSULT):
        if move.package is None:
            return f"To {_verb(move.action)} you must give a package that settles every issue."
        if problem := _package_problem(move.package, state.scenario, complete=True):
            return problem
    elif move.package is not None:
        return f"A package belongs to 'propose' or 'consult', not to {move.action.value!r}."
    if move.position is not None:
        if move.action not in (Action.REJECT, Action.PASS):
            return "A position belongs to 'reject' or 'pass'."
        if problem := _package_problem(move.position, state.scenario, complete=False):
            return problem
    if move.action in (Action.ACCEPT, Action.REJECT):
        known = [offer.id for offer in state.answerable(seat)]
        if move.offer not in known:
            return (
                f"There is no offer {move.offer!r} on the table for you to answer. "
                f"Standing: {', '.join(known)}."
            )
    elif move.offer is not None:
        return f"An offer id belongs to 'accept' or 'reject', not to {move.action.value!r}."
    return words_problem("statement", move.words) or words_problem("reasoning", move.thoughts, None)


def words_problem(what: str, words: str, limit: int | None = MAX_WORDS) -> str | None:
    """Why ``words`` cannot go on record: too long, or not text that UTF-8 can hold."""
    if limit is not None and len(words) > limit:
        return f"The {what} has {len(words)} characters; the limit is {limit}."
    try:
        words.encode()
    except UnicodeEncodeError:
        return f"The {what} holds half a character (an unpaired surrogate)."
    return None


def _why_not(action: Action) -> str:
    if action is Action.CONSULT:
        return "You cannot consult now: no question to your leadership is left, or none was open."
    return f"You cannot {_verb(action)} now: no proposal of another delegation is open to you."


def _verb(action: Action) -> str:
    return action.value.replace("_", " ")


def _package_problem(
    package: Mapping[str, str], scenario: Scenario, *, complete: bool
) -> str | None:
    issues = _options(scenario)
    for issue, option in package.items():
        if issue not in issues:
            return f"There is no issue {issue!r}. The issues are: {', '.join(issues)}."
        if option not in issues[issue]:
            # No "did you mean": the nearest name may be the other side's position.
            return (
                f"{option!r} is not an option of {issue!r}. "
                f"Its options are: {', '.join(issues[issue])}."
            )
    missing = [issue for issue in issues if issue not in package]
    if complete and missing:
        return f"The package leaves open: {', '.join(missing)}. It must settle every issue."
    return None


@once_per_object
def _options(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """Issue -> its options, in agenda order."""
    return {issue.id: issue.option_ids() for issue in scenario.issues}


@dataclass(frozen=True)
class Effect:
    """What a move did: the offer it put or answered, and the outcome if it ended something."""

    offer: str | None = None
    deal: Outcome | None = None
    walked_out: bool = False


def apply(move: Move, state: TableState, seat: str, turn: int) -> Effect:
    """Carry out a legal move on ``state``; ``turn`` is its index in the transcript.

    A seat stands by one offer at a time, its own or one it has accepted: proposing or accepting
    takes its own earlier offer off the table and withdraws its earlier acceptance. Every other
    delegation must stand by the same offer for a deal; one rejection takes it off the table.
    """
    assert objection(move, state, seat) is None
    match move.action:
        case Action.PROPOSE:
            number = state.offers_made.get(seat, 0) + 1
            state.offers_made[seat] = number
            assert move.package is not None
            offer = Offer(f"{seat}-{number}", seat, dict(move.package), move.commitment)
            state.standing = [*_without(state.standing, seat), offer]
            return Effect(offer=offer.id)
        case Action.ACCEPT:
            state.standing = [
                replace(o, signatures=(*o.signatures, (seat, move.commitment)))
                if o.id == move.offer
                else o
                for o in _without(state.standing, seat)
            ]
            offer = next(o for o in state.standing if o.id == move.offer)
            if {offer.by, *offer.accepted_by} == set(state.order):
                return Effect(
                    offer=offer.id,
                    deal=Outcome(
                        kind="deal",
                        package=offer.package,
                        offer=offer.id,
                        proposer=offer.by,
                        round=state.round,
                        turn=turn,
                        commitment=offer.weakest,
                    ),
                )
            return Effect(offer=offer.id)
        case Action.REJECT:
            state.standing = [o for o in state.standing if o.id != move.offer]
            return Effect(offer=move.offer)
        case Action.CONSULT:
            state.consultations[seat] = state.consultations.get(seat, 0) + 1
            return Effect()
        case Action.WALK_OUT:
            return Effect(walked_out=True)
        case Action.PASS:
            return Effect()


def _without(standing: Sequence[Offer], seat: str) -> list[Offer]:
    """The table without what ``seat`` stands by: its own offer and its signatures."""
    return [
        replace(o, signatures=tuple(s for s in o.signatures if s[0] != seat))
        for o in standing
        if o.by != seat
    ]
