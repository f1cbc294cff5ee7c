"""Dialogues as they are planned today: each seat with its authority, and told in a style; and all
that can be read in one."""

from __future__ import annotations

from typing import Any

from harness.disputes.scenario import Scenario
from harness.incentives.profiles import Authority, BriefStyle, IncentiveProfile, Role
from harness.prompting.talks import Prompts
from harness.records.spec import TalksSpec
from harness.records.transcript import Action, CapitalAnswer, Move
from harness.suite.parts import Member
from tests.support.views import PlayedTable, dialogue, seat_spec

UP = {"well": "mine", "fence": "them"}
DOWN = {"well": "yours", "fence": "us"}
LAWYER = Member(id="lawyer", title="legal adviser", remit="What words bind.")

AUTHORITY = {
    Role.OFFICIAL: Authority.FULL,
    Role.ENVOY: Authority.AD_REFERENDUM,
    Role.UNOFFICIAL: Authority.PRIVATE,
    Role.DELEGATE: Authority.FULL,
}
"""What the presets of the tracks give to whoever is called so."""


def told(
    spec: TalksSpec, style: BriefStyle = "principal", **authority: Authority | None
) -> TalksSpec:
    """``spec`` with every seat told in ``style``.

    Args:
        authority: By seat, instead of that of its role; None as in older records.
    """
    seats = tuple(
        seat.model_copy(
            update={"brief": style, "authority": authority.get(seat.seat, AUTHORITY[seat.role])}
        )
        for seat in spec.seats
    )
    return spec.model_copy(update={"seats": seats})


def between(
    scenario: Scenario,
    o: tuple[Role, IncentiveProfile],
    u: tuple[Role, IncentiveProfile],
    **options: Any,
) -> TalksSpec:
    """A dialogue between a seat ``o`` and a seat ``u``."""
    return dialogue(
        scenario, [seat_spec(scenario, "o", *o), seat_spec(scenario, "u", *u)], **options
    )


def everything(prompts: Prompts, spec: TalksSpec, scenario: Scenario, seat: str) -> list[str]:
    """Every piece that a seat's lead and member could read, at a table with some history."""
    other = "o" if seat == "u" else "u"
    table = PlayedTable(spec, scenario)
    first = table.view(seat)
    pieces = [prompts.system(first), prompts.opening(first), prompts.turn(first, ())]
    own, theirs = (UP, DOWN) if seat == "u" else (DOWN, UP)
    table.play(other, Move(action=Action.PROPOSE, package=theirs, words="All of it."))
    table.advise(seat, LAWYER.id, "Hold.")
    if Action.CONSULT in table.view(seat).legal:
        answer = CapitalAnswer(package=theirs, acceptable=False, value=0.1, reservation=0.3)
        table.play(seat, Move(action=Action.CONSULT, package=theirs), answer)
    table.play(seat, Move(action=Action.PROPOSE, package=own, words="Not so."))
    table.play(other, Move(action=Action.REJECT, offer=f"{seat}-1", position={"well": "half"}))
    view = table.view(seat)
    pieces += [prompts.turn(view, view.history), prompts.caucus(view, view.history)]
    pieces += [prompts.caucus_system(view, LAWYER), prompts.complaint("Say what.")]
    table.play(seat, Move(action=Action.WALK_OUT, words="Enough."))
    table.next_round()
    view = table.view(seat)
    pieces += [
        prompts.round(view, view.history, view.events, new_values=True),
        prompts.debrief(view, view.history),
    ]
    return pieces
