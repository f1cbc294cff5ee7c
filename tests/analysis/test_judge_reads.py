"""What a judge made of a transcript."""

from __future__ import annotations

import pytest

from harness.analysis.event_matching import Event
from harness.analysis.judge_reads import Erred, Read, most_erred
from harness.analysis.known_readings import first_of, repeated, usable
from tests.support.judge_reads import read

X, Y = Event(2, "a", "concedes.x", "p"), Event(4, "b", "final.y", "q")


def test_counts_are_of_all_events_or_of_a_family() -> None:
    one = read(truth=(X, Y), listed=(X, Event(5, "a", "concedes.y", "p")))
    assert one.counts() == (1, 1, 1, 1)
    assert one.counts("concedes") == (1, 1, 0, 1)
    assert one.counts("final") == (0, 0, 1, 0)
    assert (one.excess("a"), one.excess("b", "final")) == (1, -1)


def test_an_event_that_the_judge_abstains_from_is_neither_found_nor_missed() -> None:
    unsure = (Event(2, "a", "concedes.x", ""),)
    one = read(truth=(X, Y), listed=(Y,), unsure=unsure)
    assert one.known == (Y,)
    assert one.counts() == (1, 1, 0, 0)
    both = read(truth=(X,), listed=(X,), unsure=unsure)
    assert both.counts() == (1, 1, 0, 0), "it listed it as well"


def test_a_reading_without_an_answer_counts_in_no_figure() -> None:
    void = read(truth=(X,), listed=None)
    assert usable([void, read(truth=(X,), listed=())]) == [read(truth=(X,), listed=())]
    assert first_of([void]) == {}
    with pytest.raises(ValueError, match="no usable answer"):
        void.counts()


def test_where_a_judge_errs_most_stands_first() -> None:
    reads = [
        read("right", truth=(X,), listed=(X,), record="0"),
        read("one", truth=(X,), listed=(), record="1"),
        read("two", truth=(X,), listed=(Y,), record="2"),
        read("two", truth=(X,), listed=(), repeat=2),
        read("void", truth=(X,), listed=None),
    ]
    assert most_erred(reads) == [Erred("2", "two", 1, 1), Erred("1", "one", 1, 0)]


def test_readings_are_found_by_how_they_were_told() -> None:
    reads: list[Read] = [
        read(listed=(X,)),
        read(listed=(Y,), repeat=2),
        read(listed=(), told="label"),
        read("other", listed=()),
        read("other", listed=None, repeat=2),
    ]
    assert [one.listed for one in first_of(reads).values()] == [(X,), ()]
    assert [one.listed for one in first_of(reads, "label").values()] == [()]
    assert [[one.repeat for one in own] for own in repeated(reads)] == [[1, 2]]
