"""A judge of questions at the terminal."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache

from rich.console import Console

from harness.analysis.answer_account import AnswerAccount, answer_account
from harness.analysis.answer_errors import AnswerTable
from harness.report.answer_calibration_words import (
    AGREEMENT,
    DIRECTED,
    LEANINGS,
    answer_counts,
    confusion,
    others,
    print_answers,
    rows,
)
from tests.support.answer_reads import asked, read
from tests.support.calibrated_answers import everything


@cache
def whole() -> AnswerAccount:
    return answer_account(everything())


def printed(account: AnswerAccount, width: int = 110) -> str:
    out = io.StringIO()
    print_answers(account, Console(file=out, width=width, force_terminal=False))
    return out.getvalue()


def test_every_question_has_its_figures_its_table_and_what_is_missing() -> None:
    said = " ".join(printed(whole()).split())
    for words in ("threat: right", "hurry: right", "open threat", "no verdict", *LEANINGS.values()):
        if "other words" not in words and "talk that changes" not in words:
            assert words in said
    assert LEANINGS["paraphrase_right"] not in said, "it was not read in other words"
    assert DIRECTED not in said
    assert "alpha (interval) of such readings: hurry" in said


def test_an_item_that_is_not_planted_has_no_row() -> None:
    account = replace(whole(), items={**whole().items, "belittling": {}})
    assert [row[0] for row in rows(account, AGREEMENT)] == ["all", "threat", "hurry"]
    assert "belittling" not in printed(account)


def test_a_table_has_a_row_for_each_true_answer_and_a_column_for_no_verdict() -> None:
    table = AnswerTable(("none", "a_few"), ((3, 1), (0, 2)), (0, 4))
    assert confusion(table) == (
        ["none", "a few", "no verdict"],
        [["none", "3", "1", "0"], ["a few", "0", "2", "4"]],
    )


def test_a_table_of_five_answers_fits_a_terminal() -> None:
    reads = [read(f"t{n}", asked("ground", "", n % 5, n % 5)) for n in range(20)]
    assert max(map(len, printed(answer_account(reads), 80).splitlines())) <= 80


def test_what_is_missing_is_counted_in_words() -> None:
    said = answer_counts(replace(whole(), unusable=1234, abstained=5))
    assert "1,234 readings unusable, 5 questions without a verdict" in said
    assert "never the mildest answer" in said


def test_a_directed_question_says_which_way_is_up() -> None:
    reads = [read(f"t{n}", asked("ground", "", n % 5, n % 5)) for n in range(20)]
    account = answer_account(reads)
    assert DIRECTED.split(",")[0] in " ".join(printed(account).split())
    assert any("right party" in words for words, _ in others(account))
