"""The page of an audit: whole, offline and escaped."""

from __future__ import annotations

import re

import yaml
from markupsafe import escape

from harness.disputes.scenario import Scenario
from harness.plans.assessment import assess
from harness.plans.ground import ground
from harness.plans.written import Advice, WrittenPlan
from harness.report.plan_page import render
from harness.report.plan_words import verdict
from tests.support.disputes import SMALL as TEXT
from tests.support.judging import reading

SMALL = Scenario.model_validate(yaml.safe_load(TEXT))
HOSTILE = '<script>alert("1")</script>\u202e{{ 7 * 7 }}'


def page(title: str | None, sentence: str | None, **plan: str) -> str:
    advises = {issue: Advice(option, sentence) for issue, option in plan.items()}
    found = assess(ground(SMALL), plan)
    return render(WrittenPlan(title, advises), found, verdict(found))


def test_a_page_has_the_verdict_the_tables_and_no_script() -> None:
    text = page("Water for all", "Each draws half.", well="yours")
    found = assess(ground(SMALL), {"well": "yours"})
    assert escape(" ".join(verdict(found))) in text
    assert "<q>Each draws half.</q>" in text
    assert text.count('<span class="line">red line</span>') == 1
    assert '<td class="open" colspan="3">not addressed</td>' in text
    assert 'aria-label="Arden: worth 0 to 40, no deal 30"' in text
    assert text.count("<svg") == 3
    assert "default-src 'none'" in text
    assert "prefers-color-scheme: dark" in text
    assert "<script" not in text
    assert not re.search(r'(src|href)="', text)


def test_words_of_strangers_are_text() -> None:
    text = page(HOSTILE, HOSTILE, well="half", fence="us")
    assert "<script" not in text
    assert "\u202e" not in text
    assert "{{ 7 * 7 }}" in text
    assert text.count("&lt;script&gt;") >= 3


def test_a_plan_without_a_title_has_a_heading() -> None:
    assert "<h1>A plan</h1>" in page(None, None, well="half")


def test_what_is_not_known_is_not_said_to_be_left_out() -> None:
    found = assess(ground(SMALL), {})
    judged = reading(issue_well=None, point_a_0="makes")
    text = render(WrittenPlan(None, {}), found, [], judged, ["It says so."])
    assert "<dd><q>on point_a_0</q></dd>" in text
    assert "not known: the judge cannot tell" in text
    assert text.count("not addressed") == 1
