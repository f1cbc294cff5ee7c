"""What may be said of a run before it is finished, in words and numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.analysis.blocks import Complete
from harness.analysis.intervals import ALPHA
from harness.analysis.scale import UNKNOWN, Scale
from harness.analysis.sequence import at_any_time
from harness.analysis.so_far import SoFar, labels_of, planned_blocks, scored_stages, so_far_of
from harness.records.run import RunInfo
from harness.suite.contrasts import Contrast
from tests.support.run_folders import make_suite
from tests.support.unfinished import whole_run

ASKED = Contrast(name="q", treatment="lean", control="plain")
LINEUPS = ({"unofficial": "openai/ant"}, {"unofficial": "openai/bee"})


@pytest.fixture(scope="module")
def info(tmp_path_factory: pytest.TempPathFactory) -> RunInfo:
    return whole_run(tmp_path_factory.mktemp("whole")).info


def told(info: RunInfo, values: list[float], scale: Scale = UNKNOWN, **fields: Any) -> SoFar:
    without, missing = fields.pop("without", ()), fields.pop("missing", 0)
    named = {f"s{number}": value for number, value in enumerate(values)}
    contrast = fields.pop("contrast", ASKED)
    return so_far_of(contrast, Complete(named, without, missing), info, None, scale, **fields)


def test_before_six_scenarios_nothing_is_said(info: RunInfo) -> None:
    few = told(info, [0.5, 0.51, 0.52, 0.53, 0.54])
    assert (few.mean, few.interval, few.shown) == (None, None, None)
    assert few.sentence == "So far 5 of 8 scenarios are complete; nothing is said before 6 are."
    assert told(info, []).sentence.startswith("So far 0 of 8 scenarios")


def test_from_six_on_the_interval_is_that_of_the_sequence(info: RunInfo) -> None:
    values = [0.10, 0.11, 0.12, 0.13, 0.09, 0.10, 0.12]
    found, expected = told(info, values), at_any_time(values)
    assert expected is not None
    assert found.interval == (expected.lo, expected.hi)
    assert (found.mean, found.shown, found.blocks) == (expected.mean, True, 7)
    assert found.sentence == (
        "So far, after 7 of 8 scenarios, lean is higher than plain on settlement.skew by 0.110 "
        "(interval that may be read at any time: 0.083 to 0.137)."
    )


def test_a_null_is_said_as_plainly(info: RunInfo) -> None:
    found = told(info, [0.1, -0.1, 0.2, -0.2, 0.05, -0.06], missing=3, without=("s9",))
    assert found.shown is False
    assert found.sentence.startswith("So far, after 6 of 8 scenarios, nothing is shown: lean is ")
    assert "lower than plain" in found.sentence
    assert found.sentence.endswith("includes zero. 3 dialogues of these have no value.")


def test_scenarios_that_are_all_alike_have_no_interval(info: RunInfo) -> None:
    alike = told(info, [0.0] * 7)
    assert (alike.interval, alike.shown, alike.mean) == (None, None, 0.0)
    assert alike.sentence == (
        "So far, after 7 of 8 scenarios, lean and plain average the same on settlement.skew; "
        "there is no interval yet that may be read at any time."
    )
    one = told(info, [0.0] * 7, missing=1)
    assert one.sentence.endswith("1 dialogue of these has no value.")


def test_scenarios_that_wait_for_an_earlier_one_are_told(info: RunInfo) -> None:
    complete = Complete({"s0": 0.1}, (), 0, "s1", 5)
    assert so_far_of(ASKED, complete, info, None, UNKNOWN).sentence == (
        "So far 1 of 8 scenarios are complete; nothing is said before 6 are. "
        "5 more are complete, and count once s1 is."
    )
    few = Complete({"s0": 0.1}, (), 0, "s1", 2)
    assert "count once" not in so_far_of(ASKED, few, info, None, UNKNOWN).sentence


def test_one_arm_against_zero_is_said_so(info: RunInfo) -> None:
    alone = Contrast(name="q", treatment="lean")
    found = told(info, [0.1, 0.11, 0.12, 0.13, 0.12, 0.11, 0.1], Scale(0.0, 0.12), contrast=alone)
    assert "lean averages 0.113 on settlement.skew" in found.sentence
    assert found.interval is not None
    assert found.interval[1] == 0.12
    lean = told(info, [0.9, 1.0, 0.8, 0.9, 1.0, 0.9, 0.7], Scale(0.0, 1.0, yes_no=True))
    assert lean.interval is not None
    assert lean.interval[1] == 1.0


def test_several_line_ups_share_the_level(info: RunInfo) -> None:
    both = info.model_copy(update={"lineups": LINEUPS})
    values = [0.10, 0.11, 0.12, 0.13, 0.09, 0.10, 0.12]
    one, half = told(info, values), told(both, values, lineup="unofficial ant")
    assert (one.alpha, half.alpha) == (ALPHA, ALPHA / 2)
    assert one.interval is not None
    assert half.interval is not None
    assert half.interval[0] < one.interval[0] < one.interval[1] < half.interval[1]
    assert half.sentence.startswith("unofficial ant: So far")
    assert labels_of(info) == [""]
    assert labels_of(both) == ["unofficial openai/ant", "unofficial openai/bee"]


def test_how_many_scenarios_there_will_be_is_told_where_the_record_tells(info: RunInfo) -> None:
    assert planned_blocks(info) == 8
    assert planned_blocks(info.model_copy(update={"cut_scenarios": ("game-8",)})) == 7
    own = make_suite(arms={"plain": {"track": "1"}, "lean": {"track": "1.5", "scenarios": ["x"]}})
    elsewhere = info.model_copy(update={"suite": own})
    assert planned_blocks(elsewhere) is None
    assert told(elsewhere, []).sentence.startswith("So far 0 scenarios are complete")


def test_what_is_scored_is_read_off_the_scores(tmp_path: Path) -> None:
    folder = whole_run(tmp_path)
    text = (folder.path / "transcripts.jsonl").read_bytes()
    every = {line[7:23].decode() for line in text.splitlines()}
    assert scored_stages(folder, "settlement") == every
    assert scored_stages(folder, "settle") == set()
