"""Voids that follow what was to be answered are told from voids that follow nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata

from harness.analysis import missing_course
from harness.analysis.missing_course import BrokeOff, Kept, _ranks, broke_off, replies_of
from harness.analysis.observations import Observation
from harness.evaluators.course import Asked, Course

ARMS = ("t", "c")
TURNS = 4
Loses = Callable[[str, str, float, np.random.Generator], bool]
"""(arm, seat, worth, random numbers) -> whether the reply is lost."""


def talks(seed: int, loses: Loses, scenarios: int = 8, pairs: int = 6) -> list[Observation]:
    """Dialogues in which offers get better turn by turn, about a level of their scenario."""
    rng, found = np.random.default_rng(seed), []
    for s in range(scenarios):
        level = rng.normal(0, 0.3)
        for pair in range(pairs):
            for arm in ARMS:
                asked, worth, gone = [], [], False
                for step in range(1, TURNS + 1):
                    for seat in "ou":
                        if gone:
                            continue
                        beyond = rng.normal(0, 0.1)
                        asked.append(Asked(seat, seat, 1, step))
                        worth.append(level + 0.05 * step + beyond)
                        gone = loses(arm, seat, beyond, rng)
                course = Course(tuple(asked), tuple(worth), broke_off=gone)
                value = None if gone else float(rng.normal())
                found.append(Observation(f"s{s}", str(pair), arm, value, not gone, course))
    return found


def at_random(arm: str, seat: str, worth: float, rng: np.random.Generator) -> bool:
    return bool(rng.random() < (0.05 if arm == "t" else 0.02))


def at_good_offers(arm: str, seat: str, worth: float, rng: np.random.Generator) -> bool:
    chance = 0.3 if (arm, seat) == ("t", "u") and worth > 0.1 else 0.02
    return bool(rng.random() < chance)


def asked_of(rows: list[Observation]) -> BrokeOff:
    found = broke_off(rows, ARMS)
    assert found is not None
    return found


def test_the_seat_and_the_arm_are_named() -> None:
    found = asked_of(talks(1, at_good_offers))
    seats = {(one.arm, one.seat): one for one in found.seats}
    guilty = seats.pop(("t", "u"))
    assert guilty.p == found.p == min(one.p for one in found.seats)
    assert guilty.p < 0.005
    assert guilty.difference > 0.05
    assert guilty.sd > 0.5
    assert seats
    assert all(one.p > 0.05 for one in seats.values())


def test_the_other_way_round_is_seen_as_well() -> None:
    bad = talks(2, lambda arm, seat, worth, rng: at_good_offers(arm, seat, -worth, rng))
    (one,) = (one for one in asked_of(bad).seats if one.p < 0.01)
    assert (one.arm, one.seat) == ("t", "u")
    assert one.difference < 0 > one.sd


def test_chance_raises_the_alarm_as_often_as_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missing_course, "DRAWS", 200)
    ps = [asked_of(talks(seed, at_random)).p for seed in range(120)]
    assert all(p is not None for p in ps)
    early = sum(p is not None and p < 0.05 for p in ps)
    assert early <= 14, "SE of 120 at .05 is 2.4"
    assert sum(p is not None and p < 0.5 for p in ps) == pytest.approx(60, abs=20)


def test_every_void_dialogue_is_compared_or_counted() -> None:
    rows = talks(3, at_random)
    void = sum(not row.played for row in rows)
    whole = asked_of(rows)
    assert sum(one.replies for one in whole.seats) + whole.uncompared == void
    nobody = replace(rows[0], value=None, played=False, course=Course((), ()))
    assert asked_of([nobody, *rows[1:]]).uncompared >= 1
    assert broke_off([nobody], ARMS) == BrokeOff(seats=(), uncompared=1)
    assert BrokeOff(seats=()).p is None


def test_nothing_is_asked_where_nothing_is_void_or_known() -> None:
    rows = talks(4, at_random)
    assert broke_off([row for row in rows if row.played], ARMS) is None
    assert broke_off([replace(row, course=None) for row in rows], ARMS) is None
    assert broke_off(rows, ("other",)) is None
    assert replies_of([]) is None


def test_a_dialogue_alone_at_its_turn_is_compared_with_nothing() -> None:
    (row,) = talks(5, lambda *_: True, scenarios=1, pairs=1)[:1]
    assert asked_of([row]) == BrokeOff(seats=(), uncompared=1)


@settings(max_examples=10)
@given(st.integers(0, 99), st.randoms(use_true_random=False))
@example(7, None)
def test_neither_the_order_nor_the_level_of_a_scenario_matters(seed: int, shuffle: object) -> None:
    rows = talks(seed, at_good_offers, scenarios=3, pairs=3)
    moved = [
        replace(row, course=replace(row.course, worth=tuple(w + 2 for w in row.course.worth)))
        if row.course is not None and row.scenario == "s1"
        else row
        for row in rows
    ]
    if shuffle is not None:
        shuffle.shuffle(moved)  # type: ignore[attr-defined]
    first, second = broke_off(rows, ARMS), broke_off(moved, ARMS)
    assert (first is None) == (second is None)
    for one, other in zip(
        first.seats if first else (), second.seats if second else (), strict=True
    ):
        assert (one.arm, one.seat, one.replies) == (other.arm, other.seat, other.replies)
        assert (one.difference, one.sd, one.p) == pytest.approx(
            (other.difference, other.sd, other.p)
        )


def test_many_draws_at_a_time_or_few_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = talks(8, at_random, scenarios=4)
    whole = asked_of(rows)
    monkeypatch.setattr(missing_course, "_CHUNK", 1_000)
    assert asked_of(rows) == whole


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30).filter(
        lambda pairs: {g for g, _ in pairs} == set(range(1 + max(g for g, _ in pairs)))
    )
)
@example([(0, 1), (0, 1), (1, 2), (0, 3)])
def test_ranks_are_those_within_the_group(pairs: list[tuple[int, int]]) -> None:
    groups, values = np.array(pairs).T
    found = _ranks(values.astype(float), groups)
    for group in np.unique(groups):
        own = values[groups == group]
        expected = (rankdata(own) - 0.5) / len(own)
        np.testing.assert_allclose(found[groups == group], expected)


def test_what_is_kept_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = talks(1, lambda arm, seat, beyond, rng: bool(rng.random() < 0.1), scenarios=2)
    kept, asked = Kept(), []

    def counted(given: object, arms: object) -> BrokeOff | None:
        asked.append(arms)
        return broke_off(rows, ARMS)

    monkeypatch.setattr(missing_course, "broke_off", counted)
    found = [kept(rows, ARMS), kept(rows, ARMS)]
    assert asked == [ARMS]
    assert found[0] is found[1]
    assert found[0] == broke_off(rows, ARMS)
