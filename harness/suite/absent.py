"""A seat for a party that has none in the real talks: a remedy that the theory names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from harness.disputes.scenario import Scenario
from harness.suite.parts import SeatSpec

ABSENT: Final = "absent"
"""In place of a principal: the first one of a scenario that has no seat in the real talks."""


def with_absent(seats: Sequence[SeatSpec], scenario: Scenario) -> tuple[SeatSpec, ...]:
    """Seats with the absent principal of a scenario in the place of :data:`ABSENT`; without that
    seat where it has none."""
    if ABSENT in scenario.principals or all(seat.principal != ABSENT for seat in seats):
        return tuple(seats)
    absent = scenario.absent_principal()
    return tuple(
        seat if seat.principal != ABSENT else seat.model_copy(update={"principal": absent})
        for seat in seats
        if seat.principal != ABSENT or absent is not None
    )
