"""What a reply says of itself, in the words of many servers."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.models.reply import (
    INVALID,
    KEPT_OF_REASONING,
    AgentUse,
    ModelReply,
    shortened_reasoning,
    with_short_reasoning,
)


@pytest.mark.parametrize(
    ("reason", "cut_off", "withheld"),
    [
        (None, False, False),
        ("stop", False, False),
        ("length", True, False),
        ("MAX_TOKENS", True, False),
        ("max_output_tokens", True, False),
        ("model_length", True, False),
        ("model_context_window_exceeded", True, False),
        ("content_filter", False, True),
        ("SAFETY", False, True),
        ("guardrail_intervened", False, True),
        ("RECITATION", False, True),
        ("tool_calls", False, False),
        ("wavelength", False, False),
        (INVALID, False, False),
    ],
)
def test_how_a_reply_ended(reason: str | None, cut_off: bool, withheld: bool) -> None:
    reply = ModelReply(text="", finish_reason=reason)
    assert (reply.cut_off, reply.withheld) == (cut_off, withheld)


def test_what_is_not_there_is_left_out() -> None:
    plain = ModelReply(text="Yes.").model_dump_json()
    assert '"thinking"' not in plain
    assert '"inside"' not in plain
    assert "reasoning" not in ModelReply(text="Yes.").model_dump(exclude={"usage"})
    full = ModelReply(text="", thinking="is all there is", inside=AgentUse(calls=2))
    assert ModelReply.model_validate_json(full.model_dump_json()) == full


@given(st.integers(0, 3 * KEPT_OF_REASONING))
@example(KEPT_OF_REASONING)
@example(KEPT_OF_REASONING + 1)
def test_long_reasoning_loses_its_middle_and_says_how_much(length: int) -> None:
    text = "".join(chr(ord("a") + i % 26) for i in range(length))
    kept, cut = shortened_reasoning(text)
    if length <= KEPT_OF_REASONING:
        assert (kept, cut) == (text, None)
        return
    assert cut == length - KEPT_OF_REASONING
    start, said, end = kept.split("\n")
    assert said == f"[{cut:,} characters left out]"
    assert text.startswith(start)
    assert text.endswith(end)
    assert len(start) + len(end) == KEPT_OF_REASONING


def test_a_reply_is_shortened_once() -> None:
    long = with_short_reasoning(ModelReply(text="Yes.", reasoning="a" * (KEPT_OF_REASONING + 7)))
    assert long.reasoning_cut == 7
    assert with_short_reasoning(long) is long
    for whole in (ModelReply(text="Yes."), ModelReply(text="Yes.", reasoning="Short.")):
        assert with_short_reasoning(whole) is whole
