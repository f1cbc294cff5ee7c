"""Simulated judges of questions come out at their true quality."""

from __future__ import annotations

from functools import cache

import pytest

from benchmarks.answer_judges import (
    RUBRIC,
    Truth,
    coverage,
    figures,
    holds,
    known,
    rows,
    verdicts,
)
from benchmarks.simulated_answers import JUDGES, AnsweringJudge, known_reads, put, readings
from harness.analysis.agreement import Agreed
from harness.analysis.answer_account import AnswerAccount, answer_account
from harness.analysis.answer_reads import AnswerRead
from harness.analysis.answer_usable import answer_verdicts
from harness.analysis.judge_usable import Verdict
from harness.planted.sets import RUBRICS, planted


@cache
def told() -> tuple[AnswerRead, ...]:
    return tuple(known())


def judge(name: str) -> AnsweringJudge:
    return next(one for one in JUDGES if one.name == name)


@cache
def account(name: str) -> AnswerAccount:
    return answer_account(readings(judge(name), told(), seed=2))


def verdict(name: str, criterion: str) -> Verdict:
    return answer_verdicts(account(name), len(told()))[criterion]


@pytest.mark.parametrize("name", [one.name for one in JUDGES])
def test_a_judge_comes_out_as_good_as_it_is(name: str) -> None:
    # One interval in twenty misses by chance: benchmarks/judges.py counts over many seeds.
    for figure, true, find in figures(Truth(judge(name), told())):
        assert holds(find(account(name)), true), f"{figure}: {find(account(name))}, truly {true}"


@pytest.mark.parametrize(
    ("name", "criterion", "usable"),
    [
        ("perfect", "threat", "yes"),
        ("noisy", "threat", "yes"),
        ("poor", "threat", "no"),
        ("lazy", "threat", "no"),
        ("shy", "threat", "no"),
        ("squeamish", "answers", "no"),
        ("favours-name", "names", "no"),
        ("favours-name", "seats", "yes"),
        ("favours-opener", "speaking order", "no"),
        ("favours-opener", "names", "yes"),
        ("favours-first-answer", "order of answers", "no"),
        ("noisy", "order of answers", "yes"),
    ],
)
def test_the_rule_finds_what_is_wrong_with_it_and_nothing_else(
    name: str, criterion: str, usable: str
) -> None:
    assert verdict(name, criterion).usable == usable, verdict(name, criterion).why


@pytest.mark.parametrize("rubric", RUBRICS[1:])
def test_a_judge_that_is_right_passes_every_question_of_every_rubric(rubric: str) -> None:
    reads = known_reads(planted("test", rubric=rubric))
    found = answer_verdicts(answer_account(reads), len(reads))
    items = {one.item for one in reads[0].asked or () if one.known}
    assert items
    assert {item: found[item].usable for item in items} == dict.fromkeys(items, "yes")


def test_the_transcripts_are_of_the_rubric_in_every_telling() -> None:
    assert {one.told for one in told()} == {"as_written", "label", "order"}
    assert all(one.known for read in told() for one in read.asked or ()), RUBRIC


def test_chances_of_a_judge_are_chances() -> None:
    questions = [one for read in told()[:12] for one in put(read)]
    for one in JUDGES:
        for question in questions:
            chances = one.takes(question)
            assert sum(chances.values()) == pytest.approx(1)
            assert chances.keys() <= {*question.asked.answers, None}


def test_what_is_expected_is_what_many_readings_give() -> None:
    truth = Truth(judge("noisy"), told())
    many = [read for seed in range(12) for read in readings(judge("noisy"), told(), seed)]
    asked = [one for read in many for one in read.asked or () if read.told == "as_written"]
    share = sum(one.given == one.truth for one in asked) / len(asked)
    assert share == pytest.approx(truth.right(), abs=0.02)
    errors = [one.error for one in asked if one.item == "threat" and one.error is not None]
    assert sum(errors) / len(errors) == pytest.approx(truth.error("threat"), abs=0.03)


def test_a_false_figure_does_not_hold() -> None:
    assert not holds(Agreed(0.5, 0.4, 0.6, 9), 0.7)
    assert not holds(Agreed(0.5, None, None, 9), 0.6)
    assert not holds(Agreed(None, None, None, 0), 0.6)
    assert not holds(None, 0.6)


def test_the_tables_are_made_by_the_command_itself() -> None:
    found = list(rows(told()))
    assert [row[0] for row in found if row[0]] == [one.name for one in JUDGES]
    assert all(row[5] in ("yes", "**no**") for row in found)
    inside = [float(row[-1]) for row in coverage(told(), range(2))]
    assert inside
    assert sum(inside) / len(inside) > 0.8


def test_the_better_a_judge_the_more_often_it_may_be_used() -> None:
    right, wrong = verdicts(range(1), ("dev",), (0.0, 0.4))
    assert right == ("dev", "1.00", "1.00", "0.00", "0.00", "1.00", "0.00", "0.00")
    assert wrong[:3] == ("dev", "0.60", "0.00")
    assert sum(map(float, wrong[2:5])) == sum(map(float, wrong[5:])) == pytest.approx(1, abs=0.02)
