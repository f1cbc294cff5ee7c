"""``plan``: what a suite would take."""

from __future__ import annotations

import json
from pathlib import Path

from harness import app
from tests.support.inprocess import typed

MODEL = "openai/m@http://127.0.0.1:9/v1"


def test_a_plan_is_that_of_the_command(here: Path) -> None:
    found = app.plan("track-contrast", models=MODEL, limit=20)
    done = typed("plan", "track-contrast", "--model", MODEL, "--limit", "20", "--json", cwd=here)
    assert json.loads(json.dumps(found.as_json())) == json.loads(done.out)
    assert found.plan.dialogues == found.estimate.dialogues == 20
    assert found.sentences()[0].startswith("--limit cut")
    assert list(here.iterdir()) == []


def test_what_changes_nothing_is_told(here: Path) -> None:
    told: list[str] = []
    found = app.plan("quickstart", temperature=0.1, notify=told.append)
    assert tuple(told) == found.notes
    assert "--temperature changes nothing here" in told[0]
    assert found.smallest_detectable is not None
