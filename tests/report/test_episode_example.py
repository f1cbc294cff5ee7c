"""The episode that a report prints."""

from __future__ import annotations

from pathlib import Path

from harness.records.reader import RunFolder
from harness.report.episode_example import MEASURES, example_of
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


def test_the_page_holds_it_folded(chain_run: Path) -> None:
    page = (chain_run / "report.html").read_text(encoding="utf-8")
    for part in ("article", "readers", "later"):
        assert f'<details class="episode" id="episode-{part}">' in page
    assert "makes a published point of" in page
    assert "tag of the script that wrote it" in page
