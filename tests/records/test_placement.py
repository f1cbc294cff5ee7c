"""Where a dialogue stands in its run, and that all who ask are told by one function."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.analysis import run_values
from harness.analysis.findings import find
from harness.disputes.scenario import Twin
from harness.evaluators import scoring
from harness.records.placement import Placement, placement_of
from harness.records.reader import RunFolder
from harness.records.transcript import Transcript
from harness.report import material
from harness.report.material import gather
from harness.report.truth import TrueValues
from tests.support.disputes import small
from tests.support.run_folders import MIDDLE, deal, make_run, make_suite


def test_what_a_record_says_of_itself(tmp_path: Path) -> None:
    played = deal(small(tmp_path), "lean", MIDDLE, epoch=3, twin=Twin.SEATS)
    run = make_run(tmp_path / "run", make_suite(), {"small": small(tmp_path)}, [played])
    assert placement_of(run, played) == Placement(
        scenario=played.spec.scenario,
        twin="seats",
        epoch=3,
        arms=("lean",),
        models={"o": "scripted", "u": "scripted"},
    )


def test_a_dialogue_of_two_arms_counts_in_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What arms share is played once, and stands in each of them."""

    def shared(folder: RunFolder, record: Transcript) -> Placement:
        return replace(placement_of(folder, record), arms=("plain", "lean"))

    for asks in (run_values, scoring, material):
        monkeypatch.setattr(asks, "placement_of", shared)
    scenario = small(tmp_path)
    played = deal(scenario, "plain", MIDDLE)
    run = make_run(tmp_path / "run", make_suite(), {"small": scenario}, [played])
    assert {score.arms for score in run.scores()} == {("plain", "lean")}
    found = find(run)
    assert [(arm.arm, arm.dialogues) for arm in found.arms] == [("plain", 1), ("lean", 1)]
    assert found.dialogues == 2
    plain, lean = (arm.measures for arm in found.arms)
    assert plain == lean
    assert found.primary is not None
    assert (found.primary.estimate, found.primary.n_pairs) == (0.0, 1)
    drawn = gather(run, found, TrueValues(run.info))
    (space,) = drawn.spaces.values()
    assert set(space.settlements) == {"plain", "lean"}
    assert {arm for arm, _ in drawn.curves} == {"plain", "lean"}
    assert [example.dialogue for example in drawn.examples] == [played.id]
