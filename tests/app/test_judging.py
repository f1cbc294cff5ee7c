"""A judgement on its own: who judges, what it takes, and what becomes of a judge that fails."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.app.judging import MOST_PLAN, PlanAsked, PlanJudged, plan_judged
from harness.disputes.scenario import Scenario
from harness.errors import ModelError, Track15Error, UsageError
from tests.support.disputes import SMALL as TEXT
from tests.support.mock_server import MockServer, completion

SMALL = Scenario.model_validate(yaml.safe_load(TEXT))


def judged(
    judge: str, text: str = "Each draws half.", models: Path | None = None, **more: Any
) -> tuple[PlanJudged, list[str]]:
    notes: list[str] = []
    asked = PlanAsked(text, "A plan", SMALL, judge, models, **more)
    work = plan_judged(asked, notes.append, {"max_retries": 0, "timeout": 20.0})
    return asyncio.run(work), notes


def nothing(body: dict[str, Any]) -> str:
    if not body:
        return "ok"
    items = body["response_format"]["json_schema"]["schema"]["properties"]
    return json.dumps({item: {"quotes": [], "answer": "cannot_tell"} for item in items})


def test_each_call_is_made_after_it_was_announced() -> None:
    with MockServer(nothing) as server:
        found, notes = judged(f"openai/mock@{server.base_url}", text="Each draws half.")
        asked = [body for body in server.bodies if body]
    assert [len(record.calls) for record in found.records] == [1, 1]
    assert len(asked) == len(notes) == 2
    assert "Reading the plan: " in notes[0]
    assert "one call, about" in notes[0]
    assert "The direction of the quoted words: " in notes[1]
    assert {one.answer for one in found.records[0].body.verdicts} == {None}
    assert asked[0]["messages"][1]["content"].count("Each draws half.") == 1


def test_a_judge_goes_by_its_name_and_settings(tmp_path: Path) -> None:
    with MockServer(nothing) as server:
        models = tmp_path / "models.yaml"
        models.write_text(
            "schema: track15/models/1\nmodels:\n  mine:\n"
            f"    address: openai/mock@{server.base_url}\n    temperature: 0.25\n"
        )
        found, _ = judged("mine", models=models)
        asked = [body for body in server.bodies if body]
    assert {one.spec.judge.settings.temperature for one in found.records} == {0.25}
    assert {body["temperature"] for body in asked} == {0.25}


KEY = "sk-aud1t-0123456789abcdefghijkl"


def test_a_judge_is_asked_once_for_the_same_plan_and_a_refusal_is_no_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACK15_API_KEY", KEY)
    record = tmp_path / "audits.jsonl"
    refusal = ""

    def answers(body: dict[str, Any]) -> Any:
        return completion(None, refusal=refusal) if body and refusal else nothing(body)

    with MockServer(answers) as server:
        judge = f"openai/mock@{server.base_url}"
        first, said = judged(judge, record=record)
        calls = len(server.bodies)
        assert [note.count(f"kept in {record}") for note in said] == [1, 1]
        again, notes = judged(judge, record=record)
        assert len(server.bodies) == calls  # not even which models there are
        assert again == first
        assert [note.partition(": on record in ")[2] != "" for note in notes] == [True, True]
        refusal = "I cannot help with that."
        for _ in range(2):  # asked, and then found on record
            with pytest.raises(ModelError, match="no usable answer") as caught:
                judged(judge, "Each draws a third.", record=record)
            assert "refusal" in caught.value.what
            assert "--retry-void" in (caught.value.fix or "")
        refused = [json.loads(line) for line in record.read_text().splitlines()][2:]
        assert [one["status"] for one in refused] == ["void"]
        assert refused[0]["body"]["verdicts"] == []
        refusal = ""
        judged(judge, "Each draws a third.", record=record, retry_void=True)
        refusal = f"I know {KEY}."
        with pytest.raises(ModelError, match="a secret key"):
            judged(judge, "Each draws a fourth.", record=record)
    assert [json.loads(line)["status"] for line in record.read_text().splitlines()] == [
        *("done", "done"),
        "void",
        *("done", "done"),
        "void",
    ]
    assert KEY not in record.read_text()


@pytest.mark.parametrize(
    ("judge", "text", "error"),
    [
        ("scripted", "Peace.", UsageError),
        ("nobody", "Peace.", UsageError),
        ("openai/mock@http://127.0.0.1:9/v1", "x" * (MOST_PLAN + 1), UsageError),
        ("openai/mock@http://127.0.0.1:9/v1", "Peace.", ModelError),
    ],
)
def test_what_cannot_be_judged_is_one_clear_error(
    judge: str, text: str, error: type[Track15Error]
) -> None:
    with pytest.raises(error):
        judged(judge, text)
