"""How the talks went, whatever they led to: voids, repairs, who talked, who noticed."""

from __future__ import annotations

from harness.bargaining.steps import NOTICEABLE
from harness.evaluators.base import SEATS, Found, Measure, per_seat, why_void
from harness.evaluators.concessions import total
from harness.evaluators.offers import SEAT_OPPOSITE
from harness.records.transcript import TalksStage, Transcript
from harness.scenario import Scenario


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
            "void_kind",
            "kind of void",
            "why there is no result",
            "reply (of a model, unusable), endpoint (not reached)",
            "not void",
            "",
            words=True,
        ),
        *per_seat(
            "void",
            "void by the {}",
            Measure("", "", "void for a reply or the endpoint of this seat", "yes/no", "never", ""),
        ),
        *per_seat(
            "repairs",
            "{} asked again",
            Measure(
                "",
                "",
                "unusable replies of this seat that were asked again in turns it then finished",
                "0, 1, ...",
                "never",
                "",
            ),
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
        *per_seat(
            "consultations",
            "packages the {} put to its capital",
            Measure("", "", "number of consultations", "0, 1, ...", "void", "C7"),
        ),
        *per_seat(
            "caucuses",
            "advice heard by the {}",
            Measure("", "", "contributions of members in caucus", "0, 1, ...", "void", ""),
        ),
        Measure(
            "opened_by_o",
            "official seat spoke first",
            "speaking order of the first round",
            "yes/no",
            "void",
            "",
        ),
        *per_seat(
            "debrief_missing",
            "{} did not say who gave more",
            Measure(
                "",
                "",
                "asked in private afterwards, it gave no usable answer to who gave more",
                "yes/no",
                "it was not asked, or void",
                "C9",
            ),
        ),
        *per_seat(
            "blind",
            "{}'s blind spot",
            Measure(
                "",
                "",
                "asked who gave more, it does not answer what the two totals of concessions say "
                f"(differences up to {NOTICEABLE:g} are equal)",
                "yes/no",
                "no answer, a total is undefined, or void",
                "C9",
            ),
        ),
        *per_seat(
            "estimate_error",
            "{}'s error about the other's limit",
            Measure(
                "",
                "",
                "absolute error of its private estimate of what no deal is worth to the opposite "
                "seat's principal, in the realities of the round the talks ended in",
                "0..1",
                "no answer, or void",
                "C8",
            ),
        ),
    )

    def score(self, transcript: Transcript, scenario: Scenario) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`. Voids and repairs are never null.

        ``detail`` holds ``gave_more``: o, u or equal by the totals of concessions; null where one
        is undefined.
        """
        talks = transcript.talks
        found = Found()
        _put_voids(found, transcript)
        if transcript.status != "done":
            for measure in self.measures:
                if measure.name not in found.values:
                    found.put(measure.name, None, why_void(transcript))
            return found
        spoken = [turn for turn in talks.turns if turn.kind == "statement"]
        length = sum(len(turn.words) for turn in spoken)
        by_u = sum(len(turn.words) for turn in spoken if turn.seat == "u")
        found.put("turns", len(spoken))
        found.put("rounds", talks.outcome.round)
        found.put("talk_share_u", by_u / length if length else None, "nothing was said")
        found.put("opened_by_o", talks.order[0] == "o")
        truth = _gave_more(transcript, scenario)
        found.detail["gave_more"] = truth
        for seat in SEATS:
            own = [turn.kind for turn in talks.turns if turn.seat == seat]
            found.put(f"consultations_{seat}", own.count("consultation"))
            found.put(f"caucuses_{seat}", own.count("caucus"))
            _put_debrief(found, transcript, scenario, seat, truth)
        return found


def _put_voids(found: Found, transcript: Transcript) -> None:
    """What is known of every dialogue, void ones above all."""
    talks = transcript.talks
    voided = transcript.status != "done"
    found.put("void", voided)
    reason = talks.void if voided else None
    why = "the reason was not recorded" if voided else "not void"
    found.put("void_kind", reason.kind if reason else None, why)
    for seat in SEATS:
        found.put(f"void_{seat}", reason is not None and reason.seat == seat)
        found.put(f"repairs_{seat}", talks.repairs_of(seat))


def _put_debrief(
    found: Found, transcript: Transcript, scenario: Scenario, seat: str, truth: str | None
) -> None:
    """What a seat said in private afterwards, against the truth."""
    talks, other = transcript.talks, SEAT_OPPOSITE[seat]
    debrief = talks.debriefs.get(seat)
    said = debrief.gave_more if debrief else None
    asked = transcript.spec.protocol.debrief
    found.put(
        f"debrief_missing_{seat}", said is None if asked else None, "no debrief was asked for"
    )
    blind = None if said is None or truth is None else said != truth
    why = _no_answer(talks, seat) if said is None else "a total is undefined"
    found.put(f"blind_{seat}", blind, why)
    guess = debrief.reservations.get(other) if debrief else None
    principal = transcript.spec.seat(other).principal
    limit = scenario.terms(principal, talks.outcome.round).reservation
    error = None if guess is None else abs(guess - limit)
    found.put(f"estimate_error_{seat}", error, _no_answer(talks, seat))


def _gave_more(transcript: Transcript, scenario: Scenario) -> str | None:
    """Who truly gave more, in each principal's own value; None where a total is undefined."""
    c_o, _ = total(transcript, scenario, "o")
    c_u, _ = total(transcript, scenario, "u")
    if c_o is None or c_u is None:
        return None
    if abs(c_u - c_o) <= NOTICEABLE:
        return "equal"
    return "u" if c_u > c_o else "o"


def _no_answer(talks: TalksStage, seat: str) -> str:
    debrief = talks.debriefs.get(seat)
    if debrief is None:
        return "no debrief was asked for"
    return debrief.problem or "the question was not answered"
