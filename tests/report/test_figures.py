"""Figures: the same bytes for the same data, escaped, linked, and right in their geometry."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report.package_figure import zone
from harness.report.svg import figure, inline, printable


def drawn(text: str = "label", name: str = "fig") -> str:
    with figure(2, 2) as made:
        axes = made.add_axes((0.2, 0.2, 0.7, 0.7))
        axes.scatter([0, 1], [0, 1]).set_urls(["#dialogue-1", None])
        axes.set_xlabel(text)
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
    assert links[0].findtext("title") == "read it"


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "a $ b $ c", "]]>", '"onload="x', "\x00\x1b", "x\\frac{"]
)
def test_any_text_is_only_text(text: str) -> None:
    root = parsed(drawn(printable(text)))
    assert printable(text) in [e.text for e in root.iter("text")]
    assert root.attrib["aria-label"] == printable(text)
    assert not [e.tag for e in root.iter() if e.tag == "script"]


@given(st.text(st.characters(codec="utf-8")))
def test_printable_text_is_always_xml(text: str) -> None:
    element = ElementTree.Element("text")
    element.text = printable(text)
    read = parsed(ElementTree.tostring(element, encoding="unicode"))
    assert (read.text or "").splitlines() == printable(text).splitlines()


def test_zone_of_a_straight_frontier() -> None:
    line = np.array([[0.0, 1.0], [1.0, 0.0]])
    outline = zone(line, np.array([0.3, 0.2]))
    assert outline[1] == pytest.approx([0.3, 0.7])
    assert outline[-2] == pytest.approx([0.8, 0.2])


def test_zone_beyond_the_frontier_is_empty() -> None:
    line = np.array([[0.0, 1.0], [1.0, 0.0]])
    assert zone(line, np.array([0.6, 0.6])).shape == (0, 2)


def test_zone_may_reach_past_the_ends_of_the_frontier() -> None:
    line = np.array([[0.4, 0.9], [0.8, 0.6]])
    outline = zone(line, np.array([0.1, 0.2]))
    assert outline[0] == pytest.approx([0.1, 0.9])
    assert outline[-1] == pytest.approx([0.8, 0.2])


@given(st.floats(0, 1), st.floats(0, 1))
def test_zone_never_holds_what_a_side_would_refuse(r_o: float, r_u: float) -> None:
    line = np.array([[0.1, 1.0], [0.5, 0.8], [0.7, 0.4], [1.0, 0.05]])
    outline = zone(line, np.array([r_o, r_u]))
    assert (outline >= np.array([r_o, r_u]) - 1e-9).all()
