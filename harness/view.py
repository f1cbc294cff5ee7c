"""What a seat is shown: nothing else about a dialogue reaches a delegation.

Views are built in one place, :mod:`harness.talks.barrier`. They hold the public dispute, the seat's
own brief, what was said at the table, and the seat's own private notes; never another seat's
thoughts, brief, values or red lines.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from harness.disputes.scenario import CostMix, Issue, Package, RedLine
from harness.incentives.profiles import Authority, BriefStyle, IncentiveProfile, Role
from harness.incentives.stake import Belief, Stake
from harness.records.spec import RULES
from harness.records.transcript import Action, Commitment, Move, Turn
from harness.suite.parts import Member, Protocol


@dataclass(frozen=True)
class PublicPrincipal:
    """What everybody knows of a principal; prose has the names filled in.

    The ``believed`` parts are its public stereotype, complete over the agenda; they are empty (and
    None) for principals that have none.
    """

    id: str
    name: str
    adjective: str
    description: str
    at_table: bool
    opening: Package | None
    talking_points: tuple[str, ...]
    believed_weights: Mapping[str, float]
    believed_values: Mapping[str, Mapping[str, float]]
    believed_reservation: float | None


@dataclass(frozen=True)
class PublicHome:
    """A third state from which delegates come; what it pursues is public."""

    name: str
    description: str
    policy: tuple[str, ...]


@dataclass(frozen=True)
class Dispute:
    """The public dispute: what every delegation has read."""

    id: str
    title: str
    summary: str
    issues: tuple[Issue, ...]
    principals: Mapping[str, PublicPrincipal]
    homes: Mapping[str, PublicHome] = field(default_factory=dict)

    def issue(self, issue_id: str) -> Issue:
        return next(issue for issue in self.issues if issue.id == issue_id)

    def clause(self, issue_id: str, option_id: str) -> str:
        """The text of an option."""
        return next(o.text for o in self.issue(issue_id).options if o.id == option_id)

    def indices(self, package: Mapping[str, str]) -> tuple[int, ...]:
        """Option indices of a complete package, in agenda order."""
        return tuple(issue.option_ids().index(package[issue.id]) for issue in self.issues)

    def package(self, indices: tuple[int, ...]) -> Package:
        """The package of option indices in agenda order."""
        return {i.id: i.options[k].id for i, k in zip(self.issues, indices, strict=True)}


@dataclass(frozen=True)
class Chair:
    """A seat as everybody sees it."""

    seat: str
    principal: str
    role: Role
    authority: Authority | None = None
    home: str | None = None
    """Id of the third state that its delegates come from; None for their principal's side."""


@dataclass(frozen=True)
class Brief:
    """The private brief of one delegation: what it believes its principal wants, and its stake.

    ``style`` is how a model is told of them. ``authority`` is None in records of an older version,
    in which any commitment was open to every delegate.
    """

    principal: str
    role: Role
    profile: IncentiveProfile
    belief: Belief
    stake: Stake
    red_lines: tuple[RedLine, ...]
    costs: Mapping[str, CostMix]
    members: tuple[Member, ...] = ()
    authority: Authority | None = None
    style: BriefStyle = "own"


BINDINGNESS = (
    Commitment.BINDING,
    Commitment.AD_REFERENDUM,
    Commitment.HYPOTHETICAL,
    Commitment.PERSONAL,
)
"""From the most to the least binding."""


def commitments_open_to(authority: Authority | None, protocol: Protocol) -> tuple[Commitment, ...]:
    """How far the word of a delegate of this authority may commit, from the most binding.

    Args:
        authority: None in older records, in which any commitment was open to every delegate.
    """
    if authority is None or protocol.commitments != "authority":
        return BINDINGNESS
    return tuple(c for c in BINDINGNESS if c not in _BEYOND[authority])


_BEYOND: Final[Mapping[Authority, frozenset[Commitment]]] = {
    Authority.FULL: frozenset(),
    Authority.AD_REFERENDUM: frozenset({Commitment.BINDING}),
    Authority.PRIVATE: frozenset({Commitment.BINDING, Commitment.AD_REFERENDUM}),
}


