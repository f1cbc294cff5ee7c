"""How a dialogue ended, as plain values."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.app.endings import ending, worth_of
from harness.disputes.scenario import Scenario
from harness.records.transcript import VoidReason
from tests.support.disputes import small
from tests.support.transcripts import make_transcript

MINE_US = {"well": "mine", "fence": "us"}


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def test_a_deal_is_worth_what_it_is_to_each_principal(scenario: Scenario) -> None:
    record = make_transcript(scenario, [("o", MINE_US), ("u", "accept")])
    found = ending(record, scenario)
    assert (found["id"], found["outcome"], found["turns"]) == (record.id, "deal", 2)
    assert found["package"] == MINE_US
    assert found["worth"] == {"o": pytest.approx(0.7), "u": pytest.approx(0.6)}


def test_no_deal_is_worth_what_having_none_is(scenario: Scenario) -> None:
    record = make_transcript(scenario, [("o", "walk_out")])
    assert ending(record, scenario)["package"] is None
    assert worth_of(record, scenario, "b") == pytest.approx(0.25)
    later = make_transcript(scenario, [("o", "pass"), "next round", ("u", "walk_out")])
    assert worth_of(later, scenario, "a") == pytest.approx(0.2), "realities of the second round"


def test_a_void_dialogue_is_worth_nothing_that_is_known(scenario: Scenario) -> None:
    why = VoidReason(kind="reply", seat="u", detail="no JSON")
    record = make_transcript(scenario, [], void=why)
    assert ending(record, scenario)["worth"] == {"o": None, "u": None}
