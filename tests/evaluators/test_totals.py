"""What a side gave in all, from three baselines."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.disputes.scenario import Scenario
from harness.evaluators.totals import disagree, final, one_sided, opening, sign, totals
from tests.support.packages import HALF_US, MINE_THEM, MINE_US, YOURS_US, passing
from tests.support.transcripts import case, make_transcript

SIZES = st.floats(-3, 3).filter(lambda size: size == 0 or abs(size) > 1e-6)


@given(own=SIZES, other=SIZES)
@example(own=0.0, other=0.0)
@example(own=-0.5, other=0.0)
@example(own=-0.5, other=-0.1)
def test_one_sidedness_is_bounded_signed_and_never_lost(own: float, other: float) -> None:
    found = one_sided(own, other)
    mirror = one_sided(other, own)
    if own == other == 0:
        assert found is None
        return
    assert found is not None
    assert -1 <= found <= 1
    assert mirror == -found
    assert (found > 0) == (own > other)
    assert (found < 0) == (own < other)


def test_each_baseline_by_hand(small: Scenario) -> None:
    talks = case(make_transcript(small, [("u", MINE_US), ("o", HALF_US), ("u", "accept")]), small)
    assert totals(talks, "u")[0]["own"] == pytest.approx(0.18 / 0.7)
    assert totals(talks, "u")[0]["public"] == pytest.approx(0.58 / 0.7)
    assert totals(talks, "u")[0]["no_deal"] == pytest.approx(-0.12 / 0.7)
    assert totals(talks, "o")[0]["own"] == pytest.approx(0.0)
    assert totals(talks, "o")[0]["public"] == pytest.approx(0.15 / 0.75)
    assert totals(talks, "o")[0]["no_deal"] == pytest.approx(-0.6 / 0.75)


def test_where_a_side_began_and_ended(small: Scenario) -> None:
    talks = case(make_transcript(small, [("u", passing(fence="us")), ("o", YOURS_US)]), small)
    assert opening(talks, "u") == MINE_THEM, "a position is no proposal"
    assert final(talks, "u") == MINE_US
    assert final(talks, "o") == YOURS_US
    silent = case(make_transcript(small, [("u", "pass")]), small)
    assert final(silent, "u") is None


def test_readings_disagree_by_opposite_signs_alone() -> None:
    assert [sign(gap) for gap in (0.5, 0.02, 0.0, -0.02, -0.5)] == [1, 0, 0, 0, -1]
    assert disagree([0.3, 0.0, -0.3])
    assert not disagree([0.3, 0.0, 0.1])
    assert not disagree([-0.3, 0.01])
    assert not disagree([])
