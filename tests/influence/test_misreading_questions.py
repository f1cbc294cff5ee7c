"""A sheet of questions: its order, its form, and what of a reply is taken."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.asking.jsonreply import UnreadableError
from harness.influence.misreading_questions import drawn, read, schema, sheet
from harness.prompting.news import LETTERS
from harness.records.misreading import NOT_SAID, TRUST, battery, statements
from harness.records.news import NewsFacts

FACTS = NewsFacts(o="b", u="a", third="c")
ASKED = battery(FACTS)
SAID = drawn(statements(FACTS), "ally", 5)
LIKELY = {one.id: 20.0 for one in SAID}
SHEET = sheet(ASKED, "ally", 5)


def letters(answers: dict[str, str], trust: object = 6) -> dict[str, object]:
    """The reply that gives these answers."""
    placed = {one.id: LETTERS[shown.index(answers[one.id])] for one, shown in SHEET}
    return {**LIKELY, **placed, TRUST: trust}


RIGHT = {one.id: one.right for one in ASKED}


@settings(max_examples=15, deadline=None)
@example(seed=1)
@given(seed=st.integers(0, 2**62))
def test_every_answer_stands_once_whatever_the_order(seed: int) -> None:
    asked = sheet(ASKED, "ally", seed)
    assert [one for one, _ in asked] == list(ASKED)
    assert all(sorted(shown) == sorted(one.answers) for one, shown in asked)
    assert asked == sheet(ASKED, "ally", seed)
    said = drawn(statements(FACTS), "ally", seed)
    assert sorted(one.id for one in said) == sorted(one.id for one in SAID)


def test_the_order_is_a_readers_own_and_no_letter_is_right_more_often() -> None:
    assert sheet(ASKED, "ally", 5) != sheet(ASKED, "public", 5)
    places = [
        shown.index(one.right)
        for seed in range(60)
        for one, shown in sheet(ASKED, "ally", seed)
        if len(shown) == 4
    ]
    shares = [places.count(at) / len(places) for at in range(4)]
    assert shares == pytest.approx([0.25] * 4, abs=0.09)


def test_a_reply_is_read_by_its_letters() -> None:
    assert read(json.dumps(letters(RIGHT)), SHEET, SAID) == (RIGHT, LIKELY, 6.0)
    unsaid = dict.fromkeys(RIGHT, NOT_SAID)
    assert read(json.dumps(letters(unsaid, 0)), SHEET, SAID) == (unsaid, LIKELY, 0.0)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"spoke_for": "E"}, "'spoke_for' must be one of"),
        ({"spoke_for": "themselves"}, "'spoke_for' must be one of"),
        ({"spoke_for": None}, "'spoke_for' must be one of"),
        ({TRUST: 11}, "'trust' must be a number from 0 to 10"),
        ({TRUST: 6.5}, "'trust' must be a whole number"),
        ({TRUST: None}, "'trust' must be a number"),
        ({"sent": 101}, "'sent' must be a number from 0 to 100"),
        ({"sent": 0.5}, "'sent' must be a whole number"),
        ({"sent": "A"}, "'sent' must be a number"),
        ({"why": "so"}, "must not have 'why'"),
    ],
)
def test_a_reply_out_of_form_is_no_answer(change: dict[str, object], why: str) -> None:
    with pytest.raises(UnreadableError, match=why):
        read(json.dumps(letters(RIGHT) | change), SHEET, SAID)


def test_a_question_that_is_left_out_makes_the_whole_unusable() -> None:
    given_ = letters(RIGHT)
    del given_["view"]
    with pytest.raises(UnreadableError, match="The answer lacks 'view'"):
        read(json.dumps(given_), SHEET, SAID)
    with pytest.raises(UnreadableError, match="no JSON object"):
        read("They spoke for themselves.", SHEET, SAID)


def test_the_schema_allows_what_is_read() -> None:
    form = schema(SHEET, SAID)
    assert form["required"] == [*LIKELY, *RIGHT, TRUST]
    assert form["properties"]["sent"] == {"type": "integer", "minimum": 0, "maximum": 100}
    assert form["properties"]["view"]["enum"] == ["A", "B", "C"]
    assert form["additionalProperties"] is False
