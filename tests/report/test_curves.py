"""Proposals of many dialogues are added up as those of one after another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.report import curves
from harness.report.curves import Adding, Curve, Put, Puts

LENGTH = 5


def together(puts: Sequence[Put]) -> Puts:
    """Proposers in a row, each of a seat of its own."""
    values = [one for put in puts for one in put.values]
    return Puts(
        [(put.seat, put.length, put.reservation) for put in puts],
        np.arange(len(puts)),
        np.arange(len(puts)),
        np.array([len(put.values) for put in puts], dtype=np.int64),
        np.array([turn for turn, _ in values], dtype=np.int64),
        np.array([value for _, value in values], dtype=np.float64),
    )


def same(one: Curve, other: Curve) -> bool:
    numbers = (one.total.tobytes(), one.n.tobytes(), one.reached, one.reservation, one.dialogues)
    return numbers == (
        other.total.tobytes(),
        other.n.tobytes(),
        other.reached,
        other.reservation,
        other.dialogues,
    )


PUTS = st.lists(
    st.builds(
        Put,
        st.just("o"),
        st.just(LENGTH),
        # Turns of a delegation as they come, and those beyond the last, which do not count.
        st.lists(st.tuples(st.integers(0, LENGTH + 1), st.floats(-1, 1)), max_size=4).map(tuple),
        st.floats(0, 1),
    ),
    max_size=8,
)


@given(PUTS, st.integers(1, 8))
@example([Put("o", LENGTH, ((0, 0.1), (2, 0.2)), 0.3), Put("o", LENGTH, (), 0.1)], 1)
@example([Put("o", LENGTH, ((1, 0.1), (0, 0.7), (9, 0.2)), 0.3)], 2)
def test_many_at_once_are_the_same_to_the_last_digit(puts: list[Put], at_once: int) -> None:
    one, many = Adding(LENGTH), Adding(LENGTH)
    for put in puts:
        one.add(put)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(curves, "_AT_ONCE", at_once)
        many.add_all(together(puts))
    assert same(many.curve(), one.curve())


def test_those_chosen_are_theirs_alone() -> None:
    puts = together(
        [Put("o", 3, ((0, 0.1), (1, 0.2)), 0.0), Put("u", 3, (), 0.5), Put("o", 3, ((2, 0.3),), 1)]
    )
    own = puts.only(np.array([1, 2]))
    assert own.counts.tolist() == [0, 1]
    assert (own.turns.tolist(), own.values.tolist()) == ([2], [0.3])
    assert (own.dialogue.tolist(), own.seat.tolist()) == ([1, 2], [1, 2])


def test_no_curve_has_less_than_no_turn() -> None:
    assert Adding(0).curve().n.tolist() == []
    with pytest.raises(ValueError, match="-1 turns"):
        Adding(-1)
