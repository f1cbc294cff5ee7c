"""What the command line changes in a suite: each flag alone, and nothing but what it names."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from harness.app.options import overrides
from harness.cli.options import suite_options
from harness.delegations.plugins import UserDelegation
from harness.orchestrator.lineup import Lineup
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import Plan, make_plan
from harness.records.spec import TalksSpec
from tests.support.disputes import SMALL, write
from tests.support.runs import tiny_suite

MODEL = "openai/x@http://127.0.0.1:9/v1"
OWN = UserDelegation("mine.py:make", "custom", "1" * 64, "mine.py:make", object(), "mine.py")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path)
    write(tmp_path, SMALL.replace("id: small\n", "id: second\n"), "second.yaml")
    return tmp_path


def specs(plan: Plan) -> list[TalksSpec]:
    return [way.talks for way in plan.ways()]


def seats(plan: Plan, name: str) -> list[Any]:
    return [spec.seat(name) for spec in specs(plan)]


Holds = Callable[[Plan], bool]
FIELDS: dict[str, tuple[Any, Holds]] = {
    "scenarios": (["second.yaml"], lambda p: {s.scenario for s in specs(p)} == {"second"}),
    "arms": (["half"], lambda p: {w.arm for w in p.ways()} == {"half"}),
    "epochs": (3, lambda p: {w.epoch for w in p.ways()} == {1, 2, 3}),
    "seed": (77, lambda p: p.suite.seed == 77),
    "turns": (7, lambda p: {s.protocol.turns for s in specs(p)} == {7}),
    "rounds": (5, lambda p: {s.protocol.rounds for s in specs(p)} == {5}),
    "probe": (
        True,
        lambda p: {n.name for w in p.ways() for n in w.nodes[1:]} == {"probe_o", "probe_u"},
    ),
    "temperature": (0.25, lambda p: {s.settings.temperature for s in seats(p, "o")} == {0.25}),
    "max_tokens": (321, lambda p: {s.settings.max_tokens for s in seats(p, "u")} == {321}),
    "effort": ("low", lambda p: {s.settings.effort for s in seats(p, "u")} == {"low"}),
    "token_limit": (4321, lambda p: {s.protocol.token_limit for s in specs(p)} == {4321}),
    "time_limit": (12.5, lambda p: {s.protocol.time_limit for s in specs(p)} == {12.5}),
    "limit": (3, lambda p: len(p.ids) == 3),
    "models": ({"unofficial": MODEL}, lambda p: {s.model for s in seats(p, "u")} == {MODEL}),
    "lineups": (
        [Lineup({"unofficial": MODEL}), Lineup({})],
        lambda p: {s.model for s in seats(p, "u")} == {MODEL, None},
    ),
    "delegations": ({"official": OWN}, lambda p: {s.model for s in seats(p, "o")} == {OWN.name}),
    "sampling": ({"official": {"temperature": 0.125}}, lambda p: True),
}
"""Field of :class:`Overrides` -> a value for it alone, and what must come of it."""
SILENT = {"sampling"}
"""Settings of a model count only where that model plays."""


def changed(folder: Path, **fields: Any) -> Plan:
    return make_plan(tiny_suite(folder / "small.yaml"), Overrides(**fields))


def test_every_field_is_tried() -> None:
    assert set(FIELDS) == {field.name for field in dataclasses.fields(Overrides)}


@pytest.mark.parametrize("field", FIELDS)
def test_each_field_alone_changes_what_it_names(
    folder: Path, monkeypatch: pytest.MonkeyPatch, field: str
) -> None:
    monkeypatch.chdir(folder)
    value, holds = FIELDS[field]
    plain = changed(folder)
    assert holds(plain) is (field in SILENT), "as written, the suite has another value"
    plan = changed(folder, **{field: value})
    assert holds(plan)
    assert (plan.digest == plain.digest) is (field in SILENT)


def test_the_settings_of_a_model_go_where_it_sits_and_below_those_of_a_flag(folder: Path) -> None:
    own = {"official": {"temperature": 0.125, "max_tokens": 999}}
    models = {"official": MODEL, "unofficial": MODEL}
    plan = changed(folder, models=models, sampling=own)
    assert {s.settings.temperature for s in seats(plan, "o")} == {0.125}
    assert 0.125 not in {s.settings.temperature for s in seats(plan, "u")}
    plan = changed(folder, models=models, sampling=own, temperature=0.5)
    assert {(s.settings.temperature, s.settings.max_tokens) for s in seats(plan, "o")} == {
        (0.5, 999)
    }
    assert {s.settings.temperature for s in seats(plan, "u")} == {0.5}


@pytest.mark.parametrize("edge", [("turns", 1), ("turns", 200), ("rounds", 1), ("rounds", 20)])
def test_both_edges_of_a_range_are_in_it(folder: Path, edge: tuple[str, int]) -> None:
    name, value = edge
    assert {getattr(s.protocol, name) for s in specs(changed(folder, **{name: value}))} == {value}


# --- the flags themselves ------------------------------------------------------------------------


@click.command()
@suite_options
def command(**_: Any) -> None: ...


FLAGS: dict[str, tuple[str, str | None, Any]] = {
    "--scenario": ("opening", "scenarios", ("opening",)),
    "--arm": ("half", "arms", ("half",)),
    "--limit": ("3", "limit", 3),
    "--epochs": ("3", "epochs", 3),
    "--seed": ("0", "seed", 0),
    "--turns": ("7", "turns", 7),
    "--rounds": ("5", "rounds", 5),
    "--probe": ("", "probe", True),
    "--dialogue-token-limit": ("4321", "token_limit", 4321),
    "--dialogue-time-limit": ("12.5", "time_limit", 12.5),
    "--temperature": ("0", "temperature", 0.0),
    "--effort": ("low", "effort", "low"),
    "--max-tokens": ("321", "max_tokens", 321),
    "--model": (f"unofficial={MODEL}", "models", {"unofficial": MODEL}),
    # Those need a file, and have tests of their own.
    "--models": ("", None, None),
    "--delegation": ("", None, None),
    "--prompts": ("", None, None),
}
"""Flag -> an argument, the field of :class:`Overrides` that it sets, and the value there."""


def overridden(*words: str) -> dict[str, Any]:
    params = command.make_context("suite", list(words)).params
    for elsewhere in ("models_file", "prompts"):
        params.pop(elsewhere)
    return dataclasses.asdict(overrides(**params))


def test_every_flag_is_tried() -> None:
    assert set(FLAGS) == {option.opts[0] for option in command.params}


@pytest.mark.parametrize("flag", [flag for flag, (_, field, _) in FLAGS.items() if field])
def test_each_flag_alone_sets_its_field_and_no_other(flag: str) -> None:
    argument, field, value = FLAGS[flag]
    plain = overridden()
    assert {
        k: v for k, v in overridden(flag, *filter(None, [argument])).items() if v != plain[k]
    } == {
        field: value,
        **({"sampling": {"unofficial": {}}} if flag == "--model" else {}),
    }
