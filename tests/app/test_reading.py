"""One dialogue of a run is laid out with its own scores."""

from __future__ import annotations

from pathlib import Path

from harness.app.reading import reading_of, skew_range
from harness.records.reader import RunFolder
from harness.viewer.index import Index
from harness.viewer.sidecar import NAME
from tests.support.disputes import small
from tests.support.run_folders import MIDDLE, deal, make_run, make_suite, score
from tests.support.viewer import small_run


def test_it_has_the_scores_of_this_dialogue(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    one, other = deal(scenario, "lean", MIDDLE, epoch=2), deal(scenario, "plain", MIDDLE)
    scores = [score(one, "settlement.skew", 0.125), score(other, "settlement.skew", -0.5)]
    run = make_run(tmp_path / "run", make_suite(), {"small": scenario}, [one, other], scores)
    reading = reading_of(run, one)
    assert (reading.dialogue, reading.arms) == (one.id, ("lean",))
    assert reading.identity == f"twin none, epoch 2, dialogue {one.id}"
    assert reading.numbers[0].text == "+0.12"


def test_an_index_that_a_viewer_has_left_gives_the_same(tmp_path: Path) -> None:
    run = small_run(tmp_path)
    played = list(run.transcripts())
    before = [reading_of(run, one) for one in played]
    Index(run).complete()
    run = RunFolder(run.path)
    run.score_lines = None  # type: ignore[assignment, method-assign]
    assert [reading_of(run, one) for one in played] == before
    del run.score_lines
    (run.path / NAME).write_bytes(b"no index")
    assert [reading_of(run, one) for one in played] == before


def test_the_range_of_skew_is_that_of_deals_both_prefer_to_none(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    played = deal(scenario, "lean", MIDDLE)
    run = make_run(tmp_path / "run", make_suite(), {"small": scenario}, [played])
    ends = skew_range(run, played)
    assert ends is not None
    (found,) = [one for one in run.scores() if one.evaluator == "settlement"]
    assert ends == (found.values["skew_least"], found.values["skew_most"])
    assert ends[0] < 0 < ends[1]
