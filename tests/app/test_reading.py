"""One dialogue of a run is laid out with its own scores."""

from __future__ import annotations

from pathlib import Path

from harness.app.reading import reading_of
from tests.support.disputes import small
from tests.support.run_folders import MIDDLE, deal, make_run, make_suite, score


def test_it_has_the_scores_of_this_dialogue(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    one, other = deal(scenario, "lean", MIDDLE, epoch=2), deal(scenario, "plain", MIDDLE)
    scores = [score(one, "settlement.skew", 0.125), score(other, "settlement.skew", -0.5)]
    run = make_run(tmp_path / "run", make_suite(), {"small": scenario}, [one, other], scores)
    reading = reading_of(run, one)
    assert (reading.dialogue, reading.arms) == (one.id, ("lean",))
    assert reading.identity == f"twin none, epoch 2, dialogue {one.id}"
    assert reading.numbers[0].text == "+0.12"
