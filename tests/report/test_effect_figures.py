"""Effect plots: estimates, intervals, what is missing, and which way it leans."""

from __future__ import annotations

import numpy as np
import pytest

from harness.analysis.effect import Effect
from harness.report.effect_figures import arms_figure, contrast_figures, mechanisms_figure
from harness.report.svg import INK, MID, MUTED, OFFICIAL, OTHER
from harness.report.wording import MISSING
from tests.support.drawing import Drawing, Mark, overlapping
from tests.support.findings import arm, effect, findings, mechanism, summary

SKEW = "settlement.skew"
OTHERS, STRONG = MID, INK


def arms(*made: object, measure: str = SKEW) -> Drawing:
    svg = arms_figure(findings(arms=made, primary_measure=measure))
    assert svg is not None
    return Drawing(svg)


def leaning(name: str, mean: float | None, *scenarios: float, **more: object) -> object:
    interval = (mean - 0.1, mean + 0.1) if mean is not None and len(scenarios) > 1 else None
    return arm(name, {SKEW: summary(mean, interval, scenarios)}, **more)  # type: ignore[arg-type]


def contrasts(*effects: Effect, primary: Effect | None = None, **more: object) -> list[Drawing]:
    found = contrast_figures(findings(primary=primary, secondary=effects, **more))
    return [Drawing(svg) for _, svg in found]


def row_of(drawing: Drawing, label: str) -> float:
    """How far down a row stands: halfway between the labels' line and the numbers'."""
    return float(np.mean(drawing.word(label).box()[:, 1]))


def dots(drawing: Drawing, color: str) -> list[Mark]:
    return [mark for mark in drawing.marks if mark.style.get("fill") == color]


def means(drawing: Drawing) -> list[Mark]:
    return [mark for mark in drawing.marks if mark.size > 4 and not mark.hollow]


def test_a_mean_its_interval_and_its_scenarios_stand_where_the_axis_says() -> None:
    drawing = arms(leaning("lean", 0.2, 0.05, 0.35))
    *scenarios, mean = dots(drawing, STRONG)
    assert drawing.x(mean.x) == pytest.approx(0.2, abs=1e-3)
    assert [drawing.x(dot.x) for dot in scenarios] == pytest.approx([0.05, 0.35], abs=1e-3)
    assert max(dot.size for dot in scenarios) < mean.size, "one mean, and the rest behind it"
    (interval,) = drawing.painted(STRONG)
    assert [drawing.x(x) for x in interval.points[:, 0]] == pytest.approx([0.1, 0.3], abs=1e-3)
    assert interval.points[:, 1] == pytest.approx([mean.y, mean.y])
    assert "+0.20 [+0.10, +0.30]" in drawing.said()
    assert not drawing.spilt()


@pytest.mark.parametrize("low", [0.5, -3.0])
def test_zero_is_always_in_the_picture(low: float) -> None:
    """An axis that starts at the smallest mean makes any difference look large."""
    drawing = arms(leaning("plain", low, low, low), leaning("lean", low + 0.1, low, low + 0.2))
    (upright,) = (
        line
        for line in drawing.lines
        if np.ptp(line.points[:, 0]) == 0 and line.style["stroke"] == MUTED
    )
    assert drawing.x(upright.points[0, 0]) == pytest.approx(0, abs=1e-3)
    assert not drawing.spilt()


def test_no_scenario_and_no_interval_is_cut_off() -> None:
    drawing = arms(leaning("lean", 0.2, -4.0, 4.4))
    assert sorted(round(drawing.x(mark.x), 2) for mark in dots(drawing, STRONG)) == [-4, 0.2, 4.4]
    assert not drawing.spilt()
    (drawing,) = contrasts(effect("wide", 0.2, (-9.0, 9.4), (0.2,)))
    assert not drawing.spilt()


