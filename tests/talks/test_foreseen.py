"""How often a seat is asked at most."""

from __future__ import annotations

from harness.models.usage import REPLY_TOKENS
from harness.suite.parts import Member
from harness.talks.foreseen import calls_of_lead, growth, threads
from tests.support.later import planned


def test_every_turn_the_questions_afterwards_and_consultations_count() -> None:
    spec = planned("1", models=("u",), debrief=True)
    seat = spec.seat("u")
    assert calls_of_lead(seat, spec) == 4 + 1, "told everything, it has nothing to ask at home"
    unsure = seat.model_copy(update={"profile": seat.profile.model_copy(update={"knowledge": 0.5})})
    assert calls_of_lead(unsure, spec) == 4 + 1 + spec.protocol.consultations
    older = spec.model_copy(update={"version": 1})
    assert calls_of_lead(seat, older) == 4 + 1 + spec.protocol.consultations


def test_members_have_threads_of_their_own_and_prompts_grow_by_all_replies() -> None:
    spec = planned("1", models=("u",))
    member = Member(id="law", title="a lawyer", remit="treaties")
    advised = spec.seat("u").model_copy(update={"members": (member,)})
    assert threads(advised, spec) == (4, 4)
    assert growth(spec) == 2 * REPLY_TOKENS
