"""Two requests have the same digest if and only if they ask the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.models.address import parse_address
from harness.models.replies.digest import RequestDigest
from harness.models.request import ChatMessage, Request

ADDRESS = parse_address("openai/m@http://127.0.0.1:9/v1")
PROMPT: list[ChatMessage] = [
    {"role": "system", "content": "You negotiate."},
    {"role": "user", "content": "Your turn."},
]
ASKED: dict[str, Any] = {
    "schema": {"type": "object"},
    "schema_name": "move",
    "seed": 7,
    "temperature": None,
    "max_tokens": 500,
    "extra": {"reasoning_effort": "low"},
}

messages = st.lists(
    st.builds(
        lambda role, content: {"role": role, "content": content},
        st.sampled_from(["system", "user", "assistant"]),
        st.text(alphabet="ab \n0\ud800", max_size=6),
    ),
    max_size=5,
)


def digest(prompt: Any = PROMPT, address: Any = ADDRESS, **changes: Any) -> str:
    return RequestDigest().of(address, Request(prompt, **{**ASKED, **changes}))


def test_the_same_request_has_the_same_digest() -> None:
    assert digest() == digest(prompt=[{**m} for m in PROMPT], schema={"type": "object"})


@pytest.mark.parametrize(
    "change",
    [
        {"schema": None},
        {"schema": {"type": "array"}},
        {"schema_name": "debrief"},
        {"seed": 8},
        {"seed": None},
        {"temperature": 0.0},
        {"max_tokens": None},
        {"extra": None},
        {"extra": {"reasoning_effort": "high"}},
        {"address": parse_address("openai/n@http://127.0.0.1:9/v1")},
        {"address": parse_address("openai/m@http://127.0.0.1:8/v1")},
        {"address": parse_address("openai/m")},
        {"prompt": PROMPT[:1]},
        {"prompt": [*PROMPT, {"role": "assistant", "content": ""}]},
        {"prompt": [PROMPT[0], {"role": "assistant", "content": "Your turn."}]},
    ],
)
def test_whatever_is_asked_counts(change: dict[str, Any]) -> None:
    assert digest(**change) != digest()


@given(a=messages, b=messages)
def test_prompts_are_told_apart(a: list[Any], b: list[Any]) -> None:
    assert (digest(prompt=a) == digest(prompt=b)) == (a == b)


@given(prompts=st.lists(messages, max_size=6), grown=messages)
def test_a_digest_that_remembers_says_what_a_new_one_says(
    prompts: list[list[Any]], grown: list[Any]
) -> None:
    kept = RequestDigest()
    thread: list[Any] = []
    for message in grown:  # a dialogue: the same messages, and one more each time
        thread.append(message)
        assert kept.of(ADDRESS, Request(tuple(thread), **ASKED)) == digest(prompt=thread)
        for prompt in prompts:  # and others in between
            assert kept.of(ADDRESS, Request(tuple(prompt), **ASKED)) == digest(prompt=prompt)
    for end in range(len(grown)):  # shorter again
        assert kept.of(ADDRESS, Request(tuple(grown[:end]), **ASKED)) == digest(prompt=grown[:end])


def test_each_message_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    class Content(str):
        read = 0

        def encode(self, *arguments: Any, **more: Any) -> bytes:
            Content.read += 1
            return super().encode(*arguments, **more)

    kept, thread = RequestDigest(), []
    for number in range(20):
        thread.append({"role": "user", "content": Content(number)})
        kept.of(ADDRESS, Request(tuple(thread), **ASKED))  # type: ignore[arg-type]
    assert Content.read == 20
