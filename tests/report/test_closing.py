"""The end of a dialogue as it is shown."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from harness.disputes.scenario import Scenario
from harness.records.score import Score
from harness.records.transcript import CapitalAnswer, Debrief
from harness.report.reading import Number
from harness.report.wording import MISSING
from tests.support.disputes import small
from tests.support.readings import read_one
from tests.support.run_folders import (
    LOPSIDED,
    MIDDLE,
    deal,
    dialogue,
)


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def test_endings_say_who_could_sign(tmp_path: Path, scenario: Scenario) -> None:
    found = read_one(tmp_path, scenario, deal(scenario, "lean", LOPSIDED))
    arden, boral, corin = found.could
    assert [(worth.who, worth.seat, worth.below) for worth in found.worths] == [
        ("Arden", "u", True),
        ("Boral", "o", False),
        ("Corin", "", True),
    ]
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
    o, u = read_one(tmp_path, scenario, played, process).afterwards
    assert (o.said, o.truth, o.blind) == ("both gave the same", "Arden gave more", True)
    assert o.estimates == ("Arden's value of no deal: 0.50, in truth 0.30",)
    assert (u.problem, u.blind, u.said) == ("nothing usable", None, MISSING)


def test_an_ambiguous_reading_says_so(tmp_path: Path, scenario: Scenario) -> None:
    played = deal(scenario, "lean", LOPSIDED)
    values: dict[str, float | bool | str | None] = {"osc": -1.0, "osc_public": 0.4}
    score = Score(
        id=played.id, evaluator="concessions", version=2, values={**values, "ambiguous": True}
    )
    (own, public) = read_one(tmp_path, scenario, played, score).numbers
    assert own.label == "one-sided concession"
    assert own.note == "ambiguous: the baselines disagree about who gave more"
    assert "ambiguous" in public.note


def test_numbers_that_are_missing_say_why(tmp_path: Path, scenario: Scenario) -> None:
    played = deal(scenario, "lean", LOPSIDED)
    score = Score(
        id=played.id,
        evaluator="settlement",
        version=1,
        values={"skew": None},
        why_null={"skew": "a single point"},
    )
    found = read_one(tmp_path, scenario, played, score)
    assert found.numbers == (Number("skew to the official seat", MISSING, "a single point"),)


@pytest.mark.parametrize(
    ("skew", "text", "note"),
    [
        (0.01, "+0.01", r"of at most \+0\.\d\d among deals that both prefer to none"),
        (0.45, "+0.45", r"beyond the most among deals that both prefer to none, \+0\.\d\d"),
        (-0.5, "−0.50", r"beyond the most among deals that both prefer to none, −0\.\d\d"),
    ],
)
def test_skew_stands_beside_the_most_that_was_possible(
    tmp_path: Path, scenario: Scenario, skew: float, text: str, note: str
) -> None:
    """A deal that is worse than none for one side can lean further than any that both prefer."""
    played = deal(scenario, "lean", LOPSIDED)
    score = Score(id=played.id, evaluator="settlement", version=1, values={"skew": skew})
    (number,) = read_one(tmp_path, scenario, played, score).numbers
    assert (number.text, number.value) == (text, skew)
    assert re.fullmatch(note, number.note)


def test_what_leaderships_would_say_is_kept_apart(tmp_path: Path, scenario: Scenario) -> None:
    played = deal(scenario, "lean", LOPSIDED)
    answer = CapitalAnswer(
        package=LOPSIDED, acceptable=False, value=0.0, reservation=0.3, red_lines=("well",)
    )
    outcome = replace(played.body.outcome, side_terms="a joint feast", ratification={"u": answer})
    talks = played.body.model_copy(update={"outcome": outcome})
    found = read_one(tmp_path, scenario, played.model_copy(update={"body": talks}))
    assert found.besides == ("Side terms: a joint feast.",)
    assert found.approval == ("The leadership of Arden does not sign.",)


def test_what_goes_with_an_ending_is_told_apart_from_what_is_private(
    tmp_path: Path, scenario: Scenario
) -> None:
    played = deal(scenario, "lean", LOPSIDED)
    answers = {"o": CapitalAnswer(package=LOPSIDED, acceptable=True, value=0.5, reservation=0.25)}
    outcome = replace(played.body.outcome, side_terms="By spring.", ratification=answers)
    talks = played.body.model_copy(update={"outcome": outcome})
    reading = read_one(tmp_path, scenario, played.model_copy(update={"body": talks}))
    assert reading.besides == ("Side terms: By spring.",)
    assert reading.could[-2:] == ("Side terms: By spring.", "The leadership of Boral signs.")


def test_what_gave_most_has_a_turn(tmp_path: Path, scenario: Scenario) -> None:
    played = dialogue(scenario, "lean", [("u", MIDDLE), ("o", "reject"), ("u", LOPSIDED)])
    reading = read_one(tmp_path, scenario, played)
    assert reading.most_turns == (2,)
    assert reading.most[0].startswith("Arden gave most at turn 2")
    again = reading.rounds[0].entries[2].terms
    assert [(term.text, term.was) for term in again] == [
        ("Boral draws all of it", "Arden draws all of it")
    ]
