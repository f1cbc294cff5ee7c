"""What is public of the hands of both seats, what is true, and what their terms give away.

A hand is what the issues weigh for a principal. Who sits opposite sees the terms that a seat names,
and which end of an issue its principal is publicly known to want. That is all that the estimates
of :mod:`harness.bargaining.leakage` are given here. They are held against the true weights.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import Final, NamedTuple

import numpy as np

from harness.bargaining.leakage import finds_top, over_time, recovered, standing, top_of
from harness.bargaining.space import Floats
from harness.disputes.scenario import Scenario
from harness.evaluators.base import SEATS
from harness.evaluators.case import Case
from harness.evaluators.offers import named
from harness.incentives.expectation import public_values
from harness.memo import once_per_object

QUARTERS: Final = 4
"""Points at which estimates are kept: after each quarter of a seat's terms."""
_EXACT: Final = 12
"""Digits of what is recovered: those beyond are the processor's own."""
_DIGITS: Final = 3
"""The same of the series."""
_KEPT: Final = 128
"""Sequences of terms of a hand whose estimates are kept: scripts often repeat theirs."""
_AT_ONCE: Final = 64
"""Sequences of terms that are estimated at once: what is worked with stays in the caches."""
_Terms = tuple[float, ...]
"""The places of all terms that a seat named, one after the other."""


class Given(NamedTuple):
    """What the terms of a seat give away. Rank correlations are in [-1, 1], 0 where the estimate
    puts all issues alike. It is shared by dialogues, so nobody may change it.

    Attributes:
        counts: How many of its terms are seen, quarter by quarter.
        began: What ``kept`` recovers of the first quarter of them.
        ended: What every estimator recovers of all, in the order of
            :data:`~harness.bargaining.leakage.ESTIMATORS`.
        series: Per estimator, what it recovers quarter by quarter, rounded.
        first: The places, on the agenda, of the issues that ``kept`` puts first in the end.
    """

    counts: tuple[int, ...]
    began: float
    ended: list[float]
    series: list[list[float]]
    first: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Hand:
    """What is public of a principal, and what is true of it, in a round.

    Attributes:
        opening: The opening position that everybody knows.
        ladders: Per issue, in the order of the agenda: its id, and the place of every option on its
            public ladder, 1 at the end that the principal is known to want.
        ranks: ``(issues,)`` of the true weights, as :func:`~harness.bargaining.leakage.standing`
            has them; zeros where all are alike.
        alike: Whether all true weights are alike.
        top: The places, on the agenda, of the issues that truly weigh most.
        known: How well the public image ranks the issues, in [-1, 1]; None where all weights of it,
            or all true ones, are alike.
        top_known: Of the issues that it puts first, the share that truly weigh most, in [0, 1].
        limit: The true value of no deal.
        public_limit: What everybody takes it to be.
    """

    opening: Mapping[str, str]
    ladders: tuple[tuple[str, Mapping[str, float]], ...]
    ranks: Floats
    alike: bool
    top: frozenset[int]
    known: float | None
    top_known: float
    limit: float
    public_limit: float
    _given: dict[_Terms, Given] = field(default_factory=dict, repr=False)


Hands = tuple[Hand | None, ...]
"""In the order of the seats; None where nothing is publicly known of a principal, or
where it values issues together: they have no weights of their own then."""


@once_per_object
def _known(scenario: Scenario) -> dict[tuple[str, str, int], Hands]:
    """The hands of a scenario that were asked for, by principals and round; filled by
    :func:`hands_of`."""
    return {}


def hands_of(case: Case) -> Hands:
    """The hands of both seats in the round in which the talks ended."""
    known, (o, u), round_ = _known(case.scenario), SEATS, case.talks.outcome.round
    key = (case.seats[o], case.seats[u], round_)
    if key not in known:
        known[key] = tuple(_hand(case.scenario, principal, round_) for principal in key[:2])
    return known[key]


