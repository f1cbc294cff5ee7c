"""Readings by a rubric that asks questions, beside the answers that are known."""

from __future__ import annotations

import pytest

from harness.analysis.answer_reads import AnswerRead, Asked
from harness.analysis.known_readings import first_of, repeated, usable

SCALE = ("none", "short", "deadline")


def asked(given: str | None, *, directed: bool = False) -> Asked:
    return Asked("hurry", "o", SCALE, "none", directed, "short", given)


def read(told: str = "as_written", repeat: int = 1, given: str | None = "none") -> AnswerRead:
    questions = None if given == "unusable" else (asked(given),)
    return AnswerRead(
        "one", "dispute", {}, told, repeat, ("a", "b"), {"a": "A", "b": "B"}, "a", questions
    )


@pytest.mark.parametrize(
    ("answer", "degree", "direction"),
    [("none", 0, -1), ("short", 0.5, 0), ("deadline", 1, 1), (None, None, None)],
)
def test_the_place_of_an_answer_is_that_of_the_measure(
    answer: str | None, degree: float | None, direction: float | None
) -> None:
    assert asked("none").place(answer) == degree
    assert asked("none", directed=True).place(answer) == direction


def test_a_reading_without_a_reply_is_no_reading() -> None:
    without = read(given="unusable")
    assert usable([without, read()]) == [read()]
    assert without.of("hurry") == ()
    assert first_of([without]) == {}


def test_the_first_reading_counts_and_the_others_are_beside_it() -> None:
    reads = [read(), read(repeat=2, given="short"), read("label", given="deadline")]
    assert first_of(reads) == {"one": reads[0]}
    assert first_of(reads, "label") == {"one": reads[2]}
    assert repeated(reads) == [[reads[0], reads[1]]]
