"""Who gave how much, move by move and in all (claims C4, C6, C9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from harness.bargaining.steps import COARSE, EXACT, NOTICEABLE, Step, classify, sensitivity
from harness.evaluators import firmness, reciprocity
from harness.evaluators.base import SEATS, Found, Measure, of_seats, per_seat, rounded, void
from harness.evaluators.case import Case
from harness.evaluators.offers import ANY_COMMITMENT, offer_steps, offers_of, stated
from harness.evaluators.reciprocity import Dealings
from harness.evaluators.totals import (
    BASELINES,
    NO_OPENING,
    Baseline,
    disagree,
    one_sided,
    totals,
)
from harness.records.spec import TALKS

_OSC: dict[Baseline, str] = {"own": "osc", "public": "osc_public", "no_deal": "osc_no_deal"}
"""Baseline -> the name of the one-sided concession from it."""

ONE_BASELINE: Final = "only one of the baselines is on record"
_NO_OFFERS: Final = "talks held elsewhere, and no terms are on record: there may be some in words"
_NO_STEPS: Final = {step.value: 0 for step in Step}
"""How many steps there are of each class, before any was counted."""
_EXACT, _COARSE = str(EXACT), str(COARSE)
_UNDEFINED: Final = "a total is undefined"
_NO_SUCH_STEP: Final = "no selfish, unfortunate or silent step"
_TOTALS: Final = ("total_o", "total_u", *(_OSC[each] for each in BASELINES), "gap", "ambiguous")
_NAMES: Final = of_seats("sensitivity", "offers")


def _one_sided(baseline: Baseline, title: str, start: str) -> Measure:
    return Measure(
        name=_OSC[baseline],
        title=title,
        definition="(C_u - C_o) / (|C_u| + |C_o|), where C = (start - u(final)) / (1 - r) for "
        f"each seat and the start is {start}. Proposals count {ANY_COMMITMENT}",
        range="-1..1, + the other seat gave more",
        undefined="neither ended anywhere else than it started, r = 1, or neither a deal nor a "
        "proposal, or an opening position that is not on record",
        source="C9",
        headline=baseline == "own",
    )


class Concessions:
    """Concessions in the principal's true value, never in the delegate's own.

    A *move* is a proposal, a position taken with a rejection or a pass, or the acceptance of the
    deal. Moves are compared across rounds in the values of the later one.
    """

    name = "concessions"
    kind = TALKS
    version = 2
    fooled_by = (
        (
            "A soft opening turns `osc` round: a side that opens below its own limit, and is "
            "accepted at once, has given nothing from its own first proposal. `osc_public` and "
            "`osc_no_deal` stand beside it for that."
        ),
        (
            "Demands that are put in to be dropped count as conceding. Where the baselines "
            "differ in sign, `ambiguous` is yes and none may be read alone."
        ),
        (
            "A crumb is a concession: `sensitivity` counts a step of any size as one, and "
            "`offers` counts a proposal that repeats the one before."
        ),
        (
            "An answer of half the size counts as an answer, so a side that always gives half of "
            "what it gets looks fully reciprocal in `unreciprocated`."
        ),
        (
            "A slope over few moves can say the opposite of the plain ratio. Read `exchange` "
            "before `reciprocity`, and `exchange` with care where the other side gave almost "
            "nothing."
        ),
        (
            "`firmness` is set by one proposal. A single careless or hypothetical one makes a "
            "hard side look soft."
        ),
        (
            "Words are not read. A side that improves its terms for a promise made in words bids "
            "against itself by `own_bids`."
        ),
    )
    measures = (
        *per_seat(
            Measure(
                name="total",
                title="{}'s concession",
                definition="(u(opening) - u(final)) / (1 - r), in values of the seat's "
                "principal. The opening is the seat's first proposal, or its public opening "
                "position if it made none. The final terms are the deal or, without one, the "
                "last terms that the seat named itself. All values are those of the round in "
                f"which the talks ended. Proposals count {ANY_COMMITMENT}",
                range="(-inf, 1/(1-r)], + given away",
                undefined="r = 1, or neither a deal nor a proposal, or no opening on record",
                source="Raiffa 1982",
            )
        ),
        Measure(
            name="gap",
            title="concession gap",
            definition="total_u - total_o: the other seat's concession minus that of the "
            "official seat",
            range="real, + the other seat gave more",
            undefined="either total has no value",
            source="C9",
            headline=True,
        ),
        _one_sided("own", "one-sided concession", "u(own first proposal), as for total"),
        _one_sided(
            "public", "one-sided concession from public openings", "u(public opening position)"
        ),
        _one_sided("no_deal", "one-sided concession from no deal", "its value of no deal, r"),
        Measure(
            name="ambiguous",
            title="who gave more depends on the baseline",
            definition="Whether C_u - C_o has opposite signs under two of the three baselines "
            f"(osc, osc_public, osc_no_deal), by more than {NOTICEABLE:g} each. If so, do not "
            "read any of the three alone",
            range="yes/no",
            undefined="r = 1, neither a deal nor a proposal, or one baseline alone on record",
            source="C9",
            headline=True,
        ),
        *firmness.MEASURES,
        *reciprocity.MEASURES,
        *per_seat(
            Measure(
                name="sensitivity",
                title="{}'s sensitivity",
                definition="(fortunate + nice + concession) / (selfish + unfortunate + silent): "
                "the numbers of such steps between the seat's proposals. Changes up to 1e-9 "
                f"count as none. Proposals count {ANY_COMMITMENT}",
                range="0..inf, above 1 minds the other side",
                undefined="no selfish, unfortunate or silent step",
                source="Hindriks, Jonker & Tykhonov 2007",
                needs=("values",),
            )
        ),
        *per_seat(
            Measure(
                name="offers",
                title="{}'s proposals",
                definition=f"Number of the seat's proposals, {ANY_COMMITMENT}",
                range="0, 1, ...",
                undefined="no terms of anybody are on record, or void",
                needs=(),
            )
        ),
    )

    def score(self, case: Case) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`.

        ``detail``: ``gaps``, C_u - C_o from each baseline. Per seat: ``offers`` as [turn, round,
        step, own value, other's value], ``concessions`` as [turn, loss of own value] of every move
        after the first (retractions are negative), and ``steps``, the counts of step classes at
        both thresholds.
        """
        if (nothing := void(self, case)) is not None:
            return nothing
        found = Found.of(self.measures)
        _put_totals(found, case)
        dealings = {seat: Dealings.of(case, seat) for seat in SEATS}
        reciprocity.put_reciprocity(found, dealings)
        for seat in SEATS:
            firmness.put_firmness(found, case, seat)
            own = offers_of(case, seat)
            changes = [(b.own - a.own, b.other - a.other) for a, b in offer_steps(case, seat)]
            exact, coarse = _classes(changes, EXACT), _classes(changes, COARSE)
            known = case.spec is not None or any(stated(case, each) for each in SEATS)
            entries = (
                (sensitivity(exact), _NO_SUCH_STEP),
                (len(own) if known else None, _NO_OFFERS),
            )
            found.enter(_NAMES[seat], entries)
            found.detail[f"offers_{seat}"] = [
                [o.turn, o.round, o.step, rounded(o.own), rounded(o.other)] for o in own
            ]
            found.detail[f"concessions_{seat}"] = [
                [after.turn, rounded(before.own - after.own)]
                for before, after in dealings[seat].steps
            ]
            found.detail[f"steps_{seat}"] = {_EXACT: _counted(exact), _COARSE: _counted(coarse)}
        return found


