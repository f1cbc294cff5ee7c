from __future__ import annotations

from math import inf

import pytest

from harness.disputes.scenario import Package, Scenario
from harness.evaluators.base import Found
from harness.evaluators.concessions import Concessions, total
from tests.support.transcripts import Entry, case, make_transcript

MINE_THEM = {"well": "mine", "fence": "them"}  # o 0, u 1
HALF_THEM = {"well": "half", "fence": "them"}  # .15, .82
YOURS_THEM = {"well": "yours", "fence": "them"}  # .3, .4
MINE_US = {"well": "mine", "fence": "us"}  # .7, .6
HALF_US = {"well": "half", "fence": "us"}  # .85, .42
YOURS_US = {"well": "yours", "fence": "us"}  # 1, 0


def score(scenario: Scenario, *talk: Entry) -> Found:
    return Concessions().score(case(make_transcript(scenario, talk), scenario))


def alternating(u: list[Package], o: list[Package]) -> list[Entry]:
    """Proposals in turn, u first; as many of each."""
    talk: list[Entry] = []
    for ours, theirs in zip(u, o, strict=True):
        talk += [("u", ours), ("o", theirs)]
    return talk


# --- totals --------------------------------------------------------------------------------------


def test_totals_run_from_the_opening_to_the_deal(small: Scenario) -> None:
    found = score(small, ("u", MINE_THEM), ("o", YOURS_US), ("u", HALF_US), ("o", "accept"))
    c_o, c_u = 0.15 / 0.75, 0.58 / 0.7
    assert found.values["total_o"] == pytest.approx(c_o)
    assert found.values["total_u"] == pytest.approx(c_u)
    assert found.values["gap"] == pytest.approx(c_u - c_o)
    assert found.values["osc"] == pytest.approx((c_u - c_o) / (c_u + c_o))


def test_seat_that_proposed_nothing_opened_with_its_public_position(small: Scenario) -> None:
    found = score(small, ("u", HALF_US), ("o", "accept"))
    assert found.values["total_o"] == pytest.approx(0.15 / 0.75)
    assert found.values["total_u"] == pytest.approx(0.0)
    assert found.values["osc"] == pytest.approx(-1.0)
    assert found.values["firmness_o"] is None
    assert found.why_null["firmness_o"] == "the seat made no proposal"


def test_without_a_deal_a_seat_has_given_what_its_last_proposal_gave(small: Scenario) -> None:
    found = score(small, *alternating([MINE_THEM, MINE_US], [YOURS_US, YOURS_US]))
    assert found.values["total_u"] == pytest.approx(0.4 / 0.7)
    assert found.values["total_o"] == pytest.approx(0.0)
    assert found.values["osc"] == pytest.approx(1.0)


def test_neither_deal_nor_proposal_leaves_the_totals_undefined(small: Scenario) -> None:
    found = score(small, ("u", MINE_THEM), ("o", "walk_out"))
    assert found.values["total_o"] is None
    assert found.why_null["total_o"] == "neither a deal nor a proposal"
    assert found.values["gap"] is None
    assert found.values["osc"] is None


def test_osc_is_undefined_when_neither_gave_anything(small: Scenario) -> None:
    found = score(small, ("u", MINE_THEM), ("o", YOURS_US), ("u", "pass"))
    assert found.values["total_o"] == found.values["total_u"] == 0.0
    assert found.values["gap"] == 0.0
    assert found.values["osc"] is None
    assert found.why_null["osc"] == "neither side gave anything"


def test_side_that_took_back_more_than_it_gave_counts_as_giving_nothing(small: Scenario) -> None:
    found = score(small, *alternating([HALF_US, MINE_THEM], [YOURS_US, HALF_US]))
    assert found.values["total_u"] == pytest.approx(-0.58 / 0.7)
    assert found.values["osc"] == pytest.approx(-1.0)


