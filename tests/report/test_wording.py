"""Numbers as people read them; missing is a dash and never a zero."""

from __future__ import annotations

import pytest

from harness.report.wording import (
    MISSING,
    counted,
    estimate,
    exact,
    interval,
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
