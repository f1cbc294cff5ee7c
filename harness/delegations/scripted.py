"""The scripted delegation: an instrument, not evidence.

It concedes because its own stake V and the clock say so, never because a line of code says
"concede". Every choice follows from V (:mod:`harness.incentives.stake`) and a tactic
(:mod:`harness.bargaining.tactics`), and both seats use the same rules, so any asymmetry between
them comes from their profiles:

* *what to offer*: of the packages worth at least the aspiration, the one it reads as best for the
  other side (an iso-utility trade-off, Faratin, Sierra & Jennings 2002). What the other side wants
  it reads from the public stereotype, a little differently in every dialogue;
* *what to accept*: an offer worth at least what it would itself propose next, and at least as much
  as no deal (AC_next, Baarslag et al. 2013);
* *when to ask*: one that does not fully know its principal, but may consult, puts a package to its
  capital before accepting it (claim C7), and believes the answer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harness.bargaining.space import OutcomeSpace
from harness.bargaining.tactics import Tactic
from harness.delegations import phrases
from harness.delegations.afterwards import answers, former_answers
from harness.delegations.base import Answer
from harness.disputes.scenario import Package
from harness.incentives.profiles import Authority
from harness.records.transcript import Action, Commitment, Move
from harness.seeds import stream
from harness.view import Offer, View

Floats = NDArray[np.float64]

READING_NOISE = 0.2
"""Standard deviation of the log of a perceived weight of the other side around its stereotype."""

_COMMITMENT = {
    Authority.FULL: Commitment.AD_REFERENDUM,
    Authority.AD_REFERENDUM: Commitment.AD_REFERENDUM,
    Authority.PRIVATE: Commitment.PERSONAL,
}


class ScriptedDelegation:
    """Plays one seat of one dialogue by V and a tactic. Deterministic given the view's seed."""

    def __init__(self, seat: str, tactic: Tactic) -> None:
        self._seat = seat
        self._tactic = tactic
        self._round = 0
        self._mind: Mind | None = None

    async def move(self, view: View, complaint: str | None) -> Answer:
        """The next move. A complaint means that the rules and this code disagree: a defect."""
        if complaint is not None:
            raise AssertionError(f"scripted seat {self._seat} made an illegal move: {complaint}")
        return Answer(move=self._decide(view))

    async def caucus(self, view: View, member: str, complaint: str | None) -> Answer:
        """A member reminds the lead of what the standing offer is worth."""
        mind = self._think(view)
        worth = [(o, mind.value(o.package)) for o in view.answerable()]
        if not worth:
            return Answer(words="Nothing is on the table for us to answer yet.")
        offer, value = max(worth, key=lambda pair: pair[1])
        verdict = "better" if value >= mind.no_deal else "worse"
        return Answer(words=f"Proposal {offer.id} is {verdict} for us than leaving without a deal.")

    async def debrief(self, view: View, complaint: str | None) -> Answer:
        """What it can honestly say afterwards, from what it was told (C8, C9)."""
        if view.rules > 1:
            return Answer(debrief=answers(view))
        return Answer(debrief=former_answers(view, self._think(view).read))

    def messages(self) -> dict[str, tuple[str, str]]:
        """A script is shown no text."""
        return {}

    # --- deciding ----------------------------------------------------------------------------

    def _think(self, view: View) -> Mind:
        if self._mind is None or self._round != view.round:
            self._mind, self._round = Mind(view), view.round
        return self._mind

    def _decide(self, view: View) -> Move:
        mind = self._think(view)
        rng = stream(view.seed, "words", view.seat, view.round, view.step)
        refused, cleared = _capital_said(view)
        last = next((m.package for m in reversed(view.own_moves()) if m.package), None)
        aspiration = self._aspiration(view, mind)
        first = last is None and view.protocol.turns > 1
        bid = self._bid(mind, aspiration, view, first=first, refused=refused)
        offers = [
            offer
            for offer in view.answerable()
            if mind.key(offer.package) not in refused and not _still_discussed(offer, view)
        ]
        best = max(offers, key=lambda o: mind.value(o.package), default=None)
        commitment = _COMMITMENT[view.brief.authority or Authority.FULL]
        if best is not None:
            worth = mind.value(best.package)
            if mind.key(best.package) in cleared:
                # The capital has said that it could sign: the truth replaces the belief.
                worth = max(worth, mind.no_deal)
            wanted = aspiration if bid is None else mind.value(bid)
            if worth >= mind.least and worth >= min(wanted, mind.value_max):
                if self._must_ask(view, mind.key(best.package) in cleared):
                    return Move(
                        action=Action.CONSULT,
                        package=dict(best.package),
                        thoughts="Before I agree to this, my capital should see it.",
                    )
                return Move(
                    action=Action.ACCEPT,
                    offer=best.id,
                    commitment=commitment,
                    words=phrases.accepting(best.id, rng),
                    thoughts=mind.reasons(best.package, bid),
                )
        thoughts = mind.reasons(best.package if best else None, bid)
        if bid is None:
            return Move(
                action=Action.PASS,
                commitment=commitment,
                words=phrases.passing(rng),
                thoughts=thoughts,
            )
        return Move(
            action=Action.PROPOSE,
            package=bid,
            commitment=commitment,
            words=phrases.proposing(view, bid, last, rng),
            thoughts=thoughts,
        )

    def _bid(
        self, mind: Mind, aspiration: float, view: View, *, first: bool, refused: frozenset[int]
    ) -> Package | None:
        """What it would propose now; None where no package is worth more than no deal."""
        return mind.bid(aspiration, view, first, refused)

    def _aspiration(self, view: View, mind: Mind) -> float:
        own = [mind.value(m.package) for m in view.own_moves() if m.package]
        received = [mind.value(m.package) for m in view.moves_of_others() if m.package]
        return self._tactic.aspiration(
            # The last turn is the deadline, also when it is the only one.
            view.step - 1 if view.protocol.turns > 1 else 1,
            max(1, view.protocol.turns - 1),
            own,
            received,
            mind.floor,
            max(mind.opening, mind.floor),
        )

    def _must_ask(self, view: View, cleared: bool) -> bool:
        unsure = view.brief.profile.knowledge < 1.0
        return unsure and not cleared and Action.CONSULT in view.legal


