"""What terms are worth to a delegate itself, as it was played."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.evaluators.case import Case, case_of
from harness.report.own_stake import OwnStakes
from harness.talks.barrier import brief_for
from tests.support.disputes import small
from tests.support.run_folders import LOPSIDED, MIDDLE, deal, make_run, make_suite


def test_it_is_the_stake_that_the_delegate_was_given(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    played = deal(scenario, "lean", LOPSIDED)
    run = make_run(tmp_path / "run", make_suite(), {"small": scenario}, [played])
    case = case_of(played, run.info)
    assert case.spec is not None
    stakes = OwnStakes(case)
    for package in (LOPSIDED, MIDDLE):
        for held, seat in zip(stakes.of(package, 1, str.upper), case.spec.seats, strict=True):
            given = brief_for(case.scenario, seat, 1, case.spec.seed).stake
            assert held.who == seat.seat.upper()
            assert held.value == pytest.approx(given.of(case.scenario.indices(package)))
            assert held.no_deal == pytest.approx(given.no_deal)


def test_nothing_is_said_where_no_profile_is_known(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    case = Case(deal(scenario, "lean", LOPSIDED), scenario)
    assert OwnStakes(case).of(LOPSIDED, 1, str) == ()
