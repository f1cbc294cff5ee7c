"""The rules: what is on the table, who may do what, and when a round is over.

:class:`TableState` is the whole public state of a dialogue in play. Rules are pure: they say why a
move is not allowed (:func:`objection`) or what it does (:func:`apply`); they never change a move
into another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from harness.asking.faults import in_words
from harness.delegations.replies import MAX_WORDS as MAX_WORDS
from harness.disputes.scenario import Scenario
from harness.incentives.profiles import Authority
from harness.memo import once_per_object
from harness.records.moves import MAX_SIDE_TERMS, SECOND
from harness.records.transcript import Action, Commitment, Move, Outcome
from harness.suite.parts import Protocol
from harness.talks.answering import Fates
from harness.talks.order import next_order
from harness.talks.settling import Settling
from harness.view import Offer, commitments_open_to


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
        authority: How far the word of each seat commits; any word is open to one left out.
        settling: Issues agreed on in the current round.
        fates: What became of offers that are off the table.
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
    authority: Mapping[str, Authority | None] = field(default_factory=dict)
    settling: Settling = field(default_factory=Settling)
    fates: Fates = field(default_factory=Fates)

    def open_round(self, round_: int) -> None:
        """Start a round: nothing said before is still on the table."""
        if self.alternates and round_ > self.round:
            self.order = next_order(self.order)
        self.fates.end_round(self.standing, self.round)
        self.round = round_
        self.steps = dict.fromkeys(self.order, 0)
        self.consultations = dict.fromkeys(self.order, 0)
        self.standing = []
        self.settling = Settling()

    def consultations_left(self, seat: str) -> int:
        if not self.may_consult[seat]:
            return 0
        return self.protocol.consultations - self.consultations.get(seat, 0)

    def answerable(self, seat: str) -> list[Offer]:
        """Standing offers that ``seat`` may accept; of its own, explored sketches alone."""
        return [offer for offer in self.standing if offer.open_to(seat)]

    def rejectable(self, seat: str) -> list[Offer]:
        """Those of them that are others'."""
        return [offer for offer in self.answerable(seat) if offer.by != seat]

    def commitments(self, seat: str) -> tuple[Commitment, ...]:
        """How far the word of ``seat`` may commit, from the most binding."""
        return commitments_open_to(self.authority.get(seat), self.protocol)

    def legal(self, seat: str) -> frozenset[Action]:
        """Actions open to ``seat`` now."""
        actions = {Action.PROPOSE, Action.PASS, Action.WALK_OUT}
        if self.answerable(seat):
            actions.add(Action.ACCEPT)
        if self.rejectable(seat):
            actions.add(Action.REJECT)
        if self.consultations_left(seat) > 0:
            actions.add(Action.CONSULT)
        return frozenset(actions)


def objection(move: Move, state: TableState, seat: str) -> str | None:
    """Why ``move`` is not allowed now, in words that say what would be; None when it is. Whatever
    is wrong with it is named at once: each complaint costs a try."""
    return in_words(_objections(move, state, seat))


def _objections(move: Move, state: TableState, seat: str) -> Iterator[str]:
    legal = state.legal(seat)
    if move.action not in legal:
        options = ", ".join(sorted(action.value for action in legal))
        yield f"{_why_not(move, state, seat)} You may: {options}."
    else:
        terms = [*_misplaced(move), *_term_problems(move, state), *_extras_problems(move, state)]
        yield from terms
        if fault := _offer_problem(move, state, seat):
            yield fault
        elif problem := _commitment_problem(move, state, seat):
            yield problem
        if not terms:
            yield from state.settling.objections(move, seat, state.order)
    if problem := words_problem("statement", move.words):
        yield problem
    if problem := words_problem("reasoning", move.thoughts, None):
        yield problem


def _misplaced(move: Move) -> Iterator[str]:
    """What the move holds and a move of its kind does not."""
    if move.package is not None and move.action not in (Action.PROPOSE, Action.CONSULT):
        yield f"A package belongs to 'propose' or 'consult', not to {move.action.value!r}."
    if move.position is not None and move.action not in (Action.REJECT, Action.PASS):
        yield "A position belongs to 'reject' or 'pass'."
    if move.offer is not None and move.action not in (Action.ACCEPT, Action.REJECT):
        yield f"An offer id belongs to 'accept' or 'reject', not to {move.action.value!r}."


