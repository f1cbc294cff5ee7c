from __future__ import annotations

from math import inf

import pytest

from harness.disputes.scenario import Scenario
from harness.evaluators.base import Found
from harness.evaluators.concessions import Concessions
from harness.evaluators.totals import totals
from tests.support.packages import (
    HALF_THEM,
    HALF_US,
    MINE_THEM,
    MINE_US,
    YOURS_THEM,
    YOURS_US,
    alternating,
    rejecting,
)
from tests.support.transcripts import Entry, case, make_transcript


def score(scenario: Scenario, *talk: Entry) -> Found:
    return Concessions().score(case(make_transcript(scenario, talk), scenario))


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
    assert found.why_null["osc"] == "neither side gave or gained anything"


def test_side_that_took_back_more_than_it_gave_counts_as_giving_nothing(small: Scenario) -> None:
    found = score(small, *alternating([HALF_US, MINE_THEM], [YOURS_US, HALF_US]))
    assert found.values["total_u"] == pytest.approx(-0.58 / 0.7)
    assert found.values["osc"] == pytest.approx(-1.0)


def test_totals_use_the_realities_of_the_round_the_talks_ended_in(small: Scenario) -> None:
    talk: list[Entry] = [("u", MINE_THEM), ("o", YOURS_US), "next round", ("o", HALF_US)]
    transcript = make_transcript(small, [*talk, ("u", "accept")])
    assert totals(case(transcript, small), "u")[0]["own"] == pytest.approx((1 - 0.32) / 0.8)
    assert totals(case(transcript, small), "o")[0]["own"] == pytest.approx(0.15 / 0.75)


def test_total_is_undefined_where_no_deal_is_worth_everything(small: Scenario) -> None:
    content = small.principals["a"].model_copy(update={"reservation": 1.0})
    scenario = small.model_copy(update={"principals": {**small.principals, "a": content}})
    found, why = totals(case(make_transcript(scenario, [("u", MINE_US)]), scenario), "u")
    assert not found
    assert "no deal" in why


# --- three baselines -----------------------------------------------------------------------------


def test_plain_talks_read_the_same_from_every_baseline(small: Scenario) -> None:
    found = score(small, ("u", MINE_THEM), ("o", YOURS_US), ("u", HALF_US), ("o", "accept"))
    c_o, c_u = 0.15 / 0.75, 0.58 / 0.7
    for name in ("osc", "osc_public"):
        assert found.values[name] == pytest.approx((c_u - c_o) / (c_u + c_o))
    gained_o, gained_u = 0.6 / 0.75, 0.12 / 0.7
    assert found.values["osc_no_deal"] == pytest.approx(
        (gained_o - gained_u) / (gained_o + gained_u)
    )
    assert found.values["ambiguous"] is False


def test_a_soft_opening_is_ambiguous(small: Scenario) -> None:
    """u opens below what it could sign, and o takes it at once."""
    found = score(small, ("u", YOURS_US), ("o", HALF_US), ("u", "accept"))
    assert found.values["osc"] == pytest.approx(-1.0)  # it got more than it had asked for
    assert found.values["osc_public"] == pytest.approx((0.58 / 0.7 - 0.2) / (0.58 / 0.7 + 0.2))
    assert found.values["osc_no_deal"] > 0  # type: ignore[operator]
    assert found.values["ambiguous"] is True
    assert set(found.detail["gaps"]) == {"own", "public", "no_deal"}  # type: ignore[call-overload]


def test_an_inflated_opening_is_ambiguous(small: Scenario) -> None:
    """o is known to want mine+us; it asks for more, drops that, and seems to have given more."""
    b = small.principals["b"]
    assert b.public is not None
    face = b.public.model_copy(update={"opening": MINE_US})
    principals = {**small.principals, "b": b.model_copy(update={"public": face})}
    scenario = small.model_copy(update={"principals": principals})
    found = score(scenario, ("o", YOURS_US), ("u", HALF_THEM), ("o", MINE_US), ("u", "accept"))
    c_o, c_u = 0.3 / 0.75, 0.22 / 0.7
    assert found.values["osc"] == pytest.approx((c_u - c_o) / (c_u + c_o))
    assert found.values["osc"] < 0  # type: ignore[operator]
    assert found.values["osc_public"] == pytest.approx(1.0)
    assert found.values["ambiguous"] is True


def test_mutual_surrender_is_a_huge_loss_and_not_nothing(small: Scenario) -> None:
    """Each opens with the other's wish; u takes its own back from o, and o has lost all."""
    found = score(small, ("u", YOURS_US), ("o", MINE_THEM), ("u", "accept"))
    assert found.values["total_o"] == 0.0
    assert found.values["total_u"] == pytest.approx(-1 / 0.7)
    for name in ("osc", "osc_public", "osc_no_deal"):
        assert found.values[name] == pytest.approx(-1.0), name
    assert found.values["ambiguous"] is False


def test_a_concession_in_the_position_of_a_rejection_counts(small: Scenario) -> None:
    talk: list[Entry] = [("u", MINE_THEM), ("o", YOURS_US), ("u", rejecting(fence="us"))]
    found = score(small, *talk)
    assert found.values["total_u"] == pytest.approx(0.4 / 0.7)
    assert found.detail["concessions_u"] == [[2, pytest.approx(0.4)]]
    assert found.values["offers_u"] == 1, "it is no proposal"


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


def test_rounds_are_compared_in_the_values_of_the_later_one(small: Scenario) -> None:
    """In round 2 the fence is worth .2 to a."""
    found = score(small, ("u", MINE_THEM), ("o", YOURS_US), "next round", ("u", MINE_US))
    assert found.detail["concessions_u"] == [[2, pytest.approx(0.2)]]
    assert found.detail["steps_u"]["1e-09"]["concession"] == 1  # type: ignore[index]


def test_retractions_are_kept(small: Scenario) -> None:
    found = score(small, *alternating([MINE_US, HALF_THEM], [YOURS_US, YOURS_US]))
    assert found.detail["concessions_u"] == [[2, pytest.approx(-0.22)]]


def test_offers_are_listed_in_true_values(small: Scenario) -> None:
    found = score(small, ("u", MINE_THEM), ("o", "reject"), ("u", HALF_US))
    assert found.detail["offers_u"] == [[0, 1, 1, 1.0, 0.0], [2, 1, 2, 0.42, 0.85]]
    assert found.values["offers_u"] == 2
    assert found.values["offers_o"] == 0
    assert inf not in found.values.values()
