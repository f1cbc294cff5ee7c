"""Checks hold, fail, or cannot be computed; the last is a failure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.checks import bound, evaluate_check
from harness.analysis.values import Summary
from harness.suite.contrasts import Check


def summary(mean: float | None, missing: int = 0) -> Summary:
    return Summary(
        mean=mean,
        interval=None,
        n=0 if mean is None else 4,
        missing=missing,
        scenarios=(),
        total=None if mean is None else 4 * mean,
        why_missing={"no possible deal": missing} if missing else {},
    )


def check(**bounds: object) -> Check:
    fields = {"name": "c", "arm": "a", "measure": "settlement.skew", **bounds}
    return Check.model_validate(fields)


@pytest.mark.parametrize(
    ("bounds", "value", "held"),
    [
        ({"min": 0.1}, 0.1, True),
        ({"min": 0.1}, 0.1 - 1e-12, True),
        ({"min": 0.1}, 0.09, False),
        ({"max": 0.0}, 0.0, True),
        ({"max": 0.0}, 0.01, False),
        ({"min": -0.05, "max": 0.05}, 0.0, True),
        ({"min": -0.05, "max": 0.05}, -0.06, False),
    ],
)
def test_bounds(bounds: dict[str, float], value: float, held: bool) -> None:
    result = evaluate_check(check(**bounds), {"a": summary(value)})
    assert result.held is held
    assert bool(result.problem) is not held
    assert result.value == value


@pytest.mark.parametrize(
    ("extreme", "others", "held"),
    [
        ("highest", [0.1, 0.4], True),
        ("highest", [0.5], True),
        ("highest", [0.6], False),
        ("lowest", [0.6], True),
        ("lowest", [0.4], False),
        ("lowest", [None], False),
    ],
)
def test_extremes_count_arms_with_a_value(
    extreme: str, others: list[float | None], held: bool
) -> None:
    arms = {"a": summary(0.5)} | {f"b{i}": summary(v) for i, v in enumerate(others)}
    result = evaluate_check(check(extreme=extreme), arms)
    assert result.held is held
    if not held:
        assert ("b0" if any(o is not None for o in others) else "no other arm") in result.problem


def test_what_cannot_be_computed_does_not_hold() -> None:
    result = evaluate_check(check(max=1.0), {"a": summary(None, missing=8)})
    assert not result.held
    assert result.value is None
    assert "no possible deal (8)" in result.problem
    absent = evaluate_check(check(max=1.0), {"b": summary(0.0)})
    assert not absent.held
    assert "no dialogue of this arm" in absent.problem


def test_demands_in_words() -> None:
    assert bound(check(min=-0.05, max=0.05)) == "between −0.050 and 0.050"
    assert bound(check(max=0.0, extreme="lowest")) == "at most 0.000 and the lowest of all arms"


@given(
    st.floats(-1, 1), st.lists(st.one_of(st.none(), st.floats(-1, 1)), max_size=5), st.booleans()
)
def test_the_true_extreme_always_holds(
    value: float, others: list[float | None], high: bool
) -> None:
    known = [other for other in others if other is not None]
    arms = {"a": summary(value)} | {f"b{i}": summary(v) for i, v in enumerate(others)}
    result = evaluate_check(check(extreme="highest" if high else "lowest"), arms)
    is_extreme = value >= max([value, *known]) if high else value <= min([value, *known])
    if not known:
        assert not result.held, "nothing to be compared with"
    elif is_extreme:
        assert result.held
    elif abs(value - (max(known) if high else min(known))) > 1e-8:
        assert not result.held
