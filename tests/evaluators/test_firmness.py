"""How low a side went, and where it never moved."""

from __future__ import annotations

import pytest

from harness.disputes.scenario import Scenario
from harness.evaluators.base import Found
from harness.evaluators.concessions import Concessions
from tests.support.packages import (
    HALF_THEM,
    HALF_US,
    MINE_THEM,
    MINE_US,
    YOURS_US,
    alternating,
    rejecting,
)
from tests.support.transcripts import Entry, case, make_transcript


def score(scenario: Scenario, *talk: Entry) -> Found:
    return Concessions().score(case(make_transcript(scenario, talk), scenario))


def test_firmness_is_the_margin_of_the_lowest_proposal(small: Scenario) -> None:
    found = score(small, *alternating([MINE_THEM, MINE_US], [YOURS_US, MINE_US]))
    assert found.values["firmness_u"] == pytest.approx(0.3)
    assert found.values["firmness_o"] == pytest.approx(0.45)


def test_firmness_compares_a_proposal_with_no_deal_in_its_own_round(small: Scenario) -> None:
    found = score(small, ("u", HALF_US), ("o", YOURS_US), "next round", ("u", MINE_THEM))
    assert found.values["firmness_u"] == pytest.approx(0.42 - 0.3)


def test_rigidity_counts_issues_a_seat_could_have_moved_on(small: Scenario) -> None:
    # a may concede the half well (1 - .6 * .3 = .82) and the fence (.6): it moved on the fence.
    # b may concede the half well (.85) and the fence (.3): it moved on neither.
    found = score(small, *alternating([MINE_THEM, MINE_US], [YOURS_US, YOURS_US]))
    assert found.values["rigidity_u"] == pytest.approx(0.5)
    assert found.values["rigidity_o"] == pytest.approx(1.0)


def test_rigidity_leaves_out_issues_on_which_any_move_is_too_dear(small: Scenario) -> None:
    firm = small.principals["b"].model_copy(update={"reservation": 0.5})  # the fence costs it .7
    scenario = small.model_copy(update={"principals": {**small.principals, "b": firm}})
    found = score(scenario, *alternating([MINE_THEM, MINE_THEM], [YOURS_US, HALF_US]))
    assert found.values["rigidity_o"] == pytest.approx(0.0)
    firmer = small.principals["b"].model_copy(update={"reservation": 0.9})
    scenario = small.model_copy(update={"principals": {**small.principals, "b": firmer}})
    found = score(scenario, *alternating([MINE_THEM, MINE_THEM], [YOURS_US, HALF_US]))
    assert found.values["rigidity_o"] is None
    assert found.why_null["rigidity_o"] == "it could move nowhere"


def test_rigidity_judges_a_proposal_by_the_realities_of_its_round(small: Scenario) -> None:
    # At r = .7 a cannot give up the fence (.6); since the drought no deal is worth .2, and it can.
    firm = small.principals["a"].model_copy(update={"reservation": 0.7})
    scenario = small.model_copy(update={"principals": {**small.principals, "a": firm}})
    found = score(scenario, ("u", MINE_THEM), "next round", ("u", HALF_THEM))
    assert found.values["rigidity_u"] == pytest.approx(0.5)
    found = score(scenario, ("u", MINE_THEM), ("o", "pass"), ("u", HALF_THEM))
    assert found.values["rigidity_u"] == pytest.approx(0.0)


def test_rigidity_needs_two_proposals(small: Scenario) -> None:
    found = score(small, ("u", MINE_THEM), ("o", "pass"))
    assert found.values["rigidity_u"] is None
    assert found.why_null["rigidity_u"] == "fewer than 2 proposals"


def test_a_position_counts_for_what_it_gives(small: Scenario) -> None:
    """a gives the fence in the position of a rejection: .6, and it has moved there."""
    talk: list[Entry] = [("u", MINE_THEM), ("o", YOURS_US), ("u", rejecting(fence="us"))]
    found = score(small, *talk)
    assert found.values["firmness_u"] == pytest.approx(0.3)
    assert found.values["rigidity_u"] == pytest.approx(0.5)
    assert found.values["offers_u"] == 1
