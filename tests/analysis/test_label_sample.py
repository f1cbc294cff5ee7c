"""Turns are drawn with the chance that is said of them, half where a judge found something."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.label_sample import Drawn, Turn, draw, shuffled


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