def _term_problems(move: Move, state: TableState) -> Iterator[str]:
    """What is wrong with the package of a proposal or a question, and with a position."""
    if move.action in (Action.PROPOSE, Action.CONSULT):
        if move.package is None:
            yield f"To {_verb(move.action)} you must give a package that settles every issue."
        else:
            yield from _package_problems(move.package, state.scenario, complete=True)
    if move.position is not None and move.action in (Action.REJECT, Action.PASS):
        yield from _package_problems(move.position, state.scenario, complete=False)


def _offer_problem(move: Move, state: TableState, seat: str) -> str | None:
    """Why the offer that the move answers is not open to the seat."""
    if move.action not in (Action.ACCEPT, Action.REJECT):
        return None
    accepts = move.action is Action.ACCEPT
    can = [o.id for o in (state.answerable(seat) if accepts else state.rejectable(seat))]
    verb = _verb(move.action)
    return state.fates.fault(move.offer, seat, state.round, state.standing, verb, can)


_BOUND: Final[Mapping[Authority, str]] = {
    Authority.AD_REFERENDUM: "what you sign is subject to approval at home",
    Authority.PRIVATE: "you can bind nobody but yourself",
}


def _commitment_problem(move: Move, state: TableState, seat: str) -> str | None:
    """Why a proposal or an acceptance cannot commit as far as it says, or has to commit further."""
    if move.commitment is None:
        return f"A move says how far your word goes: {_listed(state.commitments(seat))}."
    if move.action not in (Action.PROPOSE, Action.ACCEPT):
        return None
    open_to_it = state.commitments(seat)
    word, authority = move.commitment, state.authority.get(seat)
    if word not in open_to_it:
        assert authority is not None, "without an authority every word is open"
        why = _BOUND[authority]
        return f"Your word cannot be {word.value!r}: {why}. You may say: {_listed(open_to_it)}."
    offer = next((o for o in state.standing if o.id == move.offer), None)
    if offer is not None and offer.word_of(seat) is word:
        firm = _listed(c for c in open_to_it if c is not word)
        return (
            f"You have said already that {offer.id!r} is for discussion only. It is an explored "
            f"sketch. To take it home, accept it with: {firm}."
        )
    return None


def _listed(commitments: Iterable[Commitment]) -> str:
    return ", ".join(commitment.value for commitment in commitments)


def _extras_problems(move: Move, state: TableState) -> Iterator[str]:
    """Why what a move may hold besides cannot stand: it is not played with, or unsound."""
    protocol = state.protocol
    proposes = move.action is Action.PROPOSE
    if move.or_package is not None:
        if not protocol.alternatives:
            yield "A proposal holds one package in these talks."
        elif not proposes:
            yield f"A second package belongs to 'propose', not to {move.action.value!r}."
        else:
            for problem in _package_problems(move.or_package, state.scenario, complete=True):
                yield f"The second package: {problem}"
            if move.or_package == move.package:
                yield "The second package is the same as the first. Leave it out, or change it."
    if move.side_terms is not None:
        if not protocol.side_terms:
            yield "A proposal has no side terms in these talks. Say it in your statement."
        elif not proposes:
            yield f"Side terms belong to 'propose', not to {move.action.value!r}."
        elif long := words_problem("text of the side terms", move.side_terms, MAX_SIDE_TERMS):
            yield long
    if move.agreed is not None:
        if not protocol.settling:
            yield "Single issues cannot be set aside as agreed in these talks."
        elif move.action not in (Action.PROPOSE, Action.REJECT, Action.PASS):
            yield (
                f"'agreed' belongs to 'propose', 'reject' or 'pass', not to {move.action.value!r}."
            )
        else:
            yield from _package_problems(move.agreed, state.scenario, complete=False)


def words_problem(what: str, words: str, limit: int | None = MAX_WORDS) -> str | None:
    """Why ``words`` cannot go on record: too long, or not text that UTF-8 can hold."""
    if limit is not None and len(words) > limit:
        return f"The {what} has {len(words)} characters; the limit is {limit}."
    try:
        words.encode()
    except UnicodeEncodeError:
        return f"The {what} holds half a character (an unpaired surrogate)."
    return None


def _why_not(move: Move, state: TableState, seat: str) -> str:
    action = move.action
    if action is Action.CONSULT:
        return "You cannot consult now: no question to your leadership is left, or none was open."
    none = f"You cannot {_verb(action)} now: no proposal of another delegation is open to you."
    named = None if move.offer is None else _offer_problem(move, state, seat)
    return f"{none} {named}" if named else none


