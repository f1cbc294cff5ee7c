"""The table of balance: right by hand, negated by an exchange of chairs, and true in the guide."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.balance import STORIES, as_of, bargain, belief, belief_row, main, row
from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario, Twin
from tests.support.command import ROOT
from tests.support.disputes import small, write

GUIDE = ROOT / "docs" / "scenarios.md"
CHECKED = ("insurgency", "port")
"""The smallest disputes, so that the guide is held to the code at little cost."""


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


def test_without_a_zone_nothing_is_made_up() -> None:
    found = bargain(one("no-possible-deal"))
    assert found.zone == 0
    assert {found.surplus, found.nash, found.fair, found.fair_share} == {None}
    assert {found.place, found.lowest, found.highest, found.first_speaker} == {None}
    assert row(found).count("none") == 8


def test_who_speaks_first_matters_to_neither_where_the_halves_are_plain() -> None:
    found = bargain(one("fair"))
    assert found.skew_first == pytest.approx(0)
    assert found.skew_second == pytest.approx(0)
    assert found.first_speaker == pytest.approx(0)
    assert row(found).endswith("| +.000 |")


def test_the_guide_says_what_the_script_says() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    for name in CHECKED:
        scenario = one(name)
        assert belief_row(belief(scenario, "o"), belief(scenario, "u")) in guide
        for round_ in (1, 2):
            line = row(bargain(scenario, round_, played=False))
            assert line.rpartition("| none |")[0] in guide
    assert all(guide.count(f"| `{name}` |") >= 3 for name in STORIES)


def test_the_script_prints_both_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(write(tmp_path)), "fair", "--rounds", "1"]) == 0
    first, second = capsys.readouterr().out.split("\n\n")
    assert "| `fair` | 1 | .55 / .55 |" in first
    assert "| `small` | 2 |" not in first
    assert "| `fair` | -.05 / -.05 |" in second
    own = [line.rpartition("|")[0].rpartition("|")[2] for line in second.splitlines()]
    assert own[-1] == own[2], "a control does not enter the mean"


def test_a_scenario_that_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["nowhere"])
    assert caught.value.code == 2
    assert "nowhere" in capsys.readouterr().err
