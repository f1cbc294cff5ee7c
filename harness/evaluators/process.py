"""How the talks went, whatever they led to: voids, repairs, who talked, who noticed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, get_args

from harness.bargaining.steps import NOTICEABLE
from harness.evaluators.base import SEATS, Found, Measure, of_seats, per_seat, why_void
from harness.evaluators.blindness import CLOSE, blind, no_answer, who_gave_more
from harness.evaluators.case import Case
from harness.evaluators.offers import ANY_COMMITMENT, SEAT_OPPOSITE
from harness.records.spec import TALKS
from harness.records.transcript import VoidKind

VOID_KINDS: Final[tuple[str, ...]] = get_args(VoidKind)
"""Why a dialogue can have no result."""
_IN_PRIVATE: Final = "talks held elsewhere, and what was said in private is not on record"
_OF_ALL: Final = of_seats("void", "repairs")
"""What is known of every dialogue."""
_OF_DONE: Final = of_seats(
    "consultations", "caucuses", "debrief_missing", "blind", "estimate_error"
)
"""What is known of those that came to their end."""


class Process:
    """Counts of the proceedings, and the blind spot (claim C9)."""

    name = "process"
    kind = TALKS
    version = 2
    fooled_by = (
        (
            "Where a server enforces the form of replies, `repairs` says more about the server "
            "than about the delegate."
        ),
        (
            "Few `turns` may be an easy agreement or an early break. Read `settlement.agreement` "
            "beside it."
        ),
        (
            "`talk_share` counts characters: a model that writes at length leads by it, whatever "
            "is in its words."
        ),
        (
            "`blind` has one direction: a seat that flatters the other side in every answer is "
            "never blind."
        ),
        (
            "Void dialogues have a value for the voids alone, and are missing everywhere else. "
            "If they follow what was offered, all other means are of a selection."
        ),
        (
            "`estimate_error` can be small by the public image alone. `debrief.limit_nearer` "
            "says what the talks added."
        ),
    )
    measures = (
        Measure(
            name="void",
            title="void",
            definition="The dialogue has no result, for one of the reasons of void_kind",
            range="yes/no",
            undefined="never",
            needs=(),
        ),
        Measure(
            name="void_kind",
            title="kind of void",
            definition="Why there is no result",
            range=", ".join(VOID_KINDS),
            undefined="not void",
            needs=(),
            words=True,
        ),
        *per_seat(
            Measure(
                name="void",
                title="void by the {}",
                definition="The dialogue is void, and the reason names this seat",
                range="yes/no",
                undefined="never",
                needs=(),
            )
        ),
        *per_seat(
            Measure(
                name="repairs",
                title="{} asked again",
                definition="Unusable replies of the seat, including those of its debrief and of "
                "the turn that made the dialogue void",
                range="0, 1, ...",
                undefined="never",
                needs=(),
            )
        ),
        Measure(
            name="turns",
            title="turns",
            definition="Number of public statements",
            range="0, 1, ...",
            undefined="void",
            needs=(),
        ),
        Measure(
            name="rounds",
            title="rounds",
            definition="Round in which the talks ended",
            range="1, 2, ...",
            undefined="void",
            needs=("ending",),
            source="C1",
        ),
        Measure(
            name="talk_share_u",
            title="other seat's share of the talk",
            definition="Characters of the other seat's public words, as a share of all public "
            "words",
            range="0..1",
            undefined="nothing was said, or void",
            needs=(),
        ),
        *per_seat(
            Measure(
                name="consultations",
                title="packages the {} put to its capital",
                definition="Number of packages that the seat put to its capital",
                range="0, 1, ...",
                undefined="not on record, or void",
                needs=(),
                source="C7",
            )
        ),
        *per_seat(
            Measure(
                name="caucuses",
                title="advice heard by the {}",
                definition="Number of times that members advised the seat in caucus",
                range="0, 1, ...",
                undefined="not on record, or void",
                needs=(),
            )
        ),
        Measure(
            name="opened_by_o",
            title="official seat spoke first",
            definition="Whether the official seat comes first in the speaking order of the first "
            "round",
            range="yes/no",
            undefined="the speaking order is not known, or void",
            needs=(),
        ),
        *per_seat(
            Measure(
                name="debrief_missing",
                title="{} did not say who gave more",
                definition="Whether the seat, asked in private afterwards, gave no usable answer "
                "to the question who gave more",
                range="yes/no",
                undefined="it was not asked, or void",
                needs=(),
                source="C9",
            )
        ),
        *per_seat(
            Measure(
                name="blind",
                title="{}'s blind spot",
                definition="Whether the seat thinks that it gave less than it did. Asked who "
                "gave more between first proposals and the end, it answers better for itself "
                f"than each fair reading, and the margin it states is off by more than {CLOSE} of "
                "10 points. The fair readings are true values, the same divided by 1 - r, both "
                "from public openings, and the values that it was told. Differences up to "
                f"{NOTICEABLE:g} count as equal. Proposals count {ANY_COMMITMENT}",
                range="yes/no",
                undefined="no answer, a seat made no proposal, two readings have opposite signs, "
                "or void",
                source="C9",
                headline=True,
            )
        ),
        *per_seat(
            Measure(
                name="estimate_error",
                title="{}'s error about the other's limit",
                definition="Absolute error of the seat's private estimate of what no deal is "
                "worth to the opposite seat's principal, in the round in which the talks ended",
                range="0..1",
                undefined="no answer, or void",
                source="C8",
            )
        ),
    )

    def score(self, case: Case) -> Found:
        """See :class:`~harness.evaluators.base.Evaluator`. Voids and repairs are never null.

        ``detail`` holds ``gave_more``: the seat that truly gave more, or equal; null where fair
        readings disagree or a seat made no proposal.
        """
        found = Found.of(self.measures)
        _put_voids(found, case)
        if case.record.status != "done":
            why = why_void(case)
            for name, value in found.values.items():
                if value is None:
                    found.why_null.setdefault(name, why)
            return found
        talks, took = case.talks, _parts_of(case)
        by_u = took["u"].said
        length = sum([part.said for part in took.values()])
        found.put("turns", sum([part.statements for part in took.values()]))
        found.put("rounds", talks.outcome.round)
        found.put("talk_share_u", by_u / length if length else None, "nothing was said")
        opened = talks.order[0] == "o" if talks.order else None
        found.put("opened_by_o", opened, "the speaking order is not known")
        found.detail["gave_more"] = who_gave_more(case)
        for seat in SEATS:
            part, known = took[seat], case.spec is not None
            own = (  # of talks held elsewhere, none is none on record
                (part.consultations if part.consultations or known else None, _IN_PRIVATE),
                (part.caucuses if part.caucuses or known else None, _IN_PRIVATE),
                *_debriefed(case, seat),
            )
            found.enter(_OF_DONE[seat], own)
        return found


@dataclass(slots=True)
class _Part:
    """The part that a seat took in the talks: counts of its turns.

    Attributes:
        said: Characters of its public words.
    """

    statements: int = 0
    said: int = 0
    consultations: int = 0
    caucuses: int = 0


def _parts_of(case: Case) -> dict[str, _Part]:
    """The part of every seat: of those of the case, and of any other that has a turn."""
    parts = {seat: _Part() for seat in case.seats}
    for turn in case.talks.turns:
        if (part := parts.get(turn.seat)) is None:
            part = parts[turn.seat] = _Part()
        kind = turn.kind
        if kind == "statement":
            part.statements += 1
            part.said += len(turn.words)
        elif kind == "consultation":
            part.consultations += 1
        else:
            part.caucuses += 1
    return parts


def _put_voids(found: Found, case: Case) -> None:
    """What is known of every dialogue, void ones above all."""
    record = case.transcript
    voided = record.status != "done"
    found.put("void", voided)
    reason = record.void if voided else None
    why = "the reason was not recorded" if voided else "not void"
    found.put("void_kind", reason.kind if reason else None, why)
    for seat in SEATS:
        voids = reason is not None and reason.seat == seat
        found.enter(_OF_ALL[seat], ((voids, ""), (record.repairs_of(seat), "")))


def _debriefed(case: Case, seat: str) -> tuple[tuple[float | None, str], ...]:
    """What a seat said in private afterwards, against the truth: whether it did not say who gave
    more, whether it is blind, and how far its estimate is off; and why each is None."""
    talks, other = case.talks, SEAT_OPPOSITE[seat]
    debrief = talks.debriefs.get(seat)
    said = debrief.gave_more if debrief else None
    guess = debrief.reservations.get(other) if debrief else None
    limit = case.terms(case.seats[other], talks.outcome.round).reservation
    return (
        (said is None if case.debriefed else None, "no debrief was asked for"),
        blind(case, seat),
        (None if guess is None else abs(guess - limit), no_answer(case, seat)),
    )