def _verb(action: Action) -> str:
    return action.value.replace("_", " ")


def _package_problems(
    package: Mapping[str, str], scenario: Scenario, *, complete: bool
) -> Iterator[str]:
    issues = _options(scenario)
    for issue, option in package.items():
        if issue not in issues:
            yield f"There is no issue {issue!r}. The issues are: {', '.join(issues)}."
        elif option not in issues[issue]:
            # No "did you mean": the nearest name may be the other side's position.
            yield (
                f"{option!r} is not an option of {issue!r}. "
                f"Its options are: {', '.join(issues[issue])}."
            )
    missing = [issue for issue in issues if issue not in package]
    if complete and missing:
        yield f"The package leaves open: {', '.join(missing)}. It must settle every issue."


@once_per_object
def _options(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """Issue -> its options, in agenda order."""
    return {issue.id: issue.option_ids() for issue in scenario.issues}


@dataclass(frozen=True)
class Effect:
    """What a move did: the offer it put or answered, whether that became an explored sketch with
    it, and the outcome if it ended something."""

    offer: str | None = None
    deal: Outcome | None = None
    walked_out: bool = False
    explored: bool = False


def apply(move: Move, state: TableState, seat: str, turn: int) -> Effect:
    """Carry out a legal move on ``state``; ``turn`` is its index in the transcript.

    A seat stands by one offer at a time, its own or one it has accepted: proposing or accepting
    takes its own earlier offer off the table and withdraws its earlier acceptance. Every other
    delegation must stand by the same offer for a deal; one rejection takes it off the table.

    Where sketches are played with, accepting only for discussion is not standing by an offer, and
    withdraws nothing. An explored sketch stays on the table until somebody rejects it or the round
    ends; who goes on to another offer holds it for discussion only.
    """
    assert objection(move, state, seat) is None
    if state.protocol.settling:
        state.settling.note(move, seat, state.order)
    before = state.standing
    effect = _carried_out(move, state, seat, turn)
    state.fates.note(before, state.standing, move.action, seat, state.round, effect.offer)
    return effect


def _carried_out(move: Move, state: TableState, seat: str, turn: int) -> Effect:
    match move.action:
        case Action.PROPOSE:
            return _propose(move, state, seat)
        case Action.ACCEPT:
            return _accept(move, state, seat, turn)
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


def _propose(move: Move, state: TableState, seat: str) -> Effect:
    number = state.offers_made.get(seat, 0) + 1
    state.offers_made[seat] = number
    assert move.package is not None
    offer = Offer(
        f"{seat}-{number}", seat, dict(move.package), move.word, side_terms=move.side_terms
    )
    state.standing = [*_without(state.standing, seat), offer]
    if move.or_package is not None:
        other = replace(offer, id=f"{offer.id}{SECOND}", package=dict(move.or_package))
        state.standing.append(other)
    return Effect(offer=offer.id)


def _accept(move: Move, state: TableState, seat: str, turn: int) -> Effect:
    sketches = bool(state.protocol.sketches)
    assert move.offer is not None
    if not (sketches and move.commitment is Commitment.HYPOTHETICAL):
        state.standing = _without(state.standing, seat)
    before = next(o for o in state.standing if o.id == move.offer)
    offer = before.signed(seat, move.word)
    whole = {offer.by, *offer.accepted_by} == set(state.order)
    words = (offer.commitment, *(word for _, word in offer.signatures))
    explored = sketches and whole and Commitment.HYPOTHETICAL in words
    offer = replace(offer, explored=explored)
    state.standing = [offer if o.id == offer.id else o for o in state.standing]
    if not offer.agreed(state.order):
        return Effect(offer=offer.id, explored=explored and not before.explored)
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
            side_terms=offer.side_terms,
        ),
    )


def _without(standing: Sequence[Offer], seat: str) -> list[Offer]:
    """The table without what ``seat`` stands by: its own offer and its signatures. Explored
    sketches stay, for discussion."""
    kept = []
    for offer in standing:
        if offer.explored:
            kept.append(offer.signed(seat, Commitment.HYPOTHETICAL))
        elif offer.by != seat:
            signatures = tuple(s for s in offer.signatures if s[0] != seat)
            kept.append(replace(offer, signatures=signatures))
    return kept