def test_rows_stand_in_the_order_of_the_suite() -> None:
    drawing = arms(leaning("zeta", 0.1), leaning("alpha", 0.3), leaning("mid", -0.2))
    rows = [row_of(drawing, name) for name in ("zeta", "alpha", "mid")]
    assert rows == sorted(rows)
    assert [mark.y for mark in means(drawing)] == pytest.approx(rows, abs=1.5)
    assert [drawing.x(mark.x) for mark in means(drawing)] == pytest.approx([0.1, 0.3, -0.2])
    numbers = [drawing.word(text).box()[:, 1].mean() for text in ("+0.10", "+0.30", "−0.20")]
    assert numbers == pytest.approx(rows, abs=1.5), "beside its own row"
    plot = means(drawing)[0].clip
    assert plot is not None
    assert drawing.word("zeta").box()[1, 0] < plot[0, 0]
    assert drawing.word("+0.10").box()[0, 0] > plot[1, 0]


def test_a_missing_mean_is_a_dash_and_no_dot_at_zero() -> None:
    drawing = arms(leaning("lean", None), leaning("plain", 0.2))
    assert len(means(drawing)) == 1
    assert drawing.word(MISSING).box()[:, 1].mean() == pytest.approx(row_of(drawing, "lean"), abs=1)
    assert "lean: —; plain: +0.20." in drawing.label


def test_a_mean_without_an_interval_is_drawn_without_one() -> None:
    drawing = arms(leaning("lean", 0.2, 0.2))
    assert drawing.painted(STRONG) == []
    assert "+0.20" in drawing.said()


def test_nothing_measured_is_no_figure() -> None:
    assert arms_figure(findings(arms=[leaning("lean", None), arm("plain", {})])) is None
    assert arms_figure(findings()) is None
    assert contrast_figures(findings()) == []
    assert contrast_figures(findings(secondary=[effect("e", None)])) == []
    assert mechanisms_figure(findings()) is None


def test_an_arm_that_the_measure_is_not_of_has_no_row() -> None:
    assert "plain" not in arms(arm("plain", {}), leaning("lean", 0.1)).said()


def test_what_theory_predicts_is_a_mark_of_its_own() -> None:
    predicted = {SKEW: summary(0.2), "prediction.skew": summary(0.4)}
    drawing = arms(arm("lean", predicted))
    (mark,) = (mark for mark in drawing.marks if mark.hollow)
    assert drawing.x(mark.x) == pytest.approx(0.4, abs=1e-3)
    assert mark.style["stroke"] == INK
    legend = "◇ what theory predicts for these incentives"
    assert any(legend in text for text in drawing.said())
    assert not any(legend in text for text in arms(leaning("lean", 0.2)).said())
    other = arm("lean", {"settlement.gain_o": 0.2, "prediction.skew": 0.4})
    unsaid = arms(other, measure="settlement.gain_o")
    assert not any(legend in text for text in unsaid.said()), "it predicts the skew alone"


def test_which_way_a_skew_leans() -> None:
    drawing = arms(leaning("lean", 0.2))
    other, official = (
        drawing.word("← to the other seat"),
        drawing.word("to the official seat →"),
    )
    assert drawing.x(other.x) < 0 < drawing.x(official.x), "+1 is towards the official seat"
    assert (other.color, official.color) == (OTHER, OFFICIAL)
    gains = arms(arm("lean", {"settlement.gain_o": 0.2}), measure="settlement.gain_o")
    assert not any("seat →" in text for text in gains.said())
    assert not gains.spilt()


