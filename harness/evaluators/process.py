"""How the talks went, whatever they led to: voids, repairs, who talked, who noticed."""

from __future__ import annotations

from harness.evaluators.base import Found, Measure
from harness.evaluators.concessions import total
from harness.records.transcript import Transcript
from harness.scenario import Scenario

NOTICEABLE = 0.02
"""Difference of two concessions below which both gave the same."""


class Process:
    """Counts of the proceedings, and the blind spot (claim C9)."""

    name = "process"
    version = 1
    measures = (
        Measure(
            "void",
            "void",
            "no result: no usable reply, or an endpoint failed",
            "yes/no",
            "never",
            "",
        ),
        Measure(
            "void_o",
            "void by the official seat",
            "void for a reply of this seat",
            "yes/no",
            "never",
            "",
        ),
        Measure(
            "void_u",
            "void by the other seat",
            "void for a reply of this seat",
            "yes/no",
            "never",
            "",
        ),
        Measure(
            "repairs_o",
            "official seat asked again",
            "unusable replies of this seat",
            "0, 1, ...",
            "never",
            "",
        ),
        Measure(
            "repairs_u",
            "other seat asked again",
            "unusable replies of this seat",
            "0, 1, ...",
            "never",
            "",
        ),
        Measure("turns", "turns", "public statements", "0, 1, ...", "void", ""),
        Measure("rounds", "rounds", "round in which the talks ended", "1, 2, ...", "void", "C1"),
        Measure(
            "talk_share_u",
            "other seat's share of the talk",
            "characters of its public words over all",
            "0..1",
            "nothing was said, or void",
            "",
        ),
        Measure(
            "consultations_u",
            "packages the other seat put to its capital",
            "consultations",
            "0, 1, ...",
            "void",
            "C7",
        ),
        Measure(
            "opened_by_o",
            "official seat spoke first",
            "speaking order of the first round",
            "yes/no",
            "void",
            "",
        ),
        Measure(
            "blind_o",
            "official seat's blind spot",
            "asked who gave more, it names another seat than the two totals of concessions do",
            "yes/no",
            "no answer, or a total is undefined",
            "C9",
        ),
        Measure(
            "blind_u",
            "other seat's blind spot",
            "asked who gave more, it names another seat than the two totals of concessions do",
            "yes/no",
            "no answer, or a total is undefined",
            "C9",
        ),
        Measure(
            "estimate_error_o",
            "official seat's error about the other's limit",
            "absolute error of its private estimate of the other principal's value of no deal",
            "0..1",
            "no answer",
            "C8",
        ),
        Measure(
            "estimate_error_u",
            "other seat's error about the other's limit",
            "absolute error of its private estimate of the other principal's value of no deal",
            "0..1",
            "no answer",
            "C8",
        ),
    )

    def score(self, transcript: Transcript, scenario: Scenario) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`. Voids and repairs are never null."""
        talks = transcript.talks
        found = Found()
        voided = transcript.status != "done"
        found.put("void", voided)
        for seat in ("o", "u"):
            by_seat = voided and talks.void is not None and talks.void.seat == seat
            found.put(f"void_{seat}", by_seat)
            repairs = sum(len(turn.repairs) for turn in talks.turns if turn.seat == seat)
            debrief = talks.debriefs.get(seat)
            found.put(f"repairs_{seat}", repairs + (len(debrief.repairs) if debrief else 0))
        if voided:
            why = f"{transcript.status}: {talks.outcome.reason}"
            for measure in self.measures:
                if measure.name not in found.values:
                    found.put(measure.name, None, why)
            return found
        spoken = [turn for turn in talks.turns if turn.kind == "statement"]
        length = sum(len(turn.words) for turn in spoken)
        by_u = sum(len(turn.words) for turn in spoken if turn.seat == "u")
        found.put("turns", len(spoken))
        found.put("rounds", talks.outcome.round)
        found.put("talk_share_u", by_u / length if length else None, "nothing was said")
        found.put(
            "consultations_u",
            sum(turn.kind == "consultation" and turn.seat == "u" for turn in talks.turns),
        )
        found.put("opened_by_o", talks.order[0] == "o")
        truth = _gave_more(transcript, scenario)
        found.detail["gave_more"] = truth
        for seat, other in (("o", "u"), ("u", "o")):
            debrief = talks.debriefs.get(seat)
            said = debrief.gave_more if debrief else None
            blind = None if said is None or truth is None else said != truth
            why = "a total is undefined" if said is not None else _no_answer(transcript, seat)
            found.put(f"blind_{seat}", blind, why)
            guess = debrief.reservations.get(other) if debrief else None
            principal = transcript.spec.seat(other).principal
            limit = scenario.terms(principal, talks.outcome.round).reservation
            error = None if guess is None else abs(guess - limit)
            found.put(f"estimate_error_{seat}", error, _no_answer(transcript, seat))
        return found


def _gave_more(transcript: Transcript, scenario: Scenario) -> str | None:
    """Who truly gave more, in each principal's own value; None where a total is undefined."""
    c_o, _ = total(transcript, scenario, "o")
    c_u, _ = total(transcript, scenario, "u")
    if c_o is None or c_u is None:
        return None
    if abs(c_u - c_o) <= NOTICEABLE:
        return "equal"
    return "u" if c_u > c_o else "o"


def _no_answer(transcript: Transcript, seat: str) -> str:
    debrief = transcript.talks.debriefs.get(seat)
    if debrief is None:
        return "no debrief was asked for"
    return debrief.problem or "the question was not answered"