class Mind:
    """One delegate's numbers in one round: V, belief and its reading of the others, over all
    packages.

    Attributes:
        no_deal: V of no deal.
        least: The least V that it accepts or offers: more than no deal where it holds out.
        value_max: V of the best package.
        floor: The lowest aspiration that has a meaning.
        opening: V of the public opening.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._keys: dict[tuple[tuple[str, str], ...], int] = {}
        stake = view.brief.stake
        self._space = OutcomeSpace(tuple(len(i.options) for i in view.dispute.issues))
        self._v = self._space.utilities(stake.gains) + 1.0 + stake.reward
        self._read = _reading(view, self._space)
        self.no_deal = stake.no_deal
        self.least = stake.least
        self.value_max = float(self._v.max())
        # Below the worst package an aspiration has no meaning: any deal would do.
        self.floor = max(stake.least, float(self._v.min()))
        opening = view.dispute.principals[view.brief.principal].opening
        assert opening is not None
        self._opening: Package = opening
        self.opening = self.value(opening)

    def key(self, package: Package) -> int:
        """Number of a package. Every turn asks for those of all moves before it."""
        said = tuple(package.items())
        found = self._keys.get(said)
        if found is None:
            found = self._keys[said] = self._space.index(self._view.dispute.indices(package))
        return found

    def value(self, package: Package) -> float:
        """V of a package."""
        return float(self._v[self.key(package)])

    def read(self, package: Package) -> float:
        """What it reads a package to be worth to the others, on average."""
        return float(self._read[self.key(package)])

    def bid(
        self, aspiration: float, view: View, first: bool, refused: frozenset[int]
    ) -> Package | None:
        """The proposal at ``aspiration``; None when no package is worth more than no deal."""
        if first and self.opening >= self.least:
            return dict(self._opening)
        level = min(aspiration, self.value_max)
        # Rounding noise must not exclude the package that defines the aspiration.
        good = (self._v >= level - 1e-12) & (self._v >= self.least)
        good[list(refused)] = False
        if not good.any():
            return None
        candidates = np.flatnonzero(good)
        read = self._read[candidates]
        best = candidates[read >= read.max() - 1e-12]
        return self._package(best[np.argmax(self._v[best])])

    def worth_about(self, package: Package, band: float, refused: frozenset[int]) -> list[Package]:
        """All packages worth as much to it as ``package``, or at most ``band`` more; never those
        refused, nor any worth less than no deal.

        Args:
            band: In shares of the range between its worst and its best package, >= 0.
        """
        level = self.value(package)
        reach = level + band * (self.value_max - float(self._v.min()))
        good = (self._v >= level - 1e-12) & (self._v <= reach + 1e-12) & (self._v >= self.least)
        good[list(refused)] = False
        return [self._package(key) for key in np.flatnonzero(good)]

    def nearest(self, level: float) -> Package:
        """The package whose V is nearest to ``level``, leaving or not; of several, the one it reads
        as best for the other side."""
        away = np.abs(self._v - level)
        near = np.flatnonzero(away <= away.min() + 1e-12)
        return self._package(near[np.argmax(self._read[near])])

    def between(self, share: float) -> float:
        """V at a share of the range from its worst package (0) to its opening (1)."""
        worst = float(self._v.min())
        return worst + share * (self.opening - worst)

    def _package(self, key: np.integer) -> Package:
        return self._view.dispute.package(self._space.package(int(key)))

    def reasons(self, offer: Package | None, bid: Package | None) -> str:
        """Private: the numbers behind the move."""
        parts = []
        if offer is not None:
            parts.append(f"Their offer is worth {self.value(offer):.3f} to me")
        if bid is not None:
            parts.append(f"what I would put next {self.value(bid):.3f}")
        parts.append(f"leaving {self.no_deal:.3f}")
        text = ", ".join(parts)
        return f"{text[:1].upper()}{text[1:]}."


def _reading(view: View, space: OutcomeSpace) -> Floats:
    """Mean value of every package to the other seats, as read from their public stereotypes."""
    total = np.zeros(space.size)
    for chair in view.others():
        public = view.dispute.principals[chair.principal]
        if not public.believed_weights:
            continue
        # By principal, so that a pair of seat twins is the same talks with the chairs exchanged.
        pair = (
            (view.brief.principal, chair.principal) if view.rules > 1 else (view.seat, chair.seat)
        )
        rng = stream(view.seed, "reading", *pair)
        spread = np.exp(READING_NOISE * rng.standard_normal(len(view.dispute.issues)))
        weights = np.array([public.believed_weights[i.id] for i in view.dispute.issues]) * spread
        weights /= weights.sum()
        total += space.utilities(
            [
                w * np.array([public.believed_values[i.id][o.id] for o in i.options])
                for w, i in zip(weights, view.dispute.issues, strict=True)
            ]
        )
    return total / len(view.others())


def _capital_said(view: View) -> tuple[frozenset[int], frozenset[int]]:
    """Packages the capital has refused, and cleared, in this round."""
    space = OutcomeSpace(tuple(len(i.options) for i in view.dispute.issues))
    answers = [t.capital for t in view.history if t.capital is not None and t.round == view.round]
    keyed = [(space.index(view.dispute.indices(a.package)), a.acceptable) for a in answers]
    return (
        frozenset(key for key, acceptable in keyed if not acceptable),
        frozenset(key for key, acceptable in keyed if acceptable),
    )


def _still_discussed(offer: Offer, view: View) -> bool:
    """Whether it is an explored sketch that another seat holds for discussion only: taking it home
    alone would end nothing."""
    words = {offer.word_of(chair.seat) for chair in view.others()}
    return offer.explored and Commitment.HYPOTHETICAL in words
