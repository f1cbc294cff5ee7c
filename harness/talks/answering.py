"""Why an offer cannot be answered: whose it is, what became of it, and which can be answered.

"There is no such offer" is all that a number alone allows to say. But numbers are mistaken in
different ways - one's own, an older one of the other's, one of a round that is over - and who is
told which can put it right at once. All of it was public when it happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from harness.asking.faults import listed, shown
from harness.records.transcript import Action
from harness.view import Offer


@dataclass(frozen=True)
class Gone:
    """An offer that is off the table.

    Attributes:
        by: The seat that had made it.
        round: In which it was on the table.
        move: What took it off: a rejection, or a proposal or acceptance of the seat that had made
            it; None where the round ended with it.
        seat: Whose move that was.
        other: The offer that was proposed or accepted instead.
    """

    by: str
    round: int
    move: Action | None = None
    seat: str | None = None
    other: str | None = None


@dataclass
class Fates:
    """What became of the offers of a dialogue that are off the table.

    Attributes:
        gone: Offer -> its fate.
    """

    gone: dict[str, Gone] = field(default_factory=dict)

    def end_round(self, standing: Iterable[Offer], round_: int) -> None:
        """Note that a round is over, and with it whatever was on the table."""
        for offer in standing:
            self.gone[offer.id] = Gone(offer.by, round_)

    def note(
        self,
        before: Iterable[Offer],
        after: Iterable[Offer],
        move: Action,
        seat: str,
        round_: int,
        offer: str | None,
    ) -> None:
        """Note what a move of ``seat`` took off the table.

        Args:
            before: The offers on the table before the move.
            after: Those after it.
            offer: The one that the move put or answered.
        """
        left = {one.id for one in after}
        for one in before:
            if one.id not in left:
                self.gone[one.id] = Gone(one.by, round_, move, seat, offer)

    def fault(
        self,
        number: str | None,
        seat: str,
        round_: int,
        standing: Iterable[Offer],
        verb: str,
        can: Sequence[str],
    ) -> str | None:
        """Why ``seat`` cannot answer an offer so; None where it can.

        Args:
            number: Of the offer; None where none is named.
            standing: The offers on the table.
            verb: To accept, or to reject.
            can: The offers that are open to it.
        """
        if number is None:
            why = f"To {verb} you must name the offer."
        elif number in can:
            return None
        else:
            why = f"{self._why_not(number, seat, round_, standing)}."
        return f"{why} You can {verb} now: {listed(can)}." if can else why

    def _why_not(self, number: str, seat: str, round_: int, standing: Iterable[Offer]) -> str:
        """Why an offer is not open to a seat, as a sentence without its end."""
        offer = next((one for one in standing if one.id == number), None)
        if offer is not None and offer.by == seat:
            return (
                f"{number!r} is your own proposal, which is for the others to accept or reject; "
                "to change it, propose again"
            )
        if offer is not None:  # another's that is not open: the seat stands by it
            return f"You have accepted {number!r} already, and wait for the others"
        gone = self.gone.get(number)
        if gone is None:
            return f"There is no offer {shown(number)} on the table, and there never was"
        own = gone.by == seat
        what = f"{number!r} was your own proposal, and" if own else f"{number!r}"
        if gone.round < round_:
            return (
                f"{what} belongs to round {gone.round}, of which nothing is on the table any more"
            )
        assert gone.seat is not None, "within a round a move takes it off"
        who = "you" if gone.seat == seat else repr(gone.seat)
        if gone.move is Action.REJECT:
            how = f"rejected by {who}"
        elif gone.move is Action.ACCEPT:
            how = f"withdrawn when {who} accepted {gone.other!r}"
        else:
            how = f"replaced by {gone.other!r}"
        return f"{what} was {how}, so it is off the table"
