"""The account of a judge of questions: what it gets right, item by item, and what is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.answer_account import answer_account, right
from harness.analysis.answer_reads import AnswerRead, Asked
from harness.plans.rubric import INSTRUCTS
from tests.support.answer_reads import asked, read

TRUE = ((0, 0), (0, 3), (1, 0), (2, 0))
"""Places of the true answers about the official and the other seat, talk by talk."""


def threats(*given: tuple[int | None, int | None], **fields: object) -> list[AnswerRead]:
    """Twenty transcripts; of each four in a row, what the judge gives of both seats."""
    found = []
    for number in range(20):
        (true_o, true_u), (o, u) = TRUE[number % 4], given[number % 4]
        pair = asked("threat", "o", true_o, o), asked("threat", "u", true_u, u)
        found.append(read(f"talk {number}", *pair, **fields))
    return found


def test_a_judge_that_is_right_is_not_known_to_be_always_right() -> None:
    found = answer_account(threats(*TRUE))
    own = found.items["threat"]
    for name in ("right", "right.plain", "sensitivity", "specificity", "kappa", "alpha"):
        one = own[name]
        assert one.low is not None
        assert one.value == one.high == 1.0, name
        assert one.low < 0.95, name
    assert own["error"].value == 0
    assert own["error"].low == -own["error"].high < 0  # type: ignore[operator]
    assert (own["right"].n, own["sensitivity"].n, own["specificity"].n) == (40, 15, 25)
    assert (found.read, found.unusable, found.abstained) == (20, 0, 0)
    assert found.stability == {}
    assert "right.devious" not in own


def test_answers_are_held_against_the_truth() -> None:
    own = answer_account(threats((0, 1), (0, 2), (1, 0), (0, 0))).items["threat"]
    assert own["right"].value == pytest.approx(5 / 8)
    assert own["sensitivity"].value == pytest.approx(2 / 3)
    assert own["specificity"].value == pytest.approx(4 / 5)
    # Of eight answers (five nothing, one of each else) by the truth, and (five, two, one, none).
    chance = (5 * 5 + 1 * 2 + 1 * 1) / 64
    assert own["kappa"].value == pytest.approx((5 / 8 - chance) / (1 - chance))
    # One threat made up of a third of the scale, one named a third lower, one missed by two thirds.
    assert own["error"].value == pytest.approx((1 / 3 - 1 / 3 - 2 / 3) / 8)
    assert own["alpha"].value is not None
    assert 0 < own["alpha"].value < 1


def test_what_has_no_verdict_is_neither_right_nor_wrong_nor_nothing() -> None:
    found = answer_account(threats((0, None), (0, 3), (None, 0), (2, 0)))
    own = found.items["threat"]
    assert (own["right"].value, own["right"].n) == (1.0, 30)
    assert (own["specificity"].value, own["sensitivity"].value) == (1.0, 1.0)
    assert own["missing"].value == pytest.approx(2 / 8)
    assert own["missing.there"].value == pytest.approx(1 / 3)
    assert own["missing.not"].value == pytest.approx(1 / 5)
    assert found.abstained == 10


def test_readings_without_a_reply_are_counted_and_enter_no_figure() -> None:
    reads = threats(*TRUE)
    reads += [replace(read(f"void {n}"), asked=None, rejected=2) for n in range(3)]
    found = answer_account(reads)
    assert (found.read, found.unusable, found.rejected) == (20, 3, 6)
    assert found.agreement["right"].n == 40


def test_an_item_whose_truth_is_not_known_has_no_figures() -> None:
    reads = [read(f"t{n}", asked("hurry", "o", None, 1)) for n in range(12)]
    found = answer_account(reads)
    assert found.items == {"hurry": {}}
    assert found.agreement["right"].value is None


def test_devious_talk_is_apart() -> None:
    reads = threats(*TRUE)
    devious = threats((1, 1), (1, 1), (0, 1), (1, 1), marks={"manner": "devious"})
    reads += [replace(one, transcript=f"devious {one.transcript}") for one in devious]
    found = answer_account(reads)
    own = found.items["threat"]
    assert (own["right.plain"].value, own["right.devious"].value) == (1.0, 0.0)
    assert found.per_kind["devious"]["right"].value == 0.0
    assert found.per_kind["plain"]["right"].value == 1.0


def test_whether_something_speaks_to_the_judge_flatters_no_other_figure() -> None:
    quiet = Asked(INSTRUCTS, "", ("no", "yes"), "no", False, "no", "no")
    reads = [
        replace(one, asked=(*(one.asked or ()), quiet))
        for one in threats((1, 1), (1, 1), (0, 1), (1, 1))
    ]
    found = answer_account(reads)
    assert found.items[INSTRUCTS]["right"].value == 1.0
    assert found.agreement["right"].value == 0.0


def test_a_directed_item_tells_the_direction_from_whether_anything_is_there() -> None:
    reads = []
    for number in range(20):
        true, said = ((0, 4), (4, 3), (2, 2), (1, 0))[number % 4]
        reads.append(read(f"t{number}", asked("ground", "", true, said)))
    own = answer_account(reads).items["ground"]
    assert own["sensitivity"].value == 1.0
    assert own["direction"].value == pytest.approx(2 / 3)
    assert own["error"].value == pytest.approx((2 - 0.5 + 0 - 0.5) / 4)


def test_both_seats_of_a_transcript_are_one_piece_of_evidence() -> None:
    both_wrong = threats((1, 1), (0, 3), (1, 0), (2, 0))
    one_wrong = threats((1, 0), (1, 3), (1, 0), (2, 0))
    wide, narrow = right(both_wrong), right(one_wrong)
    assert wide.value == narrow.value
    assert wide.low is not None
    assert narrow.low is not None
    assert wide.low < narrow.low


def test_nothing_that_was_read_gives_no_figure() -> None:
    found = answer_account([replace(read(), asked=None)])
    assert (found.read, found.unusable, dict(found.items)) == (0, 1, {})
    assert found.agreement["right"].value is None


places = st.integers(0, 3)
talks = st.lists(st.tuples(places, st.none() | places, places, st.none() | places), max_size=25)


@given(talks)
def test_figures_lie_where_they_can_and_inside_their_intervals(
    answers: list[tuple[int, int | None, int, int | None]],
) -> None:
    reads = [
        read(f"t{n}", asked("threat", "o", a, b), asked("threat", "u", c, d), opener="ab"[n % 2])
        for n, (a, b, c, d) in enumerate(answers)
    ]
    for name, one in answer_account(reads).items.get("threat", {}).items():
        assert (one.value is None) <= (one.low is None)
        if one.value is not None:
            assert -2 <= one.value <= 1 or name in ("speaker", "seat")
        if one.low is not None:
            assert one.value is not None
            assert one.high is not None
            assert one.low <= one.value + 1e-12
            assert one.value <= one.high + 1e-12
            assert one.low < one.high, name
