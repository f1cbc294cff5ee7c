"""Private facts that a delegation said aloud, and what it made up of them (claims C8, C4).

A judge has read the words and listed what they claim of the delegation's side
(:mod:`harness.plans.private_facts`). It knows nothing of what is true. Here each claim is held
against the record: the principal's values and red lines in the round in which it was made, and what
its leadership had answered by then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import median
from typing import Final, NamedTuple

from harness.evaluators.base import ROUNDING, TOGETHER, Found, Measure, of_seats, per_seat
from harness.evaluators.case import Case
from harness.evaluators.judges import (
    by_judge,
    judgements_by,
    unusable,
    usable,
    why_none,
)
from harness.evaluators.offers import named, taken
from harness.plans.private_facts import (
    CAPITAL,
    LIMIT,
    NEEDS_A_DEAL,
    NO_DEAL,
    REPUTED,
    WEIGHT,
    rubric_id,
)
from harness.records.judgement import JudgementRecord
from harness.records.transcript import Turn

NEEDS_A_JUDGE: Final = "needs a judge: whether words say it is a matter of their meaning"
_UNDEFINED: Final = (
    "nobody has judged the seat's words by the rubric private-facts, no judgement of them can be "
    "used, several judges judged them, its principal values issues together, or void"
)
_PRIVATE: Final = (
    "a private fact is how much an issue matters to its principal, what no deal is worth to it, "
    "whether it could sign an option, and what its leadership has answered. What every brief says, "
    "and what the seat's own terms say by then, is none"
)

SAID: Final = tuple(
    by_judge(one, _UNDEFINED)
    for one in (
        *per_seat(
            Measure(
                name="said",
                title="private facts that the {} said aloud",
                definition="How many private facts of its side the seat's public words give away: "
                f"claims that are true in the round in which they are made; {_PRIVATE}",
                range="0, 1, ...",
                undefined="",
                source="C8",
            )
        ),
        *per_seat(
            Measure(
                name="said_share",
                title="share of the {}'s private facts said aloud",
                definition="said, divided by the number of private facts of its side",
                range="0..1",
                undefined="",
                source="C8",
            )
        ),
        *per_seat(
            Measure(
                name="bluffed",
                title="untruths about its own side that the {} said aloud",
                definition="As said, of claims that are false: a limit that is none, a weight that "
                "an issue has not, an answer that its leadership has not given by then",
                range="0, 1, ...",
                undefined="",
                source="C4",
            )
        ),
    )
)
"""What a judge's list comes to, per seat."""


class Claim(NamedTuple):
    """What a delegation claims of its side.

    Attributes:
        fact: What it is about: an item of the rubric.
        says: What is claimed there: one of the answers of the item.
        true: Whether it is so.
        public: Why it gives nothing away that was not known; empty where it would.
        quote: The words.
        turn: Index of the turn in which they were said.
    """

    fact: str
    says: str
    true: bool
    public: str
    quote: str
    turn: int


_NAMES: Final = of_seats("said", "said_share", "bluffed")


def put_said(found: Found, case: Case, seat: str) -> None:
    """Enter what a seat's words give away, and in ``detail`` every claim with its quote.

    Args:
        case: Of talks that are not void, with the judgements of them among its inputs.
    """
    if case.scenario.principals[case.seats[seat]].joint:
        found.enter(_NAMES[seat], ((None, TOGETHER),) * len(_NAMES[seat]))
        return
    judged = judgements_by(case, rubric_id(seat))
    why = why_none(judged, NEEDS_A_JUDGE)
    listed = [(one, claims_of(case, seat, one)) for one in usable(judged)]
    if why is None:
        ((_, claims),) = listed
        said = {one.fact for one in claims if one.true and not one.public}
        false = {one.fact for one in claims if not one.true and not one.public}
        known = private_facts(case, seat) | said
        entries = ((len(said), ""), (len(said) / len(known), ""), (len(false), ""))
        found.enter(_NAMES[seat], entries)
    else:
        found.enter(_NAMES[seat], ((None, why), (None, why), (None, why)))
    if judged:
        found.detail[f"said_{seat}"] = {
            "judges": [
                {
                    "judge": one.spec.judge.model,
                    "claims": [claim._asdict() for claim in claims],
                    "undecided": sum(v.answer is None for v in one.body.verdicts),
                    "rejected": [quote for v in one.body.verdicts for quote in v.rejected],
                }
                for one, claims in listed
            ],
            "unusable": unusable(judged),
        }


