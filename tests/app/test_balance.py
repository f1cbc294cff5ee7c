"""The balance of a dispute: right by hand, and negated by an exchange of chairs."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.app.balance import as_of, bargain, belief
from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario, Twin
from tests.support.disputes import small

CHECKED = ("insurgency", "port")
"""The smallest disputes, so that the chairs are exchanged at little cost."""


def one(name: str) -> Scenario:
    (scenario,) = load_scenarios(name)
    return scenario


def test_the_balance_by_hand(tmp_path: Path) -> None:
    found = bargain(small(tmp_path), played=False)
    # Its packages are worth, to the official and the other seat: (0, 1), (.7, .6), (.15, .82),
    # (.85, .42), (.3, .4) and (1, 0).
    assert found.reservations == (0.25, 0.3)
    assert found.worst == (0, 0)
    assert found.best == (1, 1)
    assert (found.zone, found.packages) == (3, 6)
    assert found.signable == pytest.approx((0.85, 0.6))
    assert found.surplus == pytest.approx((0.6, 0.3))
    assert found.fair == found.nash == pytest.approx((0.7, 0.6))
    assert found.fair_share == pytest.approx((0.75, 1))
    assert found.nash_skew == pytest.approx(0)
    assert found.first_speaker is None, "no talks were played"


def test_what_the_public_believes_by_hand(tmp_path: Path) -> None:
    about = belief(small(tmp_path), "u")
    assert about.reservation == pytest.approx(0.2)
    assert about.weights == pytest.approx(0.1)
    assert about.harder == pytest.approx((0.54 - 0.3) - (0.45 - 0.5))


@pytest.mark.parametrize("round_", [1, 2])
@pytest.mark.parametrize("name", CHECKED)
def test_exchanging_the_chairs_negates_every_skew(name: str, round_: int) -> None:
    here = bargain(one(name), round_, played=False)
    there = bargain(one(name).twin(Twin.SEATS), round_, played=False)
    assert there.reservations == here.reservations[::-1]
    assert there.surplus == pytest.approx((here.surplus or ())[::-1])
    assert (there.zone, there.packages) == (here.zone, here.packages)
    assert here.place is not None
    assert there.place == pytest.approx(1 - here.place)
    assert here.lowest is not None
    assert here.highest is not None
    assert (there.lowest, there.highest) == pytest.approx((-here.highest, -here.lowest))


def test_a_round_as_a_dispute_of_its_own(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    for round_ in (1, 2, 3):
        now = as_of(scenario, round_)
        assert not now.realities
        for pid in scenario.principals:
            assert now.terms(pid, 5) == scenario.terms(pid, round_)
