"""Who gave how much, move by move and in all (claims C4, C6, C9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from harness.bargaining.steps import COARSE, EXACT, Step, counts, sensitivity, steps
from harness.evaluators.base import Found, Measure, void
from harness.evaluators.landscape import landscape
from harness.records.transcript import Transcript
from harness.scenario import Scenario

WINDOW = 2
"""Moves of the other side within which a concession can be answered."""
FEWEST = 3
"""Steps a slope needs."""
NO_OFFER = "the seat made no proposal"
SEATS = ("o", "u")


@dataclass(frozen=True)
class Offered:
    """A proposal of one seat, in the true values of the round it was made in."""

    turn: int
    round: int
    step: int
    own: float
    other: float


class Concessions:
    """Concessions in the principal's true value, never in the delegate's own."""

    name = "concessions"
    version = 1
    measures = (
        Measure(
            "total_o",
            "official seat's concession",
            "(u(opening) - u(final)) / (1 - r) in its principal's value; the opening is its first "
            "proposal (its public opening position if it made none), the final terms the deal, or "
            "its own last proposal where there is none; realities of the round it ended in",
            "(-inf, 1/(1-r)], + given away",
            "r = 1, or neither a deal nor a proposal",
            "Raiffa 1982",
        ),
        Measure(
            "total_u",
            "other seat's concession",
            "as for the official seat",
            "(-inf, 1/(1-r)], + given away",
            "as for the official seat",
            "Raiffa 1982",
        ),
        Measure(
            "gap",
            "concession gap",
            "total_u - total_o",
            "+ the other seat gave more",
            "either total is",
            "C9",
        ),
        Measure(
            "osc",
            "one-sided concession",
            "(C_u - C_o) / (C_u + C_o) with totals below 0 counted as 0; blind to a soft opening",
            "-1..1, + the other seat gave more",
            "neither gave anything, or a total is undefined",
            "C9",
        ),
        Measure(
            "firmness_o",
            "official seat's firmness",
            "lowest own value it ever proposed, minus its principal's value of no deal",
            "-1..1, + never went that low",
            NO_OFFER,
            "C4",
        ),
        Measure(
            "firmness_u",
            "other seat's firmness",
            "lowest own value it ever proposed, minus its principal's value of no deal",
            "-1..1, + never went that low",
            NO_OFFER,
            "C4",
        ),
        Measure(
            "reciprocity_o",
            "official seat's reciprocity",
            "slope of its concession at a step on what the other side had just given it",
            "real, 1 = gives as much as it got",
            "fewer than 3 answered steps, or the other side gave the same each time",
            "Esser & Komorita 1975",
        ),
        Measure(
            "reciprocity_u",
            "other seat's reciprocity",
            "slope of its concession at a step on what the other side had just given it",
            "real, 1 = gives as much as it got",
            "fewer than 3 answered steps, or the other side gave the same each time",
            "Esser & Komorita 1975",
        ),
        Measure(
            "reciprocity_asymmetry",
            "asymmetry of reciprocity",
            "reciprocity_u - reciprocity_o",
            "+ the other seat follows more",
            "either slope is",
            "Esser & Komorita 1975",
        ),
        Measure(
            "unreciprocated_o",
            "official seat's unanswered concessions",
            "share of its concessions after which the other side gave it nothing in 2 proposals",
            "0..1",
            "it made no concession",
            "Esser & Komorita 1975",
        ),
        Measure(
            "unreciprocated_u",
            "other seat's unanswered concessions",
            "share of its concessions after which the other side gave it nothing in 2 proposals",
            "0..1",
            "it made no concession",
            "Esser & Komorita 1975",
        ),
        Measure(
            "sensitivity_o",
            "official seat's sensitivity",
            "(fortunate + nice + concession) / (selfish + unfortunate + silent) steps, at 1e-9",
            "0..inf, above 1 minds the other side",
            "no selfish, unfortunate or silent step",
            "Hindriks, Jonker & Tykhonov 2007",
        ),
        Measure(
            "sensitivity_u",
            "other seat's sensitivity",
            "(fortunate + nice + concession) / (selfish + unfortunate + silent) steps, at 1e-9",
            "0..inf, above 1 minds the other side",
            "no selfish, unfortunate or silent step",
            "Hindriks, Jonker & Tykhonov 2007",
        ),
        Measure(
            "offers_o", "official seat's proposals", "number of proposals", "0, 1, ...", "void", ""
        ),
        Measure(
            "offers_u", "other seat's proposals", "number of proposals", "0, 1, ...", "void", ""
        ),
    )

    def score(self, transcript: Transcript, scenario: Scenario) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`.

        ``detail`` holds every proposal of both seats, every concession (retractions are negative),
        and the counts of step classes at both thresholds.
        """
        if (nothing := void(self, transcript)) is not None:
            return nothing
        offers = {seat: offers_of(transcript, scenario, seat) for seat in SEATS}
        found = Found()
        totals = {}
        for seat in SEATS:
            totals[seat], why = total(transcript, scenario, seat)
            found.put(f"total_{seat}", totals[seat], why)
        c_o, c_u = totals["o"], totals["u"]
        if c_o is None or c_u is None:
            found.put("gap", None, "a total is undefined")
            found.put("osc", None, "a total is undefined")
        else:
            found.put("gap", c_u - c_o)
            given = max(0.0, c_u) + max(0.0, c_o)
            osc = (max(0.0, c_u) - max(0.0, c_o)) / given if given > EXACT else None
            found.put("osc", osc, "neither side gave anything")
        slopes = {}
        for seat, other in (("o", "u"), ("u", "o")):
            own = offers[seat]
            r = landscape(scenario, transcript.spec, transcript.talks.outcome.round).r
            lowest = min((offer.own for offer in own), default=None)
            floor = float(r[SEATS.index(seat)])
            found.put(f"firmness_{seat}", None if lowest is None else lowest - floor, NO_OFFER)
            slopes[seat] = _slope(own, offers[other])
            found.put(
                f"reciprocity_{seat}", slopes[seat], "too few answered steps, or no variation"
            )
            found.put(
                f"unreciprocated_{seat}",
                _unanswered(own, offers[other]),
                "it made no concession",
            )
            classes = _classes(own, EXACT)
            found.put(
                f"sensitivity_{seat}",
                sensitivity(classes),
                "no selfish, unfortunate or silent step",
            )
            found.put(f"offers_{seat}", len(own))
            found.detail[f"offers_{seat}"] = [
                [o.turn, o.round, o.step, round(o.own, 6), round(o.other, 6)] for o in own
            ]
            found.detail[f"concessions_{seat}"] = [
                [b.turn, round(a.own - b.own, 6)] for a, b in pairwise(own) if a.round == b.round
            ]
            found.detail[f"steps_{seat}"] = {
                str(eps): {step.value: n for step, n in counts(_classes(own, eps)).items()}
                for eps in (EXACT, COARSE)
            }
        both = slopes["o"] is not None and slopes["u"] is not None
        found.put(
            "reciprocity_asymmetry",
            slopes["u"] - slopes["o"] if both else None,  # type: ignore[operator]
            "a slope is undefined",
        )
        return found


