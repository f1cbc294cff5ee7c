"""Holm's step-down correction."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.holm import holm
from harness.errors import UsageError

p_values = st.lists(st.none() | st.floats(0, 1), max_size=12)


def test_by_hand() -> None:
    # Sorted .01, .02, .03, .04: 4 × .01, 3 × .02, 2 × .03, then .04 raised to .06.
    assert holm([0.03, 0.01, 0.04, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])


def test_what_cannot_be_computed_does_not_count() -> None:
    assert holm([None, 0.01, None, 0.02]) == [None, 0.02, None, 0.02]
    assert holm([None]) == [None]
    assert holm([]) == []


def test_what_was_declared_counts_without_an_answer() -> None:
    # Of four declared, two have a p: 4 × .01, then 3 × .02, whatever the others will be.
    assert holm([None, 0.01, None, 0.02], declared=4) == [None, 0.04, None, 0.06]
    assert holm([None], declared=3) == [None]
    assert holm([0.01, 0.02], declared=1) == holm([0.01, 0.02]), "never fewer than there are"


def test_never_above_one() -> None:
    assert holm([0.6, 0.9, 0.4]) == [1.0, 1.0, 1.0]


@given(p_values)
def test_keeps_order_and_never_helps(p: list[float | None]) -> None:
    adjusted = holm(p)
    pairs = [(a, b) for a, b in zip(p, adjusted, strict=True) if a is not None and b is not None]
    assert [b is None for b in adjusted] == [a is None for a in p]
    assert all(a <= b <= 1 for a, b in pairs)
    in_order = [b for _, b in sorted(pairs)]
    assert in_order == sorted(in_order)


@given(p_values)
def test_lies_between_no_correction_and_bonferroni(p: list[float | None]) -> None:
    known = [a for a in p if a is not None]
    for a, b in zip(p, holm(p), strict=True):
        if a is not None and b is not None:
            assert b <= max(min(1.0, len(known) * a), max(x for x in known if x <= a) * len(known))
    if known:
        smallest = min(b for b in holm(p) if b is not None)
        assert smallest == pytest.approx(min(1.0, len(known) * min(known)))


@pytest.mark.parametrize("bad", [-0.1, 1.1, float("nan")])
def test_refuses_what_is_no_probability(bad: float) -> None:
    with pytest.raises(UsageError, match=r"p value 2 is"):
        holm([0.5, bad])
