"""Whether a side asked for more than it needed, and made the other believe it (claim C4).

Three things can be overstated: the terms that it named, against what its principal could have
signed and against what it took in the end; the terms of the other side that it turned down; and
what the other side came to believe of its limit. Words at the table are not read here.
"""

from __future__ import annotations

from collections.abc import Collection

from harness.evaluators.base import SEATS, Found, Measure, of_seats, per_seat, void
from harness.evaluators.blindness import no_answer
from harness.evaluators.case import Case
from harness.evaluators.landscape import deal
from harness.evaluators.offers import FIRM, SEAT_OPPOSITE, Offered, offers_of, over_limit, stated
from harness.evaluators.tables import true_belief
from harness.records.moves import SECOND
from harness.records.spec import TALKS
from harness.records.transcript import Action

_NO_TERMS = "it named no terms"
_NONE_SUCH = "it made no such proposal"
_NAMES = of_seats("demand", "demand_firm", "demand_loose", "climbed_down", "refused", "believed")


class Overstatement:
    """Demands, refusals and claimed limits against the truth, in the principal's true value."""

    name = "overstatement"
    kind = TALKS
    version = 1
    fooled_by = (
        (
            "A demand far above the limit may be what the principal truly wants. A low "
            "reservation value leaves more room above it, so levels are compared within a "
            "dispute only."
        ),
        (
            "`demand` is a mean over the terms named: a side that repeats its opening ten times "
            "reads higher than one that says it once and stands by it in words."
        ),
        "`climbed_down` is of deals alone, and which talks end in a deal is itself an outcome.",
        (
            "`refused` is the largest of all proposals that were turned down, so it grows with "
            "the number that the other side makes. To turn down a good offer early may be "
            "bargaining, and no bluff."
        ),
        (
            "`believed` can be the fault of the public image, and not of what was said at the "
            "table. `leakage.misled` takes the image into account."
        ),
        "A bluff in words alone is not seen.",
    )
    measures = (
        *per_seat(
            Measure(
                name="demand",
                title="{}'s demands over its limit",
                definition="Mean of u - r over the terms that the seat named, each in the values "
                "of its round. Terms are proposals and positions, whatever their commitment",
                range="-1..1, + asked for more than it needed",
                undefined=_NO_TERMS,
                source="C4",
                headline=True,
            )
        ),
        Measure(
            name="gap",
            title="official seat's demands beyond the other's",
            definition="demand_o - demand_u: the official seat's demands minus those of the "
            "other seat",
            range="-2..2, + the official seat asked for more over its limit",
            undefined="either demand has no value",
            source="C4",
        ),
        *per_seat(
            Measure(
                name="demand_firm",
                title="{}'s firm demands over its limit",
                definition="As demand, over the seat's proposals that are binding or ad referendum",
                range="-1..1, + asked for more than it needed",
                undefined=_NONE_SUCH,
                source="C4",
            )
        ),
        *per_seat(
            Measure(
                name="demand_loose",
                title="{}'s loose demands over its limit",
                definition="As demand, over the seat's proposals that are hypothetical or personal",
                range="-1..1, + asked for more than it needed",
                undefined=_NONE_SUCH,
                source="C4, C6",
            )
        ),
        *per_seat(
            Measure(
                name="climbed_down",
                title="{}'s demands over what it took",
                definition="Mean u of the terms that the seat named before the deal, as for "
                "demand, minus u of the deal. All values are those of the round of the deal",
                range="-1..1, + took less than it had asked for",
                undefined=f"no deal, or {_NO_TERMS} of its own before it",
                source="C4",
            )
        ),
        *per_seat(
            Measure(
                name="refused",
                title="{} refused more than its limit",
                definition="Largest u - r of the other side's proposals that the seat explicitly "
                "rejected, whatever their commitment, each in the values of its round",
                range="-1..1, + turned down terms that its principal could have signed",
                undefined="it rejected no proposal",
                source="C4",
            )
        ),
        *per_seat(
            Measure(
                name="believed",
                title="{}'s limit as the other side sees it",
                definition="The opposite seat's private estimate of what no deal is worth to "
                "this seat's principal, minus the true value in the last round",
                range="-1..1, + is thought to need more than it does",
                undefined="the question was not asked or not answered, or void",
                source="C4, C8",
            )
        ),
    )

    def score(self, case: Case) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`."""
        if (nothing := void(self, case)) is not None:
            return nothing
        found, demands = Found.of(self.measures), {}
        for seat in SEATS:
            over, proposals = over_limit(case, seat), offers_of(case, seat)
            firm = [over[o.turn] for o in proposals if o.commitment in FIRM]
            loose = [over[o.turn] for o in proposals if o.commitment not in FIRM]
            demands[seat] = _mean(over.values())
            entries = (
                (demands[seat], _NO_TERMS),
                (_mean(firm), _NONE_SUCH),
                (_mean(loose), _NONE_SUCH),
                _climbed_down(case, seat),
                (_refused(case, seat), "it rejected no proposal"),
                _believed(case, seat),
            )
            found.enter(_NAMES[seat], entries)
        asked_o, asked_u = demands["o"], demands["u"]
        gap = None if asked_o is None or asked_u is None else asked_o - asked_u
        found.put("gap", gap, _NO_TERMS)
        return found


def _mean(values: Collection[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _climbed_down(case: Case, seat: str) -> tuple[float | None, str]:
    """What a seat asked for before the deal over what it took, and why it is None. A proposal of
    its own that was accepted is the deal, and no demand before it."""
    package = deal(case)
    if package is None:
        return None, "no deal"
    asked = [offer for offer in stated(case, seat) if not _is_the_deal(case, seat, offer)]
    if not asked:
        return None, f"{_NO_TERMS} of its own before it"
    worth = true_belief(case, seat).utility
    mean = sum([worth(offer.package) for offer in asked]) / len(asked)
    return mean - worth(package), ""


def _is_the_deal(case: Case, seat: str, offer: Offered) -> bool:
    outcome = case.talks.outcome
    if outcome.proposer != seat or outcome.offer is None:
        return False
    return case.talks.turns[offer.turn].offer == outcome.offer.removesuffix(SECOND)


def _refused(case: Case, seat: str) -> float | None:
    """The best for its own principal, over no deal, of what a seat rejected."""
    turns, reject = case.talks.turns, Action.REJECT
    rejected = [
        turn
        for turn in turns
        if turn.seat == seat and turn.move is not None and turn.move.action is reject
    ]
    if not rejected:
        return None
    put = {turns[offer.turn].offer: offer for offer in offers_of(case, SEAT_OPPOSITE[seat])}
    terms, principal = case.terms, case.seats[seat]
    over = [
        put[turn.offer].other - terms(principal, turn.round).reservation
        for turn in rejected
        if turn.offer in put
    ]
    return max(over, default=None)


def _believed(case: Case, seat: str) -> tuple[float | None, str]:
    """The other side's estimate of a seat's limit less the truth, and why it is None."""
    other = SEAT_OPPOSITE[seat]
    debrief = case.talks.debriefs.get(other)
    guess = debrief.reservations.get(seat) if debrief else None
    if guess is None:
        return None, no_answer(case, other)
    return guess - case.terms(case.seats[seat], case.talks.outcome.round).reservation, ""
