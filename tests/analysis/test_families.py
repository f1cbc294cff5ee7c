"""Kinds of scenarios, told apart by what a generator writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.analysis.families import ALL, CONTROLS, STORIES, Family, families
from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario
from tests.support.disputes import small


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def named(scenario: Scenario, name: str, **changes: object) -> Scenario:
    return scenario.model_copy(update={"id": name, **changes})


def test_stories_games_and_controls_are_kinds_of_their_own(scenario: Scenario) -> None:
    control = named(scenario, "even", control="symmetric")
    played = [control, *load_scenarios("neutral-narrow-04"), scenario, *load_scenarios("neutral")]
    found = families({one.id: one for one in played})
    games = tuple(f"neutral-{number:02d}" for number in range(1, 9))
    assert found[0] == Family(name=ALL, title=ALL, scenarios=tuple(one.id for one in played))
    assert found[1:] == (
        Family(name=STORIES, title=STORIES, scenarios=("small",)),
        Family(
            name="neutral-narrow",
            title="Neutral game with a narrow zone of agreement",
            scenarios=("neutral-narrow-04",),
        ),
        Family(name="neutral", title="Neutral game", scenarios=games),
        Family(name=CONTROLS, title=CONTROLS, scenarios=("even",)),
    )


def test_one_kind_is_all_there_is(scenario: Scenario) -> None:
    (only,) = families({"small": scenario, "other": named(scenario, "other")})
    assert (only.name, only.scenarios) == (ALL, ("small", "other"))
    assert families({}) == (Family(name=ALL, title=ALL, scenarios=()),)


@pytest.mark.parametrize(
    ("name", "title"), [("war-62", "The war"), ("war-62", "War of 1962"), ("war-6", "War 6")]
)
def test_a_number_in_the_name_makes_no_game_of_a_story(
    scenario: Scenario, name: str, title: str
) -> None:
    story = named(scenario, name, title=title)
    (game,) = load_scenarios("neutral-01")
    found = families({name: story, game.id: game})
    assert [(family.name, family.scenarios) for family in found[1:]] == [
        (STORIES, (name,)),
        ("neutral", ("neutral-01",)),
    ]
