"""Long results go through a pager at a terminal, and nowhere else."""

from __future__ import annotations

import io
import os
import sys

import pytest

from harness.cli.paging import LESS, paged

LINES = 40


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        raise OSError("none")


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What goes to a pager."""
    texts: list[str] = []
    monkeypatch.setattr("click.echo_via_pager", lambda text, color: texts.append(text))
    monkeypatch.setattr(sys, "stdin", Terminal())
    for name in ("PAGER", "LESS", "NO_COLOR", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    return texts


def say(monkeypatch: pytest.MonkeyPatch, lines: int, *, wanted: bool = True) -> str:
    """What reaches the screen when so many lines are printed."""
    screen = Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    with paged(wanted=wanted) as console:
        for number in range(lines):
            console.print(f"line {number} \x1b[2J", style="bold", markup=False)
    return screen.getvalue()


def test_what_is_longer_than_the_screen_goes_to_the_pager(
    shown: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert say(monkeypatch, LINES) == ""
    (text,) = shown
    assert text.count("\n") == LINES
    assert "line 39 \\x1b[2J" in text, "it is filtered as at the terminal"
    assert "\x1b[1m" in text, "Rich's own styles pass"
    assert os.environ["LESS"] == LESS


def test_what_fits_is_simply_shown(shown: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert say(monkeypatch, 3).count("line") == 3
    assert shown == []


def test_a_pager_of_the_users_has_its_own_settings(
    shown: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAGER", "more")
    say(monkeypatch, LINES)
    assert len(shown) == 1
    assert "LESS" not in os.environ


def test_colours_are_left_out_where_that_is_asked_for(
    shown: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    say(monkeypatch, LINES)
    assert "\x1b" not in shown[0]


def test_there_is_no_pager_where_nobody_can_turn_pages(
    shown: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert say(monkeypatch, LINES, wanted=False).count("line") == LINES
    monkeypatch.setenv("TERM", "dumb")
    assert say(monkeypatch, LINES).count("line") == LINES
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert say(monkeypatch, LINES).count("line") == LINES
    assert shown == []


def test_nothing_is_paged_into_a_pipe(
    shown: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with paged() as console:
        for _ in range(LINES):
            console.print("line")
    assert capsys.readouterr().out.count("line") == LINES
    assert shown == []
