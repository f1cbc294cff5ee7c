"""The words of a judgement."""

from __future__ import annotations

from harness.prompting.judging import judging_prompts
from tests.support.judging import RUBRIC


def test_every_question_and_answer_is_told_and_none_is_preferred() -> None:
    text = judging_prompts().system(RUBRIC)
    for item in RUBRIC.items:
        assert f"## `{item.id}`" in text
        assert item.question in text
    assert "`yes`: it does\n" in text
    assert "`no`: it does not (needs no quote)\n" in text
    assert "No answer is the expected one." in text
    assert text.count("`cannot_tell`") == 2
    # Questions in a row that have the same answers share one list of them.
    assert text.count("`yes`: it does\n") == 1
    assert "Answers to each of the last 2 questions:" in text
    assert RUBRIC.about in text


def test_the_record_stands_between_its_heading_and_its_end() -> None:
    text = judging_prompts().question(["[0] a", "[1] b"])
    assert text.splitlines()[-1].startswith("End of what you read.")
    assert text.index("[0] a") < text.index("[1] b") < text.index("End of what you read.")


def test_asking_again_says_what_happens_then() -> None:
    words = judging_prompts()
    assert "You may try once more." in words.complaint("It is no JSON.", tries=1)
    assert "You may" not in words.complaint("It is no JSON.")
