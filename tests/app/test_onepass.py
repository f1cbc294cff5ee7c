"""A large run is read once, by several processes, and what is found is the same."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from harness import app
from harness.app import spreading
from harness.app.measuring import measure
from harness.app.onepass import OnePass, can_spread
from harness.errors import RecordError
from harness.evaluators.of_run import choose_for
from harness.evaluators.registry import builtin
from harness.records.folder import SCORES, TRANSCRIPTS
from harness.records.reader import RunFolder
from tests.app.conftest import SHORT
from tests.app.test_measuring import EVALUATOR
from tests.support.rubric_files import BOTH, ScaleJudge, judged_run, write


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return app.run("quickstart", log_dir=tmp_path_factory.mktemp("played"), **SHORT).path


@pytest.fixture
def run(played: Path, here: Path) -> Path:
    return shutil.copytree(played, here / "run")


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any run is as large as one that is read by two processes."""
    monkeypatch.setattr(spreading, "LEAST", 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)


def measured(run: Path, **more: bool) -> tuple[bytes, bytes, object]:
    """The bytes of scores and page, and the findings."""
    found = measure(RunFolder(run), **more)
    assert found.page is not None
    return (run / SCORES).read_bytes(), found.page.read_bytes(), found.findings.as_json()


def test_scores_and_page_are_the_same_byte_for_byte(
    run: Path, request: pytest.FixtureRequest
) -> None:
    alone = measured(run)
    request.getfixturevalue("large")
    assert OnePass.over(RunFolder(run)) is not None
    assert measured(run) == alone
    assert measured(run, rescore=False) == alone


def test_what_judges_said_is_the_same_in_every_process(
    here: Path, request: pytest.FixtureRequest
) -> None:
    judged = judged_run(here / "run", ScaleJudge(1), [str(write(here, BOTH))], swap="order")
    alone = measured(judged.path)
    assert b'"rubric_both"' in alone[0]
    request.getfixturevalue("large")
    assert can_spread(choose_for(judged).evaluators)
    assert measured(judged.path) == alone


def test_a_small_run_is_not_spread(run: Path) -> None:
    assert OnePass.over(RunFolder(run)) is None


@pytest.mark.usefixtures("large")
def test_an_evaluator_of_the_users_own_is_asked_as_ever(run: Path, here: Path) -> None:
    (here / "mine.py").write_text(EVALUATOR)
    found = app.score(run, evaluators=["mine.py:Mine"])
    assert found.all_measures["mine.one"]["track-1"].mean == 1.0
    assert found.dialogues == 6


@pytest.mark.usefixtures("large")
def test_a_damaged_line_is_the_same_error_and_the_scores_stay(run: Path) -> None:
    before = (run / SCORES).read_bytes()
    lines = (run / TRANSCRIPTS).read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace(b'"kind":"talks"', b'"kind":"walks"')
    (run / TRANSCRIPTS).write_bytes(b"".join(lines))
    for rescore in (True, False):
        with pytest.raises(RecordError, match=r"transcripts\.jsonl:3: damaged line"):
            measure(RunFolder(run), rescore=rescore)
    assert (run / SCORES).read_bytes() == before


def test_only_what_can_be_made_anew_is_spread() -> None:
    class Mine:
        pass

    assert can_spread(builtin())
    assert not can_spread([*builtin(), Mine()])  # type: ignore[list-item]
