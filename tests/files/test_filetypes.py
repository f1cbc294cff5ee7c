"""A file given in the place of another is told where it belongs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.errors import InputError
from harness.files.filetypes import KINDS, hold_kind, hold_suffix, kind_of, refused_folder

SHOWN: dict[str, dict[str, Any]] = {
    "suite": {"arms": {}},
    "scenario": {"principals": {}, "issues": []},
    "games": {"generate": {}},
    "models": {"models": {}},
    "run": {"plan": "x", "suite": {}},
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_shows_by_its_fields_what_it_is(kind: str) -> None:
    assert kind_of(SHOWN[kind]) == kind
    assert kind_of({"schema": f"track15/{kind}/9"}) == kind


@pytest.mark.parametrize("data", [None, [], "arms", {}, {"principals": {}}, {"plan": "x"}])
def test_what_shows_nothing_is_of_no_kind(data: object) -> None:
    assert kind_of(data) is None
    hold_kind(data, Path("x.yaml"), "suite")


def test_another_kind_is_told_how_it_is_used() -> None:
    with pytest.raises(InputError, match="this is a scenario, not a suite") as error:
        hold_kind(SHOWN["scenario"], Path("my dispute.yaml"), "suite")
    assert error.value.fix == "play it with: track15 run quickstart --scenario 'my dispute.yaml'"
    hold_kind(SHOWN["games"], Path("x.yaml"), "scenario", "games")


def test_the_plan_of_a_run_is_meant_as_the_run() -> None:
    with pytest.raises(InputError, match="the plan of a run") as error:
        hold_kind(SHOWN["run"], Path("log/tiny/run.json"), "suite")
    assert error.value.fix == "read the run with: track15 show log/tiny"


@pytest.mark.parametrize(
    ("name", "is_"),
    [("a.py", "Python"), ("a.jsonl", "a file of a run"), ("a.j2", "a prompt"), ("a.html", "a rep")],
)
def test_a_name_tells_what_is_no_yaml(name: str, is_: str) -> None:
    with pytest.raises(InputError, match=f"this is {is_}.*, not a suite"):
        hold_suffix(Path(name), "suite")
    assert kind_of(name) is None
    hold_suffix(Path("a.yaml"), "suite")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert refused_folder(str(tmp_path / "nothing"), "suite") is None
    assert refused_folder("x" * 5_000, "suite") is None
    found = refused_folder(str(tmp_path), "scenario")
    assert found is not None
    assert "name a scenario" in str(found.fix)
    (tmp_path / "run.json").touch()
    found = refused_folder(str(tmp_path), "suite")
    assert found is not None
    assert found.what == "this is the folder of a run, not a suite"
