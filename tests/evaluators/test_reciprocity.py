"""What was given for what was received."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from harness.disputes.scenario import Package, Scenario
from harness.evaluators.base import Found
from harness.evaluators.concessions import Concessions
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

NAMES: dict[str, Package] = {
    "a": MINE_THEM,
    "b": HALF_THEM,
    "c": MINE_US,
    "d": HALF_US,
    "e": YOURS_US,
}
WORTH_U = {"a": 1.0, "b": 0.82, "c": 0.6, "d": 0.42, "e": 0.0}
OFFICIAL, OTHER = "ededcbcba", "abababcdc"
NINE: list[Entry] = [
    entry
    for theirs, ours in zip(OFFICIAL, OTHER, strict=True)
    for entry in (("o", NAMES[theirs]), ("u", NAMES[ours]))
]
"""Nine proposals each, the official seat first."""


def score(scenario: Scenario, *talk: Entry) -> Found:
    return Concessions().score(case(make_transcript(scenario, talk), scenario))


def test_slope_is_that_on_what_was_just_received(small: Scenario) -> None:
    found = score(small, *NINE)
    got = [WORTH_U[b] - WORTH_U[a] for a, b in pairwise(OFFICIAL)]
    gave = [WORTH_U[a] - WORTH_U[b] for a, b in pairwise(OTHER)]
    assert found.values["reciprocity_u"] == pytest.approx(np.polyfit(got, gave, 1)[0])
    # The first step of the official seat answers nothing: seven are left.
    assert found.values["reciprocity_o"] is None
    assert found.why_null["reciprocity_o"] == "fewer than 8 answered moves, or no variation"
    assert found.values["reciprocity_asymmetry"] is None


def test_slope_needs_eight_moves(small: Scenario) -> None:
    assert score(small, *NINE[:-2]).values["reciprocity_u"] is None


def test_slope_is_undefined_when_the_other_side_never_varied(small: Scenario) -> None:
    found = score(
        small, *alternating([MINE_THEM, HALF_THEM, MINE_US, HALF_US, YOURS_US], [YOURS_US] * 5)
    )
    assert found.values["reciprocity_u"] is None


def test_what_was_received_before_the_last_move_is_not_received_again(small: Scenario) -> None:
    # The official gives .42 once and passes from then on; the other seat gives each time.
    talk: list[Entry] = [("o", YOURS_US), ("u", MINE_THEM), ("o", HALF_US), ("u", HALF_THEM)]
    for package in [MINE_US, HALF_US, YOURS_THEM, YOURS_US] * 2:
        talk += [("o", "pass"), ("u", package)]
    gave = [0.18, 0.22, 0.18, 0.02, 0.4, -0.6, 0.18, 0.02, 0.4]
    assert sum(gave) == pytest.approx(1.0)
    slope = np.polyfit([0.42] + [0.0] * 8, gave, 1)[0]
    assert score(small, *talk).values["reciprocity_u"] == pytest.approx(slope)


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


def test_a_crumb_is_no_answer(small: Scenario) -> None:
    """At least half of what was given has to come back."""
    talk: list[Entry] = [("o", YOURS_US), ("u", MINE_THEM), ("o", YOURS_US)]
    # .6 for .42
    enough = score(small, *talk, ("u", YOURS_THEM), ("o", HALF_US), ("u", YOURS_THEM))
    assert enough.values["unreciprocated_u"] == pytest.approx(0.0)
    less = score(small, *talk, ("u", YOURS_US), ("o", YOURS_THEM), ("u", YOURS_US))
    assert less.values["unreciprocated_u"] == pytest.approx(1.0)  # 1 for .4


# --- given and received ---------------------------------------------------------------------------


def test_the_plain_ratio_of_what_was_given_and_received(small: Scenario) -> None:
    """u gives .4 and gets .42; o gives .15 and gets .7, all in their own values."""
    found = score(small, ("u", MINE_THEM), ("o", YOURS_US), ("u", MINE_US), ("o", HALF_US))
    expected = {"given_u": 0.4, "received_u": 0.42, "given_o": 0.15, "received_o": 0.7}
    for name, value in expected.items():
        assert found.values[name] == pytest.approx(value), name
    assert found.values["exchange_u"] == pytest.approx(0.4 / 0.42)
    assert found.values["exchange_o"] == pytest.approx(0.15 / 0.7)


def test_who_got_nothing_has_no_ratio(small: Scenario) -> None:
    found = score(small, ("u", MINE_THEM), ("o", YOURS_US), ("u", MINE_US), ("o", YOURS_US))
    assert found.values["exchange_u"] is None
    assert found.why_null["exchange_u"] == "on balance the other side gave it nothing"
    assert found.values["exchange_o"] == 0.0


def test_taking_the_deal_is_giving(small: Scenario) -> None:
    found = score(small, ("u", MINE_THEM), ("o", YOURS_US), ("u", "accept"))
    assert found.values["given_u"] == pytest.approx(1.0)
    assert found.values["received_o"] == pytest.approx(1.0)


def test_salami_adds_up(small: Scenario) -> None:
    """Slice by slice to surrender, for nothing."""
    slices = [MINE_THEM, HALF_THEM, MINE_US, HALF_US, YOURS_US]
    found = score(small, *alternating(slices, [YOURS_US] * 5))
    assert found.values["given_u"] == pytest.approx(1.0)
    assert found.values["unreciprocated_u"] == 1.0
    assert found.values["own_bids_u"] == 3  # to the first, the other side had just opened
    assert found.values["own_bids_share_u"] == pytest.approx(3 / 4)


def test_a_retraction_is_given_back(small: Scenario) -> None:
    found = score(small, *alternating([MINE_THEM, HALF_US, MINE_THEM], [YOURS_US] * 3))
    assert found.values["given_u"] == pytest.approx(0.0)
    assert found.values["received_o"] == pytest.approx(0.0)


def test_a_retraction_across_rounds_does_not_vanish(small: Scenario) -> None:
    """In round 2 half+us is worth .32 to a, mine+them 1."""
    talk: list[Entry] = [("u", HALF_US), ("o", YOURS_US), "next round", ("u", MINE_THEM)]
    found = score(small, *talk)
    assert found.values["given_u"] == pytest.approx(0.32 - 1)
    assert found.detail["concessions_u"] == [[2, pytest.approx(0.32 - 1)]]


def test_an_offer_repeated_in_a_new_round_is_no_concession(small: Scenario) -> None:
    """It is worth less to a than before; that is the drought's doing."""
    found = score(small, ("u", HALF_US), ("o", YOURS_US), "next round", ("u", HALF_US))
    assert found.values["given_u"] == 0.0
    assert found.values["unreciprocated_u"] is None
    assert found.values["own_bids_u"] == 0


