"""A dialogue as it is shown: who offered what, and what only one side knew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.disputes.scenario import Scenario
from harness.records.transcript import Call, Repair, VoidReason
from harness.report.reading import Worth
from tests.support.disputes import small
from tests.support.readings import read_one
from tests.support.run_folders import (
    LEANING,
    LOPSIDED,
    MIDDLE,
    deal,
    dialogue,
)


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def test_first_proposals_are_whole_and_later_ones_show_changes(
    tmp_path: Path, scenario: Scenario
) -> None:
    played = dialogue(
        scenario, "lean", [("o", LOPSIDED), ("u", MIDDLE), ("o", LEANING), ("o", LEANING)]
    )
    entries = read_one(tmp_path, scenario, played).rounds[0].entries
    assert [term.text for term in entries[0].terms] == ["Boral draws all of it", "Arden mends it"]
    assert entries[0].package == ()
    assert entries[0].terms[0].crosses == ("Arden",)
    assert [term.text for term in entries[2].terms] == ["each draws half"]
    assert [term.changed for term in entries[2].package] == [True, False]
    assert [term.was for term in entries[2].package] == ["Boral draws all of it", ""]
    assert [entry.step for entry in entries] == [1, 1, 2, 3]
    assert "the same terms again" in entries[3].what
    assert entries[0].worths == (
        Worth("Boral", "o", 1.0, 0.25, below=False),
        Worth("Arden", "u", 0.0, 0.3, below=True),
    )
    assert [(entry.turn, entry.action, entry.offer) for entry in entries[:2]] == [
        (0, "propose", "o-1"),
        (1, "propose", "u-1"),
    ]


def test_rounds_start_with_what_happened(tmp_path: Path, scenario: Scenario) -> None:
    played = dialogue(scenario, "lean", [("o", LEANING), "next round", ("u", "walk_out")])
    found = read_one(tmp_path, scenario, played)
    assert [r.realities for r in found.rounds] == [(), ("The well runs low.",)]
    assert found.ending == "Walk-out by the delegation of Arden, in round 2"
    assert found.terms == ()


def test_what_is_private_of_a_delegate_is_kept_apart(tmp_path: Path, scenario: Scenario) -> None:
    """Its own stake and what drives it stand in fields of their own, so that they can be hidden."""
    played = deal(scenario, "lean", LOPSIDED)
    found = read_one(tmp_path, scenario, played)
    held = found.rounds[0].entries[0].held
    assert [(one.who, one.seat) for one in held] == [("Boral", "o"), ("Arden", "u")]
    assert held[0].value == pytest.approx(1.0)
    labels = [label for label, _ in found.delegations[0].profile]
    assert "credit for an agreement" in labels


def test_a_void_dialogue_names_the_calls_that_made_no_turn(
    tmp_path: Path, scenario: Scenario
) -> None:
    void = VoidReason(
        kind="reply",
        seat="u",
        detail="nothing readable",
        repairs=(Repair(error="no JSON"), Repair(error="no JSON again")),
    )
    played = dialogue(scenario, "lean", [("o", LEANING)], void=void)
    found = read_one(tmp_path, scenario, played)
    assert found.ending == "Void: no result, by the delegation of Arden"
    assert found.lost == ("no JSON", "no JSON again")
    assert found.could == ()


def test_what_a_model_thought_stands_with_the_turn_that_came_of_it(
    tmp_path: Path, scenario: Scenario
) -> None:
    played = dialogue(scenario, "lean", [("o", LEANING), ("u", MIDDLE)])
    asked: Any = {"seat": "o", "purpose": "move", "model": "m", "prompt": (), "reply": "{}"}
    calls = (Call(index=0, **asked), Call(index=1, **asked, reasoning="They want dates."))
    first, second = played.body.turns
    talks = played.body.model_copy(update={"turns": (replace(first, calls=(0, 1)), second)})
    played = played.model_copy(update={"body": talks, "calls": calls})
    entries = read_one(tmp_path, scenario, played).rounds[0].entries
    assert [entry.reasoning for entry in entries] == [((1, "They want dates."),), ()]
