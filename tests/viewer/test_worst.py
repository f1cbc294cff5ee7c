"""Where most ground was given."""

from __future__ import annotations

from harness.records.reader import RunFolder
from harness.viewer.index import Index
from harness.viewer.listing import Asked, listed
from harness.viewer.worst import given_in


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
