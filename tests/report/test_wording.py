"""Numbers as people read them; missing is a dash and never a zero."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.analysis.comparison_judged import CorrectedDifference, JudgedSide
from harness.analysis.judged_measures import PLANTED
from harness.analysis.scale import Scale
from harness.report.wording import (
    MISSING,
    counted,
    estimate,
    exact,
    interval,
    judged_difference,
    plain,
    signed,
    within,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.236, "+0.24"), (-0.236, "−0.24"), (0.004, "0.00"), (-0.004, "0.00"), (None, MISSING)],
)
def test_signed(value: float | None, text: str) -> None:
    assert signed(value) == text


def test_missing_is_a_dash_everywhere() -> None:
    assert (plain(-5e-17), plain(-0.004), plain(-0.006)) == ("0.00", "0.00", "−0.01")
    assert plain(None) == exact(None) == interval(None) == estimate(None, None) == MISSING
    assert within(None, None) == MISSING


def test_estimates_with_and_without_an_interval() -> None:
    assert estimate(0.2, (0.1, 0.3)) == "+0.20 [+0.10, +0.30]"
    assert within(0.2, (0.1, 0.3)) == "+0.20 ±0.10"
    assert within(0.0, (0.0, 0.3)) == "0.00 [0.00, +0.30]"
    assert within(0.2, None) == estimate(0.2, None) == "+0.20"


def test_counts() -> None:
    assert counted(1, "deal") == "1 deal"
    assert counted(2, "reply", "replies") == "2 replies"


def test_a_difference_by_a_judge_says_what_is_known_of_it() -> None:
    side, count = JudgedSide(("openai/x",), PLANTED), Scale(0.0, None)
    found = CorrectedDifference(-0.4, (-1.5, 0.2), "", True, side, side)
    assert judged_difference(found, count) == "−0.40 [−1.50, +0.20]"
    assert judged_difference(found, Scale(0.0, 1.0)) == "−0.40 [−1.00, +0.20]"
    alone = replace(found, interval=None, why="one scenario")
    assert judged_difference(alone, count) == "−0.40"
    assert judged_difference(replace(alone, value=None), count) == MISSING
    unknown = replace(side, unknown=("run-b",))
    assert judged_difference(replace(found, value=None, other=unknown), count) == "uncalibrated"
    assert judged_difference(None, count) == MISSING
