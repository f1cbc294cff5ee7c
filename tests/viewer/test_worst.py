"""Where most ground was given."""

from __future__ import annotations

from pathlib import Path

from harness.records.reader import RunFolder
from harness.viewer.index import Index
from harness.viewer.listing import Asked, listed
from harness.viewer.worst import given_in, most_given
from tests.support.disputes import small
from tests.support.packages import YOURS_THEM, YOURS_US
from tests.support.readings import read_one
from tests.support.run_folders import dialogue
from tests.support.transcripts import Entry


def test_the_loser_and_its_words_are_named(run: RunFolder, index: Index) -> None:
    with index.reading() as db:
        table = listed(db, Asked())
    found = given_in(run, index, table.rows)
    assert found
    first = found[0]
    assert first.row.id == table.rows[0].id
    assert first.line is not None
    assert first.line.seat == "u", "the terms favour the official seat, so the other one gave"
    assert first.line.turn == 3
    assert first.line.cost == max(
        line.cost for one in found[:1] for line in [one.line] if line is not None
    )
    assert first.words == "Take the whole of the well."
    assert first.gainer == "Boral"


def test_a_dialogue_without_a_skew_is_left_out(run: RunFolder, index: Index) -> None:
    with index.reading() as db:
        table = listed(db, Asked(ending="void"))
    assert len(table.rows) == 1
    assert given_in(run, index, table.rows) == []


def test_first_terms_that_gave_more_are_not_the_move_that_the_terminal_names(
    tmp_path: Path,
) -> None:
    scenario = small(tmp_path)
    talk: list[Entry] = [("u", YOURS_THEM), ("u", YOURS_US), ("o", YOURS_US), ("u", "accept")]
    found = read_one(tmp_path, scenario, dialogue(scenario, "lean", talk, words="So be it."))
    by_turn = {line.turn: line.cost for line in found.ledger if line.seat == "u"}
    assert by_turn[0] > by_turn[1]
    line = most_given(found, "u")
    assert line is not None
    assert line.turn == 1
    assert found.most_turns == (1,)
    alone = read_one(tmp_path / "alone", scenario, dialogue(scenario, "lean", talk[:1]))
    first = most_given(alone, "u")
    assert first is not None
    assert (first.turn, alone.most_turns) == (0, ())
    assert most_given(alone, "o") is None