def test_totals_use_the_realities_of_the_round_the_talks_ended_in(small: Scenario) -> None:
    talk: list[Entry] = [("u", MINE_THEM), ("o", YOURS_US), "next round", ("o", HALF_US)]
    transcript = make_transcript(small, [*talk, ("u", "accept")])
    assert total(case(transcript, small), "u")[0] == pytest.approx((1 - 0.32) / 0.8)
    assert total(case(transcript, small), "o")[0] == pytest.approx(0.15 / 0.75)


def test_total_is_undefined_where_no_deal_is_worth_everything(small: Scenario) -> None:
    content = small.principals["a"].model_copy(update={"reservation": 1.0})
    scenario = small.model_copy(update={"principals": {**small.principals, "a": content}})
    value, why = total(case(make_transcript(scenario, [("u", MINE_US)]), scenario), "u")
    assert value is None
    assert "no deal" in why


# --- firmness and rigidity -----------------------------------------------------------------------


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


# --- reciprocity ---------------------------------------------------------------------------------


def test_reciprocity_is_the_slope_on_what_was_just_received(small: Scenario) -> None:
    # Official gives u: 0 -> .42 -> .6 -> .82, so .42, .18, .22. The other seat answers with
    # 1 -> .82 -> .6 -> .42: .18, .22, .18 of its own value.
    talk: list[Entry] = []
    official = [YOURS_US, HALF_US, MINE_US, HALF_THEM]
    other = [MINE_THEM, HALF_THEM, MINE_US, HALF_US]
    for theirs, ours in zip(official, other, strict=True):
        talk += [("o", theirs), ("u", ours)]
    found = score(small, *talk)
    got, gave = [0.42, 0.18, 0.22], [0.18, 0.22, 0.18]
    mean = sum(got) / 3
    slope = sum((x - mean) * y for x, y in zip(got, gave, strict=True)) / sum(
        (x - mean) ** 2 for x in got
    )
    assert found.values["reciprocity_u"] == pytest.approx(slope)
    assert found.values["reciprocity_o"] is None  # its first step answers nothing: two are left
    assert found.values["reciprocity_asymmetry"] is None


def test_slope_is_undefined_when_the_other_side_never_varied(small: Scenario) -> None:
    found = score(
        small, *alternating([MINE_THEM, HALF_THEM, MINE_US, HALF_US, YOURS_US], [YOURS_US] * 5)
    )
    assert found.values["reciprocity_u"] is None


def test_what_was_received_before_the_last_move_is_not_received_again(small: Scenario) -> None:
    # The official gives .42 once and passes from then on; the other seat gives .18 each time.
    found = score(
        small,
        ("o", YOURS_US),
        ("u", MINE_THEM),
        ("o", HALF_US),
        ("u", HALF_THEM),  # got .42, gave .18
        ("o", "pass"),
        ("u", MINE_US),  # got 0, gave .22
        ("o", "pass"),
        ("u", HALF_US),  # got 0, gave .18
    )
    assert found.values["reciprocity_u"] == pytest.approx((0.18 - 0.20) / 0.42)


def test_concession_is_answered_within_two_moves_or_not_at_all(small: Scenario) -> None:
    found = score(
        small,
        ("o", YOURS_US),
        ("u", MINE_THEM),
        ("o", YOURS_US),
        ("u", HALF_THEM),  # answered by the second move after it
        ("o", YOURS_US),
        ("u", MINE_US),  # answered by the next move
        ("o", HALF_US),
        ("u", HALF_US),  # not answered
        ("o", HALF_US),
    )
    assert found.values["unreciprocated_u"] == pytest.approx(1 / 3)
    assert found.values["unreciprocated_o"] == pytest.approx(0.0)  # HALF_US was met by HALF_US


def test_answer_in_the_third_move_comes_too_late(small: Scenario) -> None:
    found = score(
        small,
        ("o", YOURS_US),
        ("u", MINE_THEM),
        ("o", YOURS_US),
        ("u", HALF_THEM),
        ("o", YOURS_US),
        ("u", "pass"),
        ("o", YOURS_US),
        ("u", "pass"),
        ("o", HALF_US),
    )
    assert found.values["unreciprocated_u"] == pytest.approx(1.0)


