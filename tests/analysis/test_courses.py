"""The courses of a run stand where its observations do."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.analysis.courses import courses_of, with_courses
from harness.analysis.observations import Observation
from harness.disputes.scenario import Scenario
from harness.records.reader import RunFolder
from harness.records.transcript import VoidReason
from tests.support.disputes import small
from tests.support.run_folders import LEANING, MIDDLE, deal, dialogue, make_run, make_suite


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    scenario: Scenario = small(tmp_path)
    lost = VoidReason(kind="reply", seat="u", detail="nothing usable")
    played = [
        deal(scenario, "plain", MIDDLE),
        dialogue(scenario, "lean", [("o", LEANING)], void=lost),
        deal(scenario, "lean", MIDDLE, epoch=2),
    ]
    return make_run(tmp_path / "run", make_suite(), {"small": scenario}, played, [])


def test_every_dialogue_of_the_arms_has_its_course(run: RunFolder) -> None:
    found = courses_of(run, ("lean",))
    assert found.keys() == {("small", "none/1", "lean"), ("small", "none/2", "lean")}
    void, ended = found["small", "none/1", "lean"], found["small", "none/2", "lean"]
    assert (void.broke_off, ended.broke_off) == (True, False)
    assert void.worth == pytest.approx((0.12,))
    assert ended.worth == pytest.approx((0.3,))
    assert void.asked is ended.asked, "what is the same is kept once"


def test_observations_get_those_that_are_known(run: RunFolder) -> None:
    rows = [Observation("small", "none/1", arm, None, played=False) for arm in ("lean", "plain")]
    courses = courses_of(run, ("lean",))
    lean, plain = with_courses(rows, courses)
    assert lean.course == courses["small", "none/1", "lean"]
    assert plain.course is None
    assert with_courses(rows, {}) == rows
