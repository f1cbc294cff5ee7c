"""A dialogue as the page prints it: who offered what, and what only one side knew."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.disputes.scenario import Scenario
from harness.records.placement import placement_of
from harness.records.score import Score
from harness.records.transcript import Debrief
from harness.report.dialogue import Reading, read
from harness.report.material import Example
from harness.report.truth import TrueValues
from harness.report.wording import MISSING
from tests.support.disputes import small
from tests.support.run_folders import (
    LEANING,
    LOPSIDED,
    MIDDLE,
    Placed,
    deal,
    dialogue,
    make_run,
    make_suite,
)


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def reading(tmp_path: Path, scenario: Scenario, played: Placed, *scores: Score) -> Reading:
    run = make_run(tmp_path / "run", make_suite(), {"small": scenario}, [played])
    by_evaluator = {score.evaluator: score for score in scores}
    example = Example(played.id, played.arm, "typical")
    truth, place = TrueValues(run.info), placement_of(run, played)
    return read(played, scenario, truth, by_evaluator, example, place, "dialogue-1")


def test_first_proposals_are_whole_and_later_ones_show_changes(
    tmp_path: Path, scenario: Scenario
) -> None:
    played = dialogue(
        scenario, "lean", [("o", LOPSIDED), ("u", MIDDLE), ("o", LEANING), ("o", LEANING)]
    )
    entries = reading(tmp_path, scenario, played).rounds[0].entries
    assert [term.text for term in entries[0].terms] == ["Boral draws all of it", "Arden mends it"]
    assert entries[0].package == ()
    assert entries[0].terms[0].crosses == ("Arden",)
    assert [term.text for term in entries[2].terms] == ["each draws half"]
    assert [term.changed for term in entries[2].package] == [True, False]
    assert "the same terms again" in entries[3].what
    assert entries[0].worth == "1.00 to Boral (no deal 0.25); 0.00 to Arden (no deal 0.30)"


def test_rounds_start_with_what_happened(tmp_path: Path, scenario: Scenario) -> None:
    played = dialogue(scenario, "lean", [("o", LEANING), "next round", ("u", "walk_out")])
    found = reading(tmp_path, scenario, played)
    assert [r.realities for r in found.rounds] == [(), ("The well runs low.",)]
    assert found.ending == "Walk-out by the delegation of Arden, in round 2"
    assert found.terms == ()


def test_endings_say_who_could_sign(tmp_path: Path, scenario: Scenario) -> None:
    found = reading(tmp_path, scenario, deal(scenario, "lean", LOPSIDED))
    arden, boral, corin = found.worths
    assert arden == "Arden: 0.00, no deal 0.30: worse off than without a deal, 1 red line crossed."
    assert boral == "Boral: 1.00, no deal 0.25: could sign."
    assert corin.startswith("Corin (not at the table): 0.10, no deal 0.40: worse off")


def test_debriefs_stand_beside_the_truth(tmp_path: Path, scenario: Scenario) -> None:
    debriefs = {
        "o": Debrief(gave_more="equal", reservations={"u": 0.5}),
        "u": Debrief(problem="nothing usable"),
    }
    played = deal(scenario, "lean", LOPSIDED, debriefs=debriefs)
    process = Score(
        id=played.id,
        evaluator="process",
        version=1,
        values={"blind_o": True, "blind_u": None},
        detail={"gave_more": "u"},
    )
    o, u = reading(tmp_path, scenario, played, process).afterwards
    assert (o.said, o.truth, o.blind) == ("both gave the same", "Arden gave more", True)
    assert o.estimates == ("Arden's value of no deal: 0.50, in truth 0.30",)
    assert (u.problem, u.blind, u.said) == ("nothing usable", None, MISSING)


def test_an_ambiguous_reading_says_so(tmp_path: Path, scenario: Scenario) -> None:
    played = deal(scenario, "lean", LOPSIDED)
    values: dict[str, float | bool | str | None] = {"osc": -1.0, "osc_public": 0.4}
    score = Score(
        id=played.id, evaluator="concessions", version=2, values={**values, "ambiguous": True}
    )
    (own, public) = reading(tmp_path, scenario, played, score).numbers
    assert own[0] == "one-sided concession"
    assert "ambiguous: the baselines disagree about who gave more" in own[1]
    assert "ambiguous" in public[1]


def test_numbers_that_are_missing_say_why(tmp_path: Path, scenario: Scenario) -> None:
    played = deal(scenario, "lean", LOPSIDED)
    score = Score(
        id=played.id,
        evaluator="settlement",
        version=1,
        values={"skew": None},
        why_null={"skew": "a single point"},
    )
    found = reading(tmp_path, scenario, played, score)
    assert found.numbers == (("skew to the official seat", f"{MISSING} (a single point)"),)
