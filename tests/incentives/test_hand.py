"""What a meeting gives away, and what an official that uses it holds out for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.bargaining.leakage import kept
from harness.bargaining.space import OutcomeSpace
from harness.disputes.scenario import Package
from harness.errors import UsageError
from harness.incentives.belief import believe
from harness.incentives.hand import Hand, estimate, held_out
from harness.incentives.stake import stake
from harness.incentives.tracks import OFFICIAL
from tests.support.later import CONCEDES, DISPUTE

OWN = stake(DISPUTE, "b", believe(DISPUTE, "b", 1, OFFICIAL, 0), OFFICIAL)
SPACE = OutcomeSpace(DISPUTE.shape())
PACKAGES = [DISPUTE.package(SPACE.package(row)) for row in range(SPACE.size)]


def test_weights_are_what_is_kept_and_the_limit_is_the_softest_offer() -> None:
    hand = estimate(DISPUTE, "a", CONCEDES, ())
    assert hand is not None
    # On the public image half a well is worth .2 to a, and the fence 1 or 0.
    expected = kept([[1, 1], [1, 0], [0.2, 0]])
    assert list(hand.weights.values()) == pytest.approx(expected.tolist())
    assert hand.weights["well"] > hand.weights["fence"]
    assert hand.reservation == pytest.approx(hand.weights["well"] * 0.2)
    assert hand.softest == CONCEDES[-1]
    assert hand.proposals == 3


def test_what_is_true_of_the_other_side_plays_no_part() -> None:
    a = DISPUTE.principals["a"]
    other = a.model_copy(update={"weights": {"well": 0.1, "fence": 0.9}, "reservation": 0.9})
    changed = DISPUTE.model_copy(update={"principals": {**DISPUTE.principals, "a": other}})
    assert estimate(changed, "a", CONCEDES, ()) == estimate(DISPUTE, "a", CONCEDES, ())


def test_one_proposal_says_nothing_of_weights() -> None:
    hand = estimate(DISPUTE, "a", CONCEDES[:1], ())
    assert hand is not None
    assert hand.weights == {"well": 0.5, "fence": 0.5}, "the public image"
    assert hand.reservation == 1


def test_what_was_accepted_could_be_signed() -> None:
    soft = {"well": "yours", "fence": "them"}
    hand = estimate(DISPUTE, "a", (), [soft])
    assert hand is not None
    assert (hand.softest, hand.reservation, hand.proposals) == (soft, 0.5, 0)


def test_who_said_nothing_gave_nothing_away() -> None:
    assert estimate(DISPUTE, "a", (), ()) is None
    assert held_out(OWN, DISPUTE, None, 1.0) is OWN


@given(put=st.lists(st.sampled_from(PACKAGES), min_size=1, max_size=5), caution=st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_the_floor_lies_between_no_deal_and_the_best_that_the_other_could_sign(
    put: list[Package], caution: float
) -> None:
    hand = estimate(DISPUTE, "a", put, ())
    assert hand is not None
    held = held_out(OWN, DISPUTE, hand, caution)
    best = max(OWN.of(DISPUTE.indices(one)) for one in PACKAGES if worth(hand, one))
    assert OWN.no_deal == held.no_deal <= held.least
    assert held.least <= max(OWN.no_deal, best) + 1e-12
    wanted = OWN.no_deal + caution * max(0.0, best - OWN.no_deal)
    assert held.least == pytest.approx(wanted)
    assert held.gains is OWN.gains
    assert held.reward == OWN.reward


def worth(hand: Hand, package: Package) -> bool:
    value = sum(hand.weights[i] * hand.values[i][package[i]] for i in hand.weights)
    return value >= hand.reservation - 1e-12


def test_all_of_it_can_still_be_had() -> None:
    hand = estimate(DISPUTE, "a", CONCEDES, ())
    held = held_out(OWN, DISPUTE, hand, 1.0)
    worths = np.array([OWN.of(DISPUTE.indices(one)) for one in PACKAGES])
    assert held.least > OWN.no_deal
    assert (worths >= held.least).any(), "rounding leaves the best package above the floor"


def test_at_no_caution_nothing_is_held() -> None:
    hand = estimate(DISPUTE, "a", CONCEDES, ())
    assert held_out(OWN, DISPUTE, hand, 0.0) is OWN
    assert OWN.floor is None
    assert OWN.least == OWN.no_deal


def test_a_floor_tells_stakes_apart() -> None:
    hand = estimate(DISPUTE, "a", CONCEDES, ())
    assert held_out(OWN, DISPUTE, hand, 0.5) != OWN
    assert held_out(OWN, DISPUTE, hand, 0.5) == held_out(OWN, DISPUTE, hand, 0.5)


@pytest.mark.parametrize("caution", [-0.1, 1.1])
def test_caution_is_a_share(caution: float) -> None:
    with pytest.raises(UsageError, match="caution"):
        held_out(OWN, DISPUTE, estimate(DISPUTE, "a", CONCEDES, ()), caution)
