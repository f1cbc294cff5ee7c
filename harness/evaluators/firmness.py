"""How low a side ever went, and where it never moved at all (claim C4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from harness.disputes.scenario import Terms
from harness.evaluators.base import ROUNDING, TOGETHER, Found, Measure, of_seats, per_seat
from harness.evaluators.case import Case
from harness.evaluators.offers import ANY_COMMITMENT, Offered, over_limit, stated
from harness.evaluators.recurring import ByPackage
from harness.memo import while_alive

NO_TERMS = "the seat made no proposal"

MEASURES = (
    *per_seat(
        Measure(
            name="firmness",
            title="{}'s firmness",
            definition="Smallest margin u - r of the terms that the seat named: their value to "
            "its principal above no deal. Terms are its proposals and the positions it took, "
            f"{ANY_COMMITMENT}",
            range="-1..1, + never went that low",
            undefined=NO_TERMS,
            source="C4",
        )
    ),
    *per_seat(
        Measure(
            name="rigidity",
            title="{}'s rigidity",
            definition="Issues on which all terms that the seat named asked for its principal's "
            "best option, as a share of the issues on which it could have moved. It could have "
            "moved where its principal, given its best on all other issues, does no worse than "
            f"no deal with the next best option. Terms count {ANY_COMMITMENT}",
            range="0..1, 1 = never offered to move where it could have",
            undefined="terms named fewer than twice, it could have moved nowhere, or its principal "
            "values issues together",
            source="C4",
        )
    ),
)
_NAMES = of_seats("firmness", "rigidity")


class _Wanted(NamedTuple):
    """What a principal wants in a round.

    Attributes:
        held: The issues on which a package gives it one of its best options.
        could: Issues on which it could have taken the next best, and been no worse off than
            without a deal.
    """

    held: ByPackage[frozenset[str]]
    could: frozenset[str]


@while_alive
def _wanted(terms: Terms) -> _Wanted:
    best, could = dict[str, frozenset[str]](), set[str]()
    for issue, weight in terms.weights.items():
        values = terms.values[issue]
        most = max(values.values())
        best[issue] = frozenset(option for option, value in values.items() if value >= most)
        next_best = max((v for v in values.values() if v < most), default=most)
        if 1 - weight * (most - next_best) >= terms.reservation - ROUNDING:
            could.add(issue)

    def held(package: Mapping[str, str]) -> frozenset[str]:
        return frozenset(issue for issue, options in best.items() if package[issue] in options)

    return _Wanted(ByPackage(best, held), frozenset(could))


def put_firmness(found: Found, case: Case, seat: str) -> None:
    """Enter the measures of a seat."""
    rigid = rigidity(stated(case, seat), case, seat)
    found.enter(_NAMES[seat], ((firmness(case, seat), NO_TERMS), rigid))


def firmness(case: Case, seat: str) -> float | None:
    """Smallest u - r of terms of a seat, each in its own round; None where there are none."""
    return min(over_limit(case, seat).values(), default=None)


def rigidity(own: Sequence[Offered], case: Case, seat: str) -> tuple[float | None, str]:
    """Rigidity of a seat, in [0, 1], and why it is None."""
    if len(own) < 2:
        return None, "fewer than 2 proposals"
    if case.scenario.principals[case.seats[seat]].joint:
        return None, TOGETHER
    principal, round_, wanted = case.seats[seat], 0, None
    could, held = frozenset[str](), list[frozenset[str]]()
    for offer in own:
        if wanted is None or offer.round != round_:
            round_ = offer.round
            wanted = _wanted(case.terms(principal, round_))
            could |= wanted.could
        held.append(wanted.held.of(offer.package))
    if not could:
        return None, "it could move nowhere"
    return len(could.intersection(*held)) / len(could), ""
