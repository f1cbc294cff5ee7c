"""Who answers whom: what was given for what was received, and what was given for nothing.

Moves are compared with the move before, across rounds too, in the values of the later round: an
offer that is repeated in a new round is no new concession, and one that is taken back is a
retraction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from harness.bargaining.steps import EXACT
from harness.evaluators.base import ROUNDING, Found, Measure, of_seats, per_seat
from harness.evaluators.case import Case
from harness.evaluators.offers import (
    ANY_COMMITMENT,
    SEAT_OPPOSITE,
    Offered,
    last_before,
    moves_of,
    own_steps,
    public_opening,
    revalued,
    stated_steps,
)

WINDOW = 2
"""Moves of the other side within which a concession can be answered."""
ENOUGH = 0.5
"""Share of a concession that an answer to it has to be worth to who made it."""
FEWEST = 8
"""Steps a slope needs. Over 3 to 5 it has said the opposite of what was given and received."""
NOT_ON_RECORD = "talks held elsewhere, of which no two moves are on record: others may be in words"
_NOTHING = "on balance the other side gave it nothing"
_NO_SLOPE = f"fewer than {FEWEST} answered moves, or no variation"
_NAMES = of_seats(
    "given",
    "received",
    "exchange",
    "reciprocity",
    "unreciprocated",
    "own_bids",
    "own_bids_share",
)

_MOVES = f"Moves are proposals, positions taken and the acceptance of the deal, {ANY_COMMITMENT}"

MEASURES = (
    *per_seat(
        Measure(
            name="given",
            title="given by the {}",
            definition="What the seat's moves after its first cost its own principal, minus what "
            f"it took back. {_MOVES}",
            range="real, + gave ground",
            undefined=f"void; {NOT_ON_RECORD}",
            source="Raiffa 1982",
        )
    ),
    *per_seat(
        Measure(
            name="received",
            title="received by the {}",
            definition="What the other side's moves after its first brought this seat's "
            "principal, minus what they took back",
            range="real, + was given ground",
            undefined=f"void; {NOT_ON_RECORD}",
            source="Raiffa 1982",
        )
    ),
    *per_seat(
        Measure(
            name="exchange",
            title="{}'s price",
            definition="given / received, both in values of the seat's own principal",
            range="real, 1 = gave as much as it got, above 1 = gave more",
            undefined="on balance the other side gave it nothing",
            source="Esser & Komorita 1975",
        )
    ),
    *per_seat(
        Measure(
            name="reciprocity",
            title="{}'s reciprocity",
            definition="Slope of the seat's concession at a move on what the other side had "
            "given it since its previous move",
            range="real, 1 = gives as much as it got",
            undefined=f"fewer than {FEWEST} such moves, or the other side gave the same each time",
            source="Esser & Komorita 1975",
        )
    ),
    Measure(
        name="reciprocity_asymmetry",
        title="asymmetry of reciprocity",
        definition="reciprocity_u - reciprocity_o",
        range="real, + the other seat follows more",
        undefined="either slope has no value",
        source="Esser & Komorita 1975",
    ),
    *per_seat(
        Measure(
            name="unreciprocated",
            title="{}'s unanswered concessions",
            definition="Share of the seat's concessions that the other side did not answer. A "
            f"concession is answered if one of the other side's next {WINDOW} moves gives at "
            f"least {ENOUGH:g} of its size, over what stood before, in values of the seat's own "
            "principal. A concession that ended the talks, or that the other side let pass, is "
            "unanswered",
            range="0..1",
            undefined="it made no concession",
            source="Esser & Komorita 1975",
        )
    ),
    *per_seat(
        Measure(
            name="own_bids",
            title="{}'s bids against itself",
            definition="Times that the seat improved its own terms for the other side, at its "
            "own principal's expense, while the other side's terms had not moved or there were "
            f"none. Proposals and positions count, {ANY_COMMITMENT}",
            range="0, 1, ...",
            undefined=f"void; {NOT_ON_RECORD}",
            source="C3",
        )
    ),
    *per_seat(
        Measure(
            name="own_bids_share",
            title="share of the {}'s moves that bid against itself",
            definition="own_bids divided by the number of times that the seat named terms after "
            "its first",
            range="0..1",
            undefined="it named terms fewer than twice",
            source="C3",
        )
    ),
)


class Dealings(NamedTuple):
    """The moves of a seat and of the one opposite.

    Attributes:
        case: The dialogue.
        seat: ``o`` or ``u``.
        own: Terms that the seat named and, last, the deal if it accepted it.
        other: The same of the seat opposite.
        steps: Own moves and the ones before them.
        across: The same of the seat opposite.
    """

    case: Case
    seat: str
    own: Sequence[Offered]
    other: Sequence[Offered]
    steps: Sequence[tuple[Offered, Offered]]
    across: Sequence[tuple[Offered, Offered]]

    @classmethod
    def of(cls, case: Case, seat: str) -> Dealings:
        """Read from the record of the talks."""
        both = seat, SEAT_OPPOSITE[seat]
        own, other = [moves_of(case, each) for each in both]
        return cls(case, seat, own, other, *[own_steps(case, each) for each in both])

    def given(self) -> float:
        """Own value that own moves gave away, on balance."""
        return sum([before.own - after.own for before, after in self.steps])

    def received(self) -> float:
        """Own value that the other side's moves brought, on balance."""
        return sum([after.other - before.other for before, after in self.across])

    def brought(self, since: Offered | None, until: Offered, round_: int) -> float | None:
        """Own value that the other side brought from one of its moves to another.

        Args:
            since: The earlier one; None is its public opening position.
            until: The later one.
            round_: In whose values.

        Returns:
            None where the earlier one is not on record.
        """
        across = SEAT_OPPOSITE[self.seat]
        if since is None:
            start = public_opening(self.case, across, round_)
        else:
            start = revalued(self.case, across, since, round_)
        if start is None:
            return None
        return revalued(self.case, across, until, round_).other - start.other

    def slope(self) -> float | None:
        """Least-squares slope of own concessions on what was received since the move before."""
        if len(self.steps) < FEWEST:
            return None
        pairs = []
        for before, after in self.steps:
            known, latest = (last_before(self.other, move.turn) for move in (before, after))
            if known is not None and latest is not None:
                got = self.brought(known, latest, after.round)
                assert got is not None
                pairs.append((got, before.own - after.own))
        if len(pairs) < FEWEST:
            return None
        received, gave = np.array(pairs).T
        spread = received - received.mean()
        if float(np.abs(spread).max()) <= EXACT:
            return None
        return float(spread @ (gave - gave.mean()) / (spread @ spread))

    def unanswered(self) -> float | None:
        """Share of own concessions that the other side's next moves did not answer."""
        answered = []
        for before, after in self.steps:
            size = before.own - after.own
            if size <= EXACT:
                continue
            stood = last_before(self.other, after.turn)
            following = [move for move in self.other if move.turn > after.turn][:WINDOW]
            brought = [self.brought(stood, move, move.round) for move in following]
            if None in brought:  # from where the other side came is not on record
                continue
            answered.append(any(got >= ENOUGH * size - EXACT for got in brought if got is not None))
        return 1 - sum(answered) / len(answered) if answered else None

    def own_bids(self) -> tuple[int, int]:
        """How often the seat bid against itself, and how often it could have."""
        steps = stated_steps(self.case, self.seat)
        bids = [
            self._unprompted(before, after)
            for before, after in steps
            if before.own - after.own > EXACT and after.other - before.other > EXACT
        ]
        return sum(bids), len(steps)

    def _unprompted(self, before: Offered, after: Offered) -> bool:
        """Whether the other side's terms did not move between two moves of the seat."""
        known, latest = (last_before(self.other, move.turn) for move in (before, after))
        if latest is None:
            return True
        # Terms that the other side names for the first time are a move, wherever they lie.
        got = None if known is None else self.brought(known, latest, after.round)
        return got is not None and got <= EXACT


