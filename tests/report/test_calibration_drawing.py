"""Figures as small pictures."""

from __future__ import annotations

import re

from harness.analysis.agreement import Agreed
from harness.report.calibration_drawing import drawn


def places(text: str) -> list[tuple[str, float]]:
    return [(name, float(x)) for name, x in re.findall(r'circle class="(\w+)" cx="([\d.]+)"', text)]


def test_dots_stand_at_their_figures_in_lanes() -> None:
    figures = [("plain", Agreed(0.5, 0.25, 0.75, 9)), ("devious", Agreed(1.0, None, None, 9))]
    text = drawn(figures, "right", 0.7)
    assert places(text) == [("plain", 110.0), ("devious", 214.0)]
    assert text.count('class="range"') == 1
    assert 'aria-label="right: plain 0.50 (0.25 to 0.75); devious 1.00"' in text


def test_what_is_undefined_has_no_dot_and_what_is_below_0_stays_in_the_picture() -> None:
    assert places(drawn([("", None)], "x", 0.7)) == []
    assert places(drawn([("", Agreed(-0.2, -0.5, 0.1, 9))], "x", 0.7)) == [("plain", 6.0)]


def test_words_of_others_are_escaped() -> None:
    assert "<b>" not in drawn([("", None)], "<b>", 0.7)
