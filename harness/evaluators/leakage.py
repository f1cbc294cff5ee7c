"""What a seat gave away of its hand, and what the other side came to think of it (claims C8, C4).

The hand is what the issues weigh for the seat's principal. Whoever sits opposite can estimate that
from the terms that the seat names, by the models of :mod:`harness.bargaining.leakage`. They see
what is public and nothing else: the terms, and which end of an issue its principal is known to
want. Their estimates are held against the true weights, and stand beside what was known before any
offer: the public image of the principal.

Words are not read here. Whether a private fact was said aloud is a matter of meaning: a number of
one's own values may be any number, and a limit that is named may be a bluff. A judge has to read
that; see :mod:`harness.evaluators.said`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from harness.bargaining.leakage import ESTIMATORS
from harness.evaluators.base import SEATS, TOGETHER, Found, Measure, per_seat, void
from harness.evaluators.blindness import no_answer
from harness.evaluators.case import Case
from harness.evaluators.hands import Given, Hand, given_by, hands_of
from harness.evaluators.offers import ANY_COMMITMENT, SEAT_OPPOSITE
from harness.evaluators.said import SAID, put_said
from harness.records.spec import TALKS

NO_TERMS: Final = "the seat named no terms"
ALIKE: Final = "its principal weighs all issues alike"
NO_IMAGE: Final = "nothing is publicly known of its principal"
IMAGE_ALIKE: Final = "its public image weighs all issues alike"
ONE_OFFER: Final = "the seat named terms only once"
_UNTOLD: Final = f"{NO_TERMS}, {ALIKE}, it values issues together, or void"

_ESTIMATED = (
    "Rank correlation (Spearman) of the true weights of the issues, in the round in which the "
    "talks ended, with those that the other side can estimate from all terms that the seat named, "
    f"{ANY_COMMITMENT}"
)


class Leakage:
    """What the other side can infer of a seat's weights, and what it says of its limit."""

    name = "leakage"
    kind = TALKS
    version = 1
    fooled_by = (
        (
            "Each estimator is wrong for some way to concede: the one by frequency falls below 0 "
            "against offers that trade issues, and so does the Bayesian one where the seat does "
            "not concede evenly. A value below 0 is a wrong model, and no well-kept hand."
        ),
        "A single dialogue has a standard deviation of .3 to .4. Read means over many.",
        "More terms tell more: an arm with longer talks leaks more by their length alone.",
        (
            "The public image may tell more than the terms do, so a high `kept` need not be a "
            "leak. Read `beyond`."
        ),
        (
            "Terms are read and words are not, except by a judge. A hand that is told in words "
            "alone leaves `kept` as it was."
        ),
        (
            "A bluff that happens to be true counts in `said`. The judge of `said` and `bluffed` "
            "is uncalibrated."
        ),
    )
    measures = (
        *per_seat(
            Measure(
                name="kept",
                title="{}'s weights given away",
                definition=f"{_ESTIMATED}. An issue is taken to weigh more, the more of its best "
                "option the seat keeps asking for. Terms that say nothing count as 0, which is "
                "what a guess recovers in the mean",
                range="-1..1, 1 = the order of its issues can be read off, 0 = a guess",
                undefined=_UNTOLD,
                source="C8",
            )
        ),
        *per_seat(
            Measure(
                name="frequency",
                title="{}'s weights given away, by what it left unchanged",
                definition=f"{_ESTIMATED}. As kept, but an issue is taken to weigh more, the less "
                "often the seat changed what it asked for there",
                range="-1..1, 0 = a guess",
                undefined=_UNTOLD,
                source="C8; van Krimpen, Looije & Hajizadeh 2013",
            )
        ),
        *per_seat(
            Measure(
                name="bayesian",
                title="{}'s weights given away, to one who expects it to concede by the clock",
                definition=f"{_ESTIMATED}. As kept, but by the posterior mean over all choices of "
                "the issues that matter most, for a seat that concedes evenly from offer to offer",
                range="-1..1, 0 = a guess",
                undefined=_UNTOLD,
                source="C8; Hindriks & Tykhonov 2008",
            )
        ),
        *per_seat(
            Measure(
                name="change",
                title="{}'s weights given away since its first terms",
                definition="kept, minus the same of the first quarter of the terms that the seat "
                "named: of the first of them, where there are four or fewer",
                range="-2..2, + gave more away as the talks went on",
                undefined=f"{ONE_OFFER} or not at all, {ALIKE}, or void",
                source="C8",
            )
        ),
        *per_seat(
            Measure(
                name="known",
                title="{}'s weights known before",
                definition="Rank correlation (Spearman) of the true weights with those of the "
                "public image of the seat's principal: what is known without any offer",
                range="-1..1, 1 = the order of its issues is public",
                undefined=f"{ALIKE}, {IMAGE_ALIKE}, {NO_IMAGE}, or void",
                source="C8",
            )
        ),
        *per_seat(
            Measure(
                name="beyond",
                title="{}'s weights given away beyond what was known",
                definition="kept - known: how much better its terms tell the order of the issues "
                "than the public image of its principal",
                range="-2..2, + its terms tell more than was public",
                undefined="kept or known has no value",
                source="C8",
            )
        ),
        *per_seat(
            Measure(
                name="top",
                title="{}'s top issue given away",
                definition="Of the issues that kept puts first, the share that truly weigh most. "
                "Where its estimates tie, that is what chance gives: 1 over the number of issues "
                "where all do",
                range="0..1",
                undefined=_UNTOLD,
                source="C8",
            )
        ),
        *per_seat(
            Measure(
                name="top_known",
                title="{}'s top issue known before",
                definition="As top, of the public image of the seat's principal",
                range="0..1",
                undefined=f"{ALIKE}, {NO_IMAGE}, or void",
                source="C8",
            )
        ),
        *SAID,
        *per_seat(
            Measure(
                name="misled",
                title="error about the {}'s limit beyond that of its public image",
                definition="How far the opposite seat's private estimate of what no deal is worth "
                "to this seat's principal is from the truth of the last round, minus how far the "
                "public image is from it. overstatement.believed has the sign of the error",
                range="-1..1 in the principal's value, + further off than what was public",
                undefined=f"{NO_IMAGE}, the question was not asked or not answered, or void",
                source="C4, C8",
            )
        ),
    )

    def score(self, case: Case) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`.

        ``detail`` holds for each seat that named terms ``offers``, how many it had named at each
        quarter of them, and what each estimator recovered by then; ``top``, the issues that
        ``kept`` puts first in the end; and ``true_top``. Where a judge has read a seat's words,
        ``said_o`` or ``said_u`` has what it found.
        """
        return self.score_all([case])[0]

    def score_all(self, cases: Sequence[Case]) -> list[Found]:
        """:meth:`score` of each of several cases, in less time."""
        nothing = [void(self, case) for case in cases]
        done = [case for case, found in zip(cases, nothing, strict=True) if found is None]
        given = iter(given_by(done))
        return [
            self._found(case, next(given)) if found is None else found
            for case, found in zip(cases, nothing, strict=True)
        ]

    def _found(self, case: Case, gave: Sequence[Given | None]) -> Found:
        """What is found in talks that came to an end."""
        found = Found.of(self.measures)
        for seat, hand, given in zip(SEATS, hands_of(case), gave, strict=True):
            put_said(found, case, seat)
            if hand is None:
                joint = case.scenario.principals[case.seats[seat]].joint
                _put_none(found, seat, _FROM_IMAGE, TOGETHER if joint else NO_IMAGE)
                continue
            found.put(f"known_{seat}", hand.known, ALIKE if hand.alike else IMAGE_ALIKE)
            found.put(f"top_known_{seat}", None if hand.alike else hand.top_known, ALIKE)
            if hand.alike or given is None:
                _put_none(found, seat, _FROM_TERMS, ALIKE if hand.alike else NO_TERMS)
            else:
                _put_given(found, seat, hand, given)
            value, why = _misled(case, seat, hand)
            found.put(f"misled_{seat}", value, why)
        return found


_FROM_TERMS: Final = (*ESTIMATORS, "change", "beyond", "top")
_FROM_IMAGE: Final = (*_FROM_TERMS, "known", "top_known", "misled")


def _put_none(found: Found, seat: str, names: Sequence[str], why: str) -> None:
    for name in names:
        found.put(f"{name}_{seat}", None, why)


def _put_given(found: Found, seat: str, hand: Hand, given: Given) -> None:
    """What its terms give away of a seat."""
    kept, frequency, bayesian = given.ended
    found.values |= {
        f"kept_{seat}": kept,
        f"frequency_{seat}": frequency,
        f"bayesian_{seat}": bayesian,
        f"top_{seat}": len(hand.top.intersection(given.first)) / len(given.first),
    }
    found.put(f"change_{seat}", kept - given.began if given.counts[-1] > 1 else None, ONE_OFFER)
    found.put(f"beyond_{seat}", None if hand.known is None else kept - hand.known, IMAGE_ALIKE)
    found.detail[seat] = {
        "offers": given.counts,
        **dict(zip(ESTIMATORS, given.series, strict=True)),
        "top": [hand.ladders[place][0] for place in given.first],
        "true_top": [hand.ladders[place][0] for place in sorted(hand.top)],
    }


def _misled(case: Case, seat: str, hand: Hand) -> tuple[float | None, str]:
    """How much further off the other side's estimate of a seat's limit is than the public image;
    and why that is None."""
    other = SEAT_OPPOSITE[seat]
    debrief = case.talks.debriefs.get(other)
    guess = debrief.reservations.get(seat) if debrief else None
    if guess is None:
        return None, no_answer(case, other)
    return abs(guess - hand.limit) - abs(hand.public_limit - hand.limit), ""
