"""What samples of Inspect are made of, and how it is worded."""

from __future__ import annotations

import pytest

from harness.exchange.inspect_material import (
    content,
    error_of,
    paragraphs,
    said,
    scores_in,
    terms,
    usage_of,
)
from harness.exchange.inspect_types import inspect
from harness.records.reader import RunFolder
from harness.records.transcript import Usage
from tests.support.exported import SECRET, material

# In one process: Inspect and pandas take seconds to import, and are imported when they are used.
pytestmark = pytest.mark.xdist_group("exchange")


def test_a_turn_is_worded_with_its_terms(run: RunFolder) -> None:
    made_of = material(run, next(run.transcripts()))
    (first, *_) = made_of.reading.rounds[0].entries
    text = said(made_of.reading, first)
    assert text.startswith(f"{first.who} (delegate), turn 0: ")
    assert first.words in text
    assert all(f"- {term.issue}: {term.text}" in text for term in first.terms)
    assert terms(first.terms) in text
    assert content(made_of.reading, first, inspect()) == text, "nothing was thought"


def test_thoughts_are_reasoning(secret: RunFolder) -> None:
    made_of = material(secret, next(secret.transcripts()))
    last = made_of.reading.rounds[0].entries[-1]
    thought, text = content(made_of.reading, last, inspect())
    assert (thought.type, thought.reasoning) == ("reasoning", f"{SECRET} in a thought")
    assert SECRET not in text.text


def test_paragraphs_are_those_that_say_something() -> None:
    assert paragraphs("a", "", "b") == "a\n\nb"
    assert paragraphs("", "") == ""


def test_why_a_dialogue_is_void_is_told_in_words_or_in_kind(secret: RunFolder) -> None:
    first, void = secret.transcripts()
    assert error_of(material(secret, first), inspect()) is None
    told = error_of(material(secret, void), inspect()).message
    assert told == f"void (reply, seat u): the last: {SECRET} in a reason"
    bare = error_of(material(secret, void, public=True), inspect()).message
    assert bare == "void (reply, seat u)"


def test_scores_say_why_they_are_missing(secret: RunFolder) -> None:
    _, void = secret.transcripts()
    found = scores_in(material(secret, void), inspect())
    assert found["settlement"].value["skew"] is None
    assert "skew is missing: void" in found["settlement"].explanation
    assert scores_in(material(secret, void, public=True), inspect()) == {}


@pytest.mark.parametrize("usage", [Usage(), Usage(prompt=1), Usage(completion=1)])
def test_tokens_that_were_not_counted_are_not_told(usage: Usage) -> None:
    assert usage_of(usage, inspect()) is None
    counted = usage_of(Usage(prompt=3, completion=4, reasoning=1), inspect())
    assert (counted.total_tokens, counted.reasoning_tokens) == (7, 1)
