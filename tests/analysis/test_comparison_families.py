"""A difference family by family of scenarios, and when families are said to disagree."""

from __future__ import annotations

import math
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.analysis.comparison_families import as_json, by_family, disagreement
from harness.analysis.families import Family
from harness.analysis.intervals import cluster_t
from harness.analysis.scale import UNKNOWN, Scale

SIGN = Scale(-1.0, 1.0)
LETTERS = ("a", "b", "c")


def kinds(*sizes: int) -> tuple[Family, ...]:
    return tuple(
        Family(name=name, title=f"family {name}", scenarios=tuple(f"{name}{i}" for i in range(n)))
        for name, n in zip(LETTERS, sizes, strict=False)
    )


def differences(**families: list[float]) -> list[tuple[str, float]]:
    return [(f"{name}{i}", value) for name, own in families.items() for i, value in enumerate(own)]


def test_each_family_has_the_mean_and_the_interval_of_its_own_scenarios() -> None:
    values = differences(a=[0.1, 0.2, 0.3], b=[-0.1])
    first, second = by_family(values, kinds(3, 1), UNKNOWN)
    spread = cluster_t([0.1, 0.2, 0.3])
    assert spread is not None
    assert (first.family, first.n_scenarios) == ("family a", 3)
    assert first.estimate == pytest.approx(0.2)
    assert first.interval == (spread.lo, spread.hi)
    assert (second.estimate, second.interval, second.n_scenarios) == (-0.1, None, 1)
    assert as_json((first, second))[1] == {
        "family": "family b",
        "estimate": -0.1,
        "interval": None,
        "n_scenarios": 1,
    }


def test_one_family_with_a_difference_is_no_split() -> None:
    values = differences(a=[0.1, -0.2])
    assert by_family(values, kinds(2, 3), UNKNOWN) == ()
    assert disagreement(values, kinds(2, 3), UNKNOWN) is None


def test_an_interval_stays_inside_what_the_measure_allows() -> None:
    values = differences(a=[1.9, -1.9], b=[0.5, 0.5])
    wide, flat = by_family(values, kinds(2, 2), SIGN)
    assert wide.interval == (-2, 2)
    assert flat.interval is None, "scenarios that do not differ give no interval"


def test_families_that_clearly_differ_in_sign_disagree() -> None:
    near = [0.2 + i / 100 for i in range(6)]
    found = disagreement(
        differences(a=near, b=[-one for one in near], c=[0.0] * 6), kinds(6, 6, 6), SIGN
    )
    assert found is not None
    assert (found.above.family, found.below.family) == ("family a", "family b")
    assert found.shown


def test_opposite_signs_by_chance_are_named_and_not_shown() -> None:
    found = disagreement(differences(a=[0.5, -0.4, 0.1], b=[-0.5, 0.4, -0.1]), kinds(3, 3), SIGN)
    assert found is not None
    assert not found.shown
    alone = disagreement(differences(a=[0.5], b=[-0.5]), kinds(1, 1), SIGN)
    assert alone is not None
    assert not alone.shown, "one scenario says nothing of how scenarios differ"
    flat = disagreement(differences(a=[0.5, 0.5], b=[-0.5, -0.5]), kinds(2, 2), SIGN)
    assert flat is not None
    assert not flat.shown


def test_the_same_sign_and_none_are_no_disagreement() -> None:
    assert disagreement(differences(a=[0.5, 0.6], b=[0.1, 0.2]), kinds(2, 2), SIGN) is None
    assert disagreement(differences(a=[0.5, 0.6], b=[0.0, 0.0]), kinds(2, 2), SIGN) is None


@given(st.lists(st.lists(st.floats(-1, 1), min_size=1, max_size=5), min_size=2, max_size=3))
@example([[0.5, 0.4], [-0.5, -0.6], [0.0]])
@settings(max_examples=30)
def test_turning_every_sign_turns_the_disagreement(values: list[list[float]]) -> None:
    known = kinds(*map(len, values))
    own = differences(**dict(zip(LETTERS, values, strict=False)))
    found = disagreement(own, known, UNKNOWN)
    turned = disagreement([(name, -value) for name, value in own], known, UNKNOWN)
    assert (found is None) == (turned is None)
    if found is not None and turned is not None:
        assert (found.shown, found.above.estimate) == (turned.shown, -turned.below.estimate)
    parts = by_family(own, known, UNKNOWN)
    total = math.fsum(part.estimate * part.n_scenarios for part in parts)
    assert total == pytest.approx(math.fsum(value for _, value in own), abs=1e-9)


def test_families_that_are_alike_seldom_disagree_whatever_their_number() -> None:
    draw = Random(7)
    trials = 400
    shown = 0
    for _ in range(trials):
        values = {name: [draw.gauss(0, 0.2) for _ in range(6)] for name in LETTERS}
        found = disagreement(differences(**values), kinds(6, 6, 6), UNKNOWN)
        shown += found is not None and found.shown
    assert shown / trials <= 0.05
