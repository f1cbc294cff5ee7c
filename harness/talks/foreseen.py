"""How often a seat is asked at most, and by how much its prompts grow: what bounds are made of."""

from __future__ import annotations

from harness.models.usage import REPLY_TOKENS
from harness.records.spec import TalksSpec
from harness.suite.parts import SeatSpec


def growth(spec: TalksSpec) -> int:
    """Tokens by which a prompt grows from one call to the next: its own reply and every other
    side's."""
    return len(spec.seats) * REPLY_TOKENS


def calls_of_lead(seat: SeatSpec, spec: TalksSpec) -> int:
    """Calls of a seat's lead where all turns are used and nothing is asked again."""
    protocol = spec.protocol
    calls = protocol.rounds * protocol.turns + (1 if protocol.debrief else 0)
    asks = seat.profile.consults_capital
    if spec.version > 1:
        asks = seat.profile.asks_home(seat.brief or "own")
    if asks:
        calls += protocol.rounds * protocol.consultations
    return calls


def threads(seat: SeatSpec, spec: TalksSpec) -> tuple[int, ...]:
    """Calls of each thread of a seat: its lead's, then those of its members."""
    moves = spec.protocol.rounds * spec.protocol.turns
    return (calls_of_lead(seat, spec), *(moves for _ in seat.members))
