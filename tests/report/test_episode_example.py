"""The episode that a report prints."""

from __future__ import annotations

from pathlib import Path

from harness.records.reader import RunFolder
from harness.report import wording
from harness.report.episode_example import FEW, MEASURES, example_of
from harness.report.episode_marks import BY_SCRIPT
from harness.report.templating import environment
from tests.report.test_chain_figure import LATER
from tests.support.findings import findings


def test_the_one_that_moved_most_is_printed_and_says_why(chain_run: Path) -> None:
    folder = RunFolder(chain_run)
    example = example_of(folder, findings(links=(LATER,)))
    assert example is not None
    assert example.why == MEASURES["readers.shift"]
    shifts = {
        score.id: abs(value)
        for score in folder.scores(evaluators={"readers"})
        if score.arms == ("chain",) and isinstance(value := score.values["shift"], float)
    }
    assert shifts[example.reading.key] == max(shifts.values())
    assert example.reading.article is not None
    assert example.reading.article.driven == (), "it is the public one"


def test_a_run_without_a_chain_prints_none(chain_run: Path) -> None:
    assert example_of(RunFolder(chain_run), findings(links=())) is None


def test_it_is_folded_and_says_who_marks(chain_run: Path) -> None:
    example = example_of(RunFolder(chain_run), findings(links=(LATER,)))
    template = environment().get_template("episode_example.html.j2")
    page = template.render(example=example, example_few=FEW, w=wording)
    for part in ("article", "readers", "later"):
        assert f'<details class="episode" id="episode-{part}">' in page
    assert "makes a published point of" in page
    assert BY_SCRIPT in page
    assert page.count('<svg class="moved') <= (FEW + 8) * 7, "it stays small"
