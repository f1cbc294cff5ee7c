"""Which way a judge of questions leans, and whether it says the same again."""

from __future__ import annotations

import pytest

from harness.analysis.answer_leanings import bias_of, item_leanings, stability_of
from harness.analysis.answer_reads import AnswerRead
from tests.support.answer_reads import asked, read

SWAPPED = {"a": "Bela", "b": "Anna"}


def many(o: int | None, u: int | None, **fields: object) -> list[AnswerRead]:
    """Twenty transcripts in which each seat says that time is short, as a judge reads them."""
    pair = asked("hurry", "o", 1, o), asked("hurry", "u", 1, u)
    return [read(f"talk {n}", *pair, **fields) for n in range(20)]


def test_a_lean_to_a_name_shows_over_both_tellings_and_one_to_a_seat_does_not() -> None:
    to_name = [*many(2, 1), *many(1, 2, told="label", labels=SWAPPED)]
    assert bias_of(to_name)["label"].value == 0.5
    assert bias_of(to_name)["label_changes"].value == 1.0
    to_seat = [*many(2, 1), *many(2, 1, told="label", labels=SWAPPED)]
    found = bias_of(to_seat)
    assert found["label"].value == 0.0
    assert found["label_changes"].value == 0.0
    assert found["seat"].value == found["speaker"].value == 0.5


def test_the_other_name_is_below_0() -> None:
    assert bias_of([*many(0, 1), *many(1, 0, told="label", labels=SWAPPED)])["label"].value == -0.5


def test_a_lean_to_the_speaker_is_told_from_one_to_the_seat() -> None:
    reads = [*many(2, 1)]
    reads += [read(f"second {n}", *(many(1, 2)[n].asked or ()), opener="b") for n in range(20)]
    found = bias_of(reads)
    assert (found["speaker"].value, found["seat"].value) == (0.5, 0.0)


def test_a_pull_to_the_first_answer_shows_in_both_orders() -> None:
    found = bias_of([*many(0, 0), *many(2, 2, told="order")])
    assert found["order"].value == 0.5
    assert found["order_changes"].value == 1.0
    away = bias_of([*many(2, 2), *many(0, 0, told="order")])
    assert away["order"].value == -0.5
    none = bias_of([*many(2, 0), *many(2, 0, told="order")])
    assert (none["order"].value, none["order_changes"].value) == (0.0, 0.0)


def test_a_directed_item_leans_to_the_party_it_runs_to() -> None:
    def ground(given: int, **fields: object) -> list[AnswerRead]:
        return [read(f"t{n}", asked("ground", "", 2, given), **fields) for n in range(20)]

    seat = [*ground(3), *ground(3, told="label", labels=SWAPPED)]
    assert (bias_of(seat)["seat"].value, bias_of(seat)["label"].value) == (0.5, 0.0)
    name = [*ground(3), *ground(1, told="label", labels=SWAPPED)]
    assert (bias_of(name)["label"].value, item_leanings(name, "ground")["label"].value) == (
        0.5,
    ) * 2
    pulled = [*ground(0), *ground(4, told="order")]
    assert bias_of(pulled)["order"].value == 0.5, "as a share of the scale"


def test_what_was_not_answered_of_one_seat_says_nothing_of_a_lean() -> None:
    found = bias_of([*many(2, None), *many(2, None, told="label", labels=SWAPPED)])
    assert found.keys() == {"label_changes"}
    assert item_leanings(many(2, 1), "threat") == {}


def test_a_lean_on_one_item_is_a_mean_over_items() -> None:
    pair = asked("hurry", "o", 1, 2), asked("hurry", "u", 1, 1)
    other = asked("threat", "o", 0, 0), asked("threat", "u", 0, 0)
    reads = [read(f"t{n}", *pair, *other) for n in range(20)]
    assert bias_of(reads)["seat"].value == 0.25
    assert item_leanings(reads, "hurry")["seat"].value == 0.5


def test_other_words_cost_what_they_cost() -> None:
    reads = [*many(1, 1), *many(1, 0, told="paraphrase")[:10], *many(1, 1, told="paraphrase")[10:]]
    found = bias_of(reads)["paraphrase_right"]
    assert found.value == pytest.approx(-0.25)
    assert "verbosity_right" not in bias_of(reads)


def test_readings_of_the_same_words() -> None:
    reads = [*many(0, 2), *many(0, 2, repeat=2)[:10], *many(2, 2, repeat=2)[10:]]
    found = stability_of(reads)
    assert (found["same"].value, found["same"].n) == (0.75, 40)
    assert found["alpha.hurry"].value is not None
    assert 0 < found["alpha.hurry"].value < 1
    assert stability_of(many(0, 2)) == {}


def test_a_verdict_that_is_missing_is_no_other_answer() -> None:
    found = stability_of([*many(0, 2), *many(None, 2, repeat=2)])
    assert (found["same"].value, found["same"].n) == (1.0, 20)


def test_where_all_are_alike_one_item_of_several_may_still_be_off() -> None:
    pair = asked("hurry", "o", 1, 1), asked("hurry", "u", 1, 1)
    other = asked("threat", "o", 0, 0), asked("threat", "u", 0, 0)
    one = item_leanings([read(f"t{n}", *pair) for n in range(20)], "hurry")["seat"]
    both = bias_of([read(f"t{n}", *pair, *other) for n in range(20)])["seat"]
    assert one.high is not None
    assert both.high == pytest.approx(one.high / 2)


def test_a_question_that_nobody_planted_says_nothing_of_stability_or_order() -> None:
    def with_other(given: int, **fields: object) -> list[AnswerRead]:
        planted_ = asked("threat", "o", 3, 3)
        return [
            read(f"t{n}", planted_, asked("hurry", "o", None, given), **fields) for n in range(20)
        ]

    reads = [*with_other(0), *with_other(2, repeat=2), *with_other(2, told="order")]
    assert stability_of(reads)["same"].value == 1.0
    assert stability_of(reads).keys() == {"same", "alpha.threat"}
    assert bias_of(reads)["order"].value == 0.0
    assert bias_of(reads)["order_changes"].value == 0.0
