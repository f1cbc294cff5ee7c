"""What was found out about one endpoint, and the sentence that sums it up."""

from __future__ import annotations

import pytest

from harness.doctor.checkup import Checkup, Finding, State


def playing(**more: int | bool) -> Checkup:
    """Of a model that can play."""
    checkup = Checkup("openai/m", how="schema", read=2, requests=7, tokens=1234)
    for name, value in more.items():
        setattr(checkup, name, value)
    return checkup


def test_two_replies_must_have_been_read() -> None:
    assert playing().usable
    assert not playing(read=1).usable
    assert playing(read=3).usable


@pytest.mark.parametrize(
    ("state", "usable"), [("good", True), ("warn", True), ("unknown", True), ("bad", False)]
)
def test_only_what_is_bad_keeps_it_from_playing(state: State, usable: bool) -> None:
    checkup = playing()
    checkup.add("seed", state, "as it is", "change it")
    assert checkup.findings == [Finding("seed", state, "as it is", "change it")]
    assert checkup.usable is usable
    assert checkup.faults == (() if usable else ("seed",))


def test_the_verdict_of_one_that_can_play() -> None:
    checkup = playing()
    assert checkup.verdict == "It can play: by JSON schema. Asked 7 questions, 1,234 tokens."
    checkup.how, checkup.dialogue_tokens, checkup.estimated = "text", 123_456, True
    assert checkup.verdict == (
        "It can play: in words, at most about 120,000 tokens a dialogue. "
        "Asked 7 questions, about 1,234 tokens."
    )
    checkup.how = "tool"
    assert checkup.verdict.startswith("It can play: by tool call, ")


def test_nothing_is_found_before_anything_is_asked() -> None:
    checkup = Checkup("openai/m")
    assert (checkup.findings, checkup.read, checkup.advice) == ([], 0, ())
    assert checkup.verdict == "It cannot play yet. Asked 0 questions, 0 tokens."
    assert Finding("seed", "good", "honoured").change == ""


def test_the_verdict_of_one_that_cannot() -> None:
    checkup = Checkup("openai/m", requests=1, tokens=20)
    assert checkup.verdict == "It cannot play yet. Asked 1 question, 20 tokens."
    checkup.add("key", "bad", "refused")
    checkup.add("model", "warn", "not listed")
    checkup.add("first move", "bad", "refused")
    assert checkup.verdict.startswith("It cannot play yet (see: key, first move). ")


@pytest.mark.parametrize(
    ("tokens", "shown"), [(0, "0"), (94, "94"), (996, "1,000"), (12_499, "12,000")]
)
def test_an_estimate_is_shown_with_two_figures(tokens: int, shown: str) -> None:
    assert f"at most about {shown} tokens" in playing(dialogue_tokens=tokens).verdict
