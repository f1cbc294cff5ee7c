"""Runs that a judge has read by rubrics that ask questions, and people who answer the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from harness.app.record_labelling import AskedRecord, RecordLabelling
from harness.records.judgement import JudgedItem, Verdict
from harness.records.reader import RunFolder
from tests.support.inprocess import typed
from tests.support.labels import PLAY, run_of
from tests.support.mock_server import MockServer

Says = Callable[[AskedRecord, JudgedItem], str | None]


def scored_run(cwd: Path, server: MockServer | None, *rubrics: str) -> RunFolder:
    """A scripted run on two scenarios, of six dialogues in each of two arms; judged by ``rubrics``
    where there is a server."""
    played = typed(*PLAY, cwd=cwd)
    assert played.code in (0, 100), played.err
    if server is not None:
        judge_by(cwd, server, *rubrics)
    return run_of(cwd)


def judge_by(cwd: Path, server: MockServer, *rubrics: str, model: str = "x") -> None:
    """Have the run of a folder judged."""
    done = typed(
        *("score", "quickstart", "--judge", f"openai/{model}@{server.base_url}"),
        *(word for name in rubrics for word in ("--rubric", name)),
        *("--no-report", "--display", "none"),
        cwd=cwd,
    )
    assert done.code in (0, 100), done.err


def answer_all(
    folder: RunFolder, rubric: str, who: str, says: Says, records: int = 100
) -> RecordLabelling:
    """A person answers all questions.

    Args:
        says: A record and a question -> an answer of it; None to leave it open.
    """
    labelling = RecordLabelling(folder, rubric=rubric, who=who, records=records)
    for drawn in labelling.asked:
        asked = labelling.record(drawn)
        for item in asked.items:
            answer = says(asked, item)
            problem = "the person cannot tell" if answer is None else None
            labelling.keep(asked, Verdict(item=item.id, answer=answer, problem=problem))
    return labelling


def nothing(_: AskedRecord, item: JudgedItem) -> str:
    """That what is asked about is not there."""
    return next(one.id for one in item.answers if not one.quoted)
