"""The ledger of a dialogue as it is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.disputes.scenario import Scenario
from tests.support.disputes import small
from tests.support.readings import read_one
from tests.support.run_folders import (
    LEANING,
    LOPSIDED,
    MIDDLE,
    dialogue,
)


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def test_the_ledger_is_told_in_the_words_of_the_scenario(
    tmp_path: Path, scenario: Scenario
) -> None:
    played = dialogue(
        scenario, "lean", [("u", MIDDLE), ("o", LEANING), ("u", LOPSIDED), ("o", "accept")]
    )
    found = read_one(tmp_path, scenario, played)
    given = [line for line in found.ledger if line.turn == 2]
    well = given[0]
    assert (well.who, well.issue, well.kind) == ("Arden", "The well", "proposal")
    assert (well.was, well.now) == ("Arden draws all of it", "Boral draws all of it")
    assert well.cost > 0
    assert well.worth > 0
    assert well.fell
    assert well.crosses == ("Arden",)
    assert well.answered == "turn 3: accepts"
    assert well.words == found.rounds[0].entries[2].words
    assert found.rounds[0].entries[2].given == tuple(given)
    (arden,) = found.most
    assert arden.startswith("Arden gave most at turn 2: ")
    assert "below no deal from there on" in arden
    assert [(point.turn, point.seat) for point in found.trajectory] == [
        (0, "u"),
        (1, "o"),
        (2, "u"),
        (3, "o"),
    ]
    assert dict(found.trajectory[2].values) == {"o": 1.0, "u": 0.0}
