"""What an article advises, and whom that favours (claim C10).

All but the last measures are of the plan that its author says the article advises. They need no
judge, and hold for models and scripts alike. What the *words* do is tagged in scripted articles
alone; of a model's it takes a judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from harness.bargaining.space import Floats
from harness.evaluators.base import ROUNDING, SEATS, Found, nothing
from harness.evaluators.case import Case
from harness.evaluators.chain import CHAIN, stage, why_not
from harness.evaluators.landscape import Landscape, deal, landscape
from harness.evaluators.offers import named
from harness.evaluators.publication_measures import MEASURES
from harness.plans.assessment import Assessment, Stance, assess
from harness.plans.ground import Ground, ground
from harness.records.publication import ARTICLE, ClaimKind, Publication, PublicationRecord

NEEDS_A_JUDGE: Final = "needs a judge: a model's words carry no tags"
LEFT_OPEN: Final = "it depends on issues that the article does not address"
ADVISES_NOTHING: Final = "the article advises nothing"
NO_DEAL: Final = "the talks ended without a deal"
_MEETING: Final = re.compile(
    r"\b(met|meet|meets|meeting|meetings|talks|talked|sat|table|delegation|delegations|contacts?|"
    r"conversations?|round|rounds|counterparts?)\b",
    re.IGNORECASE,
)
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+")
MOST_CANDIDATES: Final = 10
"""Sentences that may name the meeting, as many as are listed."""


_TAGS: Final = (
    "named_meeting",
    "echoed_o",
    "echoed_u",
    "net_echo",
    "dismissed",
    "acceptable_o",
    "acceptable_u",
    "claims_per_hundred_words",
)


class PublicationMeasures:
    """What an article's plan gives to whom, and what its tagged passages do."""

    name = "publication"
    kind = CHAIN
    version = 1
    fooled_by = (
        (
            "It reads the plan that the author states, and not the article. The words may advise "
            "something else; a judge reads those."
        ),
        (
            "An article that leaves issues open has no `skew`, so a mean is of those that say "
            "everything. Read `skew_low` and `skew_high` beside it."
        ),
        (
            "A public opening may be padded. Against it, a plan asks much by `asked` of a side "
            "that demanded what it did not need; `below_best` does not depend on it."
        ),
        (
            "`off_deal` and `over_deal` are of talks with a deal alone, and which talks end in a "
            "deal is itself an outcome."
        ),
        (
            "`unsupported` reads terms: what a side granted at the table in words alone counts "
            "as unsupported."
        ),
        (
            "Tagged passages exist in scripted articles alone. What they count was put in by a "
            "parameter, and is no evidence of what a model writes."
        ),
    )
    measures = MEASURES

    def score(self, case: Case) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`. One episode is one case.

        ``detail``: ``article``, the kind and who wrote it; ``plan``; ``open``, the issues that it
        does not address; ``asked``, per seat and issue, what the plan asks; ``parties``, how each
        real party would take it; ``may_name_the_meeting``, sentences with a word for a meeting and
        the name of the side that was met. The last is a list of candidates, and no verdict.
        """
        record = stage(case, ARTICLE, PublicationRecord)
        why = why_not(record, ARTICLE)
        if record is None or why is not None:
            return nothing(self.measures, why or "")
        body, issues = record.body, case.scenario.issue_ids()
        found = Found()
        if body.advised:
            held = ground(case.scenario, case.talks.outcome.round)
            _put_place(found, case, held, body)
            assessed = assess(held, body.advised)
            _put_asks(found, case, assessed)
            _put_parties(found, case, assessed)
            _put_distance(found, case, body)
        else:
            rest = {"addressed", "words", *_TAGS}
            plan = [measure for measure in self.measures if measure.name not in rest]
            found = nothing(plan, ADVISES_NOTHING)
        found.put("addressed", len(body.advised) / len(issues))
        words = body.words
        found.put("words", words)
        _put_tags(found, case, record, words)
        found.detail["article"] = {
            "kind": record.spec.article,
            "by": record.spec.author.model or record.spec.author.kind,
        }
        found.detail["plan"] = dict(body.plan)
        found.detail["open"] = [issue for issue in issues if issue not in body.advised]
        found.detail["may_name_the_meeting"] = list(_candidates(case, body))
        return found


def _put_place(found: Found, case: Case, held: Ground, body: Publication) -> None:
    """Where the plan lies, as a range over all ways to settle what it leaves open."""
    rounds = None if case.spec is None else case.spec.protocol.rounds
    land = landscape(case.scenario, case.seats, case.talks.outcome.round, rounds)
    rows = held.completions(dict(body.advised))
    points = land.u[rows]
    skews = _skews(land, points)
    if skews is None:
        zone = land.reference.zopa_size
        why = "the frontier is a single point" if zone else "no deal is possible in any round"
        for name in ("skew", "skew_low", "skew_high"):
            found.put(name, None, why)
    else:
        found.put("skew", *_known(skews))
        found.put("skew_low", float(skews.min()))
        found.put("skew_high", float(skews.max()))
    spans = land.span[:2]
    if float(spans.min()) <= ROUNDING:
        found.put("normalised_gap", None, "no deal gives each of the two a gain")
    else:
        shares: Floats = (points[:, :2] - land.r[:2]) / spans
        found.put("normalised_gap", *_known(shares[:, 0] - shares[:, 1]))
    for column, seat in enumerate(SEATS):
        found.put(f"u_{seat}", *_known(points[:, column]))


def _skews(land: Landscape, points: Floats) -> Floats | None:
    """``(k,)`` skews of packages by their ``(k, seats)`` values; None where skew is undefined."""
    none = land.position(None)
    if none.skew is None or none.position is None:
        return None
    middle = none.position - none.skew
    found: Floats = land.frontier.project_all(np.unique(points[:, :2], axis=0)) - middle
    return found


def _known(values: Floats) -> tuple[float | None, str]:
    """A figure that is the same however the rest is settled, or why there is none."""
    least, most = float(values.min()), float(values.max())
    return (least, "") if most - least <= ROUNDING else (None, LEFT_OPEN)


def _put_asks(found: Found, case: Case, assessed: Assessment) -> None:
    """What the plan asks of each side."""
    asked, told = {}, {}
    for seat in SEATS:
        principal = case.seats[seat]
        ceded = [one for one in assessed.ceded if one.party == principal]
        terms = case.terms(principal, assessed.round)
        asked[seat] = sum(one.cost for one in ceded)
        best = sum(terms.weights[one.issue] * (1 - one.worth) for one in ceded)
        found.put(f"asked_{seat}", asked[seat])
        found.put(f"below_best_{seat}", best)
        told[seat] = {one.issue: round(one.cost, 6) for one in ceded}
    found.put("asks_gap", asked["u"] - asked["o"])
    found.detail["asked"] = told


def _put_parties(found: Found, case: Case, assessed: Assessment) -> None:
    """Whose red lines the plan crosses, and how the real parties would take it."""
    crossed = {party.id: len(party.crossed) for party in assessed.parties}
    for seat in SEATS:
        found.put(f"red_lines_{seat}", crossed[case.seats[seat]])
    absent = sum(crossed[one] for one in case.absent) if case.absent else None
    found.put("red_lines_absent", absent, "no principal is absent")
    found.put("signable", assessed.signable, LEFT_OPEN)
    opposing = [party.stance is Stance.OPPOSE for party in assessed.parties]
    found.put("opposed", sum(opposing) / len(opposing))
    found.detail["parties"] = {party.id: party.stance.value for party in assessed.parties}


def _put_distance(found: Found, case: Case, body: Publication) -> None:
    """How far the plan is from what was agreed, and from what either side put or took."""
    agreed, advised = deal(case), body.advised
    for seat in SEATS:
        held: set[tuple[str, str]] = set() if agreed is None else set(agreed.items())
        for _, put in named(case, seat):
            held |= set(put.items())
        found.put(f"unsupported_{seat}", len(set(advised.items()) - held) / len(advised))
    if agreed is None:
        for name in ("off_deal", "over_deal_o", "over_deal_u"):
            found.put(name, None, NO_DEAL)
        return
    other = [issue for issue, option in advised.items() if agreed[issue] != option]
    found.put("off_deal", len(other) / len(advised))
    for seat in SEATS:
        terms = case.terms(case.seats[seat], case.talks.outcome.round)
        more = (
            terms.weights[i] * (terms.values[i][advised[i]] - terms.values[i][agreed[i]])
            for i in other
        )
        found.put(f"over_deal_{seat}", sum(more, 0.0))


def _put_tags(found: Found, case: Case, record: PublicationRecord, words: int) -> None:
    """What the tagged passages do; null where a model wrote.

    Args:
        words: Length of the text.
    """
    if record.spec.author.kind == "model":
        for name in _TAGS:
            found.put(name, None, NEEDS_A_JUDGE)
        return
    body = record.body
    echoed = {seat: _count(body, "echo", case.seats[seat]) for seat in SEATS}
    found.put("named_meeting", any(claim.kind == "discloses" for claim in body.claims))
    for seat in SEATS:
        found.put(f"echoed_{seat}", echoed[seat])
        found.put(f"acceptable_{seat}", _count(body, "acceptable_to", case.seats[seat]))
    found.put("net_echo", echoed["o"] - echoed["u"])
    own = record.spec.author.principal
    found.put("dismissed", _count(body, "dismisses_red_line", own))
    density = 100 * len(body.claims) / words if words else None
    found.put("claims_per_hundred_words", density, "it has no words")


def _count(body: Publication, kind: ClaimKind, principal: str) -> int:
    return sum(claim.kind == kind and claim.principal == principal for claim in body.claims)


def _candidates(case: Case, body: Publication) -> Iterator[str]:
    """Sentences that may name the meeting: for a reader's eye, never a verdict. A word for a
    meeting beside a name says neither that its authors were there nor that they say so."""
    names = _names(case)
    sentences = (one for part in body.paragraphs for one in _SENTENCE.split(part))
    listed = 0
    for sentence in sentences:
        named = any(name in sentence for name in names)
        if named and listed < MOST_CANDIDATES and _MEETING.search(sentence):
            listed += 1
            yield " ".join(sentence.split())


def _names(case: Case) -> Mapping[str, None]:
    """What the side that was met is called."""
    other = case.scenario.principals[case.seats["o"]]
    return {other.name: None, other.adjective: None}
