"""The run that ships as an example is what its command gives today."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.example import COMMAND, KEPT
from harness.files.shipped import examples
from harness.records.folder import RUN
from tests.support.inprocess import typed

STALE = "the code has moved on; play the example anew: python benchmarks/example.py"
(SHIPPED,) = (path.parent for path in examples().glob(f"*/{RUN}"))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cwd = tmp_path_factory.mktemp("example")
    done = typed(*COMMAND.split(), cwd=cwd)
    assert done.code == 0, done.err
    (run,) = (cwd / "transcripts").iterdir()
    return run


def test_it_is_the_run_of_this_plan(played: Path) -> None:
    assert played.name == SHIPPED.name, STALE
    assert {path.name for path in SHIPPED.iterdir()} == set(KEPT)


@pytest.mark.parametrize("name", sorted(set(KEPT) - {RUN}))
def test_it_has_what_is_played_and_measured_today(played: Path, name: str) -> None:
    assert (played / name).read_bytes() == (SHIPPED / name).read_bytes(), STALE


def test_it_was_made_by_the_same_command_with_the_same_suite(played: Path) -> None:
    assert timeless(played) == timeless(SHIPPED), STALE
    assert timeless(SHIPPED)["command"] == f"track15 {COMMAND}"


def timeless(run: Path) -> Any:
    """What ``run.json`` says, apart from when."""

    def without(value: dict[str, Any]) -> dict[str, Any]:
        return {name: one for name, one in value.items() if name not in ("created", "time")}

    return json.loads((run / RUN).read_text(encoding="utf-8"), object_hook=without)