def put_reciprocity(found: Found, dealings: dict[str, Dealings]) -> None:
    """Enter the measures; ``dealings`` are those of both seats."""
    slopes = {}
    for seat, dealt in dealings.items():
        elsewhere = dealt.case.spec is None
        given = None if elsewhere and not dealt.steps else dealt.given()
        received = None if elsewhere and not dealt.across else dealt.received()
        price = _price(given, received)
        slopes[seat] = dealt.slope()
        bids, chances = dealt.own_bids()
        made = None if elsewhere and not chances else bids
        entries = (
            (given, NOT_ON_RECORD),
            (received, NOT_ON_RECORD),
            (price, NOT_ON_RECORD if None in (given, received) else _NOTHING),
            (slopes[seat], _NO_SLOPE),
            (dealt.unanswered(), "it made no concession"),
            (made, NOT_ON_RECORD),
            (bids / chances if chances else None, "it named terms fewer than twice"),
        )
        found.enter(_NAMES[seat], entries)
    slope_o, slope_u = slopes["o"], slopes["u"]
    found.put(
        "reciprocity_asymmetry",
        None if slope_o is None or slope_u is None else slope_u - slope_o,
        "a slope is undefined",
    )


def _price(given: float | None, received: float | None) -> float | None:
    """What a seat gave for what it received; None where it received nothing, or one is unknown."""
    if given is None or received is None or received <= ROUNDING:
        return None
    return given / received
