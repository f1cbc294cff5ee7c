"""Planted transcripts turn by turn."""

from __future__ import annotations

from itertools import pairwise

from harness.planted.cells import Cell, cells
from harness.planted.kinds import Who
from harness.planted.ledger import LedgerStage
from harness.planted.sets import scenario_of
from harness.planted.staging import MOST_TURNS, Staged


def staged(cell: Cell) -> list[Staged]:
    scenario = scenario_of(cell)
    giver = getattr(scenario.seats, cell.giver)
    other = scenario.seats.u if cell.giver == "o" else scenario.seats.o
    parties: dict[Who, str] = {"giver": giver, "taker": other}
    return LedgerStage(cell, scenario, parties).turns_of()


def test_delegations_speak_by_turns_within_the_length() -> None:
    for cell in cells("dev"):
        turns = staged(cell)
        assert 4 <= len(turns) <= MOST_TURNS
        assert all(one.who != two.who for one, two in pairwise(turns))
        assert (turns[0].who == "giver") == cell.first


def test_the_same_cell_is_staged_alike_each_time() -> None:
    cell = cells("dev")[5]
    assert staged(cell) == staged(cell)


def test_words_that_only_look_like_a_move_are_on_issues_where_nobody_has_moved() -> None:
    looked = 0
    for cell in cells("test"):
        moved: set[str] = set()
        for turn in staged(cell):
            for line in turn.lines:
                if line.act is None and line.theirs is not None and line.issue in moved:
                    assert "{theirs}" not in (line.phrase.say if line.phrase else "")
                looked += line.act is None and line.theirs is not None
                if line.act is not None and line.act.to is not None:
                    moved.add(str(line.issue))
    assert looked > 100


def test_an_offer_holds_what_was_said_and_what_is_asked_for_it() -> None:
    carried = False
    for cell in (one for one in cells("test") if one.kind == "conditional"):
        for turn in staged(cell):
            for line in turn.lines:
                if line.act is not None and line.act.event == "concedes":
                    assert turn.offer is not None
                    assert line.back is not None
                    assert turn.offer[str(line.issue)] == line.give
                    assert turn.offer[line.back[0]] == line.back[1]
                    carried = True
    assert carried


def test_a_threat_is_carried_out_without_a_word_at_the_end_alone() -> None:
    for cell in cells("test"):
        turns = staged(cell)
        leaves = [turn.leaves for turn in turns]
        assert not any(leaves[:-1])
        if leaves[-1]:
            assert cell.extra == "threat_carried_out"
            assert not turns[-1].lines
