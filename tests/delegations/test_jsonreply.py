from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.delegations.jsonreply import (
    MAX_REPLY,
    UnreadableError,
    only_object,
    without_reasoning,
)

OBJECTS = st.dictionaries(
    st.text(max_size=8),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
        max_leaves=8,
    ),
    max_size=5,
)


@given(OBJECTS, st.sampled_from(["", " ", "\n\n"]), st.booleans())
def test_a_bare_object_is_read_as_it_is(value: dict[str, object], pad: str, ascii_: bool) -> None:
    assert only_object(pad + json.dumps(value, ensure_ascii=ascii_) + pad) == value


@given(OBJECTS, st.sampled_from(["```json\n", "```\n", "```JSON  \r\n\n"]))
def test_a_fenced_object_is_read_with_prose_around_it(value: dict[str, object], fence: str) -> None:
    text = f"Here it is:\n{fence}{json.dumps(value)}\n```\nThat is all."
    assert only_object(text) == value


def test_a_fence_inside_a_string_ends_nothing() -> None:
    value = {"words": "as in\n```json\n{}\n```\n"}
    assert only_object(f"So:\n```json\n{json.dumps(value)}\n```") == value


def test_the_same_object_twice_is_one() -> None:
    block = '```json\n{"a": 1}\n```'
    assert only_object(f"{block}\nAgain:\n{block}") == {"a": 1}


def test_line_breaks_in_strings_are_taken() -> None:
    assert only_object('{"a": "one\ntwo"}') == {"a": "one\ntwo"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no JSON object"),
        ("I accept.", "no JSON object"),
        ("[1, 2]", "no JSON object"),
        ("null", "no JSON object"),
        ('"{}"', "text around the JSON object"),
        ('My answer: {"a": 1}', "text around the JSON object"),
        ('{"a": 1} and more', "text after"),
        ('{"a": 1}{"a": 1}', "text after"),
        ('{"a": 1', "broken"),
        ("{'a': 1}", "broken"),
        ('{"a": 1,}', "broken"),
        ('{"a": 1, "a": 1}', "'a' is given twice"),
        ('{"b": {"a": 1, "a": 2}}', "'a' is given twice"),
        ('{"a": NaN}', "NaN is not"),
        ('{"a": -Infinity}', "-Infinity is not"),
        ('{"a": "\\ud800"}', "half a character"),
        ('{"a": ' + "9" * 5000 + "}", "too long"),
        ('{"a":' + "[" * 50_000, "nested|broken"),
        ('{"a": 1}' + " " * MAX_REPLY, "limit"),
        ('x\n```json\n{"a": 1}\n```\n```json\n{"a": 2}\n```', "more than one"),
        ('or {"a": 2}?\n```json\n{"a": 1}\n```', "more than one"),
        ('x\n```json\n{"a": 1} and\n```', "nothing else"),
        ('x\n```json\n{"a": 1}', "nothing else"),
        ('<think>a draft:\n```json\n{"a": 1}\n```', "does not end"),
    ],
)
def test_anything_else_is_unreadable(text: str, said: str) -> None:
    with pytest.raises(UnreadableError, match=said):
        only_object(text)


@pytest.mark.parametrize("opening", ["<think>", "<thinking>", "\n<THINK>", ""])
def test_reasoning_is_passed_over(opening: str) -> None:
    closing = "</thinking>" if "thinking" in opening else "</think>"
    draft = 'first {"a": 1} or\n```json\n{"a": 2}\n```\n'
    assert only_object(f'{opening}{draft}{closing}\n{{"a": 3}}') == {"a": 3}


def test_reasoning_is_not_looked_for_inside_an_object() -> None:
    text = '{"a": "x</think>{}"}'
    assert without_reasoning(text) == text
    assert only_object(text) == {"a": "x</think>{}"}


def test_hostile_sizes_are_refused_at_once() -> None:
    many_keys = "{" + ",".join(f'"k{i}":0' for i in range(15_000)) + ',"k14999":1}'
    for text in ("{" * 10_000_000, "`" * 190_000, "```json\n{" * 20_000, many_keys):
        with pytest.raises(UnreadableError):
            only_object(text)
