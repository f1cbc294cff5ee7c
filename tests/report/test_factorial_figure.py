"""The plot of what incentives do together."""

from __future__ import annotations

import pytest

from harness.analysis.factorial_effects import FactorialFinding
from harness.report.factorial_figure import factorial_figure
from tests.support.drawing import Drawing
from tests.support.factorials import decomposed, spread

NAMES = ("prestige", "hardball")
SKEW = "settlement.skew"


@pytest.mark.parametrize("narrow", [False, True])
def test_shares_come_first_then_the_whole_then_pairs(narrow: bool) -> None:
    found = decomposed(NAMES, spread(0.1, 12, NAMES))
    svg = factorial_figure(found, SKEW, "skew", "factorial0", narrow=narrow)
    assert svg is not None
    words = [word.text for word in Drawing(svg).words]
    names = ("deal prestige", "failure costs the officials nothing", "all together")
    places = [words.index(name) for name in (*names, "prestige × hardball")]
    assert places == sorted(places)
    assert "prestige: its share of the whole" in words
    assert "deal prestige, prestige: its share of the whole: +0.11" in str(svg)


def test_without_values_there_is_no_plot() -> None:
    blank = FactorialFinding(mechanisms=NAMES, track="1", switched=NAMES, played=4)
    assert factorial_figure(blank, SKEW, "skew", "factorial0") is None
