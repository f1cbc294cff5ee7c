"""What a seat gave away of its hand, and what the other side came to think of it (claims C8, C4).

The hand is what the issues weigh for the seat's principal. Whoever sits opposite can estimate that
from the terms that the seat names, by the models of :mod:`harness.bargaining.leakage`. They see
what is public and nothing else: the terms, and which end of an issue its principal is known to
want. Their estimates are held against the true weights, and stand beside what was known before any
offer: the public image of the principal.

Words are not read. Whether a private fact was said aloud is a matter of meaning: a number of one's
own values may be any number, and a limit that is named may be a bluff. A judge has to read that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

import numpy as np

from harness.bargaining.leakage import ESTIMATORS, finds_top, over_time, recovered, standing, top_of
from harness.bargaining.space import Floats
from harness.disputes.scenario import Scenario
from harness.evaluators.base import SEATS, Found, Measure, per_seat, void
from harness.evaluators.blindness import no_answer
from harness.evaluators.case import Case
from harness.evaluators.offers import ANY_COMMITMENT, SEAT_OPPOSITE, named
from harness.incentives.expectation import public_values
from harness.memo import once_per_object
from harness.records.spec import TALKS

NO_TERMS: Final = "the seat named no terms"
ALIKE: Final = "its principal weighs all issues alike"
NO_IMAGE: Final = "nothing is publicly known of its principal"
IMAGE_ALIKE: Final = "its public image weighs all issues alike"
ONE_OFFER: Final = "the seat named terms only once"
NEEDS_A_JUDGE: Final = "needs a judge: whether words say it is a matter of their meaning"
QUARTERS: Final = 4
"""Points at which estimates are kept: after each quarter of a seat's terms."""
_DIGITS: Final = 3
"""Of what the detail says was recovered."""
_UNTOLD: Final = f"{NO_TERMS}, {ALIKE}, or void"

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
                headline=True,
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
        *per_seat(
            Measure(
                name="said",
                title="private facts that the {} said aloud",
                definition="How many facts that its brief gave it in private occur in its public "
                "words. No reader of words by rule does it: this waits for a judge",
                range="0, 1, ...",
                undefined="always, until a judge has read the words",
                source="C8",
            )
        ),
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
        ``kept`` puts first in the end; and ``true_top``.
        """
        if (nothing := void(self, case)) is not None:
            return nothing
        found, dealt = Found(), _dealt(case)
        for seat, hand, gave in zip(SEATS, dealt.hands, _given(case, dealt), strict=True):
            if hand is None:
                _put_none(found, seat, _NAMES, NO_IMAGE)
                continue
            found.put(f"known_{seat}", hand.known, hand.why)
            found.put(f"top_known_{seat}", None if hand.alike else hand.top_known, ALIKE)
            if hand.alike or gave is None:
                _put_none(found, seat, _FROM_TERMS, ALIKE if hand.alike else NO_TERMS)
            else:
                _put_given(found, seat, hand, gave)
            found.put(f"said_{seat}", None, NEEDS_A_JUDGE)
            value, why = _misled(case, seat, hand)
            found.put(f"misled_{seat}", value, why)
        return found


_FROM_TERMS: Final = (*ESTIMATORS, "change", "beyond", "top")
_NAMES: Final = (*_FROM_TERMS, "known", "top_known", "said", "misled")


@dataclass(frozen=True, eq=False)
class _Hand:
    """What is known of a principal, and what is true of it, in a round.

    Attributes:
        opening: The opening position that everybody knows.
        ladders: Per issue, in the order of the agenda: its id, and the place of every option on its
            public ladder, 1 at the end that the principal is known to want.
        ranks: ``(issues,)`` of the true weights, as :func:`~harness.bargaining.leakage.standing`
            has them; zeros where all are alike.
        alike: Whether all true weights are alike.
        top: The places of the issues that truly weigh most.
        known: How well the public image ranks the issues; None where it cannot be said.
        why: Why that is None.
        top_known: As ``top`` of the measures, of the public image.
        limit: The true value of no deal.
        public_limit: What everybody takes it to be.
    """

    opening: Mapping[str, str]
    ladders: tuple[tuple[str, Mapping[str, float]], ...]
    ranks: Floats
    alike: bool
    top: frozenset[int]
    known: float | None
    why: str
    top_known: float
    limit: float
    public_limit: float


@dataclass(frozen=True, eq=False)
class _Dealt:
    """The hands of both seats.

    Attributes:
        hands: In the order of the seats; None where nothing is publicly known of a principal.
        truth: ``(seats, issues, 1)`` their ``ranks``; zeros where there is no hand.
    """

    hands: tuple[_Hand | None, ...]
    truth: Floats


@once_per_object
def _known(scenario: Scenario) -> dict[tuple[str, str, int], _Dealt]:
    """The hands of a scenario that were asked for, by principals and round; filled by
    :func:`_dealt`."""
    return {}


def _dealt(case: Case) -> _Dealt:
    """The hands of both seats in the round in which the talks ended."""
    scenario, (one, other), round_ = case.scenario, SEATS, case.talks.outcome.round
    known, key = _known(scenario), (case.seats[one], case.seats[other], round_)
    if key not in known:
        hands = tuple(_hand(scenario, principal, round_) for principal in key[:2])
        nothing = np.zeros(len(scenario.issues))
        truth = [nothing if hand is None else hand.ranks for hand in hands]
        known[key] = _Dealt(hands, np.array(truth)[..., None])
    return known[key]


def _hand(scenario: Scenario, principal: str, round_: int) -> _Hand | None:
    face = scenario.principals[principal].public
    if face is None:
        return None
    terms = scenario.terms(principal, round_)
    truth = [terms.weights[issue] for issue in scenario.issue_ids()]
    public = [face.stereotype.weights[issue] for issue in scenario.issue_ids()]
    ranks = standing(truth)
    alike = not ranks.any()
    return _Hand(
        opening=face.opening,
        ladders=tuple(_ladders(scenario, principal)),
        ranks=ranks,
        alike=alike,
        top=frozenset(top_of(truth).tolist()),
        known=recovered(public, truth),
        why=ALIKE if alike else IMAGE_ALIKE,
        top_known=finds_top(public, truth),
        limit=terms.reservation,
        public_limit=face.stereotype.reservation,
    )


def _ladders(scenario: Scenario, principal: str) -> Iterator[tuple[str, Mapping[str, float]]]:
    """The options of each issue in their public order, with the end that the principal is publicly
    believed to want at 1."""
    believed = public_values(scenario, principal)
    for issue in scenario.issues:
        values = [believed[issue.id][option] for option in issue.option_ids()]
        places = np.linspace(0.0, 1.0, len(values))
        upwards = (places - 0.5) @ values >= 0
        held = places if upwards else places[::-1]
        yield issue.id, dict(zip(issue.option_ids(), held.tolist(), strict=True))


def _places(case: Case, seat: str, hand: _Hand | None) -> list[float]:
    """The places of all terms that a seat named, one after the other. A position stands for the
    terms before it with the named issues changed, the first of all for the public opening position.
    Of two packages put at once, nobody else knows which it would rather have: it is their mean."""
    if hand is None:
        return []
    terms, issues, last = hand.opening, len(hand.ladders), None
    places = list[float]()
    for turn, part in named(case, seat):
        if turn is last:
            other = [ladder[part[issue]] for issue, ladder in hand.ladders]
            places[-issues:] = [(a + b) / 2 for a, b in zip(places[-issues:], other, strict=True)]
            continue
        terms, last = part if len(part) == issues else {**terms, **part}, turn
        places += [ladder[terms[issue]] for issue, ladder in hand.ladders]
    return places


class _Given(NamedTuple):
    """What the terms of a seat give away. Rank correlations are in [-1, 1].

    Attributes:
        counts: How many of its terms are seen, quarter by quarter.
        began: What ``kept`` recovers of the first quarter of them.
        ended: What every estimator recovers of all.
        series: Per estimator, what it recovers quarter by quarter, rounded.
        ranks: Per issue, where ``kept`` puts it in the end: the larger, the more it weighs.
    """

    counts: tuple[int, ...]
    began: float
    ended: list[float]
    series: list[list[float]]
    ranks: list[float]


def _given(case: Case, dealt: _Dealt) -> list[_Given | None]:
    """What each seat gave away, of both seats at once; None of one that named no terms."""
    issues = len(case.scenario.issues)
    put = [_places(case, seat, hand) for seat, hand in zip(SEATS, dealt.hands, strict=True)]
    most = max(map(len, put))
    if not most:
        return [None] * len(put)
    flat = [place for each in put for place in each + [0.0] * (most - len(each))]
    places = np.array(flat).reshape(len(put), -1, issues)
    counts = tuple([_quarters(len(each) // issues) for each in put])
    ranks = standing(over_time(places, counts))
    found = (ranks @ dealt.truth)[..., 0].clip(-1.0, 1.0)
    parts = (
        found[0, :, 0],
        found[:, :, -1].T,
        found.round(_DIGITS).transpose(1, 0, 2),
        ranks[0, :, -1],
    )
    each_seat = zip(put, counts, *[part.tolist() for part in parts], strict=True)
    return [_Given(*gave) if terms else None for terms, *gave in each_seat]


@cache
def _quarters(terms: int) -> tuple[int, ...]:
    """How many of so many terms there are after each quarter of them, from 1; 0 of none."""
    return tuple(-(-terms * quarter // QUARTERS) for quarter in range(1, QUARTERS + 1))


def _put_none(found: Found, seat: str, names: Sequence[str], why: str) -> None:
    for name in names:
        found.put(f"{name}_{seat}", None, why)


def _put_given(found: Found, seat: str, hand: _Hand, gave: _Given) -> None:
    """What its terms give away of a seat."""
    kept, frequency, bayesian = gave.ended
    most = max(gave.ranks)
    first = [place for place, rank in enumerate(gave.ranks) if rank == most]
    found.values |= {
        f"kept_{seat}": kept,
        f"frequency_{seat}": frequency,
        f"bayesian_{seat}": bayesian,
        f"top_{seat}": len(hand.top.intersection(first)) / len(first),
    }
    found.put(f"change_{seat}", kept - gave.began if gave.counts[-1] > 1 else None, ONE_OFFER)
    found.put(f"beyond_{seat}", None if hand.known is None else kept - hand.known, hand.why)
    found.detail[seat] = {
        "offers": gave.counts,
        **dict(zip(ESTIMATORS, gave.series, strict=True)),
        "top": [hand.ladders[place][0] for place in first],
        "true_top": [hand.ladders[place][0] for place in sorted(hand.top)],
    }


def _misled(case: Case, seat: str, hand: _Hand) -> tuple[float | None, str]:
    """How much further off the other side's estimate of a seat's limit is than the public image;
    and why that is None."""
    other = SEAT_OPPOSITE[seat]
    debrief = case.talks.debriefs.get(other)
    guess = debrief.reservations.get(seat) if debrief else None
    if guess is None:
        return None, no_answer(case, other)
    return abs(guess - hand.limit) - abs(hand.public_limit - hand.limit), ""
