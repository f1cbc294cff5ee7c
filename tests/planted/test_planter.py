"""What has to be known of a rubric to plant transcripts for it."""

from __future__ import annotations

from harness.planted.ledger import LEDGER
from harness.planted.phrases import SPLITS
from harness.planted.sets import scenario_of
from harness.planted.telling import tell


def test_the_truth_is_of_what_is_said_in_the_turns() -> None:
    for split in SPLITS:
        cell = LEDGER.cells(split)[3]
        one = tell(LEDGER, cell, scenario_of(cell), "as_written")
        assert one.rubric == LEDGER.rubric
        assert one.truth
        for verdict in one.truth:
            (quote,) = verdict.quotes
            assert quote.text in one.record.body.turns[quote.at].words
