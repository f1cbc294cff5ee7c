"""What passages do, marked in their place, and by whom."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.records.judgement import (
    READ,
    Judge,
    JudgedAnswer,
    JudgedItem,
    Judgement,
    JudgementRecord,
    JudgementSpec,
    Quote,
    Rubric,
    Verdict,
)
from harness.records.publication import PublicationRecord
from harness.report.episode import Mark
from harness.report.episode_marks import BY_SCRIPT, TITLE, paragraphs, pieces_of, span
from tests.support.articles import article, talks
from tests.support.judging import SMALL_DISPUTE

POINT = JudgedItem(
    id="point_o_0",
    question="What does it make of this point? “The well is ours.”",
    answers=(
        JudgedAnswer(id="own", text="it makes it"),
        JudgedAnswer(id="absent", text="it does not speak of it", quoted=False),
    ),
)


def written() -> PublicationRecord:
    return article(SMALL_DISPUTE, talks(SMALL_DISPUTE))


def judged(read: PublicationRecord, *verdicts: Verdict) -> JudgementRecord:
    spec = JudgementSpec(
        inputs={READ: read.id},
        judge=Judge(model="openai/judge@http://127.0.0.1:9"),
        rubric=Rubric(id="article", about="An article.", items=(POINT,)),
        seed=1,
    )
    return JudgementRecord(
        id=spec.id, status="done", kind="judgement", spec=spec, body=Judgement(verdicts=verdicts)
    )


def test_tags_of_a_script_are_marked_where_they_are_and_say_whose_they_are() -> None:
    read = written()
    found = paragraphs(read, (), SMALL_DISPUTE)
    assert [p.text for p in found] == [t.replace("**", "") for t in read.body.paragraphs]
    assert sum(len(p.marks) for p in found) == len(read.body.claims)
    assert {mark.by for p in found for mark in p.marks} == {BY_SCRIPT}
    assert all((mark.kind == "echo") == bool(mark.quote) for p in found for mark in p.marks), (
        "the published point that is made stands in the text"
    )
    assert all(mark.quote in p.text for p in found for mark in p.marks)


def test_a_judges_quote_is_marked_in_its_words_and_bears_its_name() -> None:
    read = written()
    words = " ".join(read.body.paragraphs[1].replace("**", "").split()[2:5])
    quote = Quote(text=words.upper(), at=2)
    (_, second, *_) = paragraphs(
        read,
        [judged(read, Verdict(item="point_o_0", answer="own", quotes=(quote,)))],
        SMALL_DISPUTE,
    )
    mark = second.marks[-1]
    assert (mark.kind, mark.seat) == ("echo", "o")
    assert mark.by == "judge openai/judge@http://127.0.0.1:9, uncalibrated"
    name = SMALL_DISPUTE.principals[SMALL_DISPUTE.seats.o].name
    assert mark.text == f"makes a point of {name} its own: “The well is ours.”"
    place = len(second.marks) - 1
    said = "".join(piece.text for piece in second.pieces if place in piece.marks)
    assert said.casefold() == words.casefold()


def test_what_is_quoted_from_the_title_is_marked_there() -> None:
    read = written()
    quote = Quote(text=read.body.title, at=0)
    first, second, *_ = paragraphs(
        read,
        [judged(read, Verdict(item="point_o_0", answer="own", quotes=(quote,)))],
        SMALL_DISPUTE,
    )
    assert (first.number, first.text, second.number) == (TITLE, read.body.title, 0)
    assert [piece.marks for piece in first.pieces] == [(0,)]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Is it calm?", "Is it calm? It makes it"),
        ("what Boral would accept", "on what Boral would accept: it makes it"),  # of a list
    ],
)
def test_a_rubric_that_is_not_known_here_keeps_its_words(question: str, said: str) -> None:
    read = written()
    other = POINT.model_copy(update={"id": "tone", "question": question})
    found = judged(read, Verdict(item="tone", answer="own", quotes=(Quote(text="a b c", at=1),)))
    rubric = found.spec.rubric.model_copy(update={"items": (other,)})
    spec = found.spec.model_copy(update={"rubric": rubric})
    first, *_ = paragraphs(read, [found.model_copy(update={"spec": spec})], SMALL_DISPUTE)
    assert first.marks[-1].text.startswith(said)


def test_a_judge_that_cannot_tell_or_whose_quotes_are_not_there_marks_nothing() -> None:
    read = written()
    none = judged(
        read,
        Verdict(item="point_o_0", rejected=("never said",), problem="no quote occurs"),
        Verdict(item="of_another_rubric", answer="own", quotes=(Quote(text="a b c", at=1),)),
    )
    bare = paragraphs(read, (), SMALL_DISPUTE)
    assert paragraphs(read, [none], SMALL_DISPUTE) == bare


def test_headings_and_bold_words_lose_their_signs() -> None:
    (head, rest) = pieces_of("## A **way** out\nand on", ())
    assert (head.text, head.strong) == ("A **way** out", True)
    assert rest.text == "\nand on"
    assert [(p.text, p.strong) for p in pieces_of("**Well.** Half.", ())] == [
        ("Well.", True),
        (" Half.", False),
    ]


MARK = Mark("echo", "", "o", BY_SCRIPT)


@settings(max_examples=30)
@example(text="one two three", quotes=["two", "one two", "three"])
@example(text="**a** b **", quotes=["a b"])
@given(text=st.text(max_size=60), quotes=st.lists(st.text(max_size=12), max_size=4))
def test_pieces_are_the_whole_paragraph(text: str, quotes: list[str]) -> None:
    marks = [replace(MARK, quote=quote) for quote in quotes]
    pieces = pieces_of(text, marks)
    shown = "".join(piece.text for piece in pieces)
    assert shown == "".join(piece.text for piece in pieces_of(text, ()))
    for place, mark in enumerate(marks):
        found = span(mark.quote, shown)
        said = "".join(piece.text for piece in pieces if place in piece.marks)
        assert said == ("" if found is None else shown[slice(*found)])
