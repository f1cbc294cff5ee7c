"""Values that are missing: how many, whether unevenly, and what they would have to be to matter."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from harness.analysis.contrast import evaluate
from harness.analysis.effect import Effect
from harness.analysis.intervals import cluster_t
from harness.analysis.missing import MissingValues, missing_values, tipping_points
from harness.analysis.missing_course import BrokeOff
from harness.analysis.observations import Observation
from harness.analysis.scale import Scale, scale_of
from harness.evaluators.course import Asked, Course
from harness.suite.contrasts import Contrast

MAIN = Contrast(name="main", measure="m.x", treatment="t", control="c")
ARMS = ("t", "c")
UNIT = Scale(0, 1)


def row(
    scenario: int, pair: int, arm: str, value: float | None, *, played: bool = True
) -> Observation:
    return Observation(f"s{scenario:02}", str(pair), arm, value, played)


def full(scenarios: int = 8, pairs: int = 4) -> list[Observation]:
    """Pairs that differ by .2, with values about .5."""
    return [
        row(s, k, arm, 0.4 + 0.05 * k + shift + 0.01 * s)
        for s in range(scenarios)
        for k in range(pairs)
        for arm, shift in (("t", 0.2), ("c", 0.0))
    ]


def without(rows: list[Observation], arm: str, pair: str) -> list[Observation]:
    """The same rows; this pair's value of the arm is missing in every scenario."""
    return [
        Observation(one.scenario, one.pair, one.arm, None, played=False)
        if (one.arm, one.pair) == (arm, pair)
        else one
        for one in rows
    ]


def test_nothing_is_missing() -> None:
    found = missing_values(full(), ARMS, UNIT)
    assert found.total == 0
    assert {arm: own.dialogues for arm, own in found.arms.items()} == {"t": 32, "c": 32}
    assert (found.tipping, found.worst_case, found.arms_differ) == (None, None, False)
    assert not found.plausible


def test_counts_by_arm_and_scenario() -> None:
    rows = without(full(2, 3), "t", "1")
    rows.append(row(0, 9, "t", None))
    found = missing_values(rows, ARMS)
    t, c = found.arms["t"], found.arms["c"]
    assert (t.dialogues, t.missing, t.unplayed, t.null) == (7, 3, 2, 1)
    assert t.scenarios == (("s00", 2, 4), ("s01", 1, 3))
    assert t.share == pytest.approx(3 / 7)
    assert (c.missing, c.share) == (0, 0.0)
    assert t.mean == pytest.approx(0.655)


def test_uneven_shares_are_tested_with_the_scenario_as_the_unit() -> None:
    uneven = missing_values(without(full(), "t", "0"), ARMS, UNIT)
    assert uneven.difference == pytest.approx(0.25)
    assert uneven.p_difference == pytest.approx(2 / 2**8)
    assert uneven.arms_differ
    even = missing_values(without(without(full(), "t", "0"), "c", "1"), ARMS, UNIT)
    assert (even.difference, even.p_difference, even.arms_differ) == (0.0, 1.0, False)
    few = missing_values(without(full(4), "c", "0"), ARMS, UNIT)
    assert few.p_difference == pytest.approx(2 / 2**4)
    assert few.arms_differ, "all four lean one way, and no test could do more"


def test_worst_case_by_hand() -> None:
    # Three of four pairs differ by .2; in the fourth t is anything, and c lies at .4 + .01 s.
    found = missing_values(without(full(2), "t", "0"), ARMS, UNIT)
    level = 0.405
    assert found.worst_case == pytest.approx(((0.6 - level) / 4, (0.6 + 1 - level) / 4))
    assert missing_values(without(full(2), "t", "0"), ARMS, Scale(0)).worst_case is None


def test_against_zero_there_is_one_arm() -> None:
    found = missing_values(without(full(), "t", "0"), ("t",), UNIT)
    assert found.arms.keys() == {"t"}
    assert (found.difference, found.p_difference, found.arms_differ) == (None, None, False)
    assert found.tipping is not None
    assert found.tipping < 0


