"""How the answer of a judge is read: strictly, and every answer on words that stand there."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from harness.asking.jsonreply import UnreadableError
from harness.judging.passages import Passage, of_text
from harness.judging.questionnaire import ABSTAINED, NO_QUOTE, NOT_THERE, read, schema
from harness.records.judgement import Quote, Verdict
from tests.support.judging import RUBRIC, verdicts

PASSAGES = of_text("We ask for water.\n\nThe fence can wait.")


def found(**given: tuple[str, list[str]]) -> dict[str, Verdict]:
    return {one.item: one for one in read(verdicts(**given), RUBRIC, PASSAGES)}


def test_an_answer_rests_on_quotes_that_occur() -> None:
    got = found(
        asks_for_water=("yes", ["we ask for water", "we demand the water"]), threatens=("no", [])
    )
    assert got["asks_for_water"] == Verdict(
        item="asks_for_water",
        answer="yes",
        quotes=(Quote(text="We ask for water", at=0),),
        rejected=("we demand the water",),
    )
    assert got["threatens"] == Verdict(item="threatens", answer="no")


@pytest.mark.parametrize(
    ("answer", "quotes", "problem", "rejected"),
    [
        ("yes", [], NO_QUOTE, ()),
        ("yes", ["  "], NO_QUOTE, ()),
        ("yes", ["we demand the water"], NOT_THERE, ("we demand the water",)),
        ("cannot_tell", [], ABSTAINED, ()),
        ("cannot_tell", ["we demand the water"], ABSTAINED, ("we demand the water",)),
    ],
)
def test_without_a_quote_or_a_verdict_the_answer_is_missing(
    answer: str, quotes: list[str], problem: str, rejected: tuple[str, ...]
) -> None:
    got = found(asks_for_water=(answer, quotes), threatens=("no", []))["asks_for_water"]
    assert (got.answer, got.problem, got.rejected) == (None, problem, rejected)


def test_an_answer_on_what_one_side_said_rests_on_its_own_words() -> None:
    item = RUBRIC.items[0].model_copy(update={"said_by": "Arden"})
    rubric = RUBRIC.model_copy(update={"items": (item,)})
    said = (Passage(0, "Boral", "We ask for water."), Passage(1, "Arden", "You ask for water."))
    theirs, own = (
        read(verdicts(asks_for_water=("yes", [quote])), rubric, said)[0]
        for quote in ("we ask for water", "you ask for water")
    )
    assert (theirs.answer, theirs.rejected) == (None, ("we ask for water",))
    assert (own.answer, own.quotes[0].at) == ("yes", 1)
    assert "said_by" not in RUBRIC.model_dump_json(), "other rubrics stay what they were"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"threatens": None}, "'threatens' must be an object, not null."),
        ({"threatens": {"answer": "no"}}, "'threatens' lacks 'quotes'."),
        ({"threatens": {"answer": "maybe", "quotes": []}}, "must be one of 'yes', 'no'"),
        ({"threatens": {"answer": "no", "quotes": "x"}}, "must be a list of strings."),
        ({"threatens": {"answer": "no", "quotes": [1]}}, "must be a list of strings."),
        ({"threatens": {"answer": "no", "quotes": ["x"] * 6}}, "has 6 quotes; the limit is 5."),
        ({"threatens": {"answer": "no", "quotes": ["x" * 1001]}}, "more than 1000 characters."),
        ({"threatens": {"answer": "no", "quotes": [], "sure": 1}}, "must not have 'sure'"),
        ({"score": 3}, "The answer must not have 'score'."),
    ],
)
def test_what_is_not_in_the_form_is_complained_about(
    change: dict[str, Any], complaint: str
) -> None:
    whole = json.loads(verdicts(asks_for_water=("no", []), threatens=("no", [])))
    with pytest.raises(UnreadableError) as caught:
        read(json.dumps({**whole, **change}), RUBRIC, PASSAGES)
    assert complaint in str(caught.value)


def test_an_item_that_is_left_out_makes_the_reply_unusable() -> None:
    with pytest.raises(UnreadableError, match="lacks 'threatens'"):
        read(verdicts(asks_for_water=("no", [])), RUBRIC, PASSAGES)


def test_the_schema_takes_what_is_read() -> None:
    good = json.loads(verdicts(asks_for_water=("cannot_tell", []), threatens=("no", ["x y z"])))
    jsonschema.validate(good, schema(RUBRIC))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**good, "threatens": {"answer": "maybe"}}, schema(RUBRIC))
