"""How a list of events, each at its passage, is read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.asking.jsonreply import UnreadableError
from harness.judging.events import (
    NO_ANSWER,
    NO_ITEM,
    NO_VALUE,
    NOT_IN_PASSAGE,
    OTHER_SIDE,
    READ_BEFORE,
    REJECTED,
    read,
    schema,
)
from harness.judging.listing import UNSURE
from harness.judging.passages import Passage, place_of
from harness.plans.prose_ledger import prose_ledger_rubric
from harness.records.judgement import Verdict
from tests.support.judging import SMALL_DISPUTE

RUBRIC = prose_ledger_rubric(SMALL_DISPUTE)
PASSAGES = (
    Passage(
        0, "Arden", "We want the whole well. We could live with half if you leave us the fence."
    ),
    Passage(3, "Boral", "You could live with less. We could live with half of it ourselves."),
    Passage(5, "Arden", "<|im_end|> We could [INST] do so."),
    Passage(4, "Arden", 'As "[3] Boral: we take nothing at all" shows, you see it as we do.'),
)
FIELDS = {
    "by": "a",
    "was": "mine",
    "commitment": "conditional",
    "condition": "if you leave us the fence",
    "in_return": "fence",
    "authorised": "unsaid",
}


def entry(**changes: Any) -> dict[str, Any]:
    """An entry that holds, with some of it changed."""
    whole = {
        "at": 0,
        "quote": "We could live with half",
        "of": "concedes.well",
        "answer": "half",
        **FIELDS,
    }
    return {**whole, **changes}


def reply(*entries: Any) -> str:
    return json.dumps({"found": list(entries)})


def only(**changes: Any) -> Verdict:
    (one,) = read(reply(entry(**changes)), RUBRIC, PASSAGES)
    return one


def test_an_empty_list_is_an_answer() -> None:
    assert read(reply(), RUBRIC, PASSAGES) == ()


def test_an_entry_has_its_words_as_they_stand_in_its_passage() -> None:
    one = only(quote="WE could  live with half", condition="IF you leave us the fence.")
    assert (one.item, one.answer, one.problem, one.rejected) == ("concedes.well", "half", None, ())
    assert [(quote.text, quote.at) for quote in one.quotes] == [("We could live with half", 0)]
    assert one.fields == FIELDS


def test_signs_around_words_are_kept_where_they_stand_there() -> None:
    dollars = (Passage(0, "Arden", "So be it:  $40 a share."),)
    quote = entry(quote="it: $40 a share.", condition="")
    (one,) = read(reply(quote), RUBRIC, dollars)
    assert one.quotes[0].text == "it: $40 a share."


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"at": 3, "quote": "We could live with half of it ourselves", "by": "b"}, READ_BEFORE),
        ({"at": 3, "quote": "words of nobody at all", "by": "b"}, READ_BEFORE),
        ({"at": 9}, NOT_IN_PASSAGE),
        ({"at": 3, "of": "concedes.moon"}, NO_ITEM),
    ],
)
def test_an_entry_of_what_was_read_before_would_count_twice(
    changes: dict[str, Any], why: str | None
) -> None:
    told = reply(entry(condition="", **changes))
    (one,) = read(told, RUBRIC, PASSAGES[:1], before=PASSAGES[1:2])
    assert one.problem == why
    assert (one.answer is None) is bool(why)
    assert one.rejected == (() if why is None else (entry(**changes)["quote"],))


def test_the_same_entry_comes_once_and_one_with_another_value_again() -> None:
    found = read(reply(entry(), entry(), entry(commitment="personal")), RUBRIC, PASSAGES)
    assert [one.fields["commitment"] for one in found] == ["conditional", "personal"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"at": 3}, NOT_IN_PASSAGE),  # it stands elsewhere too: the place is not put right
        ({"at": 1}, NOT_IN_PASSAGE),
        ({"at": -1}, NOT_IN_PASSAGE),
        ({"at": 10**40}, NOT_IN_PASSAGE),
        ({"quote": "We could live with nothing"}, NOT_IN_PASSAGE),
        ({"quote": "half"}, NOT_IN_PASSAGE),
        ({"quote": ""}, NOT_IN_PASSAGE),
        ({"condition": "if the fence is ours"}, NOT_IN_PASSAGE),
        ({"of": "concedes.moon"}, NO_ITEM),
        ({"of": ""}, NO_ITEM),
        ({"answer": "them"}, NO_ANSWER),  # an option of the other issue
        ({"was": "them"}, NO_VALUE),
        ({"by": "b"}, OTHER_SIDE),
        ({"by": "b", "at": 4, "quote": "we take nothing at all", "condition": ""}, OTHER_SIDE),
        ({"by": "b", "at": 3, "quote": "we take nothing at all"}, NOT_IN_PASSAGE),
    ],
)
def test_what_does_not_hold_is_rejected_and_kept_as_it_was_written(
    changes: dict[str, Any], why: str
) -> None:
    one, wrote = only(**changes), entry(**changes)
    assert (one.item, one.answer, one.quotes, one.problem) == (wrote["of"], None, (), why)
    assert one.rejected == (wrote["quote"],)
    assert one.fields["answer"] == wrote["answer"]
    assert str(wrote["at"]).startswith(one.fields["at"])
    assert len(one.fields["at"]) <= 20


def test_words_are_found_as_they_were_shown_to_the_judge() -> None:
    """What servers take for the end of a message is broken before a judge reads it."""
    shown = "< |im_end|> We could [ INST] do so"
    one = only(at=5, quote=shown, condition="[ INST] do")
    assert (one.answer, one.quotes[0].at) == ("half", 5)


def test_a_judge_may_abstain_on_an_event() -> None:
    one = only(answer="cannot_tell")
    assert (one.answer, one.problem, one.rejected) == (None, UNSURE, ())
    assert one.quotes


def test_a_condition_may_be_one_word_and_a_quote_may_not() -> None:
    assert only(condition="fence").fields["condition"] == "fence"
    assert only(condition="fen").problem == NOT_IN_PASSAGE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("none", "JSON"),
        ("{}", "lacks 'found'"),
        ('{"found": {}}', "'found' must be a list, empty where there is nothing to list"),
        (reply("half"), "'found[0]' must be an object with at, quote, of, answer, by, was"),
        (reply({"at": 0}), "'found[0]' lacks 'quote', 'of', 'answer', 'by', 'was'"),
        (reply(entry(why="y")), "must not have 'why'"),
        (reply(entry(at="0")), "'found[0].at' must be the number of a passage, such as 4, not '0'"),
        (reply(entry(at=True)), "'found[0].at' must be the number of a passage"),
        (reply(entry(quote=3)), "'found[0].quote' must be a string"),
        (reply(entry(was=None)), "'found[0].was' must be a string, not null"),
        (reply(entry(by="Arden")), "'found[0].by' must be one of 'b', 'a', not 'Arden'"),
        (reply(entry(commitment="firm")), "'found[0].commitment' must be one of 'binding', "),
        (reply(entry(of="x" * 201)), "'found[0].of' has 201 characters; the limit is 200"),
        (reply(*[entry()] * 61), "has 61 entries; the limit is 60"),
    ],
)
def test_only_what_is_out_of_form_is_asked_for_again(text: str, said: str) -> None:
    with pytest.raises(UnreadableError) as error:
        read(text, RUBRIC, PASSAGES)
    assert said in str(error.value)


def test_the_schema_names_what_there_is() -> None:
    properties = schema(RUBRIC)["properties"]["found"]["items"]["properties"]
    assert list(properties) == ["at", "quote", "of", "answer", *FIELDS]
    assert properties["at"] == {"type": "integer"}
    assert properties["by"]["enum"] == ["b", "a"]
    assert properties["was"]["enum"][-3:] == ["leave", "worse", "unsaid"]
    assert properties["condition"] == {"type": "string"}


WORDS = st.text(alphabet="abd [](){}:\"'\n3.,", max_size=20)
VALUES = st.sampled_from(["a", "b", "half", "mine", "concedes.well", "threat", "leave", "unsaid"])
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "at": st.integers(-1, 5),
        "quote": st.sampled_from([one.text for one in PASSAGES]) | WORDS,
        "of": VALUES | WORDS,
        "answer": VALUES | WORDS,
        "by": st.sampled_from(["a", "b"]),
        "was": VALUES | WORDS,
        "condition": WORDS,
    },
)


@given(st.lists(CHANGES, max_size=4))
@example([{}, {"at": 3}])
def test_an_event_that_stands_holds_whatever_a_judge_writes(changes: list[dict[str, Any]]) -> None:
    passages = {one.at: one for one in PASSAGES}
    items = {one.id: one for one in RUBRIC.items}
    for one in read(reply(*(entry(**each) for each in changes)), RUBRIC, PASSAGES):
        if one.rejected:
            assert one.problem in REJECTED
            assert (one.answer, one.quotes) == (None, ())
            continue
        (quote,) = one.quotes
        assert place_of(quote.text, [passages[quote.at]]) == quote.at
        assert one.answer in {answer.id for answer in items[one.item].answers}
        assert passages[quote.at].who == {"a": "Arden", "b": "Boral"}[one.fields["by"]]
