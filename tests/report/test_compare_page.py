"""The page of a comparison: whole, offline, escaped, and drawn to one scale."""

from __future__ import annotations

import re

import pytest
from markupsafe import escape

from harness.analysis.comparison import compare
from harness.analysis.comparison_measures import BY_NAME, COLUMNS, GAIN
from harness.analysis.judge_known import JudgeKnown
from harness.report.compare_page import Bar, draw, render
from tests.analysis.test_comparison_judged import HALF, WORDS, known, line, meetings
from tests.support.meetings import empty, meet, other_question, two_models

HOSTILE = '<script>alert("1")</script>\u202e{{ 7 * 7 }}'


def place(svg: str, what: str) -> float:
    found = re.search(rf'class="{what}" (?:x1|cx)="([\d.]+)"', svg)
    assert found is not None
    return float(found[1])


def test_bars_share_a_scale_that_holds_zero() -> None:
    one, other, none = draw(
        [Bar(0.5, (0.25, 1.0), "one"), Bar(0.25, None, "two"), Bar(None, None, "none")]
    )
    assert none == ""
    assert place(one, "zero") == place(other, "zero") == 6.0
    assert place(one, "ends") == place(other, "mean")
    assert place(one, "mean") == pytest.approx(120.0)
    assert 'class="ends"' not in other


def test_bars_of_nothing_but_zero_are_drawn() -> None:
    (bar,) = draw([Bar(0.0, (0.0, 0.0), "nothing")])
    assert place(bar, "mean") == place(bar, "zero")


def test_a_page_has_the_answer_the_tables_and_no_script() -> None:
    found = compare(two_models([(0.2 + i / 100, 0.1) for i in range(6)]), COLUMNS, (GAIN,))
    page = render(found)
    assert "default-src 'none'" in page
    assert "prefers-color-scheme: dark" in page
    assert "<script" not in page
    assert not re.search(r'(src|href)="', page)
    for sentence in found.answer:
        assert escape(sentence) in page
    assert "openai/alpha − openai/beta" in page
    assert page == render(found)
    # A column without any value is left out of the tables, and explained all the same.
    assert "<dt>regret (regret)</dt>" in page
    assert ">regret</th>" not in page


def test_names_of_strangers_are_text() -> None:
    meetings = empty("run-a", HOSTILE)
    for i in range(2):
        meet(meetings, HOSTILE, 0.1, scenario=f"s{i}")
        meet(meetings, "beta", 0.2, run=1, scenario=f"s{i}")
    page = render(compare(meetings, (GAIN,), (GAIN,), by="scenario"))
    assert "<script" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;" in page
    assert "{{ 7 * 7 }}" in page


def test_every_figure_of_a_loose_comparison_is_marked() -> None:
    meetings = empty("a", "b")
    for i in range(6):
        meet(meetings, "alpha", {"gain": 0.2, "deals": 1}, scenario=f"s{i}", same={"seed": 1})
        meet(meetings, "beta", {"gain": 0.1, "deals": 1}, run=1, scenario=f"s{i}", same={"seed": 2})
    columns = (GAIN, BY_NAME["deals"])
    page = render(compare(meetings, columns, columns, loose=True))
    assert "Every figure is marked with ~." in page
    assert "What else differs" in page
    assert "~6/6" in page
    figures = re.findall(r'<td class="number value">([^<]*)</td>', page)
    assert figures
    assert all(figure.startswith("~") for figure in figures)


def test_incentives_stand_beside_a_difference() -> None:
    meetings = empty("a", "b")
    for i in range(6):
        for arm, shift in (("plain", 0.0), ("lean", -0.05)):
            meet(meetings, "alpha", 0.3 + shift, scenario=f"s{i}", arms=(arm,))
        meet(meetings, "beta", 0.1, run=1, scenario=f"s{i}")
    page = render(compare(meetings, (GAIN,), (GAIN,)))
    assert "lean − plain in alpha" in page
    assert "incentives change gain of its principal by −0.05" in page


def test_each_column_of_incentives_names_the_arms_that_its_run_compares() -> None:
    meetings = other_question("run-a", "run-b")
    for i in range(2):
        for arm in ("plain", "lean"):
            meet(meetings, "alpha", 0.2, scenario=f"s{i}", arms=(arm,))
            meet(meetings, "beta", 0.1, run=1, scenario=f"s{i}", arms=(arm,))
    page = render(compare(meetings, (GAIN,), (GAIN,)))
    assert "lean − plain in alpha</th>" in page
    assert "plain − lean in beta</th>" in page
    assert "what incentives change within each." in page


def test_a_difference_by_a_judge_stands_beside_what_it_is_without_its_errors() -> None:
    columns = (GAIN, WORDS)
    page = render(compare(meetings(HALF, HALF), columns, columns))
    assert "without the judge’s errors" in page
    assert '<td class="number">−5.00 [−7.78, −2.52]</td>' in page
    assert "p, its correction for the number of comparisons, and what is shown are of these" in page
    unknown = render(compare(meetings(HALF, JudgeKnown()), columns, columns))
    assert '<td class="number">uncalibrated</td>' in unknown
    assert "words.final: uncalibrated: nothing corrects its judge in run-b." in unknown
    plain = render(compare(meetings(HALF, HALF), (GAIN,), (GAIN,)))
    assert "without the judge’s errors" not in plain


def test_a_judge_of_a_stranger_is_text() -> None:
    found = meetings(HALF, known(line(1, 2), "y", HOSTILE))
    page = render(compare(found, (GAIN, WORDS), (WORDS,)))
    assert "<script" not in page
    assert "The judges differ: " in page
    assert "&lt;script&gt;alert(" in page
