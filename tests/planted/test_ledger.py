"""What is in transcripts for the prose ledger besides their plots."""

from __future__ import annotations

from collections import Counter

from harness.planted.cells import cells
from harness.planted.ledger import LEDGER
from harness.planted.sets import scenario_of
from harness.planted.telling import tell


def test_every_extra_is_in_the_truth_of_those_that_have_it() -> None:
    found: dict[str, Counter[str]] = {}
    for cell in cells("test"):
        one = tell(LEDGER, cell, scenario_of(cell), "as_written")
        kinds = {verdict.item.split(".")[0] for verdict in one.truth} & {"final", "threat"}
        found.setdefault(cell.extra, Counter())["+".join(sorted(kinds))] += 1
    assert found == {
        "last_word": {"final": 16},
        "last_word_of_either": {"final": 16},
        "threat_not_carried_out": {"threat": 16},
        "threat_carried_out": {"threat": 16},
        "threat_of_harm": {"threat": 16},
        "none_of_these": {"": 16},
    }
