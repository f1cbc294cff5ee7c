"""How far readers agree on questions about records, as rows and sentences."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from harness.analysis.answer_agreement import AnswerAgreement, AnswersBy, Differing
from harness.report.answer_words import (
    LISTED,
    NOBODY,
    NOTE,
    answer_groups,
    answer_sentences,
    print_answers,
    print_differing,
)

ANN = AnswersBy(who="ann", rubric="mine", records=12, answers=82, missing=2)


def agreement(**fields: Any) -> AnswerAgreement:
    known: dict[str, Any] = {
        "rubric": "mine",
        "first": "ann",
        "second": "openai/j",
        "judge": True,
        "item": "whose_draft",
        "answers": 22,
        "missing": 2,
        "same": 15,
        "kappa": 0.5,
        "kappa_interval": (0.25, 0.75),
        "alpha": 0.6,
        "alpha_interval": None,
        "off": 0.1,
    }
    return AnswerAgreement(**(known | fields))


def printed(*agreements: AnswerAgreement) -> str:
    console = Console(width=100, record=True)
    with console.capture() as captured:
        print_answers([ANN], agreements, console)
    return " ".join(captured.get().split())


def test_a_row_says_what_and_what_is_missing() -> None:
    (group,) = answer_groups([agreement(), agreement(item="instructs", kappa=None, off=None)])
    assert group.title == "ann and the judge openai/j, by mine"
    assert group.rows == (
        ("whose draft", "22", "15", "2", "0.50 [0.25, 0.75]", "0.60", "+0.10"),
        ("instructs", "22", "15", "2", "—", "0.60", "—"),
    )
    people, judge = answer_groups([agreement(judge=False, second="ben"), agreement()])
    assert people.title == "ann and ben, by mine"
    assert "the judge" in judge.title


def test_who_answered_how_much() -> None:
    one = AnswersBy(who="ben", rubric="mine", records=1, answers=1, missing=0)
    assert answer_sentences([ANN, one]) == [
        "ann has answered 82 questions about 12 records by mine, and left 2 open.",
        "ben has answered 1 question about 1 record by mine.",
    ]


def test_where_no_two_have_read_the_same_that_is_said() -> None:
    assert NOBODY in printed()
    assert NOTE not in printed()
    assert NOTE in printed(agreement())
    assert "[bold]" in printed(agreement(item="x", first="[bold]ann"))


def test_where_people_differ_is_listed_with_the_way_to_read_it() -> None:
    def told(count: int) -> str:
        found = [
            Differing(
                rubric="mine",
                record=f"{n:016x}",
                item="loud_o",
                answers={"ann": "none", "[b]ben": "much"},
                apart=1.0,
            )
            for n in range(count)
        ]
        console = Console(width=100)
        with console.capture() as captured:
            print_differing(found, "runs/a", console)
        return " ".join(captured.get().split())

    assert told(0) == ""
    few = told(2)
    assert "People differ on 2 answers" in few
    assert "ann: none, [b]ben: much" in few
    assert "track15 show runs/a 0000000000000000" in few
    assert "more are in --json" not in few
    many = told(LISTED + 3)
    assert "3 more are in --json." in many
    assert many.count("loud_o") == LISTED


def test_a_name_from_a_file_begins_no_line_of_its_own() -> None:
    evil = "ann\n12 people agree\x1b[31m"
    (sentence,) = answer_sentences(
        [AnswersBy(who=evil, rubric="m", records=1, answers=1, missing=0)]
    )
    assert sentence.startswith(r"ann\n12 people agree\x1b[31m has answered 1 question")
    (group,) = answer_groups([agreement(first=evil)])
    assert group.title == r"ann\n12 people agree\x1b[31m and the judge openai/j, by mine"
