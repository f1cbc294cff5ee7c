"""The flags that spread a run, and those that do not go together."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from harness.app.options import backend_of
from harness.cli.spreading import spread_options
from harness.errors import UsageError
from harness.workers import ray
from harness.workers.backend import Backend


def given(*flags: str) -> object:
    """What the flags say, as a command would be called with them."""
    found: list[Backend] = []

    @click.command()
    @spread_options
    def command(workers: int | None, executor: str, ray_address: str | None) -> None:
        found.append(Backend(workers, executor, ray_address))

    result = CliRunner().invoke(command, flags)
    return found[0] if found else result.exit_code


def test_flags_are_the_fields_of_a_spread() -> None:
    assert given() == Backend()
    assert given("--workers", "3") == Backend(workers=3)
    flags = ("--executor", "ray", "--ray-address", "h:1")
    assert given(*flags) == Backend(executor="ray", ray_address="h:1")


@pytest.mark.parametrize("flags", [("--workers", "0"), ("--executor", "slurm")])
def test_what_cannot_be_is_a_mistake_of_usage(flags: tuple[str, ...]) -> None:
    assert given(*flags) == 2


def test_an_address_is_for_ray() -> None:
    with pytest.raises(UsageError, match="for --executor ray"):
        backend_of({"ray_address": "h:1"})


@pytest.mark.parametrize(("workers", "executor"), [(2, "local"), (None, "ray")])
def test_a_replay_is_played_here(workers: int | None, executor: str) -> None:
    with pytest.raises(UsageError, match="a replay is played in one process"):
        backend_of({"workers": workers, "executor": executor, "replay": "run"})
    assert backend_of({"workers": 1, "replay": "run"}).here


def test_ray_is_looked_for_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[bool] = []
    monkeypatch.setattr(ray, "hold_installed", lambda: looked.append(True))
    backend_of({"workers": 2})
    assert not looked
    asked = {"workers": 2, "executor": "ray", "ray_address": "h:1"}
    assert backend_of(asked) == Backend(2, "ray", "h:1")
    assert looked
