"""Which answers a judge takes for which, and where it errs most."""

from __future__ import annotations

from dataclasses import replace

from harness.analysis.answer_errors import ErredAnswers, most_wrong, table_of
from tests.support.answer_reads import asked, read

RIGHT = asked("threat", "o", 1, 1)


def test_a_table_counts_both_seats_and_keeps_what_is_missing_apart() -> None:
    reads = [
        read("a", asked("hurry", "o", 0, 2), asked("hurry", "u", 1, 1)),
        read("b", asked("hurry", "o", 0, 0), asked("hurry", "u", 2, None), RIGHT),
        read("c", asked("hurry", "o", None, 1)),
    ]
    found = table_of(reads, "hurry")
    assert found is not None
    assert found.answers == ("none", "short", "deadline")
    assert found.counts == ((1, 0, 1), (0, 1, 0), (0, 0, 0))
    assert found.missing == (0, 0, 1)
    assert table_of(reads, "ground") is None


def test_the_worst_comes_first_and_says_how_it_is_wrong() -> None:
    reads = [
        read("right", RIGHT),
        read("low", asked("threat", "o", 3, 0), RIGHT, record="id"),
        read("near", asked("threat", "o", 3, 2), RIGHT),
        read("two", asked("threat", "o", 0, 1), asked("threat", "u", 0, None)),
        read("two", asked("threat", "o", 0, 3), asked("threat", "u", 0, 3), repeat=2),
        replace(read("void"), asked=None),
    ]
    found = most_wrong(reads)
    assert [one.transcript for one in found] == ["two", "low", "near"]
    assert found[0].said == "1 too high, 1 without a verdict"
    assert found[1] == ErredAnswers("id", "low", missed=1, false=0, missing=0)
    assert found[1].said == "1 too low"
