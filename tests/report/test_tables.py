"""Tables at a terminal in which names stay whole."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from harness.report.tables import WHOLE_NAME, print_table, shown

LONG = "a-very-long-name-of-a-scenario-that-finds-no-room-on-a-line"


def printed(width: int, rows: list[tuple[str, ...]], **how: object) -> list[str]:
    out = io.StringIO()
    console = Console(file=out, width=width, color_system=None)
    print_table(console, ["name", "n", "what"][: len(rows[0])], rows, **how)  # type: ignore[arg-type]
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_a_table_has_a_line_a_row() -> None:
    lines = printed(80, [("one", "1", "first"), ("half", "12", "second")], right=(1,))
    assert lines == ["name   n  what", "one    1  first", "half  12  second"]


@pytest.mark.parametrize("width", [20, 40])
def test_a_name_is_never_cut(width: int) -> None:
    lines = printed(width, [(LONG, "1", "prose that shares what is left of the line")])
    whole = "".join(line.split("  ")[0].strip() for line in lines[1:])
    assert LONG in whole
    assert max(map(len, lines[0].split("  "))) <= WHOLE_NAME


@pytest.mark.parametrize("width", [20, 80])
def test_a_whole_column_is_on_one_line_at_any_width(width: int) -> None:
    moment = "2026-11-25 22:33"
    lines = printed(width, [(LONG, moment, "prose that goes on below")], whole=(0, 1))
    assert [line for line in lines if line.startswith(f"{LONG} ") and f" {moment} " in line]


def test_prose_is_wrapped_and_not_cut() -> None:
    words = "prose that shares what is left of the line"
    lines = printed(30, [("one", "1", words)])
    assert len(lines) > 2
    assert " ".join(" ".join(lines[1:]).split()).endswith(words.split(maxsplit=1)[1])


@pytest.mark.parametrize("words", ["[bold]x[/bold]", "[link=http://h]x[/link]"])
def test_words_of_others_are_no_markup(words: str) -> None:
    assert words in "\n".join(printed(80, [("one", "1", words)]))
    assert shown(words).plain == words


def test_what_acts_on_a_terminal_is_written_out() -> None:
    (_, line) = printed(80, [("one", "1", "\x1b[2Jx")])
    assert "\x1b" not in line
    assert "\x1b" not in shown("\x1b[2Jx").plain
