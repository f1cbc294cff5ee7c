"""Two dialogues side by side."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.report.reading import Number, Reading
from harness.viewer.beside import Key, aligned, differences, merged
from tests.support.disputes import small
from tests.support.readings import read_one
from tests.support.run_folders import LEANING, LOPSIDED, MIDDLE, deal, dialogue


def key(number: int) -> Key:
    return 1, "o", number, "said", 1


sequences = st.lists(st.integers(0, 12), unique=True, max_size=12)


@given(sequences, sequences)
@example([0, 1, 2], [0, 2, 3])
@example([0, 1], [1, 0])
@example([], [])
def test_every_turn_stands_once_in_its_own_order(left: list[int], right: list[int]) -> None:
    found = merged([key(n) for n in left], [key(n) for n in right])
    assert [i for i, _ in found if i is not None] == list(range(len(left)))
    assert [j for _, j in found if j is not None] == list(range(len(right)))
    together = [(left[i], right[j]) for i, j in found if i is not None and j is not None]
    assert all(one == other for one, other in together)


@given(sequences, sequences)
@example([3, 1, 2], [1, 2, 3])
@example([2, 1], [1, 2])
def test_as_many_stand_together_as_can(left: list[int], right: list[int]) -> None:
    """As many as the textbook's table for a longest common subsequence says."""
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i, one in enumerate(left):
        for j, other in enumerate(right):
            best = max(table[i][j + 1], table[i + 1][j])
            table[i + 1][j + 1] = table[i][j] + 1 if one == other else best
    found = merged([key(n) for n in left], [key(n) for n in right])
    together = sum(i is not None and j is not None for i, j in found)
    assert together == table[-1][-1]


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Reading, Reading]:
    scenario = small(tmp_path)
    long = dialogue(
        scenario,
        "lean",
        [("o", LOPSIDED), ("u", "caucus"), ("u", MIDDLE), ("o", LEANING), ("u", "accept")],
    )
    short = dialogue(scenario, "plain", [("o", MIDDLE), ("u", "accept")])
    return tuple(  # type: ignore[return-value]
        read_one(_made(tmp_path / name), scenario, played)
        for name, played in (("long", long), ("short", short))
    )


def _made(path: Path) -> Path:
    path.mkdir()
    return path


def test_turns_are_aligned_by_round_seat_and_step(pair: tuple[Reading, Reading]) -> None:
    (round_,) = aligned(*pair)
    assert round_.number == 1
    numbers = [
        tuple(None if one is None else one.entry.turn for one in (found.left, found.right))
        for found in round_.pairs
    ]
    assert numbers == [(0, 0), (1, None), (2, 1), (3, None), (4, None)]


def test_other_terms_in_the_same_place_are_named(pair: tuple[Reading, Reading]) -> None:
    first = aligned(*pair)[0].pairs[0]
    assert first.left is not None
    assert first.right is not None
    assert first.left.differs == ()
    assert first.right.differs == ("The well",)


def test_a_round_that_one_has_not_stands_alone(
    tmp_path: Path, pair: tuple[Reading, Reading]
) -> None:
    scenario = small(tmp_path)
    more = dialogue(scenario, "lean", [("o", MIDDLE), "next round", ("o", MIDDLE)], epoch=2)
    found = aligned(pair[1], read_one(_made(tmp_path / "more"), scenario, more))
    assert [round_.number for round_ in found] == [1, 2]
    assert (found[1].left, found[1].right) == ((), ("The well runs low.",))
    assert [one.left for one in found[1].pairs] == [None]


def test_numbers_stand_beside_each_other_with_their_difference(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    left, right = (
        read_one(_made(tmp_path / arm), scenario, deal(scenario, arm, package))
        for arm, package in (("plain", MIDDLE), ("lean", LOPSIDED))
    )
    skew = "skew to the official seat"
    left = replace(left, numbers=(Number(skew, "+0.10", "of at most +0.20", 0.1),))
    right = replace(right, numbers=(Number(skew, "+0.30", "beyond", 0.3),))
    found = {one.label: one for one in differences(left, right)}
    assert (found["worth to Boral"].left, found["worth to Boral"].right) == ("0.70", "1.00")
    assert found["worth to Boral"].difference == "+0.30"
    assert found["worth to Arden"].right == "0.00 (below no deal)"
    assert found["worth to Arden"].difference == "−0.60"
    assert found["worth to Corin (not at the table)"].note == "no deal 0.40"
    assert found[skew].difference == "+0.20"
    assert found[skew].note == "A: of at most +0.20; B: beyond"


def test_without_a_deal_a_principal_has_what_no_deal_is_worth(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    left = read_one(_made(tmp_path / "a"), scenario, deal(scenario, "plain", MIDDLE))
    out = dialogue(scenario, "lean", [("u", "walk_out")])
    right = read_one(_made(tmp_path / "b"), scenario, out)
    found = {one.label: one for one in differences(left, right)}
    assert found["worth to Boral"].right == "0.25 (no deal)"
    assert found["worth to Boral"].difference == "−0.45"


def test_a_number_that_is_missing_has_no_difference(pair: tuple[Reading, Reading]) -> None:
    known = Number("gap", "+0.10", "", 0.1)
    missing = Number("gap", "—", "nobody gave", None)
    left, right = (
        replace(one, worths=(), numbers=(n,)) for one, n in zip(pair, (known, missing), strict=True)
    )
    (found,) = differences(left, right)
    assert found.difference == ""
    assert found.note == "B: nobody gave"
