"""What a request says of itself."""

from __future__ import annotations

import dataclasses

import pytest

from harness.models.request import ChatMessage, Request

PROMPT: list[ChatMessage] = [
    {"role": "system", "content": "brief"},
    {"role": "user", "content": "one"},
    {"role": "assistant", "content": "two"},
    {"role": "user", "content": "three"},
]


def test_a_request_is_never_changed() -> None:
    request = Request(PROMPT)
    with pytest.raises(dataclasses.FrozenInstanceError):
        request.seed = 1  # type: ignore[misc]
    assert dataclasses.replace(request, seed=1) != request


@pytest.mark.parametrize(("end", "size", "briefed"), [(0, 0, False), (1, 5, True), (4, 16, True)])
def test_its_prompt_is_measured(end: int, size: int, briefed: bool) -> None:
    request = Request(PROMPT[:end])
    assert (request.size, request.briefed) == (size, briefed)
    assert "".join(request.texts) == "briefonetwothree"[:size]


@pytest.mark.kind("S3")
def test_a_briefing_without_a_role_stands_before_the_first_message() -> None:
    sent = [list(Request(PROMPT[:end]).without_system().messages) for end in (2, 4)]
    assert sent[0] == [{"role": "user", "content": "brief\n\none"}]
    assert sent[1] == [*sent[0], *PROMPT[2:]], "prompts only ever grow"
    alone = Request(PROMPT[:1], seed=3).without_system()
    assert alone == Request([{"role": "user", "content": "brief"}], seed=3)
    plain = Request(PROMPT[1:])
    assert plain.without_system() is plain
