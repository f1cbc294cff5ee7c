"""``plan``: what would be played, as a table and sentences, and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.files.catalogue import list_files
from tests.support.command import ROOT
from tests.support.disputes import write
from tests.support.inprocess import typed

MODEL = ("--model", "openai/x@http://127.0.0.1:9/v1")
SUITE = """\
schema: track15/suite/1
id: mine
title: Mine [b]own[/b]
question: Does it lean?
scenarios: [small.yaml]
epochs: 1500
protocol: {rounds: 3, turns: 3}
arms: {one: {track: "1"}, half: {track: "1.5"}}
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    write(tmp_path)
    path = tmp_path / "mine.yaml"
    path.write_text(SUITE)
    return path


def test_every_shipped_suite_can_be_planned(tmp_path: Path) -> None:
    for path in list_files("suites"):
        plan = json.loads(typed("plan", path.stem, "--json", cwd=tmp_path).out)
        assert plan["dialogues"] > 0
        assert plan["calls"] == 0
    costed = typed("plan", "quickstart", *MODEL, cwd=tmp_path)
    assert costed.code == 0, costed.err
    assert "model calls" in costed.out
    assert "Smallest detectable difference" in costed.out
    assert list(tmp_path.iterdir()) == [], "nothing is written"


def test_each_arm_has_a_row(suite: Path) -> None:
    shown = typed("plan", suite, cwd=suite.parent)
    assert shown.code == 0, shown.err
    assert shown.err == ""
    lines = [line.strip() for line in shown.out.splitlines()]
    assert lines[:2] == ["Mine [b]own[/b]", "Does it lean?"]
    assert [line.split() for line in lines[3:6]] == [
        ["arm", "track", "scenarios", "dialogues", "model", "calls"],
        ["one", "1", "1", "1,500", "0"],
        ["half", "1.5", "1", "1,500", "0"],
    ]
    assert lines[-1] == "No comparison is declared, so there is no effect to detect."


def test_what_changes_nothing_is_said_beside_the_answer(suite: Path) -> None:
    shown = typed("plan", suite, "--temperature", "0.5", "--json", cwd=suite.parent)
    assert "--temperature changes nothing here" in shown.err
    assert json.loads(shown.out)["suite"] == "mine"


def test_the_effect_is_one_on_the_primary_measure(tmp_path: Path) -> None:
    write(tmp_path)
    text = (ROOT / "evals" / "suites" / "quickstart.yaml").read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(
        text.replace("measure: settlement.skew", "measure: acceptability.all_accept", 1)
    )
    said = typed("plan", "mine.yaml", cwd=tmp_path).out
    assert "difference in every real party could sign" in " ".join(said.split())
    assert "skew" not in said.split("Smallest detectable", 1)[1]


def test_a_pilot_says_how_much_a_measure_varies(played: Path) -> None:
    run = next((played / "transcripts").glob("quickstart-*")).name
    told = typed("plan", "quickstart", "--from", run, "--json", cwd=played)
    assert told.code == 0, told.err
    power = json.loads(told.out)["power"]
    assert power["measure"] == "settlement.skew"
    assert power["source"].endswith(run)
    assert power["between_sd"] == 0.05, "one scenario says nothing of others"
    assert 0 < power["within_sd"] < 0.2
    model = typed("plan", "quickstart", "--from", run, *MODEL, cwd=played).out
    assert "played by scripts" in " ".join(model.split())


def test_a_pilot_that_cannot_say_is_refused(played: Path) -> None:
    run = next((played / "transcripts").glob("quickstart-*"))
    refused = typed("plan", "quickstart", "--from", "none", cwd=played)
    assert (refused.code, refused.out) == (1, "")
    assert "no run 'none'" in refused.err
    scores = (run / "scores.jsonl").read_text()
    lacking = [line for line in scores.splitlines() if '"evaluator":"settlement"' not in line]
    (run / "scores.jsonl").write_text("\n".join(lacking) + "\n")
    refused = typed("plan", "quickstart", "--from", run.name, cwd=played)
    assert (refused.code, refused.out) == (1, "")
    assert "does not have the measure 'settlement.skew'" in refused.err
    (run / "scores.jsonl").unlink()
    refused = typed("plan", "quickstart", "--from", run.name, cwd=played)
    assert "the pilot is not scored" in refused.err
    assert "track15 score" in refused.err
