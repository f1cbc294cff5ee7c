"""Values by dialogue; what happened in an arm is counted by what it is, not by the numbers in its
words."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from harness.analysis.run_values import read_values
from harness.analysis.values import Values
from harness.records.transcript import VoidReason
from tests.support.disputes import small
from tests.support.run_folders import MIDDLE, copies, deal, dialogue, make_run, make_suite, score


def read(tmp_path: Path) -> Values:
    """Two deals, a walk-out and a void dialogue of one arm on two games, worth .1, .3 and .5."""
    games = copies(small(tmp_path), 2)
    void = VoidReason(kind="reply", seat="u", detail="nothing usable")
    played = [
        deal(games["game-1"], "lean", MIDDLE),
        deal(games["game-2"], "lean", MIDDLE),
        dialogue(games["game-2"], "lean", [("o", "walk_out")], epoch=2),
        dialogue(games["game-2"], "lean", [], epoch=3, void=void),
    ]
    worth = (0.1, 0.3, 0.5, None)
    scores = [score(one, "own.worth", value) for one, value in zip(played, worth, strict=True)]
    run = make_run(tmp_path / "run", make_suite(), games, played, scores)
    return read_values(run, ["own.worth"])


def test_a_measure_that_follows_from_another_is_entered_under_a_name_of_its_own(
    tmp_path: Path,
) -> None:
    values = read(tmp_path)
    assert [one.deal for one in values.dialogues.values()] == [True, True, False, None]
    values.derive("worth.of_deals", "own.worth", lambda end, value: value if end else math.nan)
    brief = values.brief("worth.of_deals", "lean")
    assert (brief.mean, brief.n, brief.missing) == (pytest.approx(0.2), 2, 2)
    values.derive("ended", None, lambda end, value: math.nan if end is None else float(end))
    assert values.brief("ended", "lean").mean == pytest.approx((1 + 0.5) / 2)
    values.derive("never", "own.unknown", lambda end, value: 1.0)
    assert values.brief("never", "lean").n == 0


def test_some_scenarios_alone(tmp_path: Path) -> None:
    values = read(tmp_path)
    brief = values.brief("own.worth", "lean", scenarios=["game-2"])
    assert (brief.mean, brief.n, brief.missing) == (pytest.approx(0.4), 2, 1)
    assert brief.interval is None
    rows = list(values.observations("own.worth", scenarios=["game-1"]))
    assert [(row.arm, row.scenario, row.value) for row in rows] == [("lean", "game-1", 0.1)]
    assert values.brief("own.worth", "lean", scenarios=[]).missing == 0
