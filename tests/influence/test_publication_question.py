"""How the answer of an author is read: strictly, with one complaint about all that is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.asking.jsonreply import UnreadableError
from harness.influence.publication_question import length_allowed, read, schema
from harness.records.publication import words_in
from harness.talks.barrier import public_dispute
from harness.view import Dispute
from tests.support.articles import reply
from tests.support.disputes import small


@pytest.fixture(scope="module")
def dispute(tmp_path_factory: pytest.TempPathFactory) -> Dispute:
    return public_dispute(small(Path(tmp_path_factory.mktemp("small"))))


def complaint(dispute: Dispute, **changes: Any) -> str:
    fields = {**json.loads(reply()), **changes}
    kept = {name: value for name, value in fields.items() if value is not ...}
    with pytest.raises(UnreadableError) as caught:
        read(json.dumps(kept), dispute, 100)
    return str(caught.value)


def test_an_article_is_read_as_it_stands(dispute: Dispute) -> None:
    title, text, plan = read(reply(title=" A \n title "), dispute, 100)
    assert title == "A title"
    assert text.count("\n\n") == 1
    assert plan == {"well": "half", "fence": None}
    assert read(reply({"fence": None, "well": None}), dispute, 100)[2] == {
        "well": None,
        "fence": None,
    }


def test_what_is_wrong_is_said_exactly_and_at_once(dispute: Dispute) -> None:
    found = complaint(dispute, title="", text="Too short.", plan={"well": "half", "barn": "x"})
    assert found.startswith("It has 3 faults.")
    assert "'title' is empty." in found
    assert "'text' has 2 words. Write 67 to 150." in found
    assert "'plan' lacks 'fence' and must not have 'barn'." in found


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"plan": ...}, "The answer lacks 'plan'"),
        ({"more": 1}, "must not have 'more'"),
        ({"plan": "half"}, "'plan' must be an object with an option or null for each issue"),
        ({"plan": {"well": ["half"], "fence": None}}, "or null, not a list"),
        ({"plan": {"well": "Half", "fence": None}}, "one of 'mine', 'half', 'yours', or null"),
        ({"plan": {"well": True, "fence": None}}, "or null, not True"),
        ({"text": 3}, "'text' must be a string"),
        ({"title": None}, "'title' must be a string, not null"),
        ({"title": "x" * 301}, "the limit is 300"),
        ({"text": "word " * 151}, "'text' has 151 words"),
        ({"text": "word\u0007 " * 100}, "control characters"),
    ],
)
def test_nothing_is_guessed(dispute: Dispute, changes: dict[str, Any], said: str) -> None:
    assert said in complaint(dispute, **changes)


def test_a_schema_allows_null_and_the_options_alone(dispute: Dispute) -> None:
    found = schema(dispute)
    assert found["required"] == ["title", "text", "plan"]
    plan = found["properties"]["plan"]
    assert plan["properties"]["fence"]["anyOf"] == [
        {"type": "string", "enum": ["them", "us"]},
        {"type": "null"},
    ]
    assert plan["additionalProperties"] is False
    assert plan["required"] == ["well", "fence"]


@given(st.integers(1, 3000))
def test_what_was_asked_for_is_allowed(words: int) -> None:
    least, most = length_allowed(words)
    assert least <= words <= most
    assert most <= 1.5 * words + 0.5


@given(st.sampled_from(["mine", "half", "yours", None]), st.integers(67, 150))
def test_every_sound_answer_is_read(dispute: Dispute, option: str | None, words: int) -> None:
    plan = {"well": option, "fence": "us"}
    assert read(reply(plan, words=words), dispute, 100)[2] == plan
    assert words_in(read(reply(plan, words=words), dispute, 100)[1]) == words
