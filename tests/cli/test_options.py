"""Flags that several commands share: their values, and that they are the same everywhere."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from harness.app.options import RunOptions, checked
from harness.cli import run as typed_run
from harness.cli.main import COMMANDS, cli
from harness.cli.options import (
    FiniteRange,
    UserPath,
    endpoint_options,
    evaluator_option,
    json_option,
    log_dir_option,
    max_void_option,
    model_change_option,
    suite_options,
)
from harness.errors import UsageError
from harness.files.regular import FOLLOW_LINKS
from harness.models.address import ROLES


def given(option: Callable[..., Any], *flags: str) -> tuple[dict[str, Any], Result]:
    """What a command with these options is called with, and how the call went."""
    found: dict[str, Any] = {}

    @click.command()
    @option
    def command(**values: Any) -> None:
        found.update(values)

    return found, CliRunner().invoke(command, flags)


def of(kind: Any) -> Callable[..., Any]:
    return click.option("--value", type=kind)


# --- values ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["0", "0.5", "1"])
def test_a_number_in_range(text: str) -> None:
    assert given(of(FiniteRange(0, 1)), "--value", text)[0] == {"value": float(text)}


@pytest.mark.parametrize("text", ["nan", "NaN", "inf", "-0.1", "1.1", "some"])
def test_what_is_no_number_in_range_is_wrong_usage(text: str) -> None:
    found, result = given(of(FiniteRange(0, 1)), "--value", text)
    assert (found, result.exit_code) == ({}, 2)
    assert "--value" in result.output


def test_a_range_that_is_open_above_has_no_nan_either() -> None:
    _, result = given(of(FiniteRange(0)), "--value", "nan")
    assert "'nan' is not a number." in result.output


def test_a_path_may_begin_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "x").mkdir()
    found, _ = given(of(UserPath(exists=True, folder=True)), "--value=~/x")
    assert found == {"value": tmp_path / "x"}


def test_the_home_of_nobody_is_wrong_usage() -> None:
    _, result = given(of(UserPath()), "--value=~nobody-of-this-name/x")
    assert result.exit_code == 2
    said = " ".join(result.output.split())
    assert "'~nobody-of-this-name/x' names the home folder of an unknown user" in said
    assert "write the whole path" in said


def test_a_dash_is_stdout_or_nothing() -> None:
    assert given(of(UserPath(dash=True)), "--value=-")[0] == {"value": Path("-")}
    _, result = given(of(UserPath()), "--value=-")
    assert result.exit_code == 2
    assert "for a file of that name write ./-" in " ".join(result.output.split())


@pytest.mark.parametrize(
    ("kind", "name", "code"),
    [
        (UserPath(), "none", 0),
        (UserPath(), "file", 0),
        (UserPath(), "folder", 2),
        (UserPath(exists=True), "none", 2),
        (UserPath(exists=True), "file", 0),
        (UserPath(folder=True), "none", 0),
        (UserPath(folder=True), "file", 2),
        (UserPath(folder=True), "folder", 0),
        (UserPath(exists=True, folder=True), "none", 2),
    ],
)
def test_a_file_is_no_folder(tmp_path: Path, kind: UserPath, name: str, code: int) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    assert given(of(kind), f"--value={tmp_path / name}")[1].exit_code == code


# --- options --------------------------------------------------------------------------------------


def test_the_help_names_every_role_that_a_run_can_give_to_a_model() -> None:
    command = click.command()(suite_options(lambda: None))
    (models,) = [one for one in command.params if one.name == "models"]
    assert isinstance(models, click.Option)
    assert all(f"'{role}'" in (models.help or "") for role in ROLES if role != "judge")


def test_what_is_left_out(tmp_path: Path) -> None:
    assert given(log_dir_option)[0] == {"log_dir": Path("transcripts")}
    assert given(json_option)[0] == {"as_json": False}
    assert given(max_void_option)[0] == {"max_void": 0.5}
    wire = {"max_connections": 16, "max_retries": 5, "timeout": 120.0, "reasoning": True}
    assert given(endpoint_options)[0] == wire
    assert given(evaluator_option)[0] == {"evaluators": ()}
    assert given(model_change_option)[0] == {"allow_model_change": False}
    asked = given(suite_options)[0]
    several = {name for name, value in asked.items() if value == ()}
    assert several == {"models", "delegations", "scenarios", "arms"}
    assert {value for name, value in asked.items() if name not in several} == {None}


def test_some_may_be_repeated() -> None:
    assert given(evaluator_option, "--evaluator=a", "--evaluator=b")[0] == {
        "evaluators": ("a", "b")
    }
    asked, _ = given(suite_options, "--arm=one", "--arm=two", "--model=a", "--scenario=s")
    assert (asked["arms"], asked["models"], asked["scenarios"]) == (("one", "two"), ("a",), ("s",))


@pytest.mark.parametrize(("flags", "follow"), [((), False), (("--follow-links",), True)])
def test_links_are_followed_where_that_is_said(flags: tuple[str, ...], follow: bool) -> None:
    def followed() -> bool:
        given(log_dir_option, *flags)
        return FOLLOW_LINKS.get()

    assert contextvars.copy_context().run(followed) == follow


# --- the same everywhere --------------------------------------------------------------------------


def parameters() -> Iterator[tuple[str, click.Parameter]]:
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        for parameter in command.params:
            yield f"{name} {parameter.opts[0]}", parameter


def test_paths_are_read_alike_by_all_commands() -> None:
    paths = {name: one.type for name, one in parameters() if isinstance(one.type, click.Path)}
    assert {"run --log-dir", "fork --prompts", "report --out", "doctor --models"} <= paths.keys()
    assert [name for name, kind in paths.items() if not isinstance(kind, UserPath)] == []


def test_no_command_takes_nan_for_a_number() -> None:
    numbers = [(name, one.type) for name, one in parameters()]
    floats = {name: kind for name, kind in numbers if isinstance(kind, click.types.FloatParamType)}
    assert "run --max-void" in floats
    assert [name for name, kind in floats.items() if not isinstance(kind, FiniteRange)] == []


def test_every_option_is_explained() -> None:
    bare = [name for name, one in parameters() if isinstance(one, click.Option) and not one.help]
    assert bare == []


RANGES = {
    one.name: one.type
    for one in typed_run.command.params
    if isinstance(one.type, click.IntRange | click.FloatRange) and one.name != "max_void"
}


@pytest.mark.parametrize("name", RANGES)
def test_a_flag_and_its_keyword_have_the_same_range(name: str) -> None:
    """``run --epochs 0`` and ``app.run(epochs=0)`` are refused alike."""
    kind: Any = RANGES[name]
    step = 1 if isinstance(kind, click.IntRange) else 0.001
    inside, outside = (kind.min, kind.min - step) if not kind.min_open else (step, kind.min)
    assert checked({name: inside}, RunOptions) == {name: inside}
    with pytest.raises(UsageError):
        checked({name: outside}, RunOptions)
    if kind.max is not None:
        assert checked({name: kind.max}, RunOptions) == {name: kind.max}
        with pytest.raises(UsageError):
            checked({name: kind.max + step}, RunOptions)
