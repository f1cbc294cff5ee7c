"""True values of packages, as a report asks for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.disputes.scenario import Scenario
from harness.report.truth import TrueValues
from tests.support.disputes import write
from tests.support.runs import run_info, tiny_plan

HALF_US = {"well": "half", "fence": "us"}


@pytest.fixture
def truth(tmp_path: Path) -> TrueValues:
    return TrueValues(run_info(tiny_plan(write(tmp_path))))


def test_values_are_those_of_the_round(truth: TrueValues) -> None:
    assert truth.value("small", "b", 1, HALF_US) == pytest.approx(0.85)
    assert truth.value("small", "a", 1, HALF_US) == pytest.approx(0.42)
    assert truth.value("small", "a", 2, HALF_US) == pytest.approx(0.32)
    assert truth.reservation("small", "a", 1) == pytest.approx(0.3)
    assert truth.reservation("small", "a", 2) == pytest.approx(0.2)


def test_no_deal_counts_at_what_it_is_worth(truth: TrueValues) -> None:
    assert truth.outcome("small", "a", 2, None) == truth.reservation("small", "a", 2)
    assert truth.outcome("small", "a", 2, HALF_US) == truth.value("small", "a", 2, HALF_US)


def test_terms_are_worked_out_once(truth: TrueValues, monkeypatch: pytest.MonkeyPatch) -> None:
    truth.value("small", "b", 1, HALF_US)
    monkeypatch.setattr(Scenario, "terms", None)
    assert truth.reservation("small", "b", 1) == pytest.approx(0.25)
