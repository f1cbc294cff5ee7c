"""Which readings of known transcripts count for what, whatever a rubric asks for."""

from __future__ import annotations

from dataclasses import dataclass

from harness.analysis.known_readings import first_of, repeated, usable


@dataclass(frozen=True)
class Reading:
    transcript: str
    told: str = "as_written"
    repeat: int = 1
    usable: bool = True


def test_a_reading_without_a_reply_counts_for_nothing() -> None:
    lost, there = Reading("a", usable=False), Reading("a")
    assert usable([lost, there]) == [there]
    assert first_of([lost]) == {}
    assert repeated([lost, there]) == []


def test_the_first_reading_of_each_telling_counts() -> None:
    one, again, otherwise = Reading("a"), Reading("a", repeat=2), Reading("a", told="label")
    assert first_of([again, one, otherwise]) == {"a": one}
    assert first_of([again, one, otherwise], "label") == {"a": otherwise}


def test_what_was_read_twice_is_of_the_same_words() -> None:
    one, again = Reading("a"), Reading("a", repeat=2)
    assert repeated([one, Reading("a", told="label"), Reading("b"), again]) == [[one, again]]