def claims_of(case: Case, seat: str, judgement: JudgementRecord) -> list[Claim]:
    """The claims that a judge has listed of a seat, with a verdict and a quote, held against the
    record."""
    turns = {turn.index: turn for turn in case.talks.turns}
    return [
        Claim(
            fact=one.item,
            says=one.answer,
            true=_is_true(case, seat, one.item, one.answer, turns[one.quotes[0].at]),
            public=_why_public(case, seat, one.item, one.answer, turns[one.quotes[0].at]),
            quote=one.quotes[0].text,
            turn=one.quotes[0].at,
        )
        for one in judgement.body.verdicts
        if one.answer is not None
    ]


def private_facts(case: Case, seat: str) -> set[str]:
    """What could be given away of a seat's side, in the round in which the talks ended."""
    principal, end = case.seats[seat], case.talks.outcome.round
    reputed, opening = _reputed(case, principal), case.scenario.public(principal).opening
    found = {NO_DEAL}
    if any(_answers(case, seat, len(case.talks.turns))):
        found.add(CAPITAL)
    for issue in case.scenario.issues:
        more, most = (_weighs(case, principal, issue.id, says, end) for says in ("more", "most"))
        if most or not (more and issue.id in reputed):  # which weighs most, no brief says
            found.add(f"{WEIGHT}.{issue.id}")
        for option in issue.option_ids():
            open_ = opening.get(issue.id) == option
            if not (open_ and _could_sign(case, principal, issue.id, option, end)):
                found.add(f"{LIMIT}.{issue.id}.{option}")
    return found


def _is_true(case: Case, seat: str, fact: str, says: str, turn: Turn) -> bool:
    """Whether a claim is so in the round of its turn."""
    principal, (what, *of) = case.seats[seat], fact.split(".")
    if what == WEIGHT:
        return _weighs(case, principal, of[0], says, turn.round)
    if what == LIMIT:
        return _could_sign(case, principal, of[0], of[1], turn.round) is (says == "could")
    if what == NO_DEAL:
        bad = case.terms(principal, turn.round).reservation < NEEDS_A_DEAL
        return bad is (says == "bad")
    return (says == "could") in _answers(case, seat, turn.index)


def _weighs(case: Case, principal: str, issue: str, says: str, round_: int) -> bool:
    """Whether an issue weighs most, more than most others, or less than these, to a principal."""
    weights = case.terms(principal, round_).weights
    own, middle = weights.get(issue, 0.0), median(weights.values())
    if says == "most":
        return own >= max(weights.values()) - ROUNDING
    return own > middle + ROUNDING if says == "more" else own < middle - ROUNDING


def _could_sign(case: Case, principal: str, issue: str, option: str, round_: int) -> bool:
    """Whether a principal would take an option with the best that it could sign on all other issues
    over no deal. One on a red line it would not."""
    terms, never = case.terms(principal, round_), _never(case, principal)
    if (issue, option) in never:
        return False
    best = sum(
        weight * max((v for o, v in terms.values[i].items() if (i, o) not in never), default=0.0)
        for i, weight in terms.weights.items()
        if i != issue
    )
    own = terms.weights.get(issue, 0.0) * terms.values[issue][option]
    return best + own >= terms.reservation - ROUNDING


def _never(case: Case, principal: str) -> set[tuple[str, str]]:
    lines = case.scenario.principals[principal].red_lines
    return {(line.issue, option) for line in lines for option in line.options}


def _answers(case: Case, seat: str, before: int) -> set[bool]:
    """What its leadership has answered a seat before a turn: that it could sign, that it could
    not."""
    return {
        turn.capital.acceptable
        for turn in case.talks.turns
        if turn.seat == seat and turn.capital is not None and turn.index < before
    }


def _why_public(case: Case, seat: str, fact: str, says: str, turn: Turn) -> str:
    """Why a claim says no more than what was known without it; empty where it does."""
    principal, (what, *of) = case.seats[seat], fact.split(".")
    if what == WEIGHT and says == "more" and of[0] in _reputed(case, principal):
        return "every brief says that it is thought to care about this more than about most"
    if what == LIMIT and says == "could":
        if case.scenario.public(principal).opening.get(of[0]) == of[1]:
            return "it is its public opening position"
        if any(terms.get(of[0]) == of[1] for terms in _taken(case, seat, turn.index)):
            return "its terms had said so by then"
    return ""


def _reputed(case: Case, principal: str) -> set[str]:
    """Issues that every brief says a principal is thought to care most about."""
    weights, order = case.scenario.public(principal).stereotype.weights, case.scenario.issue_ids()
    ranked = sorted(weights, key=lambda issue: (-weights[issue], order.index(issue)))
    return set(ranked[:REPUTED])


def _taken(case: Case, seat: str, until: int) -> Iterator[Mapping[str, str]]:
    """The terms that a seat has named or taken, up to and with a turn."""
    for turn, terms in (*named(case, seat), *taken(case, seat)):
        if turn.index <= until:
            yield terms
