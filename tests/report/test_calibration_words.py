"""A calibration at the terminal."""

from __future__ import annotations

import io

from rich.console import Console

from harness.analysis.agreement import Agreed
from harness.analysis.judge_account import account_of
from harness.analysis.judge_usable import RULE, verdicts_of
from harness.planted.kinds import KINDS as PLANTED
from harness.report.calibration_words import COMMITMENT, KINDS, LEANINGS, cell, print_calibration
from tests.records.test_calibration import calibration
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


def test_a_figure_has_its_interval_or_none() -> None:
    assert cell(Agreed(0.5, 0.25, 0.75, 9)) == "0.50 (0.25 to 0.75)"
    assert cell(Agreed(0.5, None, None, 9), signed=True) == "+0.50"
    assert cell(Agreed(None, None, None, 0)) == cell(None) == "—"
