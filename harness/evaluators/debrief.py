"""What the delegations said in private afterwards, against the truth (claims C8, C9)."""

from __future__ import annotations

from typing import Final, NamedTuple

from harness.evaluators.base import (
    ROUNDING,
    SEATS,
    TOGETHER,
    Found,
    Measure,
    of_seats,
    per_seat,
    void,
)
from harness.evaluators.blindness import (
    blind_to_favour,
    blind_to_own,
    no_answer,
    understated,
    wrong_on_own,
)
from harness.evaluators.case import Case
from harness.evaluators.offers import SEAT_OPPOSITE
from harness.records.probe import PROBE, Estimates, ProbeRecord
from harness.records.spec import TALKS
from harness.records.transcript import Debrief

_NO_ANSWER = "the question was not asked or not answered, or void"

NOT_ASKED = (
    "it was not asked before the talks what the others need: say probe: true and estimates: true "
    "in the suite"
)
NOT_SAID = "its answer says nothing of the side opposite"
_NOT_BEFORE = (
    "the seat was not asked before the talks, gave no usable answer, or its probe is void; or void"
)
_BEFORE = (
    *per_seat(
        Measure(
            name="limit_error_before",
            title="{}'s estimate of the other's limit before the talks",
            definition="What the seat estimated, in private and before anything was said, that no "
            "deal is worth to the opposite seat's principal, minus the true value in round 1",
            range="-1..1, + took the other side to need more than it did",
            undefined=_NOT_BEFORE,
            source="C8",
        )
    ),
    *per_seat(
        Measure(
            name="limit_nearer",
            title="how much nearer {} came to the other's limit",
            definition="Size of limit_error_before less size of limit_error: what the talks taught "
            "the seat of the other side's limit",
            range="-1..1, + knows it better after the talks than before, - was misled",
            undefined=f"{_NOT_BEFORE}; or it was not asked, or did not answer, afterwards",
            source="C4, C8",
        )
    ),
    *per_seat(
        Measure(
            name="top_issue_before",
            title="{} knew the other's top issue before the talks",
            definition="As top_issue_right, of its answer before the talks and the weights of "
            "round 1",
            range="yes/no",
            undefined=_NOT_BEFORE,
            source="C8",
        )
    ),
    *per_seat(
        Measure(
            name="top_issue_learned",
            title="{} learned the other's top issue",
            definition="top_issue_right less top_issue_before, with yes as 1 and no as 0",
            range="-1, 0, 1",
            undefined=f"{_NOT_BEFORE}; or it was not asked, or did not answer, afterwards",
            source="C8",
        )
    ),
)


class Debriefs:
    """Private answers against the truth. Who gave more is scored by ``process.blind``."""

    name = "debrief"
    kind = TALKS
    version = 1
    fooled_by = (
        (
            "A debrief is asked of a delegate in its role. A polite or loyal answer is given "
            "like an honest one, and scored like one."
        ),
        (
            "Models use the ten points of a margin in their own ways, so the level of "
            "`understated` means little. Compare arms of the same model, and not with 0."
        ),
        (
            "A delegate with the better terms cannot be `favour_blind`, and one whose terms are "
            "good enough cannot be `capital_blind`. An arm with fewer bad deals has fewer blind "
            "delegates, however they answer."
        ),
        (
            "`limit_error` has a sign: opposite errors cancel in a mean. "
            "`process.estimate_error` has none."
        ),
        (
            "A guess finds the top issue in one of as many cases as there are issues, and the "
            "public image helps. Hold `top_issue_right` against `top_issue_before`."
        ),
        (
            "Of two noisy answers the second is nearer where the first was far off, with nothing "
            "learned. Compare `limit_nearer` between arms."
        ),
    )
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
                undefined=f"the other principal values issues together; {_NO_ANSWER}",
                source="C8",
            )
        ),
        *_BEFORE,
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
            found.enter(_ANSWERS[seat], [measured(case, seat) for measured in _MEASURED])
            _put_estimates(found, case, seat)
        found.detail["learned"] = {s: d.learned for s, d in case.talks.debriefs.items()}
        return found


_MEASURED: Final = (understated, blind_to_favour, blind_to_own, wrong_on_own)
_ANSWERS: Final = of_seats("understated", "favour_blind", "capital_blind", "capital_wrong")
"""What :data:`_MEASURED` measures, in its order."""
_ESTIMATES: Final = of_seats(
    "limit_error",
    "top_issue_right",
    "limit_error_before",
    "top_issue_before",
    "limit_nearer",
    "top_issue_learned",
)


def _put_estimates(found: Found, case: Case, seat: str) -> None:
    """What it knows of the side opposite, after the talks and before them."""
    no_after = no_answer(case, seat)
    opposite = case.scenario.principals[case.seats[SEAT_OPPOSITE[seat]]]
    together = TOGETHER if opposite.joint else ""
    after = _held(case, seat, case.talks.debriefs.get(seat), case.talks.outcome.round)
    said, why = _said_before(case, seat)
    before = _held(case, seat, said, 1)
    nearer = learned = None
    if before.error is not None and after.error is not None:
        nearer = abs(before.error) - abs(after.error)
    if before.right is not None and after.right is not None:
        learned = int(after.right) - int(before.right)
    entries = (
        (after.error, no_after),
        (after.right, together or no_after),
        (before.error, why or NOT_SAID),
        (before.right, together or why or NOT_SAID),
        (nearer, why or no_after),
        (learned, together or why or no_after),
    )
    found.enter(_ESTIMATES[seat], entries)


class _Held(NamedTuple):
    """An answer against the truth: the error of the limit, and whether the top issue is right."""

    error: float | None
    right: bool | None


def _held(case: Case, seat: str, said: Debrief | Estimates | None, round_: int) -> _Held:
    """What a seat says of the side opposite, against what was so in a round."""
    if said is None:
        return _Held(None, None)
    other = SEAT_OPPOSITE[seat]
    terms = case.terms(case.seats[other], round_)
    guess, issue = said.reservations.get(other), said.top_issues.get(other)
    error = None if guess is None else guess - terms.reservation
    if issue is None or terms.joint:
        return _Held(error, None)
    top = max(terms.weights.values())
    return _Held(error, terms.weights.get(issue, 0.0) >= top - ROUNDING)


def _said_before(case: Case, seat: str) -> tuple[Estimates | None, str]:
    """What a seat said before the talks, and why that is missing; empty where it is not."""
    probe = case.inputs.get(f"{PROBE}_{seat}")
    if not isinstance(probe, ProbeRecord) or not probe.spec.estimates:
        return None, NOT_ASKED
    if probe.status != "done":
        why = probe.void.detail.splitlines()[0] if probe.void and probe.void.detail else ""
        return None, f"its probe is {probe.status}: {why or 'no result'}"
    said = probe.body.estimates
    if said is None or said.problem is not None:
        return None, "it gave no usable answer" if said is None else said.problem or ""
    return said, ""
