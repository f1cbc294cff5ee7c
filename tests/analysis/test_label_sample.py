"""Turns are drawn with the chance that is said of them, half where a judge found something."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.label_sample import (
    Drawn,
    Readable,
    Turn,
    draw,
    draw_records,
    shuffled,
)


def turns(found: int, rest: int) -> list[Turn]:
    """Over two arms and three scenarios."""
    return [
        Turn(f"r{n % 12}", n, ("ab"[n % 2],), f"s{n % 3}", n < found) for n in range(found + rest)
    ]


@given(st.integers(1, 40), st.integers(0, 40), st.integers(2, 60), st.integers(0, 5))
def test_as_many_as_asked_half_of_each_where_there_are_enough(
    found: int, rest: int, count: int, seed: int
) -> None:
    drawn = draw(turns(found, rest), count, seed)
    assert len(drawn) == min(count, found + rest)
    assert len({(one.turn.record, one.turn.turn) for one in drawn}) == len(drawn)
    there = sum(one.turn.found for one in drawn)
    if found >= count // 2 and rest >= count - count // 2:
        assert there == count // 2
    for half, whole in ((True, found), (False, rest)):
        own = [one.chance for one in drawn if one.turn.found is half]
        assert own == [pytest.approx(len(own) / max(whole, 1))] * len(own)


def test_each_turn_is_drawn_as_often_as_its_chance_says() -> None:
    whole, draws = turns(12, 48), 600
    seen = Counter(one.turn.turn for seed in range(draws) for one in draw(whole, 12, seed))
    expected = {one.turn: 6 / 12 if one.found else 6 / 48 for one in whole}
    assert set(seen) == set(expected)
    off = [abs(seen[turn] / draws - chance) for turn, chance in expected.items()]
    assert max(off) < 0.09


def test_the_draw_goes_evenly_over_arms_and_scenarios() -> None:
    for seed in range(5):
        drawn = draw(turns(0, 60), 12, seed)
        cells = Counter((one.turn.arms, one.turn.scenario) for one in drawn)
        assert set(cells.values()) == {2}
        assert len(cells) == 6


def test_the_same_seed_gives_the_same_turns_and_each_person_another_order() -> None:
    drawn = draw(turns(10, 30), 20, 1)
    assert drawn == draw(turns(10, 30), 20, 1)
    assert drawn != draw(turns(10, 30), 20, 2)
    ann, ben = shuffled(drawn, 1, "ann"), shuffled(drawn, 1, "ben")
    assert ann == shuffled(drawn, 1, "ann")
    assert ann != ben
    assert set(ann) == set(ben) == set(drawn)
    assert shuffled([], 1, "ann") == []
    assert Drawn(drawn[0].turn, drawn[0].chance) == drawn[0]


def records(*of_arm: int) -> list[Readable]:
    """So many of each arm, over three scenarios."""
    return [
        Readable(f"{'abc'[arm]}{n}", ("abc"[arm],), f"s{n % 3}")
        for arm, count in enumerate(of_arm)
        for n in range(count)
    ]


@given(st.integers(0, 30), st.integers(1, 30), st.integers(1, 30), st.integers(2, 70))
def test_arms_have_as_many_records_each_as_far_as_there_are(
    a: int, b: int, c: int, count: int
) -> None:
    drawn = draw_records(records(a, b, c), count, 3)
    assert len({one.of.record for one in drawn}) == len(drawn) == min(count, a + b + c)
    by_arm = Counter(one.of.arms[0] for one in drawn)
    whole = {name: n for name, n in zip("abc", (a, b, c), strict=True) if n}
    for arm, there in whole.items():
        own = [one.chance for one in drawn if one.of.arms == (arm,)]
        assert own == [pytest.approx(by_arm[arm] / there)] * by_arm[arm]
    short = [by_arm[arm] for arm in whole if by_arm[arm] < whole[arm]]
    if short:
        assert max(by_arm[arm] for arm in whole) - min(short) <= 1


def test_each_record_is_drawn_as_often_as_its_chance_says_and_evenly_over_scenarios() -> None:
    whole, draws = records(9, 18), 600
    seen = Counter[str]()
    for seed in range(draws):
        drawn = draw_records(whole, 12, seed)
        seen.update(one.of.record for one in drawn)
        cells = Counter((one.of.arms, one.of.scenario) for one in drawn)
        assert set(cells.values()) == {2}
    expected = {one.record: 6 / 9 if one.arms == ("a",) else 6 / 18 for one in whole}
    off = [abs(seen[name] / draws - chance) for name, chance in expected.items()]
    assert max(off) < 0.09


def test_records_that_arms_share_are_a_part_of_their_own() -> None:
    shared = [Readable(f"x{n}", ("a", "b"), "s0") for n in range(10)]
    drawn = draw_records([*records(10, 0), *shared], 8, 1)
    assert Counter(one.of.arms for one in drawn) == {("a",): 4, ("a", "b"): 4}
    assert drawn == draw_records([*records(10, 0), *shared], 8, 1)
    assert drawn != draw_records([*records(10, 0), *shared], 8, 2)
