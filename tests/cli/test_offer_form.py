"""The form of a package: live points, defaults, and words where points are not told."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from harness.cli import offer_form
from harness.cli.desk import BackError, Desk
from harness.delegations.person import Form
from harness.prompting.reader import Option, Topic
from tests.support.seated import type_in


def topic(name: str, *options: tuple[str, float | None], never: str = "") -> Topic:
    made = tuple(
        Option(key, f"{name} is {key}", worth, "" if worth is not None else "good", key == never)
        for key, worth in options
    )
    return Topic(name, name.title(), f"What of the {name}?", "mostly material", made)


FORM = Form(
    seat="u",
    name="Arden",
    others={"o": "Boral"},
    briefing=(),
    news="",
    standing_text="",
    place="",
    topics=(
        topic("well", ("mine", 60.0), ("half", 42.5), ("yours", 0.0), never="yours"),
        topic("fence", ("them", 40.0), ("us", 0.0)),
    ),
    no_deal=30.0,
    about=True,
    complaint=None,
)
WORDS = replace(
    FORM, no_deal=None, topics=(topic("well", ("mine", None), ("half", None), never="half"),)
)


@pytest.fixture
def desk() -> Desk:
    return Desk(io.StringIO())


def said(desk: Desk) -> str:
    assert isinstance(desk.out, io.StringIO)
    return desk.out.getvalue()


def test_points_are_live(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, "2", "us")
    package = offer_form.fill(desk, FORM, {}, "nothing")
    assert package == {"well": "half", "fence": "us"}
    assert "So far 42.5 points. Number > " in said(desk)
    offer_form.summary(desk, FORM, package)
    assert "Worth about 42.5 points by your table; no agreement is worth about 30." in said(desk)


def test_enter_takes_what_it_starts_from(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    start = {"well": "mine", "fence": "us"}
    type_in(monkeypatch, "", "1")
    assert offer_form.fill(desk, FORM, start, "u-1") == {"well": "mine", "fence": "them"}
    assert "Enter takes what u-1 has" in said(desk)
    assert " * 1. mine" in said(desk)
    type_in(monkeypatch, "half", "keep")
    assert offer_form.fill(desk, FORM, start, "u-1") == {"well": "half", "fence": "us"}
    assert start == {"well": "mine", "fence": "us"}, "it is not changed"


def test_without_a_start_nothing_is_taken_for_granted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_in(monkeypatch, "", "keep", "1", "back")
    with pytest.raises(BackError):
        offer_form.fill(desk, FORM, {}, "nothing")
    assert said(desk).count("Type a number from 1 to 3") == 2


def test_a_position_may_leave_issues_out(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, "", "2")
    assert offer_form.some(desk, FORM) == {"fence": "us"}
    type_in(monkeypatch, "", "none")
    assert offer_form.some(desk, FORM) is None


def test_the_table_marks_red_lines(desk: Desk) -> None:
    offer_form.table(desk, FORM)
    text = said(desk)
    assert "No agreement is worth about 30 to" in " ".join(text.split())
    assert "0, red line" in text
    assert "Well (well; mostly material)" in text


def test_in_words_there_are_no_points(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, "1")
    package = offer_form.fill(desk, WORDS, {}, "nothing")
    offer_form.summary(desk, WORDS, package)
    offer_form.table(desk, WORDS)
    text = said(desk)
    assert "point" not in text
    assert "good, red line" in text
    assert "the most important issue first" in text


def test_a_narrow_terminal_puts_the_words_below(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    offer_form.table(desk, FORM)
    assert max(map(len, said(desk).splitlines())) <= 40
    assert "\n      well is yours\n" in said(desk)
