"""Figures as SVG: the same bytes for the same data, escaped, linked, and whole in themselves."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report.svg import (
    INK,
    MARKERS,
    OFFICIAL,
    figure,
    fitted,
    inline,
    printable,
    width_of,
)
from tests.support.drawing import Drawing


def drawn(text: str = "label", name: str = "fig") -> str:
    with figure(2, 2) as made:
        axes = made.add_axes((0.2, 0.2, 0.7, 0.7))
        axes.scatter([0, 1], [0, 1]).set_urls(["#dialogue-1", None])
        axes.set_xlabel(printable(text))
        return str(inline(made, name, text, {"#dialogue-1": text}))


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 - our own drawing


def test_same_bytes() -> None:
    assert drawn() == drawn()


def test_ids_differ_between_figures() -> None:
    def ids(svg: str) -> set[str]:
        return {e.attrib["id"] for e in parsed(svg).iter() if "id" in e.attrib}

    assert ids(drawn(name="one"))
    assert not ids(drawn(name="one")) & ids(drawn(name="two"))


def test_references_stay_within_the_figure() -> None:
    root = parsed(drawn())
    known = {e.attrib["id"] for e in root.iter() if "id" in e.attrib}
    uses = [e.attrib["href"] for e in root.iter("use")]
    clips = [e.attrib["clip-path"] for e in root.iter() if "clip-path" in e.attrib]
    assert uses
    assert {use.removeprefix("#") for use in uses} <= known
    assert {clip.removeprefix("url(#").removesuffix(")") for clip in clips} <= known


def test_links_have_names() -> None:
    links = list(parsed(drawn("read it")).iter("a"))
    assert [link.attrib["href"] for link in links] == ["#dialogue-1"]
    assert (links[0][0].tag, links[0][0].text) == ("title", "read it"), "first, as browsers need it"


def test_what_is_said_of_a_figure_hides_nothing() -> None:
    root = parsed(drawn("a\u202eb\x00"))
    assert root.attrib["aria-label"] == r"a\u202eb\x00"
    assert [title.text for title in root.iter("title")] == [r"a\u202eb\x00"]


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "a $ b $ c", "]]>", '"onload="x', "\x00\x1b", "x\\frac{"]
)
def test_any_text_is_only_text(text: str) -> None:
    root = parsed(drawn(text))
    assert printable(text) in [e.text for e in root.iter("text")]
    assert root.attrib["aria-label"] == printable(text)
    assert not [e.tag for e in root.iter() if e.tag == "script"]


@given(st.text(st.characters(codec="utf-8")))
def test_printable_text_is_always_xml(text: str) -> None:
    element = ElementTree.Element("text")
    element.text = printable(text)
    read = parsed(ElementTree.tostring(element, encoding="unicode"))
    assert (read.text or "").splitlines() == printable(text).splitlines()


def test_nothing_tells_when_or_with_what_it_was_drawn() -> None:
    svg = drawn()
    assert "metadata" not in svg
    assert "matplotlib" not in svg.lower()
    assert not re.search(r"\b20\d\d-\d\d", svg)


def test_it_takes_its_size_and_its_font_from_the_page() -> None:
    svg = drawn()
    root = parsed(svg)
    assert root.attrib.keys() == {"viewBox", "role", "aria-label"}
    assert root.get("viewBox") == "0 0 144 144"
    assert "font-family" not in svg
    assert "<style" not in svg, "a style sheet would hold for the whole page"
    assert "rotate(-0" not in svg, "nothing is turned by nothing"


def test_nothing_refers_outside_the_page() -> None:
    root = parsed(drawn())
    links = [e.attrib["href"] for e in root.iter() if "href" in e.attrib]
    assert {link[0] for link in links} == {"#"}
    assert "//" not in drawn()


def test_a_figure_with_links_is_no_picture_to_a_screen_reader() -> None:
    """A reader who does not see it is not told of what lies inside a picture."""
    with figure(2, 2) as made:
        assert parsed(inline(made, "fig", "nothing")).get("role") == "img"
    assert parsed(drawn()).get("role") == "group"


def test_a_link_without_a_name_is_a_link_all_the_same() -> None:
    with figure(2, 2) as made:
        axes = made.add_axes((0.2, 0.2, 0.7, 0.7))
        axes.scatter([0], [0]).set_urls(["#elsewhere"])
        (link,) = parsed(inline(made, "fig", "named", {"#dialogue-1": "one"})).iter("a")
    assert link.get("href") == "#elsewhere"
    assert link.find("title") is None


def test_ids_are_those_that_something_names() -> None:
    svg = drawn()
    for element in parsed(svg).iter():
        name = element.get("id")
        assert name is None or re.search(rf"#{name}\b", svg)


def test_no_two_arms_look_alike() -> None:
    assert len(set(MARKERS)) == len(MARKERS)


def test_colours_are_the_page_s_so_that_they_follow_its_theme() -> None:
    with figure(2, 2) as made:
        axes = made.add_axes((0.2, 0.2, 0.7, 0.7))
        axes.plot([0, 1], [0, 1], color=OFFICIAL)
        axes.plot([0, 1], [1, 0], color="#123456")
        svg = str(inline(made, "fig", "lines"))
    assert f"stroke: var(--o, {OFFICIAL})" in svg
    assert f"fill: var(--ink, {INK})" in svg
    assert "stroke: #123456" in svg, "no colour of the page: left as it is"


def test_signs_of_any_script_are_drawn_without_a_word_on_the_terminal() -> None:
    text = "中文 ไทย हिन्दी"  # the measuring font has none of them; a warning fails a test
    assert text in Drawing(drawn(text)).said()
    assert width_of(text, 8) > 0


def test_a_text_is_as_wide_as_it_is_drawn() -> None:
    text = "Whatever: 12.34 [−0.10]"
    word = Drawing(drawn(text)).word(text)
    (low, _), (high, _) = word.box()
    assert width_of(word.text, word.size) == pytest.approx((high - low) / 72)
    assert width_of(word.text, word.size, bold=True) > width_of(word.text, word.size)
    assert width_of("中" * 10, 10) == pytest.approx(100 / 72, rel=0.05)


@pytest.mark.parametrize("text", ["il" * 40, "W" * 80, "some words of any length " * 4, "中" * 50])
def test_a_text_is_fitted_to_its_place(text: str) -> None:
    whole = " ".join(text.split())
    for bold in (False, True):
        line = fitted(text, 8, 2.0, bold=bold)
        assert line.endswith("…")
        assert whole.startswith(line[:-1])
        assert 1.0 < width_of(line, 8, bold=bold) <= 2.0
    assert fitted(text, 8, 100.0) == whole
    assert len(fitted(text, 8, 0.0)) == 1


def test_what_is_fitted_is_printable_and_in_one_line() -> None:
    assert fitted("a\nb\u202ec", 8, 5) == r"a b\u202ec"
