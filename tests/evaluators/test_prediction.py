"""What the delegates' own incentives predict, worked out by hand for the small dispute."""

from __future__ import annotations

from typing import Any

import pytest

from harness.disputes.scenario import Scenario
from harness.evaluators.case import Case
from harness.evaluators.prediction import Prediction
from harness.incentives.profiles import IncentiveProfile, Internalised
from harness.records.transcript import VoidReason
from tests.support.transcripts import Entry, make_spec, make_transcript

MINE_US = {"well": "mine", "fence": "us"}
DEAL: list[Entry] = [("o", MINE_US), ("u", "accept")]
WHOLE = Internalised(material=1, political=1, emotional=1)
FAITHFUL = IncentiveProfile(internalised=WHOLE, knowledge=1, deal_reward=0, free_hardball=0)


def case(
    scenario: Scenario,
    o: IncentiveProfile = FAITHFUL,
    u: IncentiveProfile = FAITHFUL,
    entries: list[Entry] = DEAL,
    **more: Any,
) -> Case:
    spec = make_spec(scenario)
    profiles = {"o": o, "u": u}
    seats = tuple(s.model_copy(update={"profile": profiles[s.seat]}) for s in spec.seats)
    spec = spec.model_copy(update={"seats": seats})
    return Case(make_transcript(scenario, entries, spec=spec, **more), scenario, spec)


def rewarded(reward: float) -> IncentiveProfile:
    return FAITHFUL.model_copy(update={"deal_reward": reward})


def test_faithful_delegates_are_predicted_to_make_the_nash_deal(small: Scenario) -> None:
    """Of mine+us (.7, .6) and half+us (.85, .42), the first has the larger product of gains."""
    found = Prediction().score(case(small))
    made = Prediction().score(case(small, entries=[("o", MINE_US), ("u", "accept")]))
    assert found.values["agreement"] is True
    assert found.values["error"] == pytest.approx(0.0), "it is what they agreed on"
    assert made.values == found.values


def test_a_deal_beyond_the_prediction_has_its_sign(small: Scenario) -> None:
    half: list[Entry] = [("o", {"well": "half", "fence": "us"}), ("u", "accept")]
    found = Prediction().score(case(small, entries=half))
    assert isinstance(found.values["error"], float)
    assert found.values["error"] > 0, "better for the official seat than predicted"


def test_an_eager_delegate_is_predicted_to_give(small: Scenario) -> None:
    even, eager = (
        Prediction().score(case(small, u=profile)).values["skew"]
        for profile in (FAITHFUL, rewarded(0.6))
    )
    assert isinstance(even, float)
    assert isinstance(eager, float)
    assert eager >= even


def test_without_a_profile_nothing_is_predicted(small: Scenario) -> None:
    known = case(small)
    found = Prediction().score(Case(known.record, small))
    assert set(found.values.values()) == {None}
    assert "no incentive profile is known" in found.why_null["skew"]


def test_void_talks_are_held_against_nothing(small: Scenario) -> None:
    why = VoidReason(kind="reply", seat="u", detail="no JSON")
    found = Prediction().score(case(small, entries=[], void=why))
    assert set(found.values.values()) == {None}
    assert found.why_null["skew"].startswith("void:")


@pytest.mark.parametrize("version", [1, 2])
def test_a_record_is_held_against_the_stakes_that_it_was_played_by(
    small: Scenario, version: int
) -> None:
    """In version 1 a hard official took nothing but its opening, which b can sign: with u worth
    .25 to b, only b's own opening is left. Now it takes what it expects of the real talks."""
    hard = FAITHFUL.model_copy(update={"free_hardball": 1.0})
    known = case(small, o=hard)
    assert known.spec is not None
    spec = known.spec.model_copy(update={"version": version})
    found = Prediction().score(Case(known.record, small, spec))
    assert found.values["agreement"] is (version == 2)
