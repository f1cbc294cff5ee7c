"""The picture of the chain: every link, its two arms where the axis says, and what is missing."""

from __future__ import annotations

import pytest

from harness.analysis.chain_finding import LinkFinding, Side
from harness.analysis.summaries import Brief
from harness.report.chain_figure import chain_figure
from harness.report.figures import chain_figures
from harness.report.svg import INK, MUTED
from tests.support.drawing import Drawing
from tests.support.findings import effect, findings

Interval = tuple[float, float]


def brief(mean: float | None, interval: Interval | None = None) -> Brief:
    return Brief(mean=mean, interval=interval, n=0 if mean is None else 4, missing=0, words={})


def link(name: str, measure: str, treatment: Brief, control: Brief | None) -> LinkFinding:
    sides = [Side(arm="chain", value=treatment)]
    if control is not None:
        sides.append(Side(arm="no-meeting", value=control))
    asked = effect(f"what {name} does", -0.2, (-0.3, -0.1), measure=measure, claim="C13")
    return LinkFinding(link=name, title=f"The {name}", effect=asked, sides=tuple(sides), more=0)


TALKS = link("talks", "settlement.skew", brief(0.2, (0.1, 0.3)), brief(0.0, (-0.1, 0.1)))
LATER = link("later", "settlement.gain_u", brief(-0.1), brief(None))


@pytest.mark.parametrize("narrow", [False, True])
def test_every_link_is_named_with_its_difference(narrow: bool) -> None:
    svg = chain_figure(findings(links=(TALKS, LATER)), narrow=narrow)
    assert svg is not None
    drawing = Drawing(svg)
    said = drawing.said()
    assert "The talks (C13)" in said
    assert "The later (C13)" in said
    assert "against no-meeting: no value" in said, "what is missing is no zero"
    assert any("-0.20" in one.replace("−", "-") for one in said)
    assert not drawing.spilt()


def test_the_two_arms_of_a_link_have_marks_of_their_own() -> None:
    svg = chain_figure(findings(links=(TALKS,)))
    assert svg is not None
    marks = [mark for mark in Drawing(svg).marks if mark.size > 4]
    assert [mark.style.get("fill") for mark in marks] == [INK, MUTED]
    assert marks[0].x > marks[1].x, ".2 lies right of 0"
    assert marks[0].y < marks[1].y, "the counterfactual stands below"


def test_a_chain_without_any_value_is_not_drawn() -> None:
    assert chain_figures(findings(links=())) == []
    nothing = link("later", "settlement.gain_u", brief(None), brief(None))
    assert chain_figure(findings(links=(nothing,))) is None
