"""What a reply says of itself, in the words of many servers."""

from __future__ import annotations

import pytest

from harness.models.reply import INVALID, AgentUse, ModelReply


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
    full = ModelReply(text="", thinking="is all there is", inside=AgentUse(calls=2))
    assert ModelReply.model_validate_json(full.model_dump_json()) == full
