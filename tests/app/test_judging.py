"""A judgement on its own: who judges, what it takes, and what becomes of a judge that fails."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.app.judging import judgement_of
from harness.disputes.scenario import Scenario
from harness.errors import ModelError, Track15Error, UsageError
from harness.records.judgement import MOST_TEXT, JudgementRecord
from tests.support.disputes import SMALL as TEXT
from tests.support.mock_server import MockServer, completion

SMALL = Scenario.model_validate(yaml.safe_load(TEXT))


def judged(
    judge: str, text: str = "Each draws half.", models: Path | None = None
) -> tuple[JudgementRecord, list[str]]:
    notes: list[str] = []
    wire = {"max_retries": 0, "timeout": 20.0}
    work = judgement_of(text, SMALL, judge, models, notes.append, wire)
    return asyncio.run(work), notes


def nothing(body: dict[str, Any]) -> str:
    if not body:
        return "ok"
    items = body["response_format"]["json_schema"]["schema"]["properties"]
    return json.dumps({item: {"quotes": [], "answer": "cannot_tell"} for item in items})


def test_one_call_is_made_after_it_was_announced() -> None:
    with MockServer(nothing) as server:
        record, notes = judged(f"openai/mock@{server.base_url}")
        asked = [body for body in server.bodies if body]
    assert len(asked) == len(record.calls) == len(notes) == 1
    assert "one call, about" in notes[0]
    assert {one.answer for one in record.body.verdicts} == {None}
    assert asked[0]["messages"][1]["content"].count("Each draws half.") == 1


def test_a_judge_goes_by_its_name_and_settings(tmp_path: Path) -> None:
    with MockServer(nothing) as server:
        models = tmp_path / "models.yaml"
        models.write_text(
            "schema: track15/models/1\nmodels:\n  mine:\n"
            f"    address: openai/mock@{server.base_url}\n    temperature: 0.25\n"
        )
        record, _ = judged("mine", models=models)
        (asked,) = (body for body in server.bodies if body)
    assert record.spec.judge.settings.temperature == 0.25
    assert asked["temperature"] == 0.25


def test_a_refusal_is_an_error_and_no_verdict() -> None:
    def refuses(body: dict[str, Any]) -> Any:
        return completion(None, refusal="I can't help with that.") if body else "ok"

    with MockServer(refuses) as server, pytest.raises(ModelError) as caught:
        judged(f"openai/mock@{server.base_url}")
    assert "no usable answer" in caught.value.what
    assert "refusal" in caught.value.what


@pytest.mark.parametrize(
    ("judge", "text", "error"),
    [
        ("scripted", "Peace.", UsageError),
        ("nobody", "Peace.", UsageError),
        ("openai/mock@http://127.0.0.1:9/v1", "x" * (MOST_TEXT + 1), UsageError),
        ("openai/mock@http://127.0.0.1:9/v1", "Peace.", ModelError),
    ],
)
def test_what_cannot_be_judged_is_one_clear_error(
    judge: str, text: str, error: type[Track15Error]
) -> None:
    with pytest.raises(error):
        judged(judge, text)
