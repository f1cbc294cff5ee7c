"""``score`` and ``report``."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import app
from harness.errors import RecordError, UsageError
from harness.records.folder import SCORES
from tests.app.conftest import SHORT

EVALUATOR = """\
from harness.evaluators.base import Found, Measure

class Mine:
    name = "mine"
    version = 1
    measures = (
        Measure(name="one", title="one", definition="always 1", range="1", undefined="never"),
    )

    def score(self, case):
        found = Found()
        found.put("one", 1.0)
        return found
"""


@pytest.fixture
def run(here: Path) -> app.RunResult:
    return app.run("quickstart", **SHORT)


def test_a_run_is_scored_again_the_same(run: app.RunResult) -> None:
    before = (run.path / SCORES).read_bytes()
    (run.path / SCORES).unlink()
    assert app.score(run).as_json() == run.findings.as_json()
    assert (run.path / SCORES).read_bytes() == before


def test_one_evaluator_alone_leaves_the_others(run: app.RunResult, here: Path) -> None:
    (here / "mine.py").write_text(EVALUATOR)
    before = (run.path / SCORES).read_text().splitlines()
    found = app.score(run.path, evaluators=["mine.py:Mine"])
    assert found.all_measures["mine.one"]["track-1"].mean == 1.0
    after = (run.path / SCORES).read_text().splitlines()
    assert after[: len(before)] == before
    assert len(after) == len(before) + 6


def test_what_is_no_evaluator_is_refused(run: app.RunResult) -> None:
    with pytest.raises(UsageError, match="skwe"):
        app.score(run, evaluators=["skwe"])


def test_the_page_goes_where_it_is_asked_for(run: app.RunResult, here: Path) -> None:
    assert not (run.path / "report.html").exists(), "a run writes none"
    assert app.report(run) == run.path / "report.html"
    elsewhere = app.report(run, out=here / "page.html")
    assert elsewhere.read_bytes() == (run.path / "report.html").read_bytes()


def test_a_run_that_is_not_scored_is_scored_for_its_page(run: app.RunResult) -> None:
    page = app.report(run).read_bytes()
    (run.path / SCORES).unlink()
    assert app.report(run).read_bytes() == page
    assert (run.path / SCORES).exists()


def test_a_page_that_cannot_be_written_is_an_error(run: app.RunResult, here: Path) -> None:
    with pytest.raises(RecordError):
        app.report(run, out=here / "nowhere" / "page.html")


def test_no_run_is_an_error(here: Path) -> None:
    with pytest.raises(RecordError, match="nothing-like-it"):
        app.score("nothing-like-it")
