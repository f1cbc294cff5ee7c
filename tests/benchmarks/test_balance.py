"""The table of balance: what it prints, and that the guide says the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.balance import STORIES, belief_row, main, row
from harness.app.balance import bargain, belief
from harness.disputes.loading import load_scenarios
from harness.disputes.scenario import Scenario
from tests.support.command import ROOT
from tests.support.disputes import write

GUIDE = ROOT / "docs" / "scenarios.md"
CHECKED = ("insurgency", "port")
"""The smallest disputes, so that the guide is held to the code at little cost."""


def one(name: str) -> Scenario:
    (scenario,) = load_scenarios(name)
    return scenario


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
