"""How a dialogue ended, as plain values."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.app.endings import ending
from harness.records.transcript import VoidReason
from harness.scenario import Scenario
from tests.support.disputes import small
from tests.support.run_folders import LEANING
from tests.support.transcripts import make_transcript


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def test_a_deal_is_worth_its_utility(scenario: Scenario) -> None:
    found = ending(make_transcript(scenario, [("o", LEANING), ("u", "accept")]), scenario)
    terms = {seat: scenario.terms(getattr(scenario.seats, seat), 1) for seat in ("o", "u")}
    assert found["outcome"] == "deal"
    assert found["turns"] == 2
    assert found["package"] == LEANING
    assert found["worth"] == {seat: of.utility(LEANING) for seat, of in terms.items()}


def test_no_deal_is_worth_what_it_is_worth_then(scenario: Scenario) -> None:
    entries = [("o", LEANING), "next round", ("u", "pass")]
    found = ending(make_transcript(scenario, entries), scenario)
    assert found["package"] is None
    assert found["worth"] == {
        seat: scenario.terms(getattr(scenario.seats, seat), 2).reservation for seat in ("o", "u")
    }


def test_a_void_dialogue_is_worth_nothing_that_is_known(scenario: Scenario) -> None:
    void = VoidReason(kind="reply", seat="u", detail="no form")
    found = ending(make_transcript(scenario, [("o", LEANING)], void=void), scenario)
    assert found["worth"] == {"o": None, "u": None}
