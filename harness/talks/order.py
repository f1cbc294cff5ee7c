"""Who speaks when.

A delegation that speaks first does a little worse or better by that alone, so openers are balanced
by design and never drawn: the spec names who opens, the plan lets every principal open as often as
the other, and the opener changes from round to round.
"""

from __future__ import annotations

from harness.records.spec import TalksSpec
from harness.seeds import stream


def first_order(spec: TalksSpec) -> tuple[str, ...]:
    """The speaking order of the first round: the opener, then the others as they are seated.

    By rules of version 1 it was drawn by seed.
    """
    seats = [seat.seat for seat in spec.seats]
    if spec.opener is None:
        return tuple(seats[i] for i in stream(spec.seed, "order").permutation(len(seats)))
    at = seats.index(spec.opener)
    return (*seats[at:], *seats[:at])


def next_order(order: tuple[str, ...]) -> tuple[str, ...]:
    """The order of the round after one with this order: who spoke second opens."""
    return (*order[1:], *order[:1])