def test_acceptance_answers_a_concession_when_it_gives_way(small: Scenario) -> None:
    met = score(
        small, ("o", YOURS_US), ("u", MINE_THEM), ("o", YOURS_US), ("u", MINE_US), ("o", "accept")
    )
    assert met.values["unreciprocated_u"] == pytest.approx(0.0)
    surrendered = score(
        small, ("o", YOURS_US), ("u", MINE_THEM), ("o", YOURS_US), ("u", YOURS_US), ("o", "accept")
    )
    assert surrendered.values["unreciprocated_u"] == pytest.approx(1.0)


def test_acceptance_is_itself_a_concession(small: Scenario) -> None:
    found = score(small, ("u", MINE_THEM), ("o", YOURS_US), ("u", "accept"))
    assert found.detail["concessions_u"] == [[2, pytest.approx(1.0)]]
    assert found.values["unreciprocated_u"] == pytest.approx(1.0)
    assert found.values["offers_u"] == 1


def test_side_that_never_spoke_is_held_to_its_public_opening(small: Scenario) -> None:
    found = score(small, ("u", MINE_THEM), ("o", "pass"), ("u", MINE_US), ("o", "accept"))
    assert found.values["unreciprocated_u"] == pytest.approx(0.0)
    found = score(small, ("u", MINE_THEM), ("o", "pass"), ("u", HALF_THEM), ("o", HALF_US))
    assert found.values["unreciprocated_u"] == pytest.approx(0.0)  # .42 where it asked for all
    found = score(small, ("u", MINE_THEM), ("o", "pass"), ("u", YOURS_US), ("o", "accept"))
    assert found.values["unreciprocated_u"] == pytest.approx(1.0)


def test_no_concession_leaves_the_share_undefined(small: Scenario) -> None:
    found = score(small, ("u", MINE_US), ("o", YOURS_US), ("u", MINE_US))
    assert found.values["unreciprocated_u"] is None


# --- steps ---------------------------------------------------------------------------------------


def test_step_classes_at_both_thresholds(small: Scenario) -> None:
    # u: 1 -> .82 -> .4 -> .42; for o: 0 -> .15 -> .3 -> .85.
    found = score(
        small,
        *alternating([MINE_THEM, HALF_THEM, YOURS_THEM, HALF_US], [YOURS_US] * 4),
    )
    exact = found.detail["steps_u"]["1e-09"]  # type: ignore[index]
    coarse = found.detail["steps_u"]["0.05"]  # type: ignore[index]
    assert {name: n for name, n in exact.items() if n} == {"concession": 2, "fortunate": 1}
    assert {name: n for name, n in coarse.items() if n} == {"concession": 2, "nice": 1}
    assert found.values["sensitivity_u"] is None
    assert found.values["sensitivity_o"] == pytest.approx(0.0)  # three silent steps


def test_rounds_are_not_compared_with_each_other(small: Scenario) -> None:
    found = score(small, ("u", MINE_THEM), ("o", YOURS_US), "next round", ("u", MINE_US))
    assert found.detail["concessions_u"] == []
    assert found.detail["steps_u"]["1e-09"]["concession"] == 0  # type: ignore[index]


def test_retractions_are_kept(small: Scenario) -> None:
    found = score(small, *alternating([MINE_US, HALF_THEM], [YOURS_US, YOURS_US]))
    assert found.detail["concessions_u"] == [[2, pytest.approx(-0.22)]]


def test_offers_are_listed_in_true_values(small: Scenario) -> None:
    found = score(small, ("u", MINE_THEM), ("o", "reject"), ("u", HALF_US))
    assert found.detail["offers_u"] == [[0, 1, 1, 1.0, 0.0], [2, 1, 2, 0.42, 0.85]]
    assert found.values["offers_u"] == 2
    assert found.values["offers_o"] == 0
    assert inf not in found.values.values()
