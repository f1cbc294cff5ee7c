"""A calibration at the terminal."""

from __future__ import annotations

import io

from rich.console import Console

from harness.analysis.answer_account import answer_account
from harness.analysis.answer_usable import RULE as ANSWER_RULE
from harness.analysis.answer_usable import answer_verdicts
from harness.analysis.judge_account import account_of
from harness.analysis.judge_usable import RULE, verdicts_of
from harness.planted.kinds import KINDS as PLANTED
from harness.report.calibration_words import COMMITMENT, KINDS, LEANINGS, print_calibration
from tests.records.test_calibration import calibration
from tests.support.answer_reads import asked, read
from tests.support.planted_judge import read_by, told

HOSTILE = "openai/[bold]x\u202e[/bold]"


def printed(model: str = "openai/x") -> str:
    reads = read_by("noisy", told("dev"))
    account = account_of(reads)
    record = calibration(judge={"model": model}, transcripts=48)
    out = io.StringIO()
    console = Console(file=out, width=120, force_terminal=False)
    print_calibration(record, account, verdicts_of(account, len(reads)), console)
    return out.getvalue()


def test_it_says_what_the_judge_may_be_used_for_by_which_rule_and_why() -> None:
    said = " ".join(printed().split())
    assert "openai/x read 48 planted transcripts of the split 'test'" in said
    assert RULE in said
    for name in ("concessions", "retractions", "last words", "threats", "stability"):
        assert name in said
    for words in KINDS.values():
        assert words in said
    assert LEANINGS["speaker"] in said
    assert COMMITMENT["commitment"] in said
    assert LEANINGS["label"] not in said, "it was not read with names exchanged"


def test_every_kind_has_a_name() -> None:
    assert KINDS.keys() == set(PLANTED)


def test_words_of_others_are_no_markup() -> None:
    said = printed(HOSTILE)
    assert "[bold]" in said
    assert "\u202e" not in said


def test_questions_are_printed_by_the_same_function() -> None:
    account = answer_account([read("one", asked("threat", "o", 1, 2))])
    out = io.StringIO()
    console = Console(file=out, width=120, force_terminal=False)
    verdicts = answer_verdicts(account, 1)
    print_calibration(calibration(), account, verdicts, console)
    said = " ".join(out.getvalue().split())
    assert ANSWER_RULE in said
    assert RULE not in said
    assert "threat: right" in said