def test_a_tipping_point_outside_the_range_is_not_possible() -> None:
    rows = without(full(), "t", "0")
    found = missing_values(rows, ARMS, UNIT)
    # Every difference is .2 and a quarter is missing: the mean reaches 0 where those of t lie .8
    # lower, and theirs is .735.
    assert found.tipping == pytest.approx(-0.8)
    assert found.tipping_means["t"] == pytest.approx(0.735 - 0.8)
    assert not found.tipping_possible
    assert missing_values(rows, ARMS).tipping_possible, "without a range everything is"


def test_what_the_range_rules_out_one_way_may_be_possible_the_other_way() -> None:
    gaps = (0.01, -0.01, 0.02, -0.02, 0.03, -0.01)
    rows = [
        row(s, k, arm, None if (arm, k) == ("t", 0) else value)
        for s, gap in enumerate(gaps)
        for k in range(4)
        for arm, value in (("t", 0.97 + gap), ("c", 0.97))
    ]
    free, bound = missing_values(rows, ARMS), missing_values(rows, ARMS, UNIT)
    assert free.tipping is not None
    assert bound.tipping is not None
    assert 0 < free.tipping < -bound.tipping
    assert free.tipping_means["t"] > 1
    assert 0 <= bound.tipping_means["t"] < 1
    assert bound.tipping_possible


def test_nothing_is_known_of_one_scenario() -> None:
    found = missing_values(without(full(1), "t", "0"), ARMS, UNIT)
    assert (found.tipping, found.tipping_sd, found.tipping_means) == (None, None, {})
    gone = [row(0, 0, "t", None), row(0, 0, "c", None)]
    assert missing_values(gone, ARMS, UNIT).worst_case == (-1.0, 1.0)
    apart = [row(0, 0, "t", None), row(1, 0, "c", 0.1)]
    assert missing_values(apart, ARMS, UNIT).worst_case is None


vectors = st.lists(
    st.tuples(st.integers(-20, 20).map(lambda n: n / 20), st.integers(0, 10).map(lambda n: n / 10)),
    min_size=2,
    max_size=12,
)


def excludes(values: list[float]) -> bool:
    t = cluster_t(values)
    assert t is not None
    return not t.lo <= 0 <= t.hi


@given(vectors)
@example([(0.2, 0.5), (0.3, 0.5), (0.25, 0.4)])
@example([(0.2, 0.5), (-0.1, 0.5), (0.1, 0.2)])
def test_at_the_tipping_point_the_interval_turns(pairs: list[tuple[float, float]]) -> None:
    differences, lacks = np.array(pairs).T
    shifts = tipping_points(differences, lacks)
    assert shifts == sorted(shifts, key=abs)
    before = excludes(list(differences))
    assume(shifts and 1e-3 < abs(shifts[0]) < 1e3)
    shift = shifts[0]
    assume(not np.allclose(differences + lacks * shift, 0))  # there it has no width
    assert excludes(list(differences + lacks * shift * (1 - 1e-6))) is before
    assert excludes(list(differences + lacks * shift * (1 + 1e-6))) is not before


def informative(seed: int, share: float) -> list[Observation]:
    """No effect on twelve scenarios; the treatment is void in 5 %, and ``share`` more if high."""
    rng = np.random.default_rng(seed)
    rows = []
    for s in range(12):
        level = rng.normal(0, 0.1)
        for k in range(8):
            t, c = rng.normal(level, 0.2, 2)
            gone = rng.random() < 0.05 + (share if t > level else 0)
            rows += [row(s, k, "c", c), row(s, k, "t", None if gone else t, played=not gone)]
    return rows


def answer(rows: list[Observation]) -> Effect:
    return evaluate(MAIN, rows, scale=scale_of("-1..1"))


def test_a_void_when_it_is_high_is_flagged() -> None:
    effect = answer(informative(14, 0.5))
    assert effect.missing is not None
    assert effect.shown is True, "an effect where there is none"
    assert effect.estimate is not None
    assert effect.estimate < 0
    found: MissingValues = effect.missing
    assert found.arms_differ
    assert found.plausible
    assert found.tipping is not None
    assert found.tipping > 0
    assert "values are missing unevenly across arms (t " in effect.sentence
    assert "if, of the missing values, those of t averaged" in effect.sentence
    assert found.worst_case is not None
    assert found.worst_case[0] < 0 < found.worst_case[1]


