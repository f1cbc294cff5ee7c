"""How far a delegate's beliefs follow readers."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.incentives.belief import believe
from harness.incentives.expectation import expected_settlement, public_values
from harness.incentives.shift import shift_of, shifted
from harness.incentives.stake import stake
from harness.incentives.tracks import OFFICIAL, UNOFFICIAL
from tests.support.later import DISPUTE, values

OLD = {"well": {"mine": 1.0, "half": 0.5, "yours": 0.0}}
NEW = {"well": {"mine": 1.0, "half": 0.9, "yours": 0.4}}
unit = st.floats(0, 1)


def test_a_belief_follows_the_mean_change_by_a_share() -> None:
    found = shift_of([(OLD, NEW), (OLD, OLD)], 0.5)
    assert found == {"well": {"mine": 0.0, "half": pytest.approx(0.1), "yours": pytest.approx(0.1)}}
    moved = shifted({"well": {"mine": 0.95, "half": 0.7, "yours": 0.0}}, found)
    assert moved["well"] == {"mine": 0.95, "half": pytest.approx(0.8), "yours": pytest.approx(0.1)}


def test_nobody_who_is_asked_or_follows_changes_nothing() -> None:
    assert shift_of([], 0.5) == shift_of([(OLD, NEW)], 0.0) == {}
    assert shifted(OLD, None) == shifted(OLD, {}) == OLD


@pytest.mark.parametrize("persuadable", [-0.1, 1.1])
def test_a_share_is_a_share(persuadable: float) -> None:
    with pytest.raises(UsageError, match="persuadable"):
        shift_of([(OLD, NEW)], persuadable)


@given(value=unit, old=unit, new=unit, persuadable=unit)
@example(value=0.9, old=0.0, new=1.0, persuadable=1.0)
@settings(max_examples=60, deadline=None)
def test_what_moves_stays_a_value_and_goes_the_readers_way(
    value: float, old: float, new: float, persuadable: float
) -> None:
    pair = ({"i": {"k": old}}, {"i": {"k": new}})
    moved = shifted({"i": {"k": value}}, shift_of([pair], persuadable))["i"]["k"]
    assert 0 <= moved <= 1
    assert (moved - value) * (new - old) >= 0
    assert abs(moved - value) <= abs(new - old) * persuadable + 1e-12


def test_an_official_that_knows_everything_hears_readers_too() -> None:
    shift = shift_of([(values()["a"], values(cheaper=0.5)["a"])], 0.5)
    told = believe(DISPUTE, "a", 1, OFFICIAL, 0)
    heard = believe(DISPUTE, "a", 1, OFFICIAL, 0, shift)
    assert told == believe(DISPUTE, "a", 1, OFFICIAL, 0, None)
    assert told == believe(DISPUTE, "a", 1, OFFICIAL, 0, {})
    assert heard.values["well"]["yours"] == pytest.approx(told.values["well"]["yours"] + 0.25)
    assert heard.values["well"]["mine"] == told.values["well"]["mine"] == 1
    assert (heard.weights, heard.reservation) == (told.weights, told.reservation)
    unsure = believe(DISPUTE, "a", 1, UNOFFICIAL, 0)
    moved = believe(DISPUTE, "a", 1, UNOFFICIAL, 0, shift)
    assert moved.values["well"]["yours"] == pytest.approx(unsure.values["well"]["yours"] + 0.25)


def test_concessions_that_look_cheaper_are_worth_more_to_the_delegate() -> None:
    shift = {"a": {"fence": {"us": 0.5}}}
    told = believe(DISPUTE, "a", 1, OFFICIAL, 0)
    heard = believe(DISPUTE, "a", 1, OFFICIAL, 0, shift["a"])
    one, other = (stake(DISPUTE, "a", belief, OFFICIAL) for belief in (told, heard))
    package = DISPUTE.indices({"well": "mine", "fence": "us"})
    assert other.of(package) == pytest.approx(one.of(package) + 0.4 * 0.5)
    assert other.no_deal == one.no_deal, "what leaving is worth is not what readers speak of"


def test_what_is_read_of_the_other_side_follows_readers() -> None:
    shift = {"b": {"fence": {"us": -1.0, "them": 1.0}}}
    assert public_values(DISPUTE, "b", shift["b"])["fence"] == {"them": 1.0, "us": 0.0}
    assert public_values(DISPUTE, "b", None) == public_values(DISPUTE, "b")
    belief = believe(DISPUTE, "a", 1, OFFICIAL, 0)
    before = expected_settlement(DISPUTE, "a", belief)
    assert expected_settlement(DISPUTE, "a", belief, {}) == before
    (after,) = expected_settlement(DISPUTE, "a", belief, shift)
    assert after not in before
    assert DISPUTE.package(after)["fence"] == "them", "it is taken to cost the other side nothing"
    unbound = UNOFFICIAL.model_copy(update={"free_hardball": 1.0, "knowledge": 1.0})
    stakes = [stake(DISPUTE, "a", belief, unbound, shifts=one).no_deal for one in ({}, shift)]
    assert stakes[1] > stakes[0]
