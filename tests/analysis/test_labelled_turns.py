"""A person's reading of some turns corrects what a judge counts in all of them."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.judge_correction import Corrected
from harness.analysis.labelled_turns import (
    LabelledTurn,
    Read,
    by_labels,
    difference,
    enough,
    read_of,
)
from harness.analysis.observations import Observation

READ = {"s0": Read(1.0, 10, 10, 90), "s1": Read(3.0, 10, 30, 70)}
ENDS = (1.0, 3.0)


def turns(found: bool, *cells: tuple[float, float, int]) -> list[LabelledTurn]:
    """(truth, judged, how many), by turns of both scenarios."""
    each = [(truth, judged) for truth, judged, count in cells for _ in range(count)]
    return [
        LabelledTurn(f"s{n % 2}", ("t",), found, *one, chance=0.1) for n, one in enumerate(each)
    ]


AGREED = [*turns(True, (1, 1, 12)), *turns(False, (0, 0, 12))]


def test_the_estimate_by_hand() -> None:
    labels = [*turns(True, (1, 1, 8), (0, 1, 2)), *turns(False, (0, 0, 8), (1, 0, 2))]
    found = by_labels(labels, READ, "t", ENDS)
    # 2 turns a dialogue with something found, a fifth of it made up; 8 without, a fifth overlooked.
    assert found.value == pytest.approx(2.0 - 2 * 0.2 + 8 * 0.2)
    assert found.interval is not None
    assert found.interval[0] < found.value < found.interval[1]


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=20, max_size=60))
def test_where_all_turns_are_labelled_it_is_what_the_person_counts(
    counted: list[tuple[int, bool]],
) -> None:
    """One dialogue a scenario, and its every turn read: no sampling, no error left."""
    labels = [
        LabelledTurn(f"s{n % 2}", ("t",), found, truth, float(found), 1.0)
        for n, (truth, found) in enumerate(counted)
    ]
    read = {}
    for name in ("s0", "s1"):
        own = [one for one in labels if one.scenario == name]
        there = sum(one.found for one in own)
        read[name] = Read(sum(one.judged for one in own), 1, there, len(own) - there)
    found = by_labels(labels, read, "t", None)
    total = math.fsum(one.truth for one in labels) / 2
    assert found.value == pytest.approx(total)


def test_agreement_leaves_the_figure_and_still_costs_width() -> None:
    found = by_labels(AGREED, READ, "t", ENDS)
    assert found.value == pytest.approx(2.0)
    assert found.interval is not None
    assert found.interval[0] < ENDS[0]
    assert found.interval[1] > ENDS[1] + 1  # a twelfth of eight turns may well be overlooked


def test_what_was_drawn_more_often_counts_less() -> None:
    labels = turns(False, (1, 0, 6), (0, 0, 6))
    drawn = [replace(one, chance=0.4) if one.truth else one for one in labels]
    assert by_labels(labels, READ, "t", None).value == pytest.approx(2 + 8 * 0.5)
    assert by_labels(drawn, READ, "t", None).value == pytest.approx(2 + 8 * 0.2)


def test_counts_above_one_have_the_interval_of_a_count() -> None:
    found = by_labels([*turns(True, (3, 1, 6), (1, 1, 6))], READ, "t", ENDS)
    assert found.value == pytest.approx(2 + 2 * 1.0)
    assert found.interval is not None
    assert found.interval[1] > 5


def test_labels_of_other_arms_and_scenarios_are_not_used() -> None:
    others = [replace(one, arms=("c",), truth=9) for one in AGREED]
    elsewhere = [replace(one, scenario="s9", truth=9) for one in AGREED]
    plain = by_labels(AGREED, READ, "t", ENDS)
    assert by_labels([*AGREED, *others, *elsewhere], READ, "t", ENDS) == plain


def test_too_few_labels_are_refused() -> None:
    assert enough(AGREED, READ, "t") is None
    assert enough(AGREED, READ, "c") == "too few of its turns are labelled: 0, of at least 20"
    lopsided = turns(True, (1, 1, 24))
    assert "the judge found nothing are labelled: 0" in str(enough(lopsided, READ, "t"))
    nothing_else = {name: replace(one, rest=0) for name, one in READ.items()}
    assert enough(lopsided, nothing_else, "t") is None
    assert "found something" in str(enough(turns(False, (0, 0, 24)), READ, "t"))


def test_one_scenario_has_no_interval() -> None:
    found = by_labels(AGREED, {"s0": READ["s0"]}, "t", None)
    assert (found.interval, found.why) == (
        None,
        "one scenario says nothing of how scenarios differ",
    )


def test_a_difference_is_of_two_arms_that_have_a_figure() -> None:
    one, other = Corrected(2.0, (1.0, 4.0)), Corrected(1.0, (0.5, 1.5))
    found = difference(one, other)
    assert found.value == 1.0
    assert found.interval == pytest.approx((1 - math.hypot(1, 0.5), 1 + math.hypot(2, 0.5)))
    missing = Corrected(None, None, "none")
    assert difference(one, missing) == Corrected(None, None, "none")
    alone = Corrected(1.0, None, "alone")
    assert difference(one, alone) == Corrected(1.0, None, "alone")


def test_what_a_judge_has_read_is_of_dialogues_that_all_arms_have() -> None:
    rows = [
        Observation("s0", f"none/{epoch}", arm, value)
        for arm, values in (("t", (2.0, 4.0, None)), ("c", (1.0, None, 3.0)))
        for epoch, value in enumerate(values)
    ]
    turns = {"s0": (4, 16)}
    assert read_of(rows, "t", ["t"], turns) == {"s0": Read(3.0, 2, 4, 16)}
    assert read_of(rows, "t", ["t", "c"], turns) == {"s0": Read(2.0, 1, 2, 8)}
    assert read_of(rows, "t", ["t"], {}) == {}