def test_the_title_of_an_arm_stands_under_its_name() -> None:
    drawing = arms(leaning("lean", 0.2, title="Former officials"), leaning("plain", 0.1))
    assert row_of(drawing, "lean") < row_of(drawing, "Former officials") < row_of(drawing, "plain")
    assert drawing.said().count("plain") == 1, "a title that repeats the name is left out"
    assert "lean, Former officials: +0.20; plain: +0.10." in drawing.label
    assert list(overlapping(drawing.words)) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("m" * 60, -12.25),
        ("W" * 90, 123456.0),
        ("with-prestige-and-hardball-and-a-capital", 0.1),
        ("中" * 60, 1e30),
        ("i", 0.1),
    ],
    ids=["letters", "capitals", "words", "ideographs", "one letter"],
)
def test_whatever_it_is_called_and_however_large_it_stays_in_the_view(
    name: str, value: float
) -> None:
    ends = (-2 * abs(value), 2 * abs(value))
    own = {"measure": SKEW if abs(value) < 1 else "mine.own"}
    long = effect(name, value, ends, (value,), claim="C1", **own)
    (drawing,) = contrasts(long, effect("other", 0.1, None, (0.1,), **own))
    assert drawing.spilt() == []
    assert list(overlapping(drawing.words)) == []
    assert name in drawing.label
    plot = max(np.ptp(line.points[:, 0]) for line in drawing.lines[1:])
    assert plot > 0.2 * drawing.view[1, 0], "and the plot is still one"


@pytest.mark.parametrize(
    ("name", "value"),
    [("m" * 60, -12.25), ("with-prestige-and-hardball-and-a-capital", 0.1), ("i", 123456.0)],
)
def test_on_a_phone_labels_and_numbers_stand_above_their_row(name: str, value: float) -> None:
    own = {"measure": SKEW if abs(value) < 1 else "mine.own"}
    ends = (-2 * abs(value), 2 * abs(value))
    long = effect(name, value, ends, (value,), claim="C1", **own)
    other = effect("other", 0.1, None, (0.1,), **own)
    ((_, svg),) = contrast_figures(findings(secondary=[long, other]), narrow=True)
    drawing = Drawing(svg)
    assert drawing.spilt() == []
    assert list(overlapping(drawing.words)) == []
    mark = means(drawing)[1]
    assert drawing.x(mark.x) == pytest.approx(0.1, abs=1e-3 * max(1.0, abs(value)))
    label, number = drawing.word("other"), drawing.word("+0.10")
    assert label.y == pytest.approx(number.y, abs=2)
    assert label.box()[1, 1] < mark.y - mark.size / 2
    assert means(drawing)[0].y < label.box()[0, 1], "and below the row before"


def test_a_long_title_is_cut_and_stands_whole_in_the_words() -> None:
    title = "WORDS " * 20
    drawing = arms(leaning("lean", 0.2, title=title))
    assert drawing.spilt() == []
    assert any(text.startswith("WORDS WORDS") and text.endswith("…") for text in drawing.said())
    assert title in drawing.label


def test_numbers_are_cut_only_where_nobody_could_read_them() -> None:
    (drawing,) = contrasts(effect("e", -1234.5, (-22345.5, 23456.5)))
    assert "−1234.50 [−22345.50, +23456.50]" in drawing.said()


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "a & b", "$x_1$", "\u202eevil"])
def test_names_are_only_text(text: str) -> None:
    shown = text.replace("\u202e", r"\u202e")
    drawing = arms(leaning(text, 0.2, title=f"{text}!"))
    assert {shown, f"{shown}!"} <= set(drawing.said())
    assert f"{shown}, {shown}!: +0.20" in drawing.label
    assert not list(drawing.root.iter("script"))


def test_the_axis_and_the_words_name_the_measure() -> None:
    drawing = arms(leaning("lean", 0.2))
    title = findings().title_of(SKEW)
    assert title in drawing.said()
    assert drawing.label == f"Mean {title} by arm. lean: +0.20."
    own = arms(arm("lean", {"mine.own": 0.2}), measure="mine.own")
    assert "mine.own" in own.said(), "its name, where nobody defines it"


# --- contrasts -----------------------------------------------------------------------------------


