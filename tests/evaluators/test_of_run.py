"""Which evaluators measure a run: those of the rubrics by which it was judged among them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.evaluators.of_run import (
    choose_alone,
    choose_for,
    scales_asked,
    scales_here,
    scales_named,
    scales_of_run,
)
from harness.evaluators.registry import builtin
from harness.records.judging import JUDGING, Judging
from harness.records.reader import RunFolder
from tests.support.rubric_files import BOTH, MINE, ScaleJudge, judged_run, write
from tests.support.run_folders import make_suite


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    path = tmp_path_factory.mktemp("of_run")
    mine = str(write(path))
    return judged_run(path / "run", ScaleJudge(1), [mine, "talks-claims"], swap="order")


def test_a_run_is_measured_by_the_rubric_that_is_on_record(run: RunFolder) -> None:
    (only,) = scales_of_run(run)
    assert (only.name, only.version, only.kind) == ("rubric_mine", 3, "talks")
    assert only.asked == ("loud_o", "loud_u")
    assert "Boral" not in only.measures[0].definition
    names = [one.name for one in choose_for(run).evaluators]
    ours = [one.name for one in builtin() if one.name != "words"]
    assert names == [*ours, "rubric_mine"], "nobody has judged it by prose-ledger"
    assert [one.name for one in choose_alone(run, ["rubric_mine"])] == ["rubric_mine"]
    assert [one.name for one in choose_alone(run, ["settlement"])] == ["settlement"]
    with pytest.raises(UsageError, match="unknown evaluator 'rubric_mime'"):
        choose_alone(run, ["rubric_mime"])


def test_a_suite_that_lists_evaluators_has_it_besides(run: RunFolder) -> None:
    suite = run.info.suite.model_copy(update={"evaluators": ("settlement",)})
    folder = RunFolder(run.path)
    folder.info = run.info.model_copy(update={"suite": suite})
    names = [one.name for one in choose_for(folder).evaluators]
    assert names == ["settlement", "rubric_mine"]


def test_what_only_a_judge_can_tell_is_left_out_until_one_has_or_somebody_asks(
    run: RunFolder, tmp_path: Path
) -> None:
    def chosen(folder: RunFolder, *named: str) -> set[str]:
        return {one.name for one in choose_for(folder, named).evaluators}

    primary = {
        "name": "x",
        "treatment": "lean",
        "control": "plain",
        "measure": "words.conceded_u",
    }
    asks = RunFolder(run.path)
    asks.info = run.info.model_copy(update={"suite": make_suite(contrasts={"primary": primary})})
    assert "words" not in chosen(run)
    assert "words" in chosen(run, "words")
    assert "words" in chosen(asks)
    judged = Path(shutil.copytree(run.path, tmp_path / "run"))
    line = Judging(judgement="0" * 16, read="1" * 16, rubric="prose-ledger", judge="a/one")
    with (judged / JUDGING).open("a") as file:
        file.write(f"{line.model_dump_json()}\n")
    assert "words" in chosen(RunFolder(judged))


def test_what_a_suite_asks_about_is_measured_before_anybody_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "evals" / "rubrics", BOTH, "both.md")
    write(tmp_path / "evals" / "rubrics", MINE.replace("title", "titel"), "broken.md")
    primary = {
        "name": "x",
        "treatment": "lean",
        "control": "plain",
        "measure": "rubric_both.better",
    }
    suite = make_suite(contrasts={"primary": primary})
    assert [one.name for one in scales_asked(suite)] == ["rubric_both"]
    assert scales_asked(make_suite()) == ()
    assert scales_named([]) == ()
    here = [one.name for one in scales_here()]
    assert {"rubric_both", "rubric_one_sidedness"} < {*here}
    assert "rubric_mine" not in here, "a file that is wrong has none"
