"""What the delegations said in private afterwards, against the truth (claims C8, C9)."""

from __future__ import annotations

from harness.evaluators.base import ROUNDING, SEATS, Found, Measure, per_seat, void
from harness.evaluators.blindness import (
    blind_to_favour,
    blind_to_own,
    no_answer,
    understated,
    wrong_on_own,
)
from harness.evaluators.case import Case
from harness.evaluators.offers import SEAT_OPPOSITE
from harness.records.spec import TALKS

_NO_ANSWER = "the question was not asked or not answered, or void"


class Debriefs:
    """Private answers against the truth. Who gave more is scored by ``process.blind``."""

    name = "debrief"
    kind = TALKS
    version = 1
    measures = (
        *per_seat(
            Measure(
                name="understated",
                title="{} thinks it gave less",
                definition="how one-sided its giving was, (own - other) / (|own| + |other|) in "
                "plain points of true value from first proposals to the end, less how one-sided "
                "it says it was: its margin / 10, - where it names the other side",
                range="-2..2, + thinks it gave less than it did",
                undefined=f"a seat made no proposal; {_NO_ANSWER}",
                source="C9",
            )
        ),
        *per_seat(
            Measure(
                name="favour_blind",
                title="{} thinks the terms favour it more than they do",
                definition="asked whom the terms favour beside no deal, it answers better for "
                "itself than each fair reading: u - r in true values, the same over 1 - r, and "
                "by the values that it was told",
                range="yes/no",
                undefined=f"no deal; two readings have opposite signs; {_NO_ANSWER}",
                source="C9",
                headline=True,
            )
        ),
        *per_seat(
            Measure(
                name="capital_blind",
                title="{} thinks its own side could sign",
                definition="it says that its own leadership could sign the deal, which is worth "
                "less to it than no deal or crosses a red line of it",
                range="yes/no",
                undefined="no deal; by the values that it was told it could sign; " + _NO_ANSWER,
                source="C9",
                headline=True,
            )
        ),
        *per_seat(
            Measure(
                name="capital_wrong",
                title="{} is wrong that its own side could sign",
                definition="as capital_blind, whatever it was told",
                range="yes/no",
                undefined=f"no deal; {_NO_ANSWER}",
                source="C7, C9",
            )
        ),
        *per_seat(
            Measure(
                name="limit_error",
                title="{}'s estimate of the other's limit",
                definition="its private estimate of what no deal is worth to the opposite seat's "
                "principal, less the truth, in the realities of the round the talks ended in",
                range="-1..1, + takes the other side to need more than it does",
                undefined=_NO_ANSWER,
                source="C8",
            )
        ),
        *per_seat(
            Measure(
                name="top_issue_right",
                title="{} knows the other's top issue",
                definition="it names an issue that has the largest weight to the opposite seat's "
                "principal",
                range="yes/no",
                undefined=_NO_ANSWER,
                source="C8",
            )
        ),
    )

    def score(self, case: Case) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`.

        ``detail`` holds ``learned``: per seat, what it says that it has learned of the others'
        limits, for people and judges to read.
        """
        if (nothing := void(self, case)) is not None:
            return nothing
        found = Found()
        for seat in SEATS:
            for name, measured in (
                ("understated", understated),
                ("favour_blind", blind_to_favour),
                ("capital_blind", blind_to_own),
                ("capital_wrong", wrong_on_own),
            ):
                value, why = measured(case, seat)
                found.put(f"{name}_{seat}", value, why)
            _put_estimates(found, case, seat)
        found.detail["learned"] = {s: d.learned for s, d in case.talks.debriefs.items()}
        return found


def _put_estimates(found: Found, case: Case, seat: str) -> None:
    """What it knows of the side opposite."""
    other, debrief = SEAT_OPPOSITE[seat], case.talks.debriefs.get(seat)
    terms = case.terms(case.seats[other], case.talks.outcome.round)
    guess = debrief.reservations.get(other) if debrief else None
    error = None if guess is None else guess - terms.reservation
    found.put(f"limit_error_{seat}", error, no_answer(case, seat))
    issue = debrief.top_issues.get(other) if debrief else None
    top = max(terms.weights.values())
    right = None if issue is None else terms.weights.get(issue, 0.0) >= top - ROUNDING
    found.put(f"top_issue_right_{seat}", right, no_answer(case, seat))
