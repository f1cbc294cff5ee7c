"""Checks hold, fail, or cannot be computed; the last is a failure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.checks import CheckResult, TwinMean, bound, evaluate_check
from harness.analysis.findings import find
from harness.analysis.values import Summary
from harness.disputes.scenario import Twin
from harness.suite.contrasts import Check
from tests.support.disputes import small
from tests.support.run_folders import MIDDLE, deal, make_run, make_suite, score


def summary(mean: float | None, missing: int = 0) -> TwinMean:
    whole = Summary(
        mean=mean,
        interval=None,
        n=0 if mean is None else 4,
        missing=missing,
        scenarios=(),
        total=None if mean is None else 4 * mean,
        why_missing={"no possible deal": missing} if missing else {},
    )
    return TwinMean(whole, mean)


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


EVEN = {"name": "even", "arm": "lean", "measure": "settlement.skew", "min": -0.05, "max": 0.05}
MOST = {"name": "most", "arm": "lean", "measure": "settlement.skew", "extreme": "highest"}
_Values = Mapping[tuple[str, Twin, int], float | None]


def checked(tmp_path: Path, values: _Values) -> list[CheckResult]:
    """The checks of a run of two twins in which these dialogues stand: (arm, twin, epoch) ->
    skew."""
    scenario = small(tmp_path)
    suite = make_suite(checks=[EVEN, MOST], twins=["none", "seats"], epochs=2)
    played = {key: deal(scenario, key[0], MIDDLE, twin=key[1], epoch=key[2]) for key in values}
    scores = [score(played[key], "settlement.skew", value) for key, value in values.items()]
    run = make_run(tmp_path / "run", suite, {"small": scenario}, played.values(), scores)
    return list(find(run).checks)


def skews(arm: str, none: Sequence[float | None], seats: Sequence[float | None]) -> _Values:
    twins = ((Twin.NONE, none), (Twin.SEATS, seats))
    return {(arm, twin, n): v for twin, own in twins for n, v in enumerate(own, start=1)}


def test_what_a_dispute_favours_decides_no_check_where_a_twin_lacks_values(tmp_path: Path) -> None:
    """The dispute gives its official side .4. One value of the other twin is missing."""
    even, most = checked(
        tmp_path,
        {**skews("lean", [0.4, 0.4], [-0.4, None]), **skews("plain", [0.5, 0.5], [-0.3, -0.5])},
    )
    assert even.held
    assert (even.value, even.n, even.missing, even.unpaired) == (pytest.approx(0), 3, 1, 1)
    assert not most.held, "all values of it would be highest, at .13 of .05"
    assert most.problem == "plain is highest with 0.050"


def test_a_check_of_a_run_that_was_cut_before_a_twin_cannot_be_computed(tmp_path: Path) -> None:
    even, most = checked(tmp_path, skews("lean", [0.01, 0.02], []))
    assert (even.value, even.held, even.n, even.unpaired) == (None, False, 2, 2)
    assert even.problem == "cannot be computed: of no dialogue with a value has its twin one too"
    assert not most.held
