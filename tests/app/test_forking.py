"""A fork speaks to no server because a record names it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.app.forking import Change, session_of_fork
from harness.errors import UsageError
from harness.kinds import load_kind
from harness.records.reader import RunFolder
from tests.support.disputes import write
from tests.support.questions import KIND
from tests.support.runs import play, tiny_plan

ELSEWHERE = "openai/x@http://192.0.2.1/v1"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    play(tiny_plan(write(tmp_path)), tmp_path / "run")
    return tmp_path / "run"


def named(run: Path, **fields: object) -> RunFolder:
    """The run, whose record names a judge that is somewhere else."""
    document = json.loads((run / "run.json").read_text())
    document.update({"models": {"judge": ELSEWHERE}, **fields})
    (run / "run.json").write_text(json.dumps(document, indent=1))
    return RunFolder(run)


def test_who_has_no_part_in_it_is_left_out(run: Path) -> None:
    folder = named(run)
    first = next(folder.transcripts())
    assert session_of_fork(folder, first, Change(turn=1)).plan.addresses == ()


def test_a_judge_that_the_user_has_not_named_is_refused(run: Path) -> None:
    load_kind(f"{KIND}:KIND")
    folder = named(run, later_kinds=["question"])
    first = next(folder.transcripts())
    with pytest.raises(UsageError, match=r"was played by openai/x@http://192\.0\.2\.1/v1"):
        session_of_fork(folder, first, Change(turn=1))
