"""The rubric of a judgement: items and answers are told apart."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from harness.plans.prose_ledger import prose_ledger_rubric
from harness.records.judgement import (
    Judge,
    JudgedAnswer,
    JudgedField,
    JudgedItem,
    Judgement,
    Quote,
    Rubric,
    Verdict,
)
from harness.suite.parts import ModelSettings
from tests.support.judging import RUBRIC, SMALL_DISPUTE, YES_NO


def test_an_item_has_each_answer_once_and_abstaining_is_no_answer_of_its_own() -> None:
    with pytest.raises(ValidationError, match="has an answer twice"):
        JudgedItem(id="x", question="?", answers=(*YES_NO, YES_NO[0]))
    tells = JudgedAnswer(id="cannot_tell", text="unclear")
    with pytest.raises(ValidationError, match="may answer 'cannot_tell' already"):
        JudgedItem(id="x", question="?", answers=(*YES_NO, tells))


def test_a_judge_with_fields_of_its_server_is_told_from_others() -> None:
    """They may hold anything that JSON can, and judges are put into sets."""
    deep = [Judge(model="openai/x", settings=ModelSettings(extra={"a": {"b": [n]}})) for n in "112"]
    assert len({*deep, Judge(model="openai/x"), Judge(model="openai/y")}) == 4
    assert len({deep[0], deep[1]}) == 1


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


SAID = tuple(one.model_copy(update={"quoted": True}) for one in YES_NO)
ITEM = JudgedItem(id="x", question="?", answers=SAID)
WHO = JudgedField(id="who", question="Who?", answers=SAID)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"placed": True}, "only what is listed has a place"),
        ({"listed": "All.", "fields": (WHO,)}, "only an entry with a place has further fields"),
        ({"listed": "All.", "placed": True, "fields": (WHO, WHO)}, "a field twice"),
    ],
)
def test_only_an_entry_of_a_list_has_a_place_and_fields(
    changes: dict[str, object], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        Rubric.model_validate({"id": "x", "about": "All.", "items": (ITEM,), **changes})
    assert not {"placed", "fields"} & set(RUBRIC.model_dump(mode="json"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"id": "quote"}, "has a 'quote' already"),
        ({"answers": (*SAID, SAID[0])}, "has an answer twice"),
        ({"quoted": True}, "words of the passage, and none of a list"),
        ({"answers": ()}, "has no answers"),
    ],
)
def test_a_field_has_values_of_one_kind(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        JudgedField.model_validate({**WHO.model_dump(), **changes})


def test_a_field_of_an_item_has_its_answers_too() -> None:
    was = JudgedField(id="was", question="?", answers=(SAID[1],), of_item=True)
    assert was.allowed(ITEM.model_copy(update={"answers": SAID[:1]})) == ("yes", "no")
    assert WHO.allowed(ITEM) == ("yes", "no")
    assert JudgedField(id="if", question="?", quoted=True).allowed(ITEM) == ()


def test_the_fields_of_an_event_are_kept_and_those_of_no_event_left_out() -> None:
    quotes = (Quote(text="half", at=3),)
    event = Verdict(item="x", answer="yes", quotes=quotes, fields={"who": "no"})
    plain = Verdict(item="x", answer="yes", quotes=quotes)
    text = Judgement(verdicts=(event, plain)).model_dump_json()
    assert text.count("fields") == 1
    assert Judgement.model_validate_json(text).verdicts == (event, plain)
    assert len({event, plain}) == 2, "the same words in another way are another event"
    rubric = prose_ledger_rubric(SMALL_DISPUTE)
    assert Rubric.model_validate_json(rubric.model_dump_json()) == rubric


def test_a_judge_can_tell_the_items_of_a_rubric_apart() -> None:
    one = ITEM.model_copy(update={"id": "x_o", "asked_as": "x"})
    two = ITEM.model_copy(update={"id": "x", "asked_as": None})
    with pytest.raises(ValidationError, match="could not tell two items of a rubric apart"):
        Rubric(id="r", about="?", items=(one, two))
    ledger = prose_ledger_rubric(SMALL_DISPUTE)
    first = ledger.items[0].model_copy(update={"asked_as": "y"})
    with pytest.raises(ValidationError, match="is asked for by its id"):
        Rubric.model_validate({**dict(ledger), "items": (first, *ledger.items[1:])})
    assert ledger.as_told() is ledger
    told = Rubric(id="r", about="?", items=(one,)).as_told()
    assert [(item.id, item.told, item.asked_as) for item in told.items] == [("x", "x", None)]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"most": None}, "has topics, and says from where on"),
        ({"topics": ()}, "has topics, and says from where on"),
        ({"placed": False, "fields": ()}, "a placed list has topics"),
        ({"topics": prose_ledger_rubric(SMALL_DISPUTE).topics[1:]}, "of one of its topics"),
    ],
)
def test_topics_are_parts_of_a_placed_list(changes: dict[str, object], said: str) -> None:
    whole = dict(prose_ledger_rubric(SMALL_DISPUTE))
    with pytest.raises(ValidationError, match=said):
        Rubric.model_validate({**whole, **changes})
