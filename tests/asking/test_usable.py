"""Replies that can count, those that cannot, and what helps."""

from __future__ import annotations

from typing import Any

import pytest

from harness.asking.usable import hint, unfinished
from harness.models.keys import WITHHELD
from harness.models.reply import INVALID, ModelReply
from harness.models.usage import Usage


def reply(text: str = "Yes.", **fields: Any) -> ModelReply:
    return ModelReply(text=text, **fields)


@pytest.mark.parametrize("fields", [{}, {"finish_reason": "stop"}, {"finish_reason": "tool_calls"}])
def test_a_whole_reply_can_count(fields: dict[str, Any]) -> None:
    assert unfinished(reply(**fields)) is None
    assert hint(reply(**fields)) is None


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (reply(finish_reason=WITHHELD), "held a secret key"),
        (reply(refusal="I cannot."), "was a refusal"),
        (reply(finish_reason="content_filter"), "withheld by a content filter"),
        (reply(finish_reason="length"), "cut off because it was too long"),
        (reply("", finish_reason="length", thinking="is all there is"), "Think much less"),
        (reply(finish_reason=INVALID), "did not have the form described"),
        (reply(" \n"), "was empty."),
        (reply("", thinking="holds the answer"), "all of it was thinking. Answer after it."),
    ],
)
def test_why_a_reply_cannot_count(given: ModelReply, says: str) -> None:
    problem = unfinished(given)
    assert problem is not None
    assert says in problem


def test_the_first_reason_is_told() -> None:
    """What was refused and is empty too was refused."""
    assert unfinished(reply("", refusal="No.", finish_reason="length")) == unfinished(
        reply(refusal="No.")
    )


@pytest.mark.parametrize(
    ("usage", "spent"),
    [
        (Usage(completion=1_200, reasoning=1_100), "all 1,100 tokens"),
        (Usage(completion=1_200), "all 1,200 tokens"),
        (Usage(), "all its tokens"),
    ],
)
def test_thinking_that_took_all_names_what_it_took(usage: Usage, spent: str) -> None:
    found = hint(reply("", finish_reason="length", thinking="is all there is", usage=usage))
    assert found is not None
    assert f"spent {spent} on thinking" in found
    assert "--max-tokens" in found


@pytest.mark.parametrize(
    ("thinking", "says"),
    [
        ("holds the answer", "an answer stands in the reasoning field"),
        ("is all there is", "nothing stands outside the reasoning field"),
    ],
)
def test_an_answer_among_the_thinking_is_the_users_to_mend(thinking: str, says: str) -> None:
    found = hint(reply("", finish_reason="stop", thinking=thinking))
    assert found is not None
    assert says in found
    assert "models.yaml" in found