@dataclass(frozen=True)
class Offer:
    """An offer on the table.

    ``signatures`` say who has accepted it, and as how binding. ``explored`` is an offer that all
    have accepted, somebody only for discussion: it stays on the table, and is a deal once nobody
    holds it hypothetical any more. Of a proposal with two packages each is an offer, numbered
    ``u-3`` and ``u-3b``.
    """

    id: str
    by: str
    package: Package
    commitment: Commitment
    signatures: tuple[tuple[str, Commitment], ...] = ()
    side_terms: str | None = None
    explored: bool = False

    @property
    def accepted_by(self) -> tuple[str, ...]:
        return tuple(seat for seat, _ in self.signatures)

    @property
    def weakest(self) -> Commitment:
        """What the offer would commit to: a deal is worth its weakest signature."""
        given = (self.commitment, *(commitment for _, commitment in self.signatures))
        return max(given, key=BINDINGNESS.index)

    def word_of(self, seat: str) -> Commitment | None:
        """How far ``seat`` has committed itself to the offer; None where it has not."""
        if seat == self.by:
            return self.commitment
        return next((word for signer, word in self.signatures if signer == seat), None)

    def signed(self, seat: str, word: Commitment) -> Offer:
        """The offer with ``word`` as what ``seat`` says to it, instead of what it said before."""
        if seat == self.by:
            return replace(self, commitment=word)
        others = tuple(signature for signature in self.signatures if signature[0] != seat)
        return replace(self, signatures=(*others, (seat, word)))

    def open_to(self, seat: str) -> bool:
        """Whether ``seat`` may accept it: another's that it has not accepted, or an explored
        sketch, its own included, that it does not take home yet."""
        if self.explored:
            return self.word_of(seat) is Commitment.HYPOTHETICAL
        return self.word_of(seat) is None

    def agreed(self, seats: Collection[str]) -> bool:
        """Whether it is the agreement of all ``seats``."""
        return not self.explored and {self.by, *self.accepted_by} == set(seats)


@dataclass(frozen=True)
class View:
    """What one seat sees when it is its turn.

    Attributes:
        history: Public turns of all seats (words and move, nothing private) and the seat's own
            private turns (caucus, consultations), in order.
        standing: Offers on the table, oldest first.
        legal: What this seat may do now.
        final: True when this is the seat's last turn of the round.
        events: Texts of the realities that have come into force, in order.
        rules: Version of the rules of talks; 1 in a replay of an older record.
        settled: Issues that all have agreed on in this round -> the option.
        documents: What this seat has been given to read for these talks beside its brief, each as
            it stands; in private.
    """

    seat: str
    round: int
    step: int
    order: tuple[str, ...]
    protocol: Protocol
    dispute: Dispute
    chairs: tuple[Chair, ...]
    brief: Brief
    history: tuple[Turn, ...]
    standing: tuple[Offer, ...]
    legal: frozenset[Action]
    consultations_left: int
    final: bool
    seed: int
    events: tuple[str, ...] = field(default=())
    rules: int = RULES
    settled: Mapping[str, str] = field(default_factory=dict)
    documents: tuple[str, ...] = ()

    @property
    def commitments(self) -> tuple[Commitment, ...]:
        """How far this seat's word may commit, from the most binding."""
        return commitments_open_to(self.brief.authority, self.protocol)

    def chair(self, seat: str) -> Chair:
        return next(chair for chair in self.chairs if chair.seat == seat)

    def others(self) -> tuple[Chair, ...]:
        return tuple(chair for chair in self.chairs if chair.seat != self.seat)

    def answerable(self) -> tuple[Offer, ...]:
        """Standing offers that this seat may accept: those of others that it has not accepted yet,
        and explored sketches that it does not take home yet."""
        return tuple(offer for offer in self.standing if offer.open_to(self.seat))

    def may_consult(self) -> bool:
        """Whether who is told in words may ask its capital: where that can tell it anything. By the
        first rules it might wherever there was a capital."""
        profile = self.brief.profile
        asks = profile.consults_capital if self.rules < 2 else profile.asks_home(self.brief.style)
        return asks and self.protocol.consultations > 0

    def own_moves(self) -> tuple[Move, ...]:
        """This seat's public moves of the current round, in order."""
        return tuple(
            t.move
            for t in self.history
            if t.seat == self.seat and t.kind == "statement" and t.round == self.round and t.move
        )

    def moves_of_others(self) -> tuple[Move, ...]:
        """The other seats' public moves of the current round, in order."""
        return tuple(
            t.move
            for t in self.history
            if t.seat != self.seat and t.kind == "statement" and t.round == self.round and t.move
        )
