"""A new round tells what changed, and nothing that did not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from harness.disputes.scenario import Scenario
from harness.prompting.changes import changes
from harness.prompting.points import worth
from harness.prompting.talks import Prompts
from harness.view import Brief, View
from tests.support.disputes import small
from tests.support.told import told
from tests.support.views import PlayedTable, track


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return small(tmp_path_factory.mktemp("disputes"))


def rounds(scenario: Scenario, style: Any, name: Any = "1") -> list[View]:
    """What the seat of Arden sees in rounds 1 to 3: the drought changes its terms, the rain only
    those of the other side."""
    table = PlayedTable(told(track(scenario, name), style), scenario)
    views = [table.view("u")]
    for _ in range(2):
        table.next_round()
        views.append(table.view("u"))
    return views


@cache
def prompts() -> Prompts:
    return Prompts()


def text(view: View, before: Brief) -> str:
    return prompts().round(view, (), (), new_values=True, before=before)


def reserved(brief: Brief, reservation: float) -> Brief:
    return replace(brief, belief=replace(brief.belief, reservation=reservation))


def test_the_old_number_stands_beside_the_new(scenario: Scenario) -> None:
    first, second, third = rounds(scenario, "principal")
    found = changes(second, first.brief)
    assert (found["no_deal"], found["leaving"]) == (30, True)
    assert [row["id"] for row in found["rows"]] == ["well", "fence"]
    said = text(second, first.brief)
    assert "is now worth 20 points to Arden (it was 30).\n" in said
    assert "- `well` (material and political): `mine` 80, `half` 32, `yours` 0" in said
    unchanged = changes(third, second.brief)
    assert (unchanged["leaving"], unchanged["rows"], unchanged["ranked"]) == (False, [], [])


def test_only_rows_that_changed_are_told(scenario: Scenario) -> None:
    first = rounds(scenario, "principal")[0]
    values = {**first.brief.belief.values, "well": {"mine": 1.0, "half": 0.1, "yours": 0.0}}
    before = replace(first.brief, belief=replace(first.brief.belief, values=values))
    assert [row["id"] for row in changes(first, before)["rows"]] == ["well"]
    said = text(first, before)
    assert "In private: ending without an agreement is worth what it was." in said
    assert "The terms are worth what they were, except:\n\n- `well`" in said
    assert "`fence`" not in said
    only_leaving = text(first, reserved(first.brief, 0.25))
    assert "(it was 25).\nThe terms are worth what they were." in only_leaving


def test_in_words_the_news_is_told_in_words(scenario: Scenario) -> None:
    first, second, _ = rounds(scenario, "words")
    found = changes(second, first.brief)
    assert (found["moved"], found["order"], found["grade"]) == ("worse", False, False)
    said = text(second, first.brief)
    assert "has become worse for Arden than it was. It is still bad: " in said
    assert "The order of the issues is what it was. Their options stand as before, except:" in said
    only_leaving = text(first, reserved(first.brief, 0.25))
    assert "The order in which the issues and their options matter has not changed." in only_leaving
    much = text(first, reserved(first.brief, 0.6))
    assert "has become much worse for Arden than it was. It is now bad: " in much
    same = text(first, replace(first.brief, members=()))
    assert "In private: ending without an agreement is to Arden what it was." in same
    never = replace(first.brief, red_lines=())
    other = text(first, never)
    assert "In private: ending without an agreement is, for Arden, still bad: " in other
    assert "the worst options on every issue would be better." in other


def test_in_words_a_new_order_is_told_whole(scenario: Scenario) -> None:
    first = rounds(scenario, "words")[0]
    belief = first.brief.belief
    before = replace(first.brief, belief=replace(belief, weights={"well": 0.4, "fence": 0.6}))
    said = text(first, before)
    assert "The order of the issues has changed, the most important first:" in said
    assert said.index("- `well`") < said.index("- `fence`")
    values = {**belief.values, "well": {"mine": 1.0, "half": 0.9, "yours": 0.0}}
    less = text(first, replace(first.brief, belief=replace(belief, values=values)))
    assert "Their options stand as before, except:" in less
    assert "- `well` (material and political): `mine` best, `half` good" in less
    assert "`fence`" not in less


def test_under_own_the_delegates_threshold_is_news_too(scenario: Scenario) -> None:
    first, second, _ = rounds(scenario, "own", "1.5")
    now = worth(second)
    assert changes(second, first.brief)["threshold"] == worth(first)["threshold"]
    said = text(second, first.brief)
    assert said.count("ending without an agreement") == 1
    assert str(now["no_deal"]) in said
    official = rounds(scenario, "own")
    kept = text(official[1], official[0].brief)
    assert "is now worth 20 points to Arden (it was 30), and as much to you." in kept


def test_without_the_former_brief_all_is_told_again(scenario: Scenario) -> None:
    view = rounds(scenario, "principal")[1]
    said = prompts().round(view, (), (), new_values=True)
    assert "this replaces what you were told before" in said
    assert "Ending without an agreement is worth 20 points to Arden." in said
    nothing = prompts().round(view, (), (), new_values=False)
    assert (
        "In private: neither the terms nor ending without an agreement have changed in worth"
        in nothing
    )
    assert "points" not in nothing
