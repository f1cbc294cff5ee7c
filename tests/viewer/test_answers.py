"""What runs show: worked out once, kept, and worked out anew where they have changed."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest

from harness.analysis.findings import find
from harness.errors import RecordError
from harness.records.reader import RunFolder
from harness.viewer import answers as module
from harness.viewer.answers import Answer, Answers
from harness.viewer.index import Index
from tests.support.viewer import small_run

PATIENCE = 120.0


def whole(run: RunFolder) -> Index:
    """The whole index of a run."""
    made = Index(run)
    made.complete()
    return made


def test_the_answer_is_that_of_the_report(run: RunFolder, index: Index) -> None:
    answers = Answers()
    found = answers.of(run, index, wait_s=PATIENCE)
    assert found.state == "ready"
    assert found.findings == find(run)
    assert answers.of(run, index).state == "ready"


def test_what_was_kept_is_not_worked_out_again(
    run: RunFolder, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Answers().of(run, index, wait_s=PATIENCE)
    monkeypatch.setattr(module, "find", None)
    assert Answers().of(run, index, wait_s=PATIENCE) == first


def test_a_run_without_scores_has_no_answer(tmp_path: Path) -> None:
    run = small_run(tmp_path)
    (run.path / "scores.jsonl").unlink()
    assert Answers().of(run, Index(run)).state == "unscored"


def test_an_answer_that_cannot_be_worked_out_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RecordError("the scores are odd")

    monkeypatch.setattr(module, "find", fail)
    run = small_run(tmp_path)
    found = Answers().of(run, whole(run), wait_s=PATIENCE)
    assert (found.state, found.problem) == ("failed", "the scores are odd")


def test_a_changed_run_keeps_its_old_answer_until_there_is_a_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = small_run(tmp_path)
    index, answers = whole(run), Answers()
    first = answers.of(run, index, wait_s=PATIENCE)
    path = run.path / "scores.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    monkeypatch.setattr(module, "REST", 0.0)
    index.complete()
    meanwhile = answers.of(run, index)
    assert meanwhile.state == "working"
    assert meanwhile.findings == first.findings
    answers._known[str(run.path)].again = 0.0
    assert answers.of(run, index, wait_s=PATIENCE).state == "ready"


def test_the_answer_of_a_large_run_is_worked_out_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = small_run(tmp_path)
    monkeypatch.setattr(module, "LARGE", 0)
    found = Answers().of(run, whole(run), wait_s=PATIENCE)
    assert found.findings == find(run)
    path = run.path / "scores.jsonl"
    path.write_bytes(b"{}\n" + path.read_bytes())
    failed = Answers().of(run, whole(run), wait_s=PATIENCE)
    assert failed.state == "failed"
    assert "it is no score" in failed.problem


def test_a_large_run_says_how_much_of_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = small_run(tmp_path)
    monkeypatch.setattr(module, "LARGE", 0)
    index, answers = whole(run), Answers("print('read 2', flush=True); input()")
    while answers.of(run, index).read is None:
        time.sleep(0.01)
    assert answers.of(run, index).progress == "40% of the transcripts are read for it."
    assert Answer("working", read=1.0).progress.startswith("All transcripts")
    assert Answer("ready", read=0.5).progress == Answer("working").progress == ""


def test_a_process_that_ends_without_an_answer_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="has ended") as error:
        module.found_apart(small_run(tmp_path), "import os; os._exit(9)", print)
    assert "track15 report" in str(error.value.fix)


@pytest.mark.parametrize("name", ["run.json", "plan.jsonl", "probe.jsonl"])
def test_an_answer_is_of_all_that_it_was_made_of(tmp_path: Path, name: str) -> None:
    run = small_run(tmp_path)
    before = module.made_of(run)
    assert module.made_of(run) == before
    path = run.path / name
    stage = b'{"id":"0123456789abcdef","schema_version":2,"status":"done","kind":"probe"}\n'
    path.write_bytes((path.read_bytes() if path.exists() else b"") + stage)
    assert module.made_of(run) != before


def test_a_run_is_indexed_before_its_answer_is_worked_out(tmp_path: Path) -> None:
    run = small_run(tmp_path)
    index, answers = Index(run), Answers()
    assert answers.of(run, index, wait_s=0.1).state == "working"
    assert answers._worker is None
    index.complete()
    assert answers.of(run, index, wait_s=PATIENCE).state == "ready"


def test_an_answer_that_cannot_be_kept_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(Index, "keep", locked)
    run = small_run(tmp_path)
    assert Answers().of(run, whole(run), wait_s=PATIENCE).state == "ready"


def test_labels_and_calibrations_make_another_answer(tmp_path: Path) -> None:
    run = small_run(tmp_path)
    before = Answers().of(run, whole(run), wait_s=PATIENCE)
    assert before.findings is not None
    assert before.findings.judge_warnings == ()
    (run.path / "calibration-prose-ledger.json").write_text("{}", encoding="utf-8")
    after = Answers().of(run, whole(run), wait_s=PATIENCE)
    assert after.findings is not None
    (warning,) = after.findings.judge_warnings
    assert warning.startswith("calibration-prose-ledger.json is not used")
