from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.disputes.scenario import Scenario
from harness.evaluators.concessions import Concessions
from harness.evaluators.ledger import Answer, Step, ledger, most_given
from harness.records.transcript import Action, Commitment, Move, VoidReason
from tests.support.packages import (
    HALF_THEM,
    HALF_US,
    MINE_THEM,
    MINE_US,
    YOURS_THEM,
    YOURS_US,
)
from tests.support.transcripts import Entry, case, make_transcript


def steps(scenario: Scenario, *talk: Entry, void: VoidReason | None = None) -> tuple[Step, ...]:
    return ledger(case(make_transcript(scenario, talk, void=void), scenario))


def test_a_move_is_told_issue_by_issue(small: Scenario) -> None:
    found = steps(small, ("u", MINE_THEM), ("o", YOURS_US), ("u", HALF_US), ("o", "accept"))
    first, opening, gave, took = found
    assert [(s.turn, s.seat, s.kind) for s in found] == [
        (0, "u", "opening"),
        (1, "o", "opening"),
        (2, "u", "proposal"),
        (3, "o", "acceptance"),
    ]
    assert [(g.issue, g.was, g.now) for g in gave.given] == [
        ("fence", "them", "us"),
        ("well", "mine", "half"),
    ]
    assert gave.cost == pytest.approx(0.58)
    assert sum(g.cost for g in gave.given) == pytest.approx(gave.cost)
    assert gave.worth == pytest.approx(gave.other - first.other)
    assert (gave.offer, gave.commitment) == ("u-2", gave.commitment)
    assert gave.answer == Answer(3, Action.ACCEPT)
    assert (took.offer, took.answer) == ("u-2", None)
    assert took.before == pytest.approx(opening.own)
    assert took.cost == pytest.approx(0.15)
    assert most_given(found, "u") == gave
    assert most_given(found, "o") == took


def test_the_move_that_went_below_no_deal_is_marked_and_those_after_it_not(
    small: Scenario,
) -> None:
    found = steps(
        small,
        ("u", MINE_THEM),
        ("o", YOURS_US),
        ("u", YOURS_THEM),
        ("o", YOURS_US),
        ("u", YOURS_US),
    )
    own = [s for s in found if s.seat == "u"]
    assert [s.below for s in own] == [s.own < s.no_deal for s in own]
    assert [s.fell for s in own].count(True) == 1
    assert next(s for s in own if s.fell).turn == next(s for s in own if s.below).turn


def test_the_move_that_crossed_a_red_line_is_marked_once(small: Scenario) -> None:
    line = small.principals["a"].red_lines[0]
    assert (line.issue, line.options) == ("well", ("yours",))
    talk: list[Entry] = [("u", MINE_THEM), ("o", HALF_US), ("u", YOURS_THEM), ("u", YOURS_US)]
    found = [s for s in steps(small, *talk) if s.seat == "u"]
    assert [("a", "well") in s.crossed for s in found] == [False, True, False]


def test_a_step_behind_a_red_line_crosses_it_no_second_time(small: Scenario) -> None:
    line = small.principals["a"].red_lines[0].model_copy(update={"options": ("half", "yours")})
    wide = small.principals["a"].model_copy(update={"red_lines": (line,)})
    scenario = small.model_copy(update={"principals": {**small.principals, "a": wide}})
    talk: list[Entry] = [("u", MINE_US), ("u", HALF_US), ("u", YOURS_US), ("u", MINE_US)]
    found = [s for s in steps(scenario, *talk, ("u", YOURS_US)) if s.seat == "u"]
    assert [("a", "well") in s.crossed for s in found] == [False, True, False, False, True]


def test_taking_back_is_a_negative_cost(small: Scenario) -> None:
    found = steps(small, ("u", MINE_THEM), ("u", HALF_US), ("u", MINE_THEM))
    assert [s.cost > 0 for s in found[1:]] == [True, False]
    assert found[2].cost == pytest.approx(-found[1].cost)
    only = steps(small, ("u", MINE_THEM), ("u", MINE_THEM))
    assert only[1].given == ()
    assert most_given(only, "u") is None


def test_a_position_is_a_move_and_a_consultation_is_none(small: Scenario) -> None:
    position = Move(action=Action.PASS, position={"well": "half"}, words="Half, say.")
    found = steps(small, ("u", MINE_THEM), ("o", YOURS_US), ("u", position))
    assert [s.kind for s in found] == ["opening", "opening", "position"]
    assert found[2].offer is None
    assert found[2].commitment is None, "nobody said how far a position commits"
    assert found[0].commitment is Commitment.AD_REFERENDUM
    assert [g.issue for g in found[2].given] == ["well"]


def test_a_void_dialogue_has_the_moves_until_then(small: Scenario) -> None:
    void = VoidReason(kind="reply", seat="o", detail="nothing readable")
    found = steps(small, ("u", MINE_THEM), ("o", YOURS_US), void=void)
    assert [s.seat for s in found] == ["u", "o"]


PACKAGES = [MINE_THEM, MINE_US, HALF_THEM, HALF_US, YOURS_THEM, YOURS_US]


@given(st.lists(st.tuples(st.sampled_from("ou"), st.sampled_from(PACKAGES)), max_size=8))
@example([("u", MINE_THEM), ("u", YOURS_US), ("o", YOURS_US), ("o", HALF_US)])
def test_the_ledger_adds_up_to_what_is_scored(
    small: Scenario, talk: list[tuple[str, dict[str, str]]]
) -> None:
    """Costs sum to the concessions that the evaluator finds, move by move."""
    one = case(make_transcript(small, talk), small)
    found = ledger(one)
    scored = Concessions().score(one).detail
    for seat in "ou":
        own = [s for s in found if s.seat == seat][1:]
        assert [[s.turn, round(s.cost, 6)] for s in own] == scored[f"concessions_{seat}"]
    for step in found:
        assert sum(g.cost for g in step.given) == pytest.approx(step.cost, abs=1e-9)
