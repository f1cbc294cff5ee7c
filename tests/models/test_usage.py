"""Tokens of a call: what no server counted is None, and what earlier versions kept is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from harness.models.reply import ModelReply
from harness.models.usage import Usage, counted

count = st.none() | st.integers(0, 100)
usages = st.builds(Usage, prompt=count, completion=count, cached=count, reasoning=count)


@pytest.mark.parametrize(
    ("usage", "said", "left"),
    [
        (Usage(prompt=0, completion=0), True, Usage()),
        (Usage(prompt=3, completion=0), False, Usage(prompt=3, completion=0)),
        (Usage(prompt=3, completion=2, cached=0), True, Usage(prompt=3, completion=2, cached=0)),
    ],
)
def test_a_zero_that_counts_nothing_is_none(usage: Usage, said: bool, left: Usage) -> None:
    assert counted(usage, said=said) == left


@given(one=usages, other=usages)
def test_two_counts_together_say_what_either_says(one: Usage, other: Usage) -> None:
    both = one.plus(other)
    for name in ("prompt", "completion", "cached", "reasoning"):
        said = [n for n in (getattr(one, name), getattr(other, name)) if n is not None]
        assert getattr(both, name) == (sum(said) if said else None)


@pytest.mark.parametrize("wrong", [-1, "many", 1.5])
def test_what_is_no_count_is_refused(wrong: object) -> None:
    with pytest.raises(ValidationError):
        Usage(prompt=wrong)  # type: ignore[arg-type]


def test_a_reply_that_an_earlier_version_kept_is_read() -> None:
    kept = """{"text": "yes", "usage": {"prompt_tokens": 9, "completion_tokens": 2,
        "cached_tokens": 4, "reasoning_tokens": null}}"""
    usage = Usage(prompt=9, completion=2, cached=4)
    assert ModelReply.model_validate_json(kept).usage == usage
    again = ModelReply(text="yes", usage=usage).model_dump_json()
    assert ModelReply.model_validate_json(again).usage == usage
