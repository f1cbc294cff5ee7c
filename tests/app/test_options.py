"""What may be asked of a plan and a run, by keyword."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click
import pytest

from harness.app.options import (
    PlanOptions,
    RunOptions,
    backend_of,
    checked,
    command_of,
    overrides_of,
    wire_of,
)
from harness.cli import run as typed_run
from harness.errors import UsageError


def test_every_flag_of_run_is_an_option() -> None:
    """But for those that say what is printed."""
    names = {p.name for p in typed_run.command.params if isinstance(p, click.Option)}
    said = {"as_json", "display", "max_void", "no_report", "follow_links"}
    assert names - said == set(RunOptions.__annotations__)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"epoch": 1}, "epoch"),
        ({"epochs": 0}, "epochs"),
        ({"turns": 201}, "turns"),
        ({"temperature": float("nan")}, "temperature"),
        ({"timeout": float("inf")}, "timeout"),
        ({"models": 3}, "models"),
        ({"executor": "elsewhere"}, "executor"),
    ],
)
def test_what_is_out_of_range_is_named(options: dict[str, Any], named: str) -> None:
    with pytest.raises(UsageError) as raised:
        checked(options, RunOptions)
    assert raised.value.where == named
    assert raised.value.fix


def test_a_plan_takes_no_option_of_a_run() -> None:
    with pytest.raises(UsageError, match="token_limit"):
        checked({"token_limit": 5}, PlanOptions)


def test_one_or_several_may_be_named() -> None:
    options = {"scenarios": "opening", "arms": ["one", "two"], "models": {"official": "scripted"}}
    assert checked(options, PlanOptions) == {
        "scenarios": ("opening",),
        "arms": ("one", "two"),
        "models": ("official=scripted",),
    }


def test_what_is_none_is_left_out() -> None:
    assert checked({"epochs": None, "cache": None}, RunOptions) == {}


def test_the_limits_of_a_dialogue_are_not_those_of_the_run() -> None:
    given = checked({"dialogue_token_limit": 5, "token_limit": 7}, RunOptions)
    changes = overrides_of(given, {})
    assert (changes.token_limit, changes.time_limit) == (5, None)


def test_how_hard_and_where() -> None:
    asked = {"max_connections": 3, "adaptive": False, "reasoning": False, "workers": 2}
    given = checked(asked, RunOptions)
    wire = wire_of(given)
    assert (wire.max_connections, wire.adaptive, wire.max_retries) == (3, False, 5)
    assert not wire.reasoning
    assert wire_of({}).reasoning
    assert "--no-adaptive --no-reasoning" in command_of("small.yaml", given).replace("\n", " ")
    assert backend_of(given).workers == 2
    with pytest.raises(UsageError, match="one process"):
        backend_of({**given, "replay": "latest"})


def test_the_command_says_the_same() -> None:
    options = {"models": "openai/m", "scenarios": ["a", "b c"], "retry_void": True, "epochs": 2}
    text = command_of(Path("my suite.yaml"), checked(options, RunOptions))
    assert shlex.split(text) == [
        *("track15", "run", "my suite.yaml", "--model", "openai/m"),
        *("--scenario", "a", "--scenario", "b c", "--retry-void", "--epochs", "2"),
    ]


def test_several_models_of_a_role_are_said_in_a_list_or_by_commas() -> None:
    for given in ({"unofficial": ["vllm/a", "vllm/b"]}, {"unofficial": "vllm/a,vllm/b"}):
        options = checked({"models": given, "matrix": False, "opponent": "scripted"}, PlanOptions)
        found = overrides_of(options, {})
        assert found.models == {}
        assert [one.models["unofficial"].split("@")[0] for one in found.lineups] == [
            "vllm/a",
            "vllm/b",
        ]
        assert {one.models["official"] for one in found.lineups} == {"scripted"}
        assert len(found.players) == 3


def test_how_models_meet_is_part_of_the_command() -> None:
    given = checked(
        {"models": ["official=vllm/a,vllm/b", "unofficial=vllm/a,vllm/b"], "matrix": True},
        PlanOptions,
    )
    words = command_of("smoke", given)
    assert words == (
        "track15 run smoke --model official=vllm/a,vllm/b --model unofficial=vllm/a,vllm/b --matrix"
    )
