"""Who gave how much, move by move and in all (claims C4, C6, C9)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from harness.bargaining.steps import COARSE, EXACT, Step, counts, sensitivity, steps
from harness.evaluators.base import ROUNDING, SEATS, Found, Measure, per_seat, void
from harness.evaluators.case import Case
from harness.evaluators.landscape import deal
from harness.evaluators.offers import (
    SEAT_OPPOSITE,
    Offered,
    moves_of,
    offers_of,
    proposed,
    public_opening,
)
from harness.records.spec import TALKS

WINDOW = 2
"""Moves of the other side within which a concession can be answered."""
FEWEST = 3
"""Steps a slope needs."""
NO_OFFER = "the seat made no proposal"


class Concessions:
    """Concessions in the principal's true value, never in the delegate's own.

    A *move* is a proposal or the acceptance of the deal. Moves of different rounds are not
    compared: the realities, and with them the values, have changed in between.
    """

    name = "concessions"
    kind = TALKS
    version = 1
    measures = (
        *per_seat(
            Measure(
                name="total",
                title="{}'s concession",
                definition="(u(opening) - u(final)) / (1 - r) in its principal's value; the "
                "opening is its first proposal (its public opening position if it made none), the "
                "final terms the deal, or its own last proposal where there is none; realities of "
                "the round the talks ended in",
                range="(-inf, 1/(1-r)], + given away",
                undefined="r = 1, or neither a deal nor a proposal",
                source="Raiffa 1982",
            )
        ),
        Measure(
            name="gap",
            title="concession gap",
            definition="total_u - total_o",
            range="real, + the other seat gave more",
            undefined="either total is",
            source="C9",
            headline=True,
        ),
        Measure(
            name="osc",
            title="one-sided concession",
            definition="(C_u - C_o) / (C_u + C_o) with totals below 0 counted as 0; blind to a "
            "soft opening",
            range="-1..1, + the other seat gave more",
            undefined="neither gave anything, or a total is undefined",
            source="C9",
            headline=True,
        ),
        *per_seat(
            Measure(
                name="firmness",
                title="{}'s firmness",
                definition="smallest margin u - r of its own proposals over its principal's value "
                "of no deal",
                range="-1..1, + never went that low",
                undefined=NO_OFFER,
                source="C4",
            )
        ),
        *per_seat(
            Measure(
                name="rigidity",
                title="{}'s rigidity",
                definition="issues on which each of its proposals asked for its principal's best "
                "option, over those on which its principal, getting its best on all others, could "
                "have taken the next best and still been no worse off than without a deal",
                range="0..1, 1 = never offered to move where it could have",
                undefined="fewer than 2 proposals, or it could have moved nowhere",
                source="C4",
            )
        ),
        *per_seat(
            Measure(
                name="reciprocity",
                title="{}'s reciprocity",
                definition="slope of its concession at a move on what the other side had given it "
                "since its move before",
                range="real, 1 = gives as much as it got",
                undefined="fewer than 3 such moves, or the other side gave the same each time",
                source="Esser & Komorita 1975",
            )
        ),
        Measure(
            name="reciprocity_asymmetry",
            title="asymmetry of reciprocity",
            definition="reciprocity_u - reciprocity_o",
            range="real, + the other seat follows more",
            undefined="either slope is",
            source="Esser & Komorita 1975",
        ),
        *per_seat(
            Measure(
                name="unreciprocated",
                title="{}'s unanswered concessions",
                definition="share of its concessions after which none of the other side's next 2 "
                "moves gave it anything over what stood before; a concession that ended the talks, "
                "or that the other side let pass, is unanswered",
                range="0..1",
                undefined="it made no concession",
                source="Esser & Komorita 1975",
            )
        ),
        *per_seat(
            Measure(
                name="sensitivity",
                title="{}'s sensitivity",
                definition="(fortunate + nice + concession) / (selfish + unfortunate + silent) "
                "steps between its proposals, changes up to 1e-9 counted as none",
                range="0..inf, above 1 minds the other side",
                undefined="no selfish, unfortunate or silent step",
                source="Hindriks, Jonker & Tykhonov 2007",
            )
        ),
        *per_seat(
            Measure(
                name="offers",
                title="{}'s proposals",
                definition="number of its proposals",
                range="0, 1, ...",
                undefined="void",
            )
        ),
    )

    def score(self, case: Case) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`.

        ``detail``, per seat: ``offers`` as [turn, round, step, own value, other's value],
        ``concessions`` as [turn, loss of own value] of every move after the first of a round
        (retractions are negative), and ``steps``, the counts of step classes at both thresholds.
        """
        if (nothing := void(self, case)) is not None:
            return nothing
        offers = {seat: offers_of(case, seat) for seat in SEATS}
        moves = {seat: moves_of(case, seat, offers[seat]) for seat in SEATS}
        found = Found()
        _put_totals(found, case)
        slopes = {seat: _slope(moves[seat], moves[SEAT_OPPOSITE[seat]]) for seat in SEATS}
        for seat in SEATS:
            own, other = offers[seat], SEAT_OPPOSITE[seat]
            found.put(f"firmness_{seat}", _firmness(own, case, seat), NO_OFFER)
            rigidity, why = _rigidity(own, case, seat)
            found.put(f"rigidity_{seat}", rigidity, why)
            found.put(
                f"reciprocity_{seat}", slopes[seat], "too few answered moves, or no variation"
            )
            standing = {
                round_: public_opening(case, other, round_).other
                for round_ in {offer.round for offer in moves[seat]}
            }
            found.put(
                f"unreciprocated_{seat}",
                _unanswered(moves[seat], moves[other], standing),
                "it made no concession",
            )
            found.put(
                f"sensitivity_{seat}",
                sensitivity(_classes(own, EXACT)),
                "no selfish, unfortunate or silent step",
            )
            found.put(f"offers_{seat}", len(own))
            found.detail[f"offers_{seat}"] = [
                [o.turn, o.round, o.step, round(o.own, 6), round(o.other, 6)] for o in own
            ]
            found.detail[f"concessions_{seat}"] = [
                [after.turn, round(before.own - after.own, 6)]
                for before, after in _same_round(moves[seat])
            ]
            found.detail[f"steps_{seat}"] = {
                str(eps): {step.value: n for step, n in counts(_classes(own, eps)).items()}
                for eps in (EXACT, COARSE)
            }
        slope_o, slope_u = slopes["o"], slopes["u"]
        found.put(
            "reciprocity_asymmetry",
            None if slope_o is None or slope_u is None else slope_u - slope_o,
            "a slope is undefined",
        )
        return found


