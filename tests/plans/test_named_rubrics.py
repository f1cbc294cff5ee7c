"""Rubrics by name and by path."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import InputError, UsageError
from harness.plans.named_rubrics import read_own, rubrics_named
from harness.records.publication import PUBLICATION
from tests.support.rubric_files import MINE, write


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_programs_own_come_by_name_and_files_by_name_or_path(here: Path) -> None:
    write(here / "evals" / "rubrics")
    path = write(here, MINE.replace("id: mine", "id: other").replace("for: talks", "for: article"))
    found = rubrics_named(["talks-claims", "private-facts", "mine", str(path), "firmness"])
    assert [one.id for one in found] == [
        "talks-claims",
        "private-facts-o",
        "private-facts-u",
        "mine",
        "other",
        "firmness",
    ]
    assert [one.kinds for one in found][-2:] == [(PUBLICATION,), ("talks", "recorded")]
    assert rubrics_named(["mine", "mine"])[0].asks == "Mine"


def test_ones_own_file_goes_before_the_shipped_one(here: Path) -> None:
    write(here / "evals" / "rubrics", MINE.replace("id: mine", "id: firmness"), "firmness.md")
    (found,) = rubrics_named(["firmness"])
    assert found.asks == "Mine"


@pytest.mark.parametrize(
    ("name", "what", "fix"),
    [
        ("firmnes", "no rubric is called 'firmnes'", "did you mean 'firmness'?"),
        ("talk-claims", "no rubric is called 'talk-claims'", "did you mean 'talks-claims'?"),
        ("my.md", "no such file", "track15 list rubrics"),
        ("/none/my.md", "no such file", "check the path"),
        ("x\0y", "no rubric is called", "my.md"),
    ],
)
def test_a_name_of_nothing_says_what_is_meant(name: str, what: str, fix: str) -> None:
    with pytest.raises((UsageError, InputError)) as caught:
        rubrics_named([name])
    assert what in str(caught.value)
    assert fix in str(caught.value)


def test_no_file_takes_a_name_of_the_programs_own(here: Path) -> None:
    path = write(here, MINE.replace("id: mine", "id: article"))
    with pytest.raises(InputError, match="a rubric of the program's own") as caught:
        read_own(path)
    assert "my-article" in str(caught.value)


def test_two_files_of_one_id_are_refused(here: Path) -> None:
    write(here / "one"), write(here / "two")
    with pytest.raises(UsageError, match="two rubrics are called 'mine'"):
        rubrics_named(["one/mine.md", "two/mine.md"])
