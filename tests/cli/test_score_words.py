"""The prose ledger as a person types it: judged, scored and shown, by one judge and by another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from harness.records.judgement import JudgementRecord
from harness.records.score import Score
from harness.records.transcript import Transcript
from tests.support.command import Result
from tests.support.inprocess import typed
from tests.support.labels import run_of
from tests.support.mock_server import MockServer, completion
from tests.support.run_judges import RunJudge

DIALOGUES = 4


def score(cwd: Path, server: MockServer, *more: str, model: str = "x") -> Result:
    address = f"openai/{model}@{server.base_url}"
    words = ("--evaluator", "words", "--no-report", "--display", "none", "--max-retries", "0")
    return typed(
        *("score", "quickstart", "--judge", address, "--rubric", "prose-ledger"),
        *words,
        *more,
        cwd=cwd,
    )


def words_of(cwd: Path, dialogue: str) -> Score:
    (found,) = (
        one for one in run_of(cwd).scores() if (one.id, one.evaluator) == (dialogue, "words")
    )
    return found


def an_entry(transcript: Transcript) -> dict[str, Any]:
    """A concession in the words of a turn of that dialogue."""
    turn = next(one for one in transcript.body.turns if one.kind == "statement" and one.words)
    principal = next(one.principal for one in transcript.spec.seats if one.seat == turn.seat)
    issue, option = next(iter(transcript.body.outcome.package.items()))  # type: ignore[union-attr]
    return {
        "at": turn.index,
        "quote": turn.words,
        "of": f"concedes.{issue}",
        "answer": option,
        "by": principal,
        "was": "unsaid",
        "commitment": "conditional",
        "condition": "",
        "in_return": "nothing",
        "authorised": "unsaid",
    }


def test_words_are_judged_scored_and_shown(
    played: Path, server: MockServer, judge: RunJudge
) -> None:
    folder = run_of(played)
    first = next(one for one in folder.transcripts() if one.body.outcome.kind == "deal")
    entry = an_entry(first)
    judge.lists = {entry["of"]: [entry, {**entry, "at": 99}, {**entry, "of": "concedes.moon"}]}
    done = score(played, server)
    assert done.code == 0, done.err
    said = " ".join(done.err.split())
    assert "judges 4 finished records by prose-ledger. At most 4 model calls" in said
    assert "too long for one question" not in said
    assert judge.asked == DIALOGUES
    assert all("puts o-" not in text for text in judge.read), "words alone are read"

    seat = next(one.seat for one in first.spec.seats if one.principal == entry["by"])
    found = words_of(played, first.id)
    assert found.values[f"conceded_{seat}"] == 1
    assert found.values["rejected"] == 2
    shown = typed("show", "quickstart", first.id, cwd=played)
    text = " ".join(shown.out.split())
    assert f"judge openai/x@{server.base_url}, uncalibrated." in text
    assert f"“{' '.join(entry['quote'].split())}”" in text
    public = typed("show", "quickstart", first.id, "--public", cwd=played)
    assert "uncalibrated" not in public.out

    assert score(played, server).code == 0
    assert judge.asked == DIALOGUES, "nothing is asked twice"
    judge.lists = {}
    assert score(played, server, model="y").code == 0
    found = words_of(played, first.id)
    assert found.values["conceded_o"] is None
    assert found.why_null["conceded_o"].startswith("several judges judged it")
    beside = typed("show", "quickstart", first.id, "--scores", "--json", cwd=played)
    assert beside.code == 0
    judges = json.dumps(found.detail["judges"])
    assert f"openai/x@{server.base_url}" in judges
    assert f"openai/y@{server.base_url}" in judges


def test_a_refusal_is_no_empty_ledger(played: Path, server: MockServer, judge: RunJudge) -> None:
    judge.instead = lambda _: completion(None, refusal="I would rather not.")
    refused = score(played, server)
    assert "4 judgements are void: the judge refused" in refused.err
    records = list(run_of(played).records("judgement", JudgementRecord))
    assert {one.status for one in records} == {"void"}
    for one in run_of(played).transcripts():
        found = words_of(played, one.id)
        assert found.values["conceded_o"] is None
        assert found.values["unusable"] == 1
        assert found.why_null["conceded_o"].startswith("no judge gave a usable answer")


def test_a_mistyped_name_is_one_error_that_says_the_right_one(played: Path) -> None:
    done = typed(
        *("score", "quickstart", "--judge", "openai/x@http://127.0.0.1:9/v1"),
        *("--rubric", "prose-leger"),
        cwd=played,
    )
    done.fails(2, "no rubric is called 'prose-leger'")
    assert "prose-ledger" in done.err
