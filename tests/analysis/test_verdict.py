"""The one rule for "shown"."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.analysis.verdict import carried_by, is_shown, vetoed


@pytest.mark.parametrize(
    ("interval", "p", "scenarios", "holm_p", "shown"),
    [
        (None, 0.5, 1, None, None),
        ((0.1, 0.2), 0.008, 8, None, True),
        ((-0.2, -0.1), 0.008, 8, None, True),
        ((-0.1, 0.2), 0.008, 8, None, False),
        ((0.0, 0.2), 0.008, 8, None, False),
        ((0.1, 0.2), 0.0625, 8, None, False),
        ((0.1, 0.2), None, 8, None, False),
        ((0.1, 0.2), 0.0625, 12, None, True),
        ((0.1, 0.2), 0.0625, 5, None, False),
        ((0.1, 0.2), 0.008, 8, 0.049, True),
        ((0.1, 0.2), 0.008, 8, 0.05, False),
        ((0.1, 0.2), 0.008, 8, 0.0, True),
    ],
)
def test_the_rule(
    interval: tuple[float, float] | None,
    p: float | None,
    scenarios: int,
    holm_p: float | None,
    shown: bool | None,
) -> None:
    assert is_shown(interval, p, scenarios, holm_p) is shown


def test_under_six_scenarios_everything_is_vetoed() -> None:
    assert all(vetoed(2 / 2**scenarios, scenarios) for scenarios in range(1, 6))
    assert not vetoed(2 / 2**6, 6)


def test_an_effect_of_one_scenario() -> None:
    named = [(f"s{k}", value) for k, value in enumerate([0.0, 0.9, 0.0, 0.06])]
    assert carried_by(named) == ("s1", pytest.approx(0.02))
    negative = [(name, -value) for name, value in named]
    assert carried_by(negative) == ("s1", pytest.approx(-0.02))
    assert carried_by([("a", 0.1), ("b", 0.1), ("c", 0.2)]) is None
    assert carried_by([("a", 0.1), ("b", 0.9)]) is None
    assert carried_by([("a", 0.5), ("b", -0.5), ("c", 0.0)]) is None


@given(st.lists(st.floats(0.5, 1.0), min_size=3, max_size=8))
@example([0.5, 1.0, 0.5])
def test_alike_scenarios_carry_together(values: list[float]) -> None:
    assert carried_by([(str(k), value) for k, value in enumerate(values)]) is None
