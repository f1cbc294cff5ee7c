"""``plan``: what would be played, as a table and sentences, and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli.plan import _power_sentence
from harness.files.catalogue import list_files
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
    assert lines[-1].startswith("Fewer than two scenarios are compared")


def test_what_changes_nothing_is_said_beside_the_answer(suite: Path) -> None:
    shown = typed("plan", suite, "--temperature", "0.5", "--json", cwd=suite.parent)
    assert "--temperature changes nothing here" in shown.err
    assert json.loads(shown.out)["suite"] == "mine"


def test_an_effect_that_could_be_told_from_chance() -> None:
    said = _power_sentence(0.0456)
    assert said.startswith("Smallest detectable difference in skew: about 0.046 (80 % power")
    assert "SD 0.05 between and 0.2 within scenarios" in said


def test_without_two_scenarios_there_is_none() -> None:
    assert "no effect can be told from chance" in _power_sentence(None)