def _hand(scenario: Scenario, principal: str, round_: int) -> Hand | None:
    face = scenario.principals[principal].public
    if face is None or scenario.principals[principal].joint:
        return None
    terms = scenario.terms(principal, round_)
    truth = [terms.weights[issue] for issue in scenario.issue_ids()]
    public = [face.stereotype.weights[issue] for issue in scenario.issue_ids()]
    ranks, known = standing(truth), recovered(public, truth)
    return Hand(
        opening=face.opening,
        ladders=tuple(_ladders(scenario, principal)),
        ranks=ranks,
        alike=not ranks.any(),
        top=frozenset(top_of(truth).tolist()),
        known=None if known is None else round(known, _EXACT),
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


def given_by(cases: Sequence[Case]) -> list[list[Given | None]]:
    """What each seat gave away, case by case; None of one that named no terms, or that has no
    hand. What many cases ask for is estimated at once, and is the same as of each alone."""
    put = [
        [
            (hand, _places(case, seat, hand))
            for seat, hand in zip(SEATS, hands_of(case), strict=True)
        ]
        for case in cases
    ]
    found = dict[tuple[int, _Terms], Given]()
    new = dict[tuple[int, int], dict[tuple[int, _Terms], tuple[Hand, _Terms]]]()
    for hand, terms in chain.from_iterable(put):
        if hand is None or not terms:
            continue
        if (known := hand._given.get(terms)) is not None:
            found[id(hand), terms] = known
        else:
            alike = new.setdefault((len(hand.ladders), len(terms)), {})
            alike[id(hand), terms] = hand, terms
    for alike in new.values():
        for some in _parts(list(alike.values())):
            for (hand, terms), given in zip(some, _estimated(some), strict=True):
                found[id(hand), terms] = given
                if len(hand._given) < _KEPT:
                    hand._given[terms] = given
    return [[found.get((id(hand), terms)) for hand, terms in each] for each in put]


def _places(case: Case, seat: str, hand: Hand | None) -> _Terms:
    """The places of all terms that a seat named, one after the other. A position stands for the
    terms before it with the named issues changed, the first of all for the public opening position.
    Of two packages put at once, nobody else knows which it would rather have: it is their mean."""
    if hand is None:
        return ()
    terms, issues, last = hand.opening, len(hand.ladders), None
    places = list[float]()
    for turn, part in named(case, seat):
        if turn is last:
            other = [ladder[part[issue]] for issue, ladder in hand.ladders]
            places[-issues:] = [(a + b) / 2 for a, b in zip(places[-issues:], other, strict=True)]
            continue
        terms, last = part if len(part) == issues else {**terms, **part}, turn
        places += [ladder[terms[issue]] for issue, ladder in hand.ladders]
    return tuple(places)


def _parts(hands: Sequence[tuple[Hand, _Terms]]) -> Iterator[Sequence[tuple[Hand, _Terms]]]:
    for first in range(0, len(hands), _AT_ONCE):
        yield hands[first : first + _AT_ONCE]


def _estimated(hands: Sequence[tuple[Hand, _Terms]]) -> list[Given]:
    """What terms give away of the hands that they are of, of all of them at once: equally many
    terms, of equally many issues."""
    issues, length = len(hands[0][0].ladders), len(hands[0][1])
    flat = list(chain.from_iterable([terms for _, terms in hands]))
    places = np.array(flat).reshape(len(hands), -1, issues)
    counts = _quarters(length // issues)
    ranks = standing(over_time(places, (counts,) * len(hands)))
    truth = np.array([hand.ranks for hand, _ in hands])[..., None]
    found = (ranks @ truth)[..., 0].round(_EXACT)
    first = [_largest(each) for each in ranks[0, :, -1].tolist()]
    began, ended = found[0, :, 0].tolist(), found[:, :, -1].T.tolist()
    series = found.round(_DIGITS).transpose(1, 0, 2).tolist()
    return [Given(counts, *each) for each in zip(began, ended, series, first, strict=True)]


def _largest(ranks: list[float]) -> tuple[int, ...]:
    most = max(ranks)
    return tuple([place for place, rank in enumerate(ranks) if rank == most])


@cache
def _quarters(terms: int) -> tuple[int, ...]:
    """How many of so many terms there are after each quarter of them, from 1."""
    return tuple(-(-terms * quarter // QUARTERS) for quarter in range(1, QUARTERS + 1))
