"""Whether a judge may be used for questions: by one rule, and unclear where it cannot be told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.analysis.agreement import Agreed
from harness.analysis.answer_account import AnswerAccount, answer_account
from harness.analysis.answer_usable import (
    NOT_PLANTED,
    NOTHING_PLANTED,
    RULE,
    answer_verdicts,
)
from tests.support.answer_reads import asked, read

GOOD = answer_account(
    [
        read(f"t{n}", asked("threat", "o", n % 4, n % 4), asked("threat", "u", 0, 0))
        for n in range(40)
    ]
)
HIGH, MIDDLE, LOW = (0.9, 0.8, 0.95), (0.75, 0.6, 0.9), (0.4, 0.3, 0.5)


def of(ends: tuple[float, float | None, float | None], n: int = 40) -> Agreed:
    return Agreed(*ends, n)


def with_figures(**figures: Agreed) -> AnswerAccount:
    named = {name.replace("__", "."): one for name, one in figures.items()}
    return replace(GOOD, items={"threat": {**GOOD.items["threat"], **named}})


@pytest.mark.parametrize(
    ("sensitivity", "specificity", "alpha", "usable"),
    [
        (HIGH, HIGH, HIGH, "yes"),
        (MIDDLE, HIGH, HIGH, "unclear"),
        (HIGH, MIDDLE, HIGH, "unclear"),
        (HIGH, HIGH, MIDDLE, "unclear"),
        (LOW, HIGH, HIGH, "no"),
        (HIGH, LOW, HIGH, "no"),
        (HIGH, HIGH, LOW, "no"),
        (MIDDLE, MIDDLE, LOW, "no"),
        (HIGH, HIGH, (0.9, None, None), "unclear"),
    ],
)
def test_an_item_needs_all_three(
    sensitivity: tuple[float, float, float],
    specificity: tuple[float, float, float],
    alpha: tuple[float, float, float],
    usable: str,
) -> None:
    account = with_figures(
        sensitivity=of(sensitivity), specificity=of(specificity), alpha=of(alpha)
    )
    assert answer_verdicts(account, 40)["threat"].usable == usable


def test_a_judge_that_is_right_passes_and_says_by_what() -> None:
    found = answer_verdicts(GOOD, 40)
    assert found["threat"].usable == "yes"
    assert "alpha 1.00" in found["threat"].why
    for name in ("speaking order", "seats", "answers"):
        assert found[name].usable == "yes"


def test_few_transcripts_leave_open_how_far_a_judge_leans() -> None:
    few = [
        read(f"t{n}", asked("threat", "o", n % 4, n % 4), asked("threat", "u", 0, 0))
        for n in range(30)
    ]
    assert answer_verdicts(answer_account(few), 30)["seats"].usable == "unclear"


@pytest.mark.parametrize(
    ("missing", "usable"),
    [((0.1, 0.0, 0.2), "yes"), ((0.15, 0.05, 0.3), "unclear"), ((0.15, 0.11, 0.2), "no")],
)
@pytest.mark.parametrize("sort", ["missing__there", "missing__not"])
def test_answers_that_are_missing_are_a_fault(
    sort: str, missing: tuple[float, float, float], usable: str
) -> None:
    found = answer_verdicts(with_figures(**{sort: of(missing)}), 40)["threat"]
    assert found.usable == usable
    assert ("6 of 40" in found.why) == (usable != "yes")


def test_too_few_of_an_answer_is_unclear() -> None:
    found = answer_verdicts(with_figures(missing__there=of((0.0, 0.0, 0.2), 14)), 40)["threat"]
    assert found.usable == "unclear"
    assert "14 known answers where something is there" in found.why


def test_what_is_not_planted_or_not_read_is_unclear_and_says_so() -> None:
    account = replace(GOOD, items={**GOOD.items, "hurry": {}})
    found = answer_verdicts(account, 40)
    assert (found["hurry"].usable, found["hurry"].why) == ("unclear", NOT_PLANTED)
    assert found["devious talk"].usable == "unclear"
    assert "--perturb label" in found["names"].why
    assert "--perturb order" in found["order of answers"].why
    assert "--repeats 2" in found["stability"].why


def test_a_lean_on_a_single_item_is_not_hidden_by_the_others() -> None:
    bias = {"label": of((0.05, 0.02, 0.08))}
    account = replace(with_figures(label=of((0.3, 0.2, 0.4))), bias=bias)
    found = answer_verdicts(account, 40)["names"]
    assert found.usable == "no"
    assert "on threat" in found.why
    assert answer_verdicts(replace(GOOD, bias=bias), 40)["names"].usable == "yes"


@pytest.mark.parametrize(("hurry", "usable"), [(HIGH, "yes"), (MIDDLE, "unclear"), (LOW, "no")])
def test_stability_is_that_of_the_worst_item(
    hurry: tuple[float, float, float], usable: str
) -> None:
    figures = {"same": of(HIGH), "alpha.threat": of(HIGH), "alpha.hurry": of(hurry)}
    found = answer_verdicts(replace(GOOD, stability=figures), 40)["stability"]
    assert found.usable == usable
    assert "alpha of hurry" in found.why


def test_readings_without_a_reply_and_the_rule() -> None:
    assert answer_verdicts(replace(GOOD, unusable=3), 40)["answers"].usable == "no"
    assert all(bound in RULE for bound in ("0.7", "0.667", "10%", "0.1", "5%"))


def test_what_is_in_no_transcript_is_said_and_not_asked_for_in_more_of_them() -> None:
    reads = [read(f"t{n}", asked("hurry", "o", 0, int(n == 0))) for n in range(40)]
    found = answer_verdicts(answer_account(reads), 40)["hurry"]
    assert found.usable == "unclear"
    assert found.why.startswith(f"{NOTHING_PLANTED}: sees nothing where nothing is 0.97")