def total(case: Case, seat: str) -> tuple[float | None, str]:
    """C of a seat, and why it is None."""
    principal = case.seats[seat]
    terms = case.scenario.terms(principal, case.talks.outcome.round)
    if terms.reservation >= 1:
        return None, "nothing is better than no deal for its principal"
    packages = [package for _, package in proposed(case, seat)]
    final = deal(case) or (packages[-1] if packages else None)
    if final is None:
        return None, "neither a deal nor a proposal"
    opening = packages[0] if packages else case.scenario.public(principal).opening
    given = terms.utility(opening) - terms.utility(final)
    return given / (1 - terms.reservation), ""


def _put_totals(found: Found, case: Case) -> None:
    totals = {}
    for seat in SEATS:
        totals[seat], why = total(case, seat)
        found.put(f"total_{seat}", totals[seat], why)
    c_o, c_u = totals["o"], totals["u"]
    if c_o is None or c_u is None:
        found.put("gap", None, "a total is undefined")
        found.put("osc", None, "a total is undefined")
        return
    found.put("gap", c_u - c_o)
    gave_o, gave_u = (c if c > ROUNDING else 0.0 for c in (c_o, c_u))
    given = gave_o + gave_u
    found.put("osc", (gave_u - gave_o) / given if given else None, "neither side gave anything")


def _firmness(own: Sequence[Offered], case: Case, seat: str) -> float | None:
    terms = case.scenario.terms
    return min(
        (offer.own - terms(case.seats[seat], offer.round).reservation for offer in own),
        default=None,
    )


def _rigidity(own: Sequence[Offered], case: Case, seat: str) -> tuple[float | None, str]:
    """Rigidity of a seat, and why it is None."""
    if len(own) < 2:
        return None, "fewer than 2 proposals"
    could, moved = set(), set()
    for round_ in {offer.round for offer in own}:
        terms = case.scenario.terms(case.seats[seat], round_)
        for issue, weight in terms.weights.items():
            values = terms.values[issue]
            best = max(values.values())
            next_best = max((v for v in values.values() if v < best), default=best)
            if 1 - weight * (best - next_best) >= terms.reservation - ROUNDING:
                could.add(issue)
            if any(values[o.package[issue]] < best for o in own if o.round == round_):
                moved.add(issue)
    return (len(could - moved) / len(could), "") if could else (None, "it could move nowhere")


def _same_round(moves: Sequence[Offered]) -> list[tuple[Offered, Offered]]:
    return [(a, b) for a, b in pairwise(moves) if a.round == b.round]


def _classes(own: Sequence[Offered], eps: float) -> list[Step]:
    return [
        step
        for before, after in _same_round(own)
        for step in steps([before.own, after.own], [before.other, after.other], eps)
    ]


def _slope(own: Sequence[Offered], other: Sequence[Offered]) -> float | None:
    """Least-squares slope of own concessions on what was received since the move before."""
    pairs = []
    for before, after in _same_round(own):
        known = _last_before(other, before)
        latest = _last_before(other, after)
        if known is not None and latest is not None:
            pairs.append((latest.other - known.other, before.own - after.own))
    if len(pairs) < FEWEST:
        return None
    got, gave = np.array(pairs).T
    spread = got - got.mean()
    if float(np.abs(spread).max()) <= EXACT:
        return None
    return float(spread @ (gave - gave.mean()) / (spread @ spread))


def _unanswered(
    own: Sequence[Offered], other: Sequence[Offered], standing: dict[int, float]
) -> float | None:
    """Share of own concessions that the other side's next moves did not answer.

    Args:
        standing: Per round, own value of the other side's public opening position: what it is
            taken to ask before its first move.
    """
    answered = []
    for before, after in _same_round(own):
        if before.own - after.own <= EXACT:
            continue
        last = _last_before(other, after)
        base = standing[after.round] if last is None else last.other
        next_moves = [o for o in other if o.round == after.round and o.turn > after.turn][:WINDOW]
        answered.append(any(move.other - base > EXACT for move in next_moves))
    return 1 - sum(answered) / len(answered) if answered else None


def _last_before(moves: Sequence[Offered], move: Offered) -> Offered | None:
    """The last of the other side's moves before ``move`` in the same round."""
    return next((m for m in reversed(moves) if m.round == move.round and m.turn < move.turn), None)