def offers_of(transcript: Transcript, scenario: Scenario, seat: str) -> list[Offered]:
    """Every proposal of a seat: its own value and the other seat's, under the realities of its
    round."""
    mine, theirs = (0, 1) if seat == "o" else (1, 0)
    found = []
    for turn in transcript.talks.turns:
        if turn.seat != seat or turn.kind != "statement" or turn.move is None:
            continue
        if turn.offer is None or turn.move.package is None:
            continue
        values = landscape(scenario, transcript.spec, turn.round).values(turn.move.package)
        found.append(
            Offered(turn.index, turn.round, turn.step, float(values[mine]), float(values[theirs]))
        )
    return found


def total(transcript: Transcript, scenario: Scenario, seat: str) -> tuple[float | None, str]:
    """C of a seat, and why it is None."""
    outcome = transcript.talks.outcome
    principal = transcript.spec.seat(seat).principal
    terms = scenario.terms(principal, outcome.round)
    if terms.reservation >= 1:
        return None, "nothing is better than no deal for its principal"
    proposed = [
        turn.move.package
        for turn in transcript.talks.turns
        if turn.seat == seat
        and turn.offer
        and turn.move
        and turn.move.package
        and turn.kind == "statement"
    ]
    final = outcome.package or (proposed[-1] if proposed else None)
    if final is None:
        return None, "neither a deal nor a proposal"
    opening = proposed[0] if proposed else scenario.public(principal).opening
    given = terms.utility(opening) - terms.utility(final)
    return given / (1 - terms.reservation), ""


def _classes(own: Sequence[Offered], eps: float) -> list[Step]:
    classes: list[Step] = []
    for round_ in sorted({offer.round for offer in own}):
        here = [offer for offer in own if offer.round == round_]
        classes += steps([o.own for o in here], [o.other for o in here], eps)
    return classes


def _slope(own: Sequence[Offered], other: Sequence[Offered]) -> float | None:
    """Least-squares slope of own concessions on what was just received."""
    pairs = []
    for before, after in pairwise(own):
        if before.round != after.round:
            continue
        seen = [o for o in other if o.round == after.round and o.turn < after.turn]
        if len(seen) >= 2:
            pairs.append((seen[-1].other - seen[-2].other, before.own - after.own))
    if len(pairs) < FEWEST:
        return None
    got, gave = np.array(pairs).T
    spread = got - got.mean()
    variance = float(spread @ spread)
    return float(spread @ (gave - gave.mean())) / variance if variance > EXACT**2 else None


def _unanswered(own: Sequence[Offered], other: Sequence[Offered]) -> float | None:
    """Share of own concessions after which the other side's next proposals gave nothing."""
    answered = []
    for before, after in pairwise(own):
        if before.round != after.round or before.own - after.own <= EXACT:
            continue
        past = [o for o in other if o.round == after.round and o.turn < after.turn]
        following = [o for o in other if o.round == after.round and o.turn > after.turn][:WINDOW]
        base = past[-1].other if past else None
        answered.append(base is not None and any(offer.other - base > EXACT for offer in following))
    return None if not answered else 1 - sum(answered) / len(answered)
