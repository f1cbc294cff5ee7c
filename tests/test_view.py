"""Whose moves a seat counts: of this round, at the table, over two rounds, with three seats and
with what was said in private in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.disputes.scenario import Scenario
from harness.incentives.tracks import TRACKS
from harness.records.transcript import Action, CapitalAnswer, Move
from harness.suite.parts import Member
from tests.support.disputes import small
from tests.support.puppets import passing, proposing
from tests.support.views import PlayedTable, dialogue, seat_spec

SEATS = ("o", "u", "x1")


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


@pytest.fixture
def table(scenario: Scenario) -> PlayedTable:
    """Two rounds: in each, every seat consults its capital, hears its adviser, and speaks."""
    preset = TRACKS["1"].o
    members = (Member(id="adviser", title="adviser", remit="advice"),)
    seats = [seat_spec(scenario, seat, preset.role, preset.profile, members) for seat in SEATS]
    table = PlayedTable(dialogue(scenario, seats), scenario)
    for round_ in (1, 2):
        if round_ == 2:
            table.next_round()
        for number, seat in enumerate(SEATS):
            package = scenario.package((number, round_ - 1))
            answer = CapitalAnswer(package=package, acceptable=True, value=0.5, reservation=0.3)
            table.advise(seat, "adviser", f"advice to {seat}")
            table.play(seat, Move(action=Action.CONSULT, package=package), capital=answer)
            table.play(seat, proposing(scenario, (number, round_ - 1), f"{seat} in {round_}"))
    table.play("o", passing("o in 2, again"))
    return table


@pytest.mark.parametrize("seat", SEATS)
def test_only_statements_of_this_round_are_moves(table: PlayedTable, seat: str) -> None:
    view = table.view(seat)
    assert {turn.kind for turn in view.history if turn.seat == seat} == {
        "statement",
        "caucus",
        "consultation",
    }, "the seat itself remembers what it did in private"
    assert {turn.round for turn in view.history} == {1, 2}
    said = {name: [f"{name} in 2"] for name in SEATS}
    said["o"].append("o in 2, again")
    assert [move.words for move in view.own_moves()] == said[seat]
    others = [f"{name} in 2" for name in SEATS if name != seat]
    others += ["o in 2, again"] if seat != "o" else []
    assert [move.words for move in view.moves_of_others()] == others


@pytest.mark.parametrize("seat", SEATS)
def test_a_new_round_begins_without_moves(table: PlayedTable, seat: str) -> None:
    table.next_round()
    view = table.view(seat)
    assert view.own_moves() == view.moves_of_others() == ()
    assert view.history
