"""What ``doctor --delegation`` says of an agent that was tried, and with which exit code."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.cli.doctor_delegation import examine_delegations
from harness.doctor.agent_remarks import AgentCheck, Remark, Step
from tests.support.inprocess import typed


def check(name: str, *, plays: bool = True) -> AgentCheck:
    """What was found out about an agent: it made a move in each dialogue, or in the first alone."""
    problem = None if plays else "It holds no move."
    return AgentCheck(
        name,
        steps=[
            Step("dialogue 1, move", "2 messages", '{"move": 1}'),
            Step("dialogue 2, move", "", "[b]words[/b]", problem),
        ],
        remarks=[
            Remark("models", "good", "one model"),
            Remark("settings", "warn", "one was not used", "use it"),
            Remark("form", "bad", "it is none"),
        ],
    )


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the agents were tried with: a target is the name, and "bad" cannot play."""
    found: list[dict[str, Any]] = []

    def own_delegations(targets: tuple[str, ...]) -> list[tuple[str, Any]]:
        return [("official", SimpleNamespace(name=name)) for name in targets]

    async def check_agent(own: Any, **how: Any) -> AgentCheck:
        await asyncio.sleep(0)
        found.append({"name": own.name, **how})
        return check(own.name, plays=own.name != "bad")

    monkeypatch.setattr("harness.app.examining.own_delegations", own_delegations)
    monkeypatch.setattr("harness.app.examining.check_agent", check_agent)
    return found


def test_each_is_tried_in_its_seat(asked: list[dict[str, Any]]) -> None:
    assert examine_delegations(("good", "fine"), timeout=7.0, as_json=False) == 0
    assert asked == [
        {"name": "good", "role": "official", "seconds": 7.0},
        {"name": "fine", "role": "official", "seconds": 7.0},
    ]


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize(
    ("targets", "code"), [(("good",), 0), (("good", "bad"), 1), (("bad", "good"), 1)]
)
def test_one_that_cannot_play_is_exit_code_1(
    asked: list[dict[str, Any]], targets: tuple[str, ...], code: int, as_json: bool
) -> None:
    assert examine_delegations(targets, timeout=1.0, as_json=as_json) == code
    assert len(asked) == len(targets)


def test_every_question_and_every_remark_is_shown(
    asked: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    examine_delegations(("bad",), timeout=1.0, as_json=False)
    assert capsys.readouterr().out.splitlines() == [
        "bad",
        "  dialogue 1, move",
        "    sent 2 messages",
        '    came {"move": 1}',
        "  dialogue 2, move",
        "    came [b]words[/b]",
        "    but  It holds no move.",
        "  ok models: one model",
        "  !  settings: one was not used",
        "     fix: use it",
        "  X  form: it is none",
        "It cannot play yet.",
        "",
    ]


def test_one_that_can_play_is_told_so(
    asked: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    examine_delegations(("good",), timeout=1.0, as_json=False)
    assert capsys.readouterr().out.splitlines()[-2:] == ["It can play.", ""]


def test_json_is_one_array_of_all_that_was_found(
    asked: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    examine_delegations(("good", "bad"), timeout=1.0, as_json=True)
    good, bad = json.loads(capsys.readouterr().out)
    assert (good["delegation"], good["usable"]) == ("good", True)
    assert (bad["delegation"], bad["usable"]) == ("bad", False)
    assert bad["steps"][1] == {
        "name": "dialogue 2, move",
        "sent": "",
        "came": "[b]words[/b]",
        "problem": "It holds no move.",
        "fix": None,
    }
    assert bad["remarks"][1] == {
        "name": "settings",
        "state": "warn",
        "said": "one was not used",
        "fix": "use it",
    }


def test_brackets_in_a_name_are_no_markup(
    asked: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert examine_delegations(("[/a].py:agent",), timeout=1.0, as_json=False) == 0
    assert capsys.readouterr().out.startswith("[/a].py:agent\n")


def test_one_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    done = typed("doctor", "--delegation", "mine.py:agent", cwd=tmp_path)
    done.fails(2, "--delegation mine.py:agent: no such file")
