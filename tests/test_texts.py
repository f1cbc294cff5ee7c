"""Texts are found by what their fields are marked as, and filled in or left alone by that."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, Field

from harness.texts import (
    Heading,
    HeadingMark,
    Note,
    NoteMark,
    Said,
    SaidMark,
    names_in_headings,
    texts_of,
    unfilled,
    unfilled_headings,
)

NAMES = {"a": ("Arden", "Ardenese"), "b": ("Boral", "Boralian")}


class Line(BaseModel):
    text: Said
    note: Note = "none"


class Page(BaseModel):
    title: Heading
    short: Said | None = None
    lines: tuple[Line, ...] = ()
    words: list[Said] = []
    by_name: dict[str, Said] = {}
    class_: Said = Field(default="x", alias="class")
    plain: str = "$nobody"


def page(**fields: object) -> Page:
    return Page.model_validate({"title": "T", **fields})


def test_every_text_is_found_with_its_place() -> None:
    full = page(
        short="s",
        lines=[{"text": "l", "note": "n"}],
        words=["w"],
        by_name={"k": "v"},
        **{"class": "c"},
    )
    assert list(texts_of(full, SaidMark)) == [
        (("short",), "s"),
        (("lines", 0, "text"), "l"),
        (("words", 0), "w"),
        (("by_name", "k"), "v"),
        (("class",), "c"),
    ]
    assert list(texts_of(full, HeadingMark)) == [(("title",), "T")]
    assert list(texts_of(full, NoteMark)) == [(("lines", 0, "note"), "n")]
    assert (("short",), None) not in list(texts_of(page(), SaidMark))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("$a and $b_adj, ${a}", None),
        ("$$5", None),
        ("$c", "unknown placeholder $c"),
        ("${c}", "unknown placeholder $c"),
        ("5 $", "a $ without a name"),
        ("$ 5", "a $ without a name"),
        ("Arden's well", "'Arden' is written out"),
        ("an Ardenese well", "'Ardenese' is written out"),
        ("Ardens", None),
    ],
)
def test_what_is_told_in_a_scenario_names_nobody(text: str, what: str | None) -> None:
    found = [p.what for p in unfilled(iter([(("short",), text)]), NAMES)]
    assert found == ([] if what is None else [what])


def test_a_fix_names_what_may_stand_there() -> None:
    (one,) = unfilled(iter([(("short",), "$c")]), NAMES)
    assert one.path == ("short",)
    assert one.fix.startswith("use one of $a, $a_adj, $b, $b_adj;")
    (one,) = unfilled(iter([(("short",), "Boral")]), NAMES)
    assert "write $b or $b_adj" in one.fix


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("$a leans", "$a is filled in nowhere"),
        ("$5 more", None),
        ("$$a", None),
        ("${a}", "${a} is"),
    ],
)
def test_nothing_is_filled_in_over_an_experiment(text: str, what: str | None) -> None:
    found = [p.what for p in unfilled_headings(iter([(("title",), text)]))]
    assert len(found) == (what is not None)


def test_a_name_over_an_experiment_is_told() -> None:
    (one,) = names_in_headings(iter([(("title",), "Does Boral lean?")]), NAMES)
    assert one.what == "'Boral' is written out, and the twins of the suite exchange the names"
