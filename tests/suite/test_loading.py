"""A suite with its file: what is wrong is told with its line before anything is played."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import InputError
from harness.suite.loading import load_suite, load_suite_file
from tests.support.disputes import SMALL, write

SUITE = """\
schema: track15/suite/1
id: mine
title: Mine
question: Does it lean?
scenarios: [SCENARIO]
tactic: linear
arms:
  one: {track: "1"}
  half:
    track: "1.5"
    u: {tactic: boulware}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "mine.yaml"
    made.write_text(SUITE.replace("SCENARIO", str(write(tmp_path))))
    return made


def edited(path: Path, old: str, new: str) -> Path:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return path


def test_a_suite_knows_its_file(path: Path) -> None:
    found = load_suite_file(str(path))
    assert found.suite == load_suite(str(path))
    assert (found.suite.id, found.folder) == ("mine", path.parent)
    assert found.document.line(("arms", "half", "u", "tactic")) == 11


def test_a_shipped_suite_is_found_by_name() -> None:
    assert load_suite("quickstart").id == "quickstart"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [("tactic: linear", "tactic: lineer", 6), ("boulware", "bulware", 11)],
)
def test_a_tactic_that_is_not_there_is_told_with_its_line(
    path: Path, old: str, new: str, line: int
) -> None:
    with pytest.raises(InputError) as error:
        load_suite(str(edited(path, old, new)))
    assert error.value.where == f"{path}:{line}"
    assert old.split()[-1] in str(error.value.fix)


def test_an_evaluator_beside_the_suite_is_named_from_here(path: Path) -> None:
    beside = path.with_name("measures.py")
    beside.touch()
    evaluators = "evaluators: [settlement, 'measures.py:Mine', 'gone.py:Other']\n"
    edited(path, "tactic: linear\n", f"tactic: linear\n{evaluators}")
    assert load_suite(str(path)).evaluators == (
        "settlement",
        f"{beside}:Mine",
        "gone.py:Other",
    )


def test_what_is_no_suite_is_told_what_it_is(tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(SMALL)
    with pytest.raises(InputError, match="this is a scenario, not a suite"):
        load_suite(str(other))
    (tmp_path / "code.py").touch()
    with pytest.raises(InputError, match="this is Python, not a suite"):
        load_suite(str(tmp_path / "code.py"))
