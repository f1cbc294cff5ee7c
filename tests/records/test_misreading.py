"""The battery: which questions are asked of which facts, and which answers are right."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from harness.records.misreading import NOT_SAID, Group, Understood, battery, statements
from harness.records.news import NewsFacts

FACTS = NewsFacts(o="b", u="a")


@example(home="h", third="c", heard=True, outline=True)
@given(
    home=st.sampled_from([None, "h"]),
    third=st.sampled_from([None, "c"]),
    heard=st.booleans(),
    outline=st.booleans(),
)
def test_every_question_has_one_right_answer_and_says_where_nothing_is_said(
    home: str | None, third: str | None, heard: bool, outline: bool
) -> None:
    facts = NewsFacts(o="b", u="a", home=home, third=third, third_heard=heard, outline=outline)
    asked = battery(facts)
    for one in asked:
        assert one.answers.count(one.right) == 1
        assert len(set(one.answers)) == len(one.answers)
        assert 3 <= len(one.answers) <= 5
        assert NOT_SAID in one.answers
    assert {one.group for one in asked} >= set(get_args(Group)) - {"consulted"}
    assert len({one.id for one in asked}) == len(asked)


def test_the_right_answers_follow_from_the_facts() -> None:
    def right(facts: NewsFacts) -> dict[str, str]:
        return {one.id: one.right for one in battery(facts)}

    assert right(FACTS) == {
        "spoke_for": "themselves",
        "binds": "nobody",
        "lacks": "negotiation",
        "took_part": "no",
        "was_asked": "no",
        "view": NOT_SAID,
    }
    absent = replace(FACTS, third="c")
    assert right(absent)["consulted"] == "no"
    assert right(replace(absent, third_heard=True))["consulted"] == "took_part"
    assert "home" in battery(replace(FACTS, home="h"))[0].answers
    assert "home" not in battery(FACTS)[0].answers


def test_statements_are_true_or_false_by_the_facts_and_both_are_there() -> None:
    def true(facts: NewsFacts) -> dict[str, bool]:
        return {one.id: one.true for one in statements(facts)}

    plain = {"sent": False, "free": True, "open": True, "begun": False, "stayed_away": False}
    assert true(FACTS) == plain
    absent = replace(FACTS, third="c")
    assert true(absent) == {**plain, "heard": False}
    assert true(replace(absent, third_heard=True))["heard"] is True
    assert true(replace(FACTS, home="h"))["sent_by_home"] is False
    assert {one.group for one in statements(absent)} == set(get_args(Group))


def test_a_reader_from_before_there_were_statements_is_read_and_written_as_it_was() -> None:
    old = b'{"reader":"ally","side":"ally","answers":{"view":"not_said"},"trust":6.0}'
    adapter = TypeAdapter(Understood)
    read = adapter.validate_json(old)
    assert read.chances is None
    assert b"chances" not in adapter.dump_json(read)
