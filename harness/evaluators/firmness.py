"""How low a side ever went, and where it never moved at all (claim C4)."""

from __future__ import annotations

from collections.abc import Sequence

from harness.evaluators.base import ROUNDING, Found, Measure, per_seat
from harness.evaluators.case import Case
from harness.evaluators.offers import ANY_COMMITMENT, Offered, stated

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
            undefined="terms named fewer than twice, or it could have moved nowhere",
            source="C4",
        )
    ),
)


def put_firmness(found: Found, case: Case, seat: str) -> None:
    """Enter the measures of a seat."""
    own = stated(case, seat)
    found.put(f"firmness_{seat}", firmness(own, case, seat), NO_TERMS)
    value, why = rigidity(own, case, seat)
    found.put(f"rigidity_{seat}", value, why)


def firmness(own: Sequence[Offered], case: Case, seat: str) -> float | None:
    """Smallest u - r of terms of a seat, each in its own round; None where there are none."""
    terms = case.terms
    return min(
        (offer.own - terms(case.seats[seat], offer.round).reservation for offer in own),
        default=None,
    )


def rigidity(own: Sequence[Offered], case: Case, seat: str) -> tuple[float | None, str]:
    """Rigidity of a seat, in [0, 1], and why it is None."""
    if len(own) < 2:
        return None, "fewer than 2 proposals"
    could, moved = set(), set()
    for round_ in {offer.round for offer in own}:
        terms = case.terms(case.seats[seat], round_)
        for issue, weight in terms.weights.items():
            values = terms.values[issue]
            best = max(values.values())
            next_best = max((v for v in values.values() if v < best), default=best)
            if 1 - weight * (best - next_best) >= terms.reservation - ROUNDING:
                could.add(issue)
            if any(values[o.package[issue]] < best for o in own if o.round == round_):
                moved.add(issue)
    return (len(could - moved) / len(could), "") if could else (None, "it could move nowhere")
