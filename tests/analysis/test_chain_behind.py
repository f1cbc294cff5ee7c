"""The episodes behind a number: the worst first, whatever was found."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from harness.analysis.chain_behind import FEW, low_first, pairs_apart, worst_of
from harness.analysis.proceedings import Dialogue, Proceedings, Went
from harness.analysis.values import Values
from harness.records.score import Score

GAIN = "later.gain_u"


def values(arms: Mapping[str, Mapping[str, float | None]], name: str = "gain_u") -> Values:
    """Arm -> scenario -> the measure of its only episode."""
    found = Values(proceedings={arm: Proceedings() for arm in arms})
    every = [(arm, place, value) for arm, own in arms.items() for place, value in own.items()]
    found.add_talks(
        Went(key, placed, "done", "deal", None, (), (), (), ("model",))
        for arm, place, _ in every
        for key in [f"{arm}-{place}/{arm}"]
        for placed in [Dialogue((arm,), place, "none/1", True, True, "")]
    )
    for arm, place, value in every:
        score = Score(
            id=f"{arm}-{place}/{arm}",
            evaluator="later",
            version=1,
            values={name: value},
            why_null={} if value is not None else {name: "no deal"},
            detail={},
        )
        found.add_score(score, {f"later.{name}"})
    return found


@pytest.mark.parametrize(
    ("measure", "low"),
    [
        *((GAIN, True), ("later.agreement", True), ("later.over_agreement", False)),
        *(("readers.shift", False), ("misread.error", False), ("later.gain_o", False)),
    ],
)
def test_which_way_is_worst_is_fixed_by_what_is_measured(measure: str, low: bool) -> None:
    assert low_first(measure) is low


def test_the_worst_episodes_of_an_arm_stand_first_and_a_missing_value_is_none_of_them() -> None:
    own = {"a": 0.3, "b": -0.2, "c": None, "d": 0.1, "e": 0.3, "f": 0.2}
    found = worst_of(values({"chain": own}), GAIN, "chain")
    assert [(one.scenario, one.value) for one in found] == [("b", -0.2), ("d", 0.1), ("f", 0.2)]
    assert [one.id for one in found] == ["chain-b", "chain-d", "chain-f"], "of the last stage alone"
    assert {one.against for one in found} == {None}
    up = worst_of(values({"chain": own}, "skew"), "later.skew", "chain")
    assert [one.scenario for one in up] == ["a", "e", "f"], "equal ones stand as the run has them"
    assert len(up) == FEW


def test_pairs_stand_by_their_difference_and_need_both_values() -> None:
    own = {"a": 0.1, "b": 0.2, "c": 0.0, "d": None}
    other = {"a": 0.1, "b": 0.5, "c": None, "d": 0.9}
    found = pairs_apart(values({"chain": own, "plain": other}), GAIN, "chain", "plain")
    assert [(one.scenario, one.value, one.other) for one in found] == [
        ("b", 0.2, 0.5),
        ("a", 0.1, 0.1),
    ]
    assert (found[0].id, found[0].against) == ("chain-b", "plain-b")


def test_what_nobody_measured_has_nothing_behind_it() -> None:
    assert worst_of(Values(), GAIN, "chain") == ()
    assert pairs_apart(Values(), GAIN, "chain", "plain") == ()