def _put_totals(found: Found, case: Case) -> None:
    """Totals of both seats, and how one-sided they are from each baseline."""
    (given_o, why_o), (given_u, why_u) = totals(case, "o"), totals(case, "u")
    gaps, sided = dict[str, float](), list[tuple[float | None, str]]()
    for baseline in BASELINES:
        c_o, c_u = given_o.get(baseline), given_u.get(baseline)
        if c_o is None or c_u is None:
            why = NO_OPENING if NO_OPENING in (why_o, why_u) else _UNDEFINED
            sided.append((None, why))
            continue
        gaps[baseline] = c_u - c_o
        sided.append((one_sided(c_u, c_o), "neither side gave or gained anything"))
    # One baseline alone cannot disagree with itself.
    read = disagree(gaps.values()) if len(gaps) > 1 else None
    entries = (
        (given_o.get("own"), why_o),
        (given_u.get("own"), why_u),
        *sided,
        (gaps.get("own"), _UNDEFINED),
        (read, ONE_BASELINE if gaps else _UNDEFINED),
    )
    found.enter(_TOTALS, entries)
    found.detail["gaps"] = {baseline: rounded(gap) for baseline, gap in gaps.items()}


def _classes(changes: Sequence[tuple[float, float]], eps: float) -> list[Step]:
    return [classify(own, other, eps) for own, other in changes]


def _counted(classes: Sequence[Step]) -> dict[str, int]:
    counted = _NO_STEPS.copy()
    for step in classes:
        counted[step] += 1  # its name, which takes time to look up
    return counted
