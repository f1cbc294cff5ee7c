"""Which words count, and which are of one root."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.judging.vocabulary import LEAST_OF_NAME, root, rooted, roots, words

SMALL = (
    *("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def spoken(number: int, joint: str = " ") -> str:
    """A number below a million as people say it."""
    if number >= 1000:
        return f"{spoken(number // 1000)} thousand {spoken(number % 1000, joint)}".strip()
    if number >= 100:
        rest = spoken(number % 100)
        return f"{SMALL[number // 100]} hundred{joint + rest if rest else ''}"
    if number >= 20:
        return f"{TENS[number // 10]}-{SMALL[number % 10]}".strip("-")
    return SMALL[number]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The quay is built at once", ["quay", "built", "once"]),
        ("sixteen hundred metres", ["1600", "metres"]),
        ("1,200 metres, two stages", ["1200", "metres", "stages"]),
        ("twelve hundred, two of them", ["1200"]),  # a comma ends a number
        ("1200 ten", ["1200", "10"]),
        ("cap_160k, 160 thousand, 160,000", ["160000", "160"] * 3),
        ("two hundred and forty thousand", ["240000", "240"]),
        ("hundred and ten", ["hundred", "10"]),
        ("ten twenty thirty-five", ["10", "20", "35"]),
        ("nine of ten", ["10"]),
        ("zero hundred", ["hundred"]),
        ("a million million", ["million", "million"]),
        ("9" * 40, ["9" * 40]),
    ],
)
def test_words_count_in_their_order_and_numbers_as_digits(text: str, found: list[str]) -> None:
    assert list(words(text)) == found


def test_a_short_word_counts_where_it_is_asked_for() -> None:
    assert list(words("The law of the cap")) == []
    assert list(words("The law of the cap", LEAST_OF_NAME)) == ["law", "cap"]


@given(st.integers(10, 999_999), st.sampled_from([" ", " and "]))
def test_a_number_is_the_same_in_words_and_in_digits(number: int, joint: str) -> None:
    said = list(words(f"at most {spoken(number, joint)} of them"))
    assert said == list(words(f"at most {number} of them")) == list(words(f"{number:,}"))
    assert said[0] == str(number)


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("inspections", ("inspectors", "inspected", "inspection")),
        ("sanctions", ("sanctioned", "sanction")),
        ("hiring", ("hire", "hired", "hires")),
        ("rebuilding", ("rebuilt", "rebuild")),
        ("cap", ("caps", "capped"[:3])),
        ("1600", ("1600",)),
    ],
)
def test_words_of_one_root(word: str, others: tuple[str, ...]) -> None:
    assert root(word) in rooted(word)
    assert all(root(word) in rooted(other) for other in others)


@pytest.mark.parametrize(
    ("word", "other"),
    [("cap", "capital"), ("law", "lawn"), ("hiring", "hill"), ("16", "1600"), ("1600", "160")],
)
def test_words_that_only_look_alike(word: str, other: str) -> None:
    assert root(word) not in rooted(other)


@given(st.lists(st.text(st.characters(categories=("L", "Nd")), min_size=1, max_size=14)))
def test_the_roots_of_words_are_one_a_family(texts: list[str]) -> None:
    every = [word for text in texts for word in words(text, LEAST_OF_NAME)]
    found = roots(every)
    assert all(found & set(rooted(word)) for word in every)
    for one in found:
        assert not any(one != other and one.startswith(other) for other in found if len(other) > 3)
