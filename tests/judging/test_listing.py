"""How the list of a judge is read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.asking.jsonreply import UnreadableError
from harness.judging.listing import NOT_THERE, UNSURE, read, schema
from harness.judging.passages import Passage
from harness.records.judgement import JudgedAnswer, JudgedItem, Rubric

SAYS = (JudgedAnswer(id="could", text="it could"), JudgedAnswer(id="never", text="it could not"))
RUBRIC = Rubric(
    id="facts",
    about="You look at what is said of a well.",
    listed="List what Arden says.",
    items=(
        JudgedItem(id="limit.well.half", question="half of it", answers=SAYS, said_by="Arden"),
        JudgedItem(
            id="weight.well",
            question="how much it matters",
            answers=(JudgedAnswer(id="most", text="most of all"), SAYS[0]),
        ),
    ),
)
PASSAGES = (
    Passage(0, "Arden", "We could live with half.", did="puts u-1: well mine"),
    Passage(3, "Boral", "You could live with less."),
)


def reply(*entries: Any) -> str:
    return json.dumps({"found": list(entries)})


def entry(quote: str, answer: str = "could", of: str = "limit.well.half") -> dict[str, str]:
    return {"quote": quote, "of": of, "answer": answer}


def test_an_empty_list_is_an_answer() -> None:
    assert read(reply(), RUBRIC, PASSAGES) == ()


def test_an_entry_has_its_quote_as_it_stands() -> None:
    (one,) = read(reply(entry("WE could  live with half")), RUBRIC, PASSAGES)
    assert (one.item, one.answer, one.problem) == ("limit.well.half", "could", None)
    assert [(quote.text, quote.at) for quote in one.quotes] == [("We could live with half", 0)]


def test_an_entry_comes_once_and_an_item_as_often_as_it_is_found() -> None:
    same = entry("could live with half")
    found = read(reply(same, same, {**same, "answer": "never"}), RUBRIC, PASSAGES)
    assert [one.answer for one in found] == ["could", "never"]


@pytest.mark.parametrize(
    "quote",
    [
        "you could live with less",  # the other's words
        "puts u-1: well mine",  # no words at all
        "we could live with everything",
        "half",
        "",
    ],
)
def test_words_that_it_did_not_say_are_thrown_away_and_kept(quote: str) -> None:
    (one,) = read(reply(entry(quote)), RUBRIC, PASSAGES)
    assert (one.answer, one.quotes, one.rejected) == (None, (), (quote,))
    assert one.problem == NOT_THERE


def test_without_a_speaker_anybody_s_words_count() -> None:
    found = entry("you could live with less", of="weight.well", answer="most")
    (one,) = read(reply(found), RUBRIC, PASSAGES)
    assert one.quotes[0].at == 3


def test_a_judge_may_abstain_on_an_entry() -> None:
    (one,) = read(reply(entry("could live with half", "cannot_tell")), RUBRIC, PASSAGES)
    assert (one.answer, one.problem) == (None, UNSURE)
    assert one.quotes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("none", "JSON"),
        ("{}", "lacks 'found'"),
        ('{"found": {}}', "'found' must be a list, empty where there is nothing to list"),
        (reply("could"), "'found[0]' must be an object"),
        (reply({"quote": "x", "answer": "could"}), "lacks 'of'"),
        (reply({**entry("x"), "why": "y"}), "must not have 'why'|has only"),
        (reply({**entry("x"), "quote": 3}), "'found[0].quote' must be a string"),
        (reply(entry("x", of="limit.well")), "'found[0].of' must be a name that"),
        (reply(entry("x", "most")), "must be one of 'could', 'never', 'cannot_tell', not 'most'"),
        (reply(*[entry("x")] * 61), "has 61 entries; the limit is 60"),
    ],
)
def test_what_is_out_of_form_is_asked_for_again(text: str, said: str) -> None:
    with pytest.raises(UnreadableError) as error:
        read(text, RUBRIC, PASSAGES)
    assert any(part in str(error.value) for part in said.split("|"))


def test_the_schema_names_what_there_is() -> None:
    properties = schema(RUBRIC)["properties"]["found"]["items"]["properties"]
    assert list(properties) == ["quote", "of", "answer"]
    assert properties["of"]["enum"] == ["limit.well.half", "weight.well"]
    assert properties["answer"]["enum"] == ["could", "never", "most", "cannot_tell"]
