"""Every incentive has a word for its degree."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.incentives.profiles import IncentiveProfile, Internalised
from harness.incentives.tracks import OFFICIAL, UNOFFICIAL
from harness.prompting.stakes import stakes

UNIT = st.floats(min_value=0, max_value=1)
CREDIT = ("none", "slight", "moderate", "strong", "overriding")


@given(UNIT, UNIT)
@example(0.0, 1.0)
def test_more_of_an_incentive_is_never_a_weaker_word(one: float, two: float) -> None:
    less, more = sorted((one, two))
    for field, fact in (("deal_reward", "credit"), ("access_reward", "access")):
        words = [stakes(IncentiveProfile(**{field: value}))[fact] for value in (less, more)]
        assert CREDIT.index(words[0]) <= CREDIT.index(words[1])


def test_the_preset_of_a_former_official_is_told_as_more_than_nothing() -> None:
    assert stakes(UNOFFICIAL)["credit"] in ("strong", "overriding")
    assert stakes(OFFICIAL)["credit"] == stakes(OFFICIAL)["access"] == "none"


@pytest.mark.parametrize(
    ("shares", "costs"),
    [
        ((1.0, 1.0, 1.0), "full"),
        ((1.0, 0.95, 0.9), "nearly"),
        ((0.7, 0.4, 0.2), "part"),
        ((1.0, 1.0, 0.0), "part"),
        ((0.0, 0.0, 0.0), "none"),
    ],
)
def test_costs_that_all_come_home_or_none_are_told_as_one(
    shares: tuple[float, float, float], costs: str
) -> None:
    felt = Internalised(material=shares[0], political=shares[1], emotional=shares[2])
    found = stakes(IncentiveProfile(internalised=felt))
    assert found["costs"] == costs
    assert found["all_felt"] is (costs == "full")


@pytest.mark.parametrize(
    ("reward", "first"),
    [(0.0, "none"), (0.09, "slight"), (0.1, "moderate"), (0.3, "strong"), (0.6, "overriding")],
)
def test_templates_of_the_first_rules_read_the_words_that_they_read(
    reward: float, first: str
) -> None:
    assert stakes(IncentiveProfile(deal_reward=reward))["reward"] == first
