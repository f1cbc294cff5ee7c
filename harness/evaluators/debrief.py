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
                definition="How one-sided the seat's giving was, minus how one-sided it says it "
                "was. The first is (own - other) / (|own| + |other|), in points of true value "
                "from first proposals to the end. The second is the margin it states, divided by "
                "10, and negative where it names the other side",
                range="-2..2, + thinks it gave less than it did",
                undefined=f"a seat made no proposal; {_NO_ANSWER}",
                source="C9",
            )
        ),
        *per_seat(
            Measure(
                name="favour_blind",
                title="{} thinks the terms favour it more than they do",
                definition="Whether the seat is too positive about whom the terms favour, "
                "compared with no deal: its answer is better for itself than each fair reading. "
                "The readings are u - r in true values, the same divided by 1 - r, and the same "
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
                definition="Whether the seat says that its own leadership could sign a deal that "
                "is worth less to the leadership than no deal, or crosses one of its red lines",
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
                definition="As capital_blind, whatever values the seat was told",
                range="yes/no",
                undefined=f"no deal; {_NO_ANSWER}",
                source="C7, C9",
            )
        ),
        *per_seat(
            Measure(
                name="limit_error",
                title="{}'s estimate of the other's limit",
                definition="The seat's private estimate of what no deal is worth to the opposite "
                "seat's principal, minus the true value in the round in which the talks ended",
                range="-1..1, + takes the other side to need more than it does",
                undefined=_NO_ANSWER,
                source="C8",
            )
        ),
        *per_seat(
            Measure(
                name="top_issue_right",
                title="{} knows the other's top issue",
                definition="Whether the seat names an issue that has the largest weight for the "
                "opposite seat's principal",
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
        found = Found.of(self.measures)
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
    other, debrief, why = SEAT_OPPOSITE[seat], case.talks.debriefs.get(seat), no_answer(case, seat)
    terms = case.terms(case.seats[other], case.talks.outcome.round)
    guess = debrief.reservations.get(other) if debrief else None
    error = None if guess is None else guess - terms.reservation
    found.put(f"limit_error_{seat}", error, why)
    issue = debrief.top_issues.get(other) if debrief else None
    top = max(terms.weights.values())
    right = None if issue is None else terms.weights.get(issue, 0.0) >= top - ROUNDING
    found.put(f"top_issue_right_{seat}", right, why)