def test_the_primary_contrast_comes_first_and_stands_out() -> None:
    primary = effect("does it lean", 0.3, (0.1, 0.5), (0.2, 0.4))
    (drawing,) = contrasts(effect("and so", 0.1, (0.0, 0.2), (0.1, 0.1)), primary=primary)
    assert row_of(drawing, "does it lean") < row_of(drawing, "and so")
    assert [word.bold for word in (drawing.word("does it lean"), drawing.word("and so"))] == [
        True,
        False,
    ]
    drawn = [line.style.get("stroke") for line in drawing.lines]
    assert [color for color in drawn if color in (OTHERS, STRONG)] == [STRONG, OTHERS]
    assert drawing.word("lean − plain, primary").y < drawing.word("lean − plain").y
    assert "does it lean, lean − plain, primary: +0.30 [+0.10, +0.50]" in drawing.label


def test_measures_are_not_mixed_in_one_plot() -> None:
    gain = "settlement.gain_o"
    found = contrast_figures(
        findings(
            primary=effect("a", 0.1),
            secondary=[effect("b", 5.0, measure=gain), effect("c", 0.2)],
        )
    )
    titles = [title for title, _ in found]
    assert titles == [findings().title_of(SKEW), findings().title_of(gain)]
    one, two = (Drawing(svg) for _, svg in found)
    assert {"a", "c"} <= set(one.said())
    assert "b" not in one.said()
    assert "b" in two.said()
    assert f"difference in {titles[1]}" in two.said()
    assert two.label.startswith(f"Differences in {titles[1]}. b, lean − plain: +5.00")
    assert not {e.get("id") for e in one.root.iter() if e.get("id")} & {
        e.get("id") for e in two.root.iter()
    }


def test_what_is_compared_with_what_is_written_down() -> None:
    (drawing,) = contrasts(effect("a", 0.1, claim="C2"), effect("b", 0.1, control=None))
    assert {"lean − plain (C2)", "against zero"} <= set(drawing.said())


def test_a_contrast_without_an_estimate_is_shown_as_missing() -> None:
    (drawing,) = contrasts(effect("a", 0.1), effect("b", None))
    assert drawing.word(MISSING).y == pytest.approx(drawing.word("b").y, abs=8)
    assert len(means(drawing)) == 1


def test_what_the_plot_of_mechanisms_shows_is_not_shown_twice() -> None:
    alone, last, apart = effect("alone", 0.1), effect("last", 0.2), effect("apart", 0.3)
    (drawing,) = contrasts(alone, last, apart, mechanisms=[mechanism(alone, last)])
    assert "apart" in drawing.said()
    assert not {"alone", "last"} & set(drawing.said())
    (drawing,) = contrasts(last, primary=alone, mechanisms=[mechanism(alone, last)])
    assert "alone" in drawing.said(), "save the primary one"


# --- mechanisms ----------------------------------------------------------------------------------


def test_a_mechanism_is_shown_alone_and_last() -> None:
    svg = mechanisms_figure(findings(mechanisms=[mechanism(effect("x", 0.1), effect("y", 0.3))]))
    assert svg is not None
    drawing = Drawing(svg)
    assert drawing.said().count("prestige") == 2
    first = drawing.word("C3, alone on top of Track 1")
    second = drawing.word("C3, last with all others on")
    assert first.y < second.y
    assert [drawing.x(mark.x) for mark in means(drawing)] == pytest.approx([0.1, 0.3], abs=1e-3)
    assert [mark.style["fill"] for mark in means(drawing)] == [OTHERS, STRONG]
    assert drawing.label == (
        f"Change in {findings().title_of(SKEW)} by incentive. "
        "prestige, C3, alone on top of Track 1: +0.10; "
        "prestige, C3, last with all others on: +0.30."
    )


def test_what_a_suite_does_not_play_has_no_row() -> None:
    svg = mechanisms_figure(findings(mechanisms=[mechanism(None, effect("y", 0.3))]))
    assert svg is not None
    assert not any("alone" in text for text in Drawing(svg).said())


def test_the_same_findings_give_the_same_bytes() -> None:
    found = findings(arms=[leaning("lean", 0.2, 0.1, 0.3)], secondary=[effect("a", 0.1)])
    assert arms_figure(found) == arms_figure(found)
    assert contrast_figures(found) == contrast_figures(found)
