"""Private answers beside the truth, in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.disputes.scenario import Scenario
from harness.records.score import Score
from harness.records.transcript import Debrief
from harness.report.afterwards import margin, on_others, on_terms, verdicts
from tests.support.disputes import small

NAMES = {"o": "Boral", "u": "Arden"}


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def test_how_much_more() -> None:
    assert margin(Debrief(gave_more="u", margin=3)) == ", 3 of 10"
    assert margin(Debrief(gave_more="equal", margin=0)) == margin(Debrief()) == ""


def test_what_was_said_of_the_terms() -> None:
    said = on_terms(Debrief(favours="o", own_could_sign=True), NAMES.__getitem__)
    assert said == ["the terms favour Boral", "its own leadership could sign them"]
    even = on_terms(Debrief(favours="equal", own_could_sign=False), NAMES.__getitem__)
    assert even == ["the terms favour neither side", "its own leadership could not sign them"]
    assert on_terms(Debrief(), NAMES.__getitem__) == []


def test_what_was_said_of_the_others(scenario: Scenario) -> None:
    debrief = Debrief(top_issues={"o": "fence"}, learned={"o": "It needs the fence"})
    assert on_others(debrief, NAMES.__getitem__, scenario) == [
        "most important to Boral: The fence",
        "learned of Boral: It needs the fence",
    ]
    strange = Debrief(top_issues={"o": "sea"})
    assert on_others(strange, NAMES.__getitem__, scenario) == ["most important to Boral: sea"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"favour_blind_u": True}, ["a blind spot: the terms are worse for it than it says"]),
        ({"favour_blind_u": False, "capital_wrong_u": False}, []),
        ({"favour_blind_o": True}, []),
        (
            {"capital_wrong_u": True, "capital_blind_u": True},
            ["in truth its own leadership could not sign them"],
        ),
        (
            {"capital_wrong_u": True, "capital_blind_u": None},
            ["in truth its own leadership could not sign them, though it was told otherwise"],
        ),
    ],
)
def test_what_is_a_blind_spot(values: dict[str, bool | None], said: list[str]) -> None:
    score = Score(id="1", evaluator="debrief", version=1, values=dict(values))
    assert verdicts({"debrief": score}, "u") == said
    assert verdicts({}, "u") == []
