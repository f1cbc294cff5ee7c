"""Every figure of a page is there twice: for a wide window and for a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from harness.report import figures
from tests.support.doses import curve
from tests.support.drawing import Drawing
from tests.support.findings import arm, effect, findings
from tests.support.findings import mechanism as switched

SKEW = "settlement.skew"


def pair(svg: object) -> tuple[Drawing, Drawing]:
    """The wide drawing and the narrow one."""
    found = re.fullmatch(
        r'<div class="widths"><div class="roomy">(.*)</div><div class="narrow" hidden="">(.*)</div>'
        "</div>",
        str(svg),
        re.DOTALL,
    )
    assert found is not None
    return Drawing(found[1]), Drawing(found[2])


def every() -> Iterator[tuple[Drawing, Drawing]]:
    measured = {SKEW: 0.2, "red_lines.crossed_o": 0.5, "red_lines.crossed_u": 0.25}
    found = findings(
        arms=[arm("lean", measured), arm("plain", measured)],
        primary=effect("first", 0.3, (0.1, 0.5), (0.2, 0.4)),
        secondary=[effect("second", 5.0, measure="settlement.gain_o")],
        mechanisms=[switched(effect("x", 0.1), effect("y", 0.3))],
        doses=(curve(), curve("Reward")),
    )
    yield pair(figures.arms_figure(found))
    yield from (pair(both) for _, both in figures.contrast_figures(found))
    yield pair(figures.mechanisms_figure(found))
    yield pair(figures.doses_figure(found))
    yield pair(figures.red_lines_figure(found))


def test_each_says_the_same_and_the_narrow_one_is_narrow() -> None:
    pairs = list(every())
    assert len(pairs) == 6
    for wide, narrow in pairs:
        assert wide.label == narrow.label
        assert wide.view[1, 0] > 500
        assert narrow.view[1, 0] == pytest.approx(252)
        assert narrow.spilt() == []


def test_on_a_phone_no_text_is_smaller_than_nine_pixels() -> None:
    """A phone of 360 px shows a figure 330 px wide."""
    for _, narrow in every():
        scale = 330 / narrow.view[1, 0]
        assert min(word.size for word in narrow.words) * scale >= 8.9


def test_no_two_elements_of_a_page_share_an_id() -> None:
    ids = [
        element.get("id")
        for drawings in every()
        for drawing in drawings
        for element in drawing.root.iter()
        if element.get("id")
    ]
    assert len(ids) == len(set(ids))


def test_colours_are_those_of_the_page_or_fit_both_themes() -> None:
    for both in every():
        for drawing in both:
            styles = " ".join(element.get("style", "") for element in drawing.root.iter())
            fixed = re.sub(r"var\(--\w+, #\w+\)", "", styles)
            assert set(re.findall(r"#\w+", fixed)) <= {"#8a8a8a"}


def test_nothing_to_draw_is_no_figure() -> None:
    assert figures.arms_figure(findings()) is None
    assert figures.contrast_figures(findings()) == []
    assert figures.mechanisms_figure(findings()) is None
    assert figures.doses_figure(findings(doses=())) is None
    assert figures.red_lines_figure(findings()) is None
