"""What the words bind: a hypothetical proposal taken personally is no signed treaty (claim C6).

All other measures read proposals and deals whatever their commitment, since the other side has
heard them, and say so. This one says how far they commit anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.evaluators.base import SEATS, Found, Measure, of_seats, per_seat, void
from harness.evaluators.case import Case
from harness.evaluators.landscape import deal
from harness.evaluators.offers import FIRM, proposed
from harness.records.moves import SECOND
from harness.records.spec import TALKS
from harness.records.transcript import Action, Commitment

_COMMITMENTS: Final = tuple(Commitment)
_SHARES: Final = of_seats(*_COMMITMENTS)
_NO_PROPOSAL = "it made no proposal"
_NOT_KNOWN = "how far the deal commits anybody is not on record"


def _share(commitment: Commitment, words: str) -> tuple[Measure, Measure]:
    return per_seat(
        Measure(
            name=commitment.value,
            title=f"{{}}'s {words} proposals",
            definition=f"Share of the seat's proposals that are {words}",
            range="0..1",
            undefined="it made no proposal, or how far they commit is not on record",
            source="C6",
            needs=(),
        )
    )


class Commitments:
    """How far proposals and the deal commit anybody."""

    name = "commitment"
    kind = TALKS
    version = 1
    fooled_by = (
        (
            "It reads the label that a delegate chose, or that the rules left it. Where a "
            "private person may not bind anybody, the shares are the rule and no behaviour."
        ),
        "Words may take back what a label says, or say more than it. They are not read.",
        (
            "`deal` is the weakest commitment of all seats: one cautious acceptance makes a firm "
            "offer read as talk."
        ),
        (
            "`binds` and `only_talk` are of deals alone, and which talks end in a deal is itself "
            "an outcome."
        ),
    )
    measures = (
        Measure(
            name="deal",
            title="the deal's weakest commitment",
            definition="The weakest commitment with which a seat proposed or accepted the deal. "
            "The deal is worth no more than that",
            range=", ".join(commitment.value for commitment in Commitment),
            undefined="no deal, or not on record",
            source="C6",
            words=True,
            needs=("ending",),
        ),
        Measure(
            name="binds",
            title="deals that bind somebody",
            definition="Whether at least one seat proposed or accepted the deal as binding",
            range="yes/no",
            undefined="no deal, or not on record",
            source="C4, C6",
            needs=("ending",),
        ),
        Measure(
            name="only_talk",
            title="deals that are only talk",
            definition="Whether every seat proposed or accepted the deal as hypothetical or "
            "personal. Such a deal binds nobody and goes to no capital",
            range="yes/no",
            undefined="no deal, or not on record",
            source="C4, C6",
            headline=True,
            needs=("ending",),
        ),
        *_share(Commitment.BINDING, "binding"),
        *_share(Commitment.AD_REFERENDUM, "ad referendum"),
        *_share(Commitment.HYPOTHETICAL, "hypothetical"),
        *_share(Commitment.PERSONAL, "personal"),
    )

    def score(self, case: Case) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`.

        ``detail`` holds ``signed``: seat -> the commitment with which it proposed or accepted the
        deal, of those on record.
        """
        if (nothing := void(self, case)) is not None:
            return nothing
        found, agreed = Found.of(self.measures), deal(case) is not None
        given = signed(case) if agreed else {}
        weakest = case.talks.outcome.commitment if agreed else None
        why = _NOT_KNOWN if agreed else "no deal"
        found.put("deal", None if weakest is None else weakest.value, why)
        whole = len(given) == len(case.seats)
        binds = Commitment.BINDING in given.values()
        found.put("binds", binds if whole or binds else None, why)
        talk = not FIRM & set(given.values())
        found.put("only_talk", talk if whole or not talk else None, why)
        for seat in SEATS:
            made = [turn.move.commitment for turn, _ in proposed(case, seat) if turn.move]
            put = [commitment for commitment in made if commitment is not None]
            why_none = "how far its proposals commit is not on record" if made else _NO_PROPOSAL
            entries = [
                (put.count(commitment) / len(put) if put else None, why_none)
                for commitment in _COMMITMENTS
            ]
            found.enter(_SHARES[seat], entries)
        found.detail["signed"] = {seat: commitment.value for seat, commitment in given.items()}
        return found


def signed(case: Case) -> Mapping[str, Commitment]:
    """Seat -> the commitment with which it proposed or accepted the deal, of those on record."""
    outcome, given = case.talks.outcome, dict[str, Commitment]()
    for turn in case.talks.turns:
        move = turn.move
        if move is None or turn.offer is None or outcome.offer is None:
            continue
        # A proposal of two packages has one number; an acceptance names the package.
        whole = outcome.offer.removesuffix(SECOND)
        proposes = move.action is Action.PROPOSE and turn.offer in (outcome.offer, whole)
        signs = proposes or (move.action is Action.ACCEPT and turn.offer == outcome.offer)
        if signs and move.commitment is not None:
            given[turn.seat] = move.commitment
    return given
