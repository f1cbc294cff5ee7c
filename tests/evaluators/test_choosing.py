"""Which evaluators score a run: those of its suite, and code only where the user names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.evaluators.choosing import choose
from harness.evaluators.registry import builtin

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "last_word.py"
NAMED = f"{EXAMPLE}:LastWord"


def names(suite: list[str] | None, named: list[str] | None = None) -> list[str]:
    return [one.name for one in choose(suite, named or []).evaluators]


@pytest.mark.parametrize("suite", [None, []])
def test_a_suite_that_names_none_has_all(suite: list[str] | None) -> None:
    every = [one.name for one in builtin()]
    assert names(suite)[: len(every)] == every
    assert names(suite, [NAMED])[-1] == "last_word"


def test_those_of_the_suite_come_first_and_each_once() -> None:
    assert names(["settlement", "process"], ["process", "red_lines"]) == [
        "settlement",
        "process",
        "red_lines",
    ]


def test_a_file_of_the_suite_is_not_executed(tmp_path: Path) -> None:
    trap = tmp_path / "trap.py"
    trap.write_text(f"open({str(tmp_path / 'sprung')!r}, 'w')")
    chosen = choose([f"{trap}:Trap", "settlement"])
    assert [one.name for one in chosen.evaluators] == ["settlement"]
    (left_out,) = chosen.left_out
    assert left_out.flag == f"--evaluator {trap}:Trap"
    assert "runs only where you name it yourself" in str(left_out)
    assert not (tmp_path / "sprung").exists()


def test_a_copied_run_knows_the_file_by_its_old_place() -> None:
    chosen = choose(["/old/place/last_word.py:LastWord"], [NAMED])
    assert [one.name for one in chosen.evaluators] == ["last_word"]
    assert chosen.left_out == ()
    other = choose(["/old/place/last_word.py:Other", "settlement"], [NAMED])
    assert [one.name for one in other.evaluators] == ["settlement", "last_word"]
    assert [one.name for one in other.left_out] == ["/old/place/last_word.py:Other"]


def test_what_is_not_installed_here_is_left_out_and_no_flag_helps() -> None:
    chosen = choose(["settlement", "theirs"])
    (left_out,) = chosen.left_out
    assert (left_out.name, left_out.flag) == ("theirs", None)
    assert str(left_out).endswith("no evaluator of that name is installed here")


def test_what_the_user_names_must_be_there() -> None:
    with pytest.raises(UsageError, match="'settlment'") as error:
        choose(["process"], ["settlment"])
    assert "settlement" in str(error.value.fix)