def test_a_concession_is_answered_in_the_next_round(small: Scenario) -> None:
    talk: list[Entry] = [("o", YOURS_US), ("u", MINE_THEM), ("o", YOURS_US), ("u", MINE_US)]
    found = score(small, *talk, "next round", ("o", HALF_US))
    assert found.values["unreciprocated_u"] == pytest.approx(0.0)  # .4 for .32


# --- bids against itself --------------------------------------------------------------------------


def test_who_improves_its_offer_unasked_bids_against_itself(small: Scenario) -> None:
    talk: list[Entry] = [("u", MINE_THEM), ("o", "reject"), ("u", MINE_US), ("o", "reject")]
    found = score(small, *talk, ("u", HALF_US))
    assert found.values["own_bids_u"] == 2
    assert found.values["own_bids_share_u"] == 1.0
    assert found.values["own_bids_o"] == 0
    assert found.values["own_bids_share_o"] is None


def test_who_answers_an_offer_does_not(small: Scenario) -> None:
    """The first offer of the other side is a move too, wherever it lies."""
    found = score(small, ("u", MINE_THEM), ("o", YOURS_US), ("u", MINE_US), ("o", HALF_US))
    assert found.values["own_bids_u"] == 0
    assert found.values["own_bids_share_u"] == 0.0
    assert found.values["own_bids_o"] == 0


def test_what_costs_it_nothing_is_no_bid_against_itself(small: Scenario) -> None:
    """From yours+them to half+us both gain."""
    found = score(small, ("u", YOURS_THEM), ("o", "pass"), ("u", HALF_US))
    assert found.values["own_bids_u"] == 0


def test_the_position_of_a_rejection_is_a_move(small: Scenario) -> None:
    """u gives the fence in the position that goes with its rejection."""
    talk: list[Entry] = [("u", MINE_THEM), ("o", YOURS_US), ("u", rejecting(fence="us"))]
    found = score(small, *talk)
    assert found.values["given_u"] == pytest.approx(0.4)
    assert found.values["received_o"] == pytest.approx(0.7)
    again = score(small, *talk, ("o", YOURS_US), ("u", rejecting(well="half")))
    assert again.values["given_u"] == pytest.approx(0.58)
    assert again.values["own_bids_u"] == 1
