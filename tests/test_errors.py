"""What errors say: what is wrong, where, how to fix it; and what somebody else's code raised."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import (
    NAME_SHOWN,
    SAID,
    LoadError,
    ModelError,
    RecordError,
    Track15Error,
    UsageError,
    be,
    brief,
    closest,
    counted,
    raised_at,
    suggest,
    told,
)


def test_an_error_says_what_where_and_how_to_fix_it() -> None:
    assert str(Track15Error("it is wrong")) == "it is wrong"
    error = UsageError("it is wrong", where="--flag", fix="leave it out")
    assert str(error) == "--flag: it is wrong\n  fix: leave it out"
    assert (error.exit_code, RecordError("x").exit_code) == (2, 1)


def test_what_is_final_is_booked_on_the_prompt() -> None:
    error = ModelError("too long")
    assert (error.account, error.final) == ("endpoint", False)
    error.final = True
    assert error.account == "prompt"
    error.final = False
    assert error.account == "endpoint"


# --- names ---------------------------------------------------------------------------------------


def test_a_long_name_is_cut() -> None:
    assert brief("short") == "'short'"
    assert len(brief("x" * 10**6)) == NAME_SHOWN + 2


@pytest.mark.kind("F9")
def test_one_way_of_guessing_names() -> None:
    known = ["settlement.skew", "settlement.u_o", "red_lines.crossed_o"]
    assert suggest("skew", known, see="x") == "did you mean 'settlement.skew'? See: x"
    assert suggest("Settlement.Skew", known, see="x").startswith("did you mean 'settlement.skew'")
    assert suggest("no-deal", ["no_deal"]) == "did you mean 'no_deal'? (known: no_deal)"
    assert suggest("zzz", ["a", "b"]) == "known: a, b"
    assert suggest("zzz", known, see="x") == "see: x"
    assert suggest("zzz", []) == "there is none"
    assert suggest("z" * 10**6, ["a"]) == "known: a"
    assert suggest("zzz", [f"n{n}" for n in range(20)]).endswith("and 8 more")


def test_how_alike_a_guess_must_be() -> None:
    assert closest("openchat", ["openai"]) == ["openai"]
    assert closest("openchat", ["openai"], cutoff=0.75) == []
    assert closest("opena1", ["openai"], cutoff=0.75) == ["openai"]
    assert closest("", ["openai"]) == []
    assert closest("lineer", ["linear", "lines", "zzz"], 2) == ["linear", "lines"]


# --- what somebody else's code raised ------------------------------------------------------------


def raised(source: str, file: str) -> Exception:
    """The exception that running ``source`` as ``file`` raises."""
    try:
        exec(compile(source, file, "exec"), {})  # noqa: S102 - a file of its own in the trace
    except Exception as error:  # noqa: BLE001 - the point of it
        return error
    raise AssertionError("it raised nothing")


def test_the_users_own_line_is_named_without_its_folder() -> None:
    error = raised("import json\n\njson.loads('{')", "/home/somebody/agent.py")
    assert raised_at(error, "/home/somebody/agent.py") == "agent.py:3"
    assert raised_at(error).startswith("decoder.py:")
    assert raised_at(ValueError("never raised")) == ""


def test_an_exception_is_one_line() -> None:
    error = raised("\nraise ValueError(' no such\\noption ')", "/x/agent.py")
    assert told(error) == "ValueError at agent.py:2: no such"
    assert told(ValueError("half " + chr(0xD83D))) == "ValueError: half ?"
    assert told(ValueError("x" * 1000)) == "ValueError: " + "x" * SAID
    assert told(ValueError("a key"), said=lambda _: "") == "ValueError"
    assert told(SystemExit(3)) == "SystemExit: it called sys.exit(3)"


def test_a_broken_message_hides_nothing() -> None:
    class BrokenError(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no")

    assert told(BrokenError()) == "BrokenError"


def test_the_line_of_a_syntax_error_is_that_of_the_file() -> None:
    error = raised("compile('x =\\ny = (', '/home/somebody/helper.py', 'exec')", "/x/agent.py")
    assert told(error).startswith("SyntaxError at helper.py:1: invalid syntax")
    error = raised("\neval('1 +')", "/x/agent.py")
    assert told(error, file="/x/agent.py").startswith("SyntaxError at agent.py:2: ")


def test_no_folder_of_an_import_error_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "told_half.py").write_text("x = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    error = raised("from told_half import y", "/x/agent.py")
    assert told(error) == "ImportError at agent.py:1: cannot import name 'y' from 'told_half'"


def test_what_cannot_be_loaded_can_be_told_otherwise() -> None:
    error = LoadError("it", ValueError("sk-secret"), where="--flag x", fix="look", file="/x/a.py")
    assert error.what == "it cannot be loaded: ValueError: sk-secret"
    other = error.saying("ValueError")
    assert str(other) == "--flag x: it cannot be loaded: ValueError\n  fix: look"
    assert (other.error, other.file, other.exit_code) == (error.error, "/x/a.py", 2)


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 deals are"), (1, "1 deal is"), (2, "2 deals are"), (1001, "1,001 deals are")],
)
def test_one_of_a_thing_is_not_several(count: int, said: str) -> None:
    assert f"{counted(count, 'deal')} {be(count)}" == said


def test_a_plural_may_be_said() -> None:
    assert counted(2, "reply", "replies") == "2 replies"
    assert counted(1, "reply", "replies") == "1 reply"


def test_what_else_would_do_follows_the_guess_or_the_list() -> None:
    assert suggest("presure", ["pressure"] * 9, other="a file: my.md") == (
        "did you mean 'pressure'? Or a file: my.md"
    )
    assert (
        suggest("zzz", ["pressure"], other="a file: my.md") == "known: pressure; or a file: my.md"
    )
