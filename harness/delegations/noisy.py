"""The noisy delegation: an instrument in the regime of models, with a known truth.

A script plays by its stake and the clock. A model opens too softly or asks for more than anybody
expects, offers terms that are good for nobody, leaves, says other things than it does, misjudges
who gave more, and gives replies that cannot be used. Whether measures and intervals hold up under
all this can be asked of no model, since what is true of it is not known. Here it is: the errors are
drawn at stated rates (:class:`~harness.bargaining.tactics.Noisy`), by the same rules in every seat,
so arms with the same settings differ in nothing, and what differs between two others is what was
changed.

Every kind of error has draws of its own, and depends on the principal, the round and the turn
alone. So pairs share their errors where they share the number ``draw``, and to switch one kind on
or off leaves the others as they were.

A reply that cannot be used is one to whoever asks: it is asked again, counted, and given up on like
that of a model. No error ever turns into a move.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from harness.bargaining.tactics import Noisy
from harness.delegations import phrases
from harness.delegations.base import Answer
from harness.delegations.form import EQUAL, MOST_MARGIN
from harness.delegations.scripted import Mind, ScriptedDelegation
from harness.disputes.scenario import Package
from harness.records.transcript import Action, Debrief, Move
from harness.seeds import stream
from harness.view import View

UNUSABLE: Final = "The answer is noise: this scripted delegation errs at a stated rate."
ABOUT_AS_MUCH: Final = 0.05
"""How much more an offer may be worth to itself than needed, in shares of the range of packages."""


class NoisyDelegation(ScriptedDelegation):
    """Plays one seat as a script does, with errors. Deterministic given the view and the seed.

    Args:
        seat: Its seat.
        tactic: How it concedes, and how often it errs.
    """

    def __init__(self, seat: str, tactic: Noisy) -> None:
        super().__init__(seat, tactic)
        self._errs = tactic
        self._asked = 0

    async def move(self, view: View, complaint: str | None) -> Answer:
        """The next move, or a reply that cannot be used."""
        self._count(complaint)
        move = self._erring(self._decide(view), view)
        if self._fails(view) or self._fails_ahead(move, view):
            return Answer(problem=UNUSABLE)
        return Answer(move=move)

    async def debrief(self, view: View, complaint: str | None) -> Answer:
        """What a script says afterwards, misjudged at the stated rate; or nothing that can be
        used, which is a missing answer."""
        self._count(complaint)
        honest = (await super().debrief(view, None)).debrief
        assert honest is not None
        if self._fails(view):
            return Answer(problem=UNUSABLE)
        return Answer(debrief=self._misjudged(honest, view))

    # --- errors --------------------------------------------------------------------------------

    def _count(self, complaint: str | None) -> None:
        """Which attempt at a turn this is.

        Raises:
            AssertionError: The rules refuse what it took to be a move: a defect.
        """
        if complaint not in (None, UNUSABLE):
            raise AssertionError(f"noisy seat {self._seat} made an illegal move: {complaint}")
        self._asked = 0 if complaint is None else self._asked + 1

    def _draws(self, view: View, what: str, *at: int) -> np.random.Generator:
        return stream(self._errs.seed, "noisy", self._errs.draw, what, view.round, *at)

    def _happens(self, rate: float, view: View, what: str, *at: int) -> bool:
        return rate > 0 and bool(self._draws(view, what, view.step, *at).random() < rate)

    def _fails(self, view: View) -> bool:
        attempt = (view.consultations_left, self._asked)
        return self._happens(self._errs.unusable, view, "unusable", *attempt)

    def _fails_ahead(self, move: Move, view: View) -> bool:
        """Whether it gets lost in a turn in which it would sign what is good for it."""
        offer = next((o for o in view.standing if o.id == move.offer), None)
        if move.action is not Action.ACCEPT or offer is None:
            return False
        mind = self._think(view)
        if mind.value(offer.package) <= (mind.floor + max(mind.opening, mind.floor)) / 2:
            return False
        return self._happens(self._errs.unusable_ahead, view, "ahead")

    def _aspiration(self, view: View, mind: Mind) -> float:
        top = max(mind.opening, mind.floor)
        wanted = super()._aspiration(view, mind)
        if self._errs.tremble > 0:
            error = self._draws(view, "tremble", view.step).standard_normal()
            wanted += self._errs.tremble * (top - mind.floor) * float(error)
        return max(mind.floor, min(top, wanted))

    def _bid(
        self, mind: Mind, aspiration: float, view: View, *, first: bool, refused: frozenset[int]
    ) -> Package | None:
        bid = super()._bid(mind, aspiration, view, first=first, refused=refused)
        if first:
            rng = self._draws(view, "opening")
            kind, share = rng.random(2)
            if kind < self._errs.soft:
                return mind.nearest(mind.between(float(share)))
            if kind < self._errs.soft + self._errs.inflated:
                return mind.nearest(mind.value_max)
            return bid
        if bid is None or not self._happens(self._errs.waste, view, "waste"):
            return bid
        alike = mind.worth_about(bid, ABOUT_AS_MUCH, refused)
        return alike[int(self._draws(view, "which", view.step).integers(len(alike)))]

    def _erring(self, move: Move, view: View) -> Move:
        """What becomes of a move that a script would make."""
        if move.action not in (Action.PROPOSE, Action.PASS):
            return move
        if view.step > 1 and self._happens(self._errs.walk_out, view, "walk out"):
            words = phrases.leaving(self._draws(view, "words of leaving", view.step))
            return Move(action=Action.WALK_OUT, words=words, thoughts=move.thoughts)
        if move.package is None:
            return move
        offer = next((o for o in reversed(view.standing) if o.by != view.seat), None)
        if (
            offer is not None
            and Action.REJECT in view.legal
            and offer in view.answerable()
            and self._happens(self._errs.reject, view, "reject")
        ):
            return self._rejecting(move.package, offer.id, move.thoughts, view)
        opening = view.dispute.principals[view.brief.principal].opening
        if opening is not None and self._happens(self._errs.words, view, "words"):
            rng = self._draws(view, "which words", view.step)
            return replace(move, words=phrases.proposing(view, opening, None, rng))
        return move

    def _rejecting(self, bid: Package, offer: str, thoughts: str, view: View) -> Move:
        """A rejection that names some of the terms it would have proposed."""
        rng = self._draws(view, "terms", view.step)
        issues = [issue.id for issue in view.dispute.issues]
        named = rng.permutation(len(issues))[: 1 + int(rng.integers(len(issues)))]
        position = {issues[k]: bid[issues[k]] for k in sorted(named.tolist())}
        words = phrases.rejecting(view, offer, position, rng)
        return Move(
            action=Action.REJECT, offer=offer, position=position, words=words, thoughts=thoughts
        )

    def _misjudged(self, honest: Debrief, view: View) -> Debrief:
        """The answers with some of them any of those possible; what is missing stays missing."""
        if self._errs.misjudge == 0 or honest.gave_more is None:
            return honest
        rng = self._draws(view, "misjudge")
        sides = [*(chair.seat for chair in view.chairs), EQUAL]
        wrong = (rng.random(4) < self._errs.misjudge).tolist()
        gave, favours = (sides[k] for k in rng.integers(len(sides), size=2).tolist())
        margin, signs = round(MOST_MARGIN * float(rng.random()), 3), bool(rng.random() < 0.5)
        limits = {seat: round(float(rng.random()), 3) for seat in honest.reservations}
        judged = honest
        if wrong[0]:
            judged = replace(judged, gave_more=gave, margin=0.0 if gave == EQUAL else margin)
        if wrong[1] and honest.favours is not None:
            judged = replace(judged, favours=favours)
        if wrong[2] and honest.own_could_sign is not None:
            judged = replace(judged, own_could_sign=signs)
        return replace(judged, reservations=limits) if wrong[3] else judged