def test_the_flag_is_no_alarm_of_every_day() -> None:
    flagged = [answer(informative(seed, 0.0)) for seed in range(40)]
    assert sum("unevenly" in effect.sentence for effect in flagged) <= 12
    assert all(effect.missing is not None for effect in flagged)


def with_courses(rows: list[Observation], *, follows: bool) -> list[Observation]:
    """The same dialogues, each with one reply; void ones had the better offers, or any."""
    rng = np.random.default_rng(0)
    found = []
    for one in rows:
        beyond = 0.2 if follows and not one.played else 0.0
        worth = (rng.normal(0, 0.1) + beyond,)
        course = Course((Asked("u", "a", 1, 1),), worth, broke_off=not one.played)
        found.append(replace(one, course=course))
    return found


def test_voids_as_frequent_in_both_arms_are_flagged_where_they_follow_the_offers() -> None:
    even = without(without(full(), "t", "0"), "c", "1")
    loose = missing_values(with_courses(even, follows=False), ARMS, UNIT)
    assert not loose.arms_differ
    assert isinstance(loose.broke_off, BrokeOff)
    assert (loose.broke_differently, loose.possible_bias, loose.selective) == ((), None, False)
    tied = missing_values(with_courses(even, follows=True), ARMS, UNIT)
    assert not tied.arms_differ
    assert tied.selective
    assert {(one.arm, one.seat, one.replies) for one in tied.broke_differently} == {
        ("t", "u", 8),
        ("c", "u", 8),
    }
    # A quarter of each arm lies so many SDs of offers off; an SD of dialogues is that of .05 k.
    sds = sum(one.sd for one in tied.broke_differently)
    spread = math.sqrt((np.var([1, 2, 3], ddof=1) + np.var([0, 2, 3], ddof=1)) / 2) * 0.05
    assert tied.possible_bias == pytest.approx(sds / 4 * spread)


def test_two_tests_share_the_level() -> None:
    """Shares that differ at .03 are uneven where they are all that can be asked."""
    rows = full(9, 4)
    for number in range(9):
        arm = "t" if number < 8 else "c"
        rows = [
            replace(r, value=None, played=False)
            if (r.scenario, r.pair, r.arm) == (f"s{number:02}", "0", arm)
            else r
            for r in rows
        ]
    alone = missing_values(rows, ARMS, UNIT)
    assert alone.p_difference is not None
    assert 0.025 < alone.p_difference < 0.05
    assert alone.arms_differ
    both = missing_values(with_courses(rows, follows=False), ARMS, UNIT)
    assert both.p_difference == alone.p_difference
    assert not both.arms_differ
    tied = missing_values(with_courses(rows, follows=True), ARMS, UNIT)
    assert tied.broke_differently
    assert tied.arms_differ, "once one has found something, the other has all of the level"


def test_few_scenarios_that_cannot_reach_the_level_must_all_lean_one_way() -> None:
    rows = with_courses(without(full(6), "t", "0"), follows=False)
    found = missing_values(rows, ARMS, UNIT)
    assert found.p_difference == pytest.approx(2 / 2**6)
    assert found.arms_differ


def test_against_zero_there_is_one_test() -> None:
    rows = [r for r in with_courses(without(full(), "t", "0"), follows=True) if r.arm == "t"]
    found = missing_values(rows, ("t",), UNIT)
    assert [one.arm for one in found.broke_differently] == ["t"]
    assert found.selective


def test_goes_to_json_and_back() -> None:
    effect = answer(informative(14, 0.5))
    assert Effect.model_validate_json(effect.model_dump_json()) == effect
    assert math.isfinite(effect.missing.tipping_sd if effect.missing else math.nan)


def test_against_zero_the_tipping_point_is_of_complete_twins() -> None:
    """Of the estimate that is told, and not of whatever values there are."""
    data = [
        replace(row(s, 0, "t", value), pair=f"{twin}/1")
        for s in range(8)
        for twin, value in (("none", 0.5 + 0.02 * s), ("seats", 0.1 if s < 6 else None))
    ]
    effect = evaluate(Contrast(name="alone", measure="m.x", treatment="t"), data)
    assert effect.missing is not None
    assert effect.missing.total == 2
    assert effect.n_scenarios == 6
    assert effect.missing.tipping is None, "all six that count are complete: no shift moves them"
