"""News of an episode: what its readers understood, beside what is right."""

from __future__ import annotations

import re

import pytest

from harness.evaluators.case import Case
from harness.records.misreading import UNDERSTOOD
from harness.records.news import NEWS
from harness.records.transcript import StageRecord
from harness.report.episode_news import _ANSWERS, _QUESTIONS, _STATEMENTS, LIKELY, news_of
from tests.support.command import ROOT
from tests.support.news import (
    AT_HOME,
    RIGHT,
    by_a_model,
    held,
    planned,
    saying,
    told,
    understood,
)

TALKS = held(AT_HOME)


def shown(**records: StageRecord) -> object:
    inputs = {"talks": TALKS, **records}
    return news_of(Case(list(inputs.values())[-1], AT_HOME, None, inputs))


def test_right_and_wrong_answers_stand_beside_what_is_right() -> None:
    news = told(TALKS, AT_HOME)
    wrong = {"spoke_for": "for the leadership", "lacks": "at least negotiations"}
    answers = {**RIGHT, **wrong}
    record, _ = by_a_model(news, TALKS, AT_HOME, saying(answers, chances={"sent": 70, "open": 50}))
    item = news_of(Case(record, AT_HOME, None, {NEWS: news, UNDERSTOOD: record}))
    assert item is not None
    assert item.headline == news.body.headline
    first, *rest = item.asked
    assert first.right == "for nobody but themselves"
    assert [s.right for s in first.said] == [False]
    assert first.said[0].answer.startswith("for the leadership of")
    likely = [one for one in rest if one.question.startswith(LIKELY)]
    plain = [one for one in rest[:-1] if one not in likely]
    assert [s.right for one in plain for s in one.said] == [True] * len(plain)
    sides = [s.right for one in likely for s in one.said]
    assert sides == [False, True, None, True, True, True], "by the side of the middle"
    assert [one.right for one in likely[:2]] == ["0: it is not so", "100: it is so"]
    assert [(s.answer, s.right) for s in rest[-1].said] == [("6", None)], "no answer is right"
    assert item.played_by.startswith("openai/fake")
    assert item.absent == ()


def test_a_reader_without_an_answer_is_missing_and_never_wrong() -> None:
    news = told(TALKS, AT_HOME)
    record, _ = by_a_model(news, TALKS, AT_HOME, lambda _: "I would rather not.")
    item = news_of(Case(record, AT_HOME, None, {NEWS: news, UNDERSTOOD: record}))
    assert item is not None
    assert item.asked == ()
    ((reader, why),) = item.absent
    assert reader == "ally"
    assert why.detail


def test_scripts_are_said_to_be_instruments() -> None:
    news = told(TALKS, AT_HOME)
    _, asked = planned(TALKS.spec)  # type: ignore[arg-type]
    record, _ = understood(news, asked[UNDERSTOOD], AT_HOME)
    item = news_of(Case(record, AT_HOME, None, {NEWS: news, UNDERSTOOD: record}))
    assert item is not None
    assert "no evidence" in item.played_by
    assert {one.reader for one in item.asked[0].said} == {"ally", "journalist"}


def test_where_there_is_nothing_to_tell_the_reason_is_told() -> None:
    news = told(TALKS, AT_HOME)
    body = news.body.model_copy(update={"missing": "no such framing", "facts": None})
    item = news_of(Case(TALKS, AT_HOME, None, {NEWS: news.model_copy(update={"body": body})}))
    assert item is not None
    assert item.missing is not None
    assert item.missing.line == "no item: no such framing"
    assert shown() is None


@pytest.mark.parametrize("words", [*_QUESTIONS.values(), *_ANSWERS.values(), *_STATEMENTS.values()])
def test_words_are_those_that_readers_were_asked_in(words: str) -> None:
    asked = (ROOT / "prompts/misreading/question.md.j2").read_text(encoding="utf-8")
    as_written = re.sub(r"{(\w+)}", r"{{ \1 }}", words).replace("the item", "the report")
    assert as_written in asked
