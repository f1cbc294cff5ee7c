"""The rubric of a judgement: items and answers are told apart."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from harness.records.judgement import JudgedAnswer, JudgedItem, Rubric
from tests.support.judging import RUBRIC, YES_NO


def test_an_item_has_each_answer_once_and_abstaining_is_no_answer_of_its_own() -> None:
    with pytest.raises(ValidationError, match="has an answer twice"):
        JudgedItem(id="x", question="?", answers=(*YES_NO, YES_NO[0]))
    tells = JudgedAnswer(id="cannot_tell", text="unclear")
    with pytest.raises(ValidationError, match="may answer 'cannot_tell' already"):
        JudgedItem(id="x", question="?", answers=(*YES_NO, tells))


def test_a_rubric_has_each_item_once() -> None:
    with pytest.raises(ValidationError, match="an item twice"):
        Rubric(id="x", about="All.", items=(RUBRIC.items[0], RUBRIC.items[0]))
    assert RUBRIC.items[0].answer("no").quoted is False


def test_what_is_listed_rests_on_a_quote() -> None:
    with pytest.raises(ValidationError, match="every answer of it is quoted"):
        Rubric(id="x", about="All.", listed="Everything.", items=RUBRIC.items)
    assert "listed" not in RUBRIC.model_dump_json(), "the ids of all others stay what they were"


@pytest.mark.parametrize(("name", "good"), [("a.b_1.c", True), ("a..b", False), ("a.", False)])
def test_an_item_is_named_part_by_part(name: str, good: bool) -> None:
    made = None
    try:
        made = JudgedItem(id=name, question="?", answers=YES_NO)
    except ValidationError:
        assert not good
    assert (made is not None) is good
