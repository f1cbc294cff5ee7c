"""Dialogues laid out, for tests of what shows them."""

from __future__ import annotations

from pathlib import Path

from harness.disputes.scenario import Scenario
from harness.evaluators.case import case_of
from harness.records.placement import placement_of
from harness.records.score import Score
from harness.report.layout import read
from harness.report.reading import Reading
from tests.support.run_folders import Placed, make_run, make_suite


def read_one(tmp_path: Path, scenario: Scenario, played: Placed, *scores: Score) -> Reading:
    """The reading of a dialogue in a run of its own, with these scores."""
    run = make_run(tmp_path / "run", make_suite(), {"small": scenario}, [played])
    by_evaluator = {score.evaluator: score for score in scores}
    place = placement_of(run, played)
    return read(case_of(played, run.info), by_evaluator, place, arm=played.arm, why="typical")
