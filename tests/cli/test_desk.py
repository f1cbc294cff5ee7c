"""A person's terminal: nothing that is typed is taken for something else."""

from __future__ import annotations

import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.cli.desk import WIDTH, BackError, Desk
from harness.errors import PersonLeftError
from tests.support.seated import type_in

LINE = st.text(st.characters(exclude_characters="\n\x03", exclude_categories=["Cs"]), max_size=12)


def desk() -> Desk:
    return Desk(io.StringIO())


def said(one: Desk) -> str:
    assert isinstance(one.out, io.StringIO)
    return one.out.getvalue()


def test_markdown_is_plain_text_in_eighty_columns() -> None:
    one = desk()
    one.markdown(
        "# A *title*\n\n\n\n**Bold** and `code`, " + "long " * 40 + "\n- `x`: " + "w " * 60
    )
    lines = said(one).splitlines()
    assert lines[:4] == ["", "A *title*", "---------", ""]
    assert lines[4].startswith("Bold and code, long")
    assert max(map(len, lines)) <= WIDTH
    assert [line[:3] for line in lines if "w w" in line][:2] == ["- x", "  w"]


def test_long_prompts_and_headings_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    one = desk()
    one.heading("A heading " * 6)
    type_in(monkeypatch, "yes")
    assert one.line("One.\n   A question that is longer than a line can be? > ") == "yes"
    lines = said(one).splitlines()
    assert max(map(len, lines)) <= 40
    assert "-" * 40 in lines
    assert lines[-2:] == ["   A question that is longer than a", "   line can be? > yes"]


def test_words_of_others_are_shown_as_they_are_and_obeyed_in_nothing() -> None:
    one = desk()
    one.markdown("> **not** bold \x1b[31m`x`\n>")
    assert said(one) == "  | **not** bold \\x1b[31m`x`\n\n"


def test_the_end_of_input_is_leaving(monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, "  a line  ")
    one = desk()
    assert one.line("> ") == "a line"
    with pytest.raises(PersonLeftError):
        one.line("> ")
    assert not one.interrupted
    assert not one.reading
    assert said(one) == "> a line\n> \n", "what was piped in stands with the rest"


def test_ctrl_c_is_leaving(monkeypatch: pytest.MonkeyPatch) -> None:
    typing = type_in(monkeypatch)

    def interrupted(size: int = -1) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(typing, "readline", interrupted)
    one = desk()
    with pytest.raises(PersonLeftError):
        one.line("> ")
    assert one.interrupted


def test_a_line_that_is_no_text_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    typing = type_in(monkeypatch, "fine")
    first = [True]
    plain = typing.readline

    def broken(size: int = -1) -> str:
        if first.pop() if first else False:
            raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")
        return plain()

    monkeypatch.setattr(typing, "readline", broken)
    one = desk()
    assert one.line("> ") == "fine"
    assert "not text in UTF-8" in said(one)
    type_in(monkeypatch, "half \ud800", "whole")
    assert one.line("> ") == "whole"


def test_commands_are_understood_everywhere_and_back_goes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[str] = []
    one = desk()
    one.commands = {"help": lambda: shown.append("help"), "offers": lambda: shown.append("offers")}
    type_in(monkeypatch, "?", "HELP", "Offers", "other", "Back")
    assert one.choice("> ") == "other"
    assert shown == ["help", "help", "offers"]
    with pytest.raises(BackError):
        one.choice("> ")


def test_a_yes_has_to_be_typed_where_nothing_is_meant_by_enter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    type_in(monkeypatch, "", "maybe", "Y")
    one = desk()
    assert one.yes("Leave?")
    assert said(one).count("Type yes or no") == 2
    type_in(monkeypatch, "", "", "no")
    assert one.yes("Leave?", default=True)
    assert not one.yes("Leave?", default=False)
    assert not one.yes("Leave?", default=True)


def test_numbers_have_their_range(monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, "", "-1", "1.5", "101", "٣", "999999999999", "40")
    one = desk()
    assert one.whole_number("> ", 0, 100) == 40
    assert said(one).count("Type a whole number from 0 to 100.") == 6


def test_words_are_needed_or_not_and_have_their_length(monkeypatch: pytest.MonkeyPatch) -> None:
    one = desk()
    type_in(monkeypatch, "", "x" * 11, "said")
    assert one.words("> ", 10, needed="Say something.") == "said"
    assert "Say something." in said(one)
    assert "the most is 10" in said(one)
    type_in(monkeypatch, "")
    assert one.words("> ", 10, needed=None) == ""


def test_words_may_be_written_in_an_editor(monkeypatch: pytest.MonkeyPatch) -> None:
    import click

    written = ["two\nlines\n", "\ud800", None]
    monkeypatch.setattr(click, "edit", lambda *_, **__: written.pop(0))
    one = desk()
    type_in(monkeypatch, "edit")
    assert one.words("> ", 100, needed="Say.") == "two\nlines"
    type_in(monkeypatch, "edit", "edit", "typed")
    assert one.words("> ", 100, needed="Say.") == "typed"

    def missing(*_: object, **__: object) -> str:
        raise click.ClickException("no editor")

    monkeypatch.setattr(click, "edit", missing)
    type_in(monkeypatch, "edit", "by hand")
    assert one.words("> ", 100, needed="Say.") == "by hand"


@example(lines=["3", "0", "two", "Half"], default=None)
@example(lines=["", "9"], default=1)
@example(lines=["9", "³", "00000000199"], default=None)
@given(lines=st.lists(LINE, max_size=6), default=st.sampled_from([None, 0, 1]))
def test_no_line_chooses_what_it_does_not_say(lines: list[str], default: int | None) -> None:
    """Either a line is the number or the name of a choice, or it chooses nothing."""
    names = ["mine", "half"]
    with pytest.MonkeyPatch.context() as patch:
        type_in(patch, *lines)
        one = desk()
        try:
            picked = one.numbered("> ", names, default=default)
        except (PersonLeftError, BackError):
            picked = None
    meant = {"1": 0, "2": 1, "mine": 0, "half": 1} | ({} if default is None else {"": default})
    typed = [line.strip().casefold() for line in lines]
    numbers = [
        w
        for w in typed
        if w in meant or (w.isascii() and w.isdigit() and len(w) < 9 and int(w) in (1, 2))
    ]
    if picked is None:
        assert not numbers or "back" in typed
    else:
        first = numbers[0]
        assert picked == meant.get(first, int(first) - 1 if first.isdigit() else None)
