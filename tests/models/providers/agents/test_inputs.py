"""In which form an agent is asked, and what a function is called with."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, ValidationError

from harness.models.providers.agents.inputs import (
    forms,
    input_fields,
    is_of_form,
    is_text_agent,
    langchain_messages,
    text_arguments,
    unfilled,
    without_system,
)
from harness.models.request import ChatMessage

MESSAGES: list[ChatMessage] = [
    {"role": "system", "content": "Speak for Arden."},
    {"role": "user", "content": "Well?"},
    {"role": "assistant", "content": "No."},
]
OFFERED = {"seed": 7, "thread_id": "t", "temperature": 0.5}


def says(properties: Any) -> Any:
    return SimpleNamespace(get_input_jsonschema=lambda: {"properties": properties})


def test_what_a_runnable_says_of_its_input() -> None:
    assert input_fields(says({"messages": {}})) == {"messages"}
    assert input_fields(says({"root": {}})) == frozenset(), "one value"
    assert input_fields(says(None)) == frozenset()
    assert input_fields(SimpleNamespace(channels={"messages": 1, "n": 2})) == {"messages", "n"}
    assert input_fields(object()) == frozenset()


def test_the_likeliest_form_is_tried_first() -> None:
    graph = SimpleNamespace(channels={"messages": 1})
    assert forms(graph, frozenset({"messages"})) == ("state",)
    assert forms(object(), frozenset({"question"})) == ("state", "messages")
    assert forms(object(), frozenset()) == ("messages", "state")


class Field(BaseModel):
    number: int


def invalid() -> ValidationError:
    with pytest.raises(ValidationError) as error:
        Field.model_validate({"number": "x"})
    return error.value


@pytest.mark.parametrize(
    ("error", "messages", "state"),
    [
        (TypeError(), True, True),
        (AttributeError(), True, True),
        (invalid(), True, True),
        (KeyError("x"), False, True),
        (ValueError(), False, True),
        (ConnectionError(), False, False),
    ],
)
def test_which_errors_a_wrong_form_brings_about(
    error: Exception, messages: bool, state: bool
) -> None:
    assert (is_of_form(error, "messages"), is_of_form(error, "state")) == (messages, state)


def test_messages_are_langchains_each_with_its_id() -> None:
    made = langchain_messages(MESSAGES, ["1", "2", "3"])
    assert [type(one) for one in made] == [SystemMessage, HumanMessage, AIMessage]
    assert [(one.content, one.id) for one in made] == [
        (message["content"], str(n)) for n, message in enumerate(MESSAGES, 1)
    ]


def test_the_briefing_may_stand_in_the_first_question() -> None:
    merged = without_system(MESSAGES)
    assert [one["role"] for one in merged] == ["user", "assistant"]
    assert merged[0]["content"] == "Speak for Arden.\n\nWell?"
    assert MESSAGES[1]["content"] == "Well?", "what was given is not changed"
    assert without_system(MESSAGES[1:]) == MESSAGES[1:]
    assert without_system(MESSAGES[:1]) == []


class Called:
    def __call__(self, messages: Any) -> str:
        return ""


@pytest.mark.parametrize(
    ("value", "is_agent"),
    [
        (lambda messages: "", True),
        (lambda messages=None: "", True),
        (lambda prompt: "", True),
        (Called(), True),
        (Called, False),
        (lambda: None, False),
        (lambda seat, seed: None, False),
        (lambda seat, prompt: None, True),
        (lambda *args, **more: None, False),
        ("messages", False),
    ],
)
def test_what_answers_messages_itself(value: object, is_agent: bool) -> None:
    assert is_text_agent(value) is is_agent


@pytest.mark.parametrize(
    ("agent", "given", "named"),
    [
        (lambda messages: "", [], ["messages"]),
        (lambda prompt: "", ["messages"], []),
        (lambda prompt, form: "", ["messages", "schema"], []),
        (lambda prompt, form=None: "", ["messages"], []),
        (lambda messages, schema, seed: "", [], ["messages", "schema", "seed"]),
        (lambda prompt, thread_id: "", ["messages"], ["thread_id"]),
    ],
)
def test_how_a_function_is_called(agent: Any, given: list[str], named: list[str]) -> None:
    schema = {"type": "object"}
    all_ = {"messages": [dict(m) for m in MESSAGES], "schema": schema, **OFFERED}
    found, by_name = text_arguments(agent, MESSAGES, schema, OFFERED)
    assert found == [all_[name] for name in given]
    assert by_name == {name: all_[name] for name in named}


def test_a_function_cannot_change_the_prompt() -> None:
    ((copies,), _) = text_arguments(lambda prompt: "", MESSAGES, {}, {})
    copies[0]["content"] = "changed"
    assert MESSAGES[0]["content"] == "Speak for Arden."


def test_what_is_required_and_not_given_is_named() -> None:
    assert unfilled(lambda messages, schema, seed: "") is None
    found = unfilled(lambda messages, mood: "")
    assert found is not None
    assert "mood" in found
