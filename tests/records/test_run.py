"""What ``run.json`` says: what may be typed, which plan goes on, and which scenario is meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.disputes.scenario import Twin
from harness.records.run import FORMER_SCHEMA, RunInfo, own_command
from tests.support.disputes import write
from tests.support.runs import run_info, tiny_plan


@pytest.fixture
def info(tmp_path: Path) -> RunInfo:
    return run_info(tiny_plan(write(tmp_path)))


@pytest.mark.parametrize(
    ("recorded", "offered"),
    [
        ("track15 run tiny --epochs 2", "track15 run tiny --epochs 2"),
        ("/opt/bin/track15 fork latest", "track15 fork latest"),
        ("track15 run 'my suite.yaml'", "track15 run 'my suite.yaml'"),
        ("track15 run tiny; rm -rf ~", "track15 run 'tiny;' rm -rf '~'"),
        ("rm -rf /", ""),
        ("track15 score latest", ""),
        ("track15 run tiny --evaluator a.py:B", ""),
        ("track15 run tiny --delegation official=m:agent", ""),
        ("track15 run 'tiny", ""),
        ("track15 run tiny\n", ""),
        ("track15 run \x1b[2Jtiny", ""),
        ("", ""),
    ],
)
def test_a_strangers_command_is_offered_only_where_it_is_harmless(
    recorded: str, offered: str
) -> None:
    assert own_command(recorded) == offered


def test_the_command_is_offered_as_it_may_be(info: RunInfo) -> None:
    assert info.typed == "track15 run tiny"
    assert info.model_copy(update={"command": "sh -c id"}).typed == ""


@pytest.mark.parametrize(
    ("changes", "goes_on"),
    [
        ({}, True),
        ({"plan": "other"}, True),
        ({"plan": "other", "root": "other"}, False),
        ({"root": "other"}, True),
        ({"schema_": FORMER_SCHEMA}, False),
    ],
)
def test_a_folder_goes_on_with_plans_that_begin_alike(
    info: RunInfo, changes: dict[str, Any], goes_on: bool
) -> None:
    assert info.goes_on(info.model_copy(update=changes)) is goes_on


def test_no_root_is_no_likeness(info: RunInfo) -> None:
    old = info.model_copy(update={"root": ""})
    assert not old.goes_on(old.model_copy(update={"plan": "other"}))


def test_a_twin_is_made_once(info: RunInfo) -> None:
    twin = info.scenario("small", Twin.SEATS)
    assert info.scenario("small", Twin.SEATS) is twin
    assert twin == info.scenarios["small"].twin(Twin.SEATS)


def test_what_a_run_lacks_is_left_out_of_its_file(info: RunInfo) -> None:
    text = info.model_dump_json(by_alias=True)
    assert '"schema":"track15/run/2"' in text
    assert not any(f'"{name}"' in text for name in ("then", "cut", "cut_scenarios"))
    assert RunInfo.model_validate_json(text) == info
    assert not info.is_former
    assert info.model_copy(update={"schema_": FORMER_SCHEMA}).is_former
