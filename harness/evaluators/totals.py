"""What a side gave in all, measured from three baselines.

No baseline is right in every dialogue. From its own first proposal, a side that opens softly seems
to give nothing, and one that opens with demands put in to be dropped seems to give much. From the
public opening position, what it never meant counts as given. From no deal, nobody's opening
matters, and neither does the way to the end. Where they disagree about who gave more, that is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal

from harness.bargaining.steps import NOTICEABLE
from harness.disputes.scenario import Package
from harness.evaluators.base import ROUNDING
from harness.evaluators.case import Case, once_per_case_and
from harness.evaluators.landscape import deal
from harness.evaluators.offers import proposed, stated
from harness.evaluators.tables import true_belief

Baseline = Literal["own", "public", "no_deal"]
BASELINES: Final[tuple[Baseline, ...]] = ("own", "public", "no_deal")
"""Own first proposal, public opening position, own value of no deal."""


NO_OPENING: Final = "no opening position of a seat is on record"


def opening(case: Case, seat: str) -> Package | None:
    """Terms of a seat's first proposal; its public opening position where it made none. None where
    that is not on record either."""
    packages = proposed(case, seat)
    return packages[0][1] if packages else known_opening(case, seat)


def known_opening(case: Case, seat: str) -> Package | None:
    """A seat's public opening position; None where it is not on record."""
    return case.scenario.public(case.seats[seat]).opening if case.has_opening(seat) else None


def final(case: Case, seat: str) -> Package | None:
    """Terms a seat ended with: the deal, or the last it named itself (see
    :func:`~harness.evaluators.offers.stated`). None where there is neither."""
    agreed = deal(case)
    if agreed is not None:
        return agreed
    own = stated(case, seat)
    return own[-1].package if own else None


@once_per_case_and
def totals(case: Case, seat: str) -> tuple[Mapping[Baseline, float], str]:
    """What a seat gave from each baseline, over what it had to lose, 1 - r; without those of which
    there is no answer, and why.

    In its principal's true value under the realities of the round the talks ended in. In
    (-inf, 1/(1-r)]; below 0 it ended above the baseline.
    """
    truth = true_belief(case, seat)
    no_deal = truth.reservation
    if no_deal >= 1:
        return {}, "nothing is better than no deal for its principal"
    ended = final(case, seat)
    if ended is None:
        return {}, "neither a deal nor a proposal"
    reached, room = truth.utility(ended), 1 - no_deal
    starts: dict[Baseline, Package | None] = {
        "own": opening(case, seat),
        "public": known_opening(case, seat),
    }
    given: dict[Baseline, float] = {
        baseline: (truth.utility(start) - reached) / room
        for baseline, start in starts.items()
        if start is not None
    }
    given["no_deal"] = (no_deal - reached) / room
    return given, "" if len(given) == len(BASELINES) else NO_OPENING


def one_sided(own: float, other: float) -> float | None:
    """How far ``own`` is above ``other``, over the sum of their sizes, in [-1, 1].

    1 where only ``own`` is above 0, or only ``other`` below. None where both are 0. Nothing is
    clipped: a side that ended far above where it began counts as much as one far below.
    """
    size = abs(own) + abs(other)
    return None if size <= ROUNDING else (own - other) / size


def sign(gap: float) -> int:
    """Who is ahead: 1, -1, or 0 for a difference that nobody would notice."""
    return (gap > NOTICEABLE) - (gap < -NOTICEABLE)


def disagree(gaps: Iterable[float]) -> bool:
    """Whether two of several readings of the same difference have opposite signs."""
    held = [*gaps]
    return bool(held) and max(held) > NOTICEABLE and min(held) < -NOTICEABLE
