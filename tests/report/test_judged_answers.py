"""What judges answered about a dialogue, with its quotes; out of a file that anybody may write."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from harness.evaluators.base import Measure
from harness.evaluators.judges import by_judge, with_errors_known
from harness.records.score import Score
from harness.report.judged_answers import Answer, answers_in, print_answers

QUOTED = {"answer": "much", "quotes": [{"at": 2, "text": "we [bold]will\x1b[31m not"}]}


def score(evaluator: str = "rubric_mine", **detail: Any) -> Score:
    return Score(id="0" * 16, evaluator=evaluator, version=1, values={}, why_null={}, detail=detail)


def judge(**more: Any) -> dict[str, Any]:
    return {"judge": "openai/x", "answers": {"loud_o": QUOTED}, "undecided": {}, **more}


def test_each_answer_has_its_words_or_why_there_is_none() -> None:
    none = {"answer": None, "quotes": []}
    told = judge(answers={"loud_o": QUOTED, "loud_u": none}, undecided={"loud_u": "cannot tell"})
    found = list(answers_in([score("settlement", judges=[judge()]), score(judges=[told])]))
    assert found == [
        Answer("openai/x", "rubric_mine", "loud_o", "much", ((2, "we [bold]will\x1b[31m not"),)),
        Answer("openai/x", "rubric_mine", "loud_u", "no answer: cannot tell", ()),
    ]


def test_what_is_out_of_form_is_left_out() -> None:
    for wrong in ({}, {"judges": 3}, {"judges": ["x"]}, {"judges": [{"answers": []}]}):
        assert list(answers_in([score(**wrong)])) == []
    odd = judge(answers={"a": 3, "b": {"answer": "x", "quotes": [{"at": "y"}, 4]}}, undecided=7)
    assert [one.quotes for one in answers_in([score(judges=[odd])])] == [()]


def test_they_are_printed_by_judge_and_nothing_in_them_acts() -> None:
    out = io.StringIO()
    print_answers([score(judges=[judge(), judge(judge="openai/y")])], Console(file=out, width=80))
    lines = out.getvalue().splitlines()
    assert lines == [
        "",
        "rubric_mine, by judge openai/x, uncalibrated",
        "  loud_o: much",
        "    [2] “we [bold]will\\x1b[31m not”",
        "",
        "rubric_mine, by judge openai/y, uncalibrated",
        "  loud_o: much",
        "    [2] “we [bold]will\\x1b[31m not”",
    ]
    silent = io.StringIO()
    print_answers([score()], Console(file=silent))
    assert silent.getvalue() == ""


def test_what_is_known_of_a_judge_is_said_of_exactly_the_answers_that_it_holds_for() -> None:
    told = judge(answers={"loud_o": QUOTED, "loud_u": {"answer": "none", "quotes": []}})
    scores = [score(judges=[told, {**told, "judge": "openai/y"}])]

    def lines(**known: Any) -> list[str]:
        out = io.StringIO()
        print_answers(scores, Console(file=out, width=80), **known)
        return [one for one in out.getvalue().splitlines() if one and "[2]" not in one]

    one, other = (f"rubric_mine.loud_{seat}" for seat in "ou")
    assert lines(known={one: {"openai/x"}}) == [
        "rubric_mine, by judge openai/x, uncorrected",
        "  loud_o: much",
        "  loud_u: none (uncalibrated)",
        "rubric_mine, by judge openai/y, uncalibrated",
        "  loud_o: much",
        "  loud_u: none",
    ]
    measure = Measure(name="loud", title="loud", definition="loud", range="0..1", undefined="")
    corrected = with_errors_known(by_judge(measure, "none"))
    both = lines(definitions={one: corrected, other: corrected})
    assert both[0] == "rubric_mine, by judge openai/x, uncorrected"
    assert not any("uncalibrated" in line for line in both)
