"""Numbers as sentences write them."""

from __future__ import annotations

import pytest

from harness.analysis.numbers import number, p_value


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.000"), (0.12345, "0.123"), (-0.5, "−0.500"), (18.637, "18.637"), (-4e-5, "−4.0e-05")],
)
def test_numbers(value: float, text: str) -> None:
    assert number(value) == text


def test_p_values() -> None:
    assert p_value(0.0312) == "p = 0.031"
    assert p_value(0.0004) == "p < 0.001"
    assert p_value(1.0) == "p = 1.000"
