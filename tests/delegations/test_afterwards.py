"""What a script says afterwards: honest, from its own table and what everybody knows."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from harness.bargaining.tactics import tactic_from
from harness.delegations.afterwards import SILENT, answers, former_answers, settled
from harness.delegations.scripted import ScriptedDelegation
from harness.disputes.scenario import Package, Scenario
from harness.records.transcript import Action, Commitment, Move
from tests.support.disputes import small
from tests.support.packages import HALF_US, MINE_THEM, YOURS_US
from tests.support.views import PlayedTable, track


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def propose(package: Package) -> Move:
    return Move(action=Action.PROPOSE, package=package, commitment=Commitment.AD_REFERENDUM)


def table(scenario: Scenario) -> PlayedTable:
    """u opens with its wish, o with its own."""
    played = PlayedTable(track(scenario, "1"), scenario, order=("u", "o"))
    played.play("u", propose(MINE_THEM))
    played.play("o", propose(YOURS_US))
    return played


def agreed(scenario: Scenario) -> PlayedTable:
    played = table(scenario)
    played.play("u", propose(HALF_US))
    played.play("o", Move(action=Action.ACCEPT, offer="u-2"))
    return played


def test_the_answers_on_a_deal(scenario: Scenario) -> None:
    """u knows that it gave .58 and gained .12. Of b the public believes weights (.4, .6): it gave
    .2 and gained .8 - .2."""
    view = agreed(scenario).view("u")
    assert settled(view) == HALF_US
    said = answers(view)
    assert (said.gave_more, said.favours, said.own_could_sign) == ("u", "o", True)
    assert said.margin == pytest.approx(10 * (0.58 - 0.2) / (0.58 + 0.2), abs=1e-3)
    assert said.problem is None
    assert said.reservations == {"o": 0.2}
    assert said.top_issues == {"o": "fence"}
    assert said.learned == {"o": "It put terms that look worth 1.00 to it, and never less."}


def test_the_other_side_sees_it_its_own_way(scenario: Scenario) -> None:
    """o knows that it gave .15 and gained .6. Of a it believes values (1, .2, 0) of the well: it
    gave .9, and has lost .4."""
    said = answers(agreed(scenario).view("o"))
    assert (said.gave_more, said.favours, said.own_could_sign) == ("u", "o", True)
    assert said.margin == pytest.approx(10 * (0.9 - 0.15) / (0.9 + 0.15), abs=1e-3)


def test_its_own_red_line_could_not_be_signed(scenario: Scenario) -> None:
    played = table(scenario)
    played.play("u", propose({"well": "yours", "fence": "them"}))
    played.play("o", Move(action=Action.ACCEPT, offer="u-2"))
    said = answers(played.view("u"))
    assert said.own_could_sign is False  # though it is worth .4 to it, and no deal .3


def test_without_a_deal_there_are_no_terms(scenario: Scenario) -> None:
    said = answers(table(scenario).view("u"))
    assert (said.favours, said.own_could_sign) == (None, None)
    assert (said.gave_more, said.margin) == ("equal", 0.0)


def test_first_proposals_are_those_of_the_first_round(scenario: Scenario) -> None:
    played = table(scenario)
    played.next_round()
    played.play("u", propose(HALF_US))
    said = answers(played.view("u"))
    assert said.gave_more == "u"
    assert said.margin == 10  # o has not moved


def test_by_rules_of_version_1_the_moves_of_the_last_round_count(scenario: Scenario) -> None:
    """Old talks are played again to the letter: u gave .58 by its table, o what u reads."""
    view = replace(agreed(scenario).view("u"), rules=1)
    worth = {"yours": 1.0, "half": 0.75}
    said = former_answers(view, lambda package: worth[package["well"]])
    assert (said.gave_more, said.margin) == ("u", pytest.approx(10 * (0.58 - 0.25)))
    assert (said.favours, said.own_could_sign, said.learned) == (None, None, {})
    assert said.reservations == {"o": 0.2}
    played = table(scenario)
    played.next_round()
    late = former_answers(replace(played.view("u"), rules=1), lambda package: 0.0)
    assert (late.gave_more, late.problem) == (None, SILENT)


def test_a_script_answers_by_the_rules_of_its_talks(scenario: Scenario) -> None:
    view = agreed(scenario).view("u")
    for rules, asked in ((1, False), (2, True)):
        script = ScriptedDelegation("u", tactic_from("linear"))
        answer = asyncio.run(script.debrief(replace(view, rules=rules), None))
        assert answer.debrief is not None
        assert (answer.debrief.favours is not None) is asked
        assert bool(answer.debrief.learned) is asked


def test_where_a_side_was_silent_nobody_gave_more(scenario: Scenario) -> None:
    played = PlayedTable(track(scenario, "1"), scenario, order=("u", "o"))
    played.play("u", propose(MINE_THEM))
    said = answers(played.view("u"))
    assert (said.gave_more, said.margin, said.problem) == (None, None, SILENT)
    assert said.learned == {"o": "Nothing: it made no proposal."}
