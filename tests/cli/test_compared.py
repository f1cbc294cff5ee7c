"""A comparison at a terminal."""

from __future__ import annotations

import dataclasses

import pytest

from harness.analysis.comparison import compare
from harness.analysis.comparison_measures import COLUMNS, GAIN
from harness.analysis.judge_known import JudgeKnown
from harness.cli.compared import cell, print_comparison
from harness.cli.console import results
from tests.analysis.test_comparison_judged import HALF, WORDS, meetings
from tests.support.meetings import empty, meet, two_models


def test_a_difference_that_cannot_be_computed_is_not_known(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = compare(
        two_models([(0.2 + i / 100, 0.1) for i in range(6)]),
        COLUMNS,
        [c for c in COLUMNS if c.kind == "result"],
    )
    print_comparison(found, results())
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line}
    assert lines["regret"].split() == ["regret", "—", "—", "—", "—", "not", "known", "—"]
    assert lines["gain"].split()[5:7] == ["<0.001", "shown"]


def test_cells_say_what_is_missing_and_mark_what_is_loose() -> None:
    meetings = empty("a", "b")
    values = {"gain": 0.25, "deals": 1.0, "tokens": 1234.0, "usd": 0.0123, "red_lines": 2.0}
    meet(meetings, "alpha", values, same={"seed": 1})
    meet(meetings, "alpha", {"gain": 0.25}, epoch=2, same={"seed": 1})
    meet(meetings, "beta", {"gain": 0.1, "tokens": 2.25}, run=1, same={"seed": 2})
    found = compare(meetings, COLUMNS, (GAIN,), loose=True)
    alpha, beta = found.whole.of("u")
    assert [cell(found, alpha, name) for name in ("gain", "deals", "tokens", "usd")] == [
        *("~+0.25", "~1/1 (1 missing)", "~1,234 (1 missing)", "~0.0123 (1 missing)"),
    ]
    assert cell(found, alpha, "red_lines") == "~2.00 (1 missing)"
    assert cell(found, beta, "tokens") == "~2.2"
    assert cell(found, beta, "regret") == "—"


def test_beside_a_difference_by_a_judge_stands_what_it_is_without_its_errors(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_comparison(compare(meetings(HALF, HALF), (GAIN, WORDS), (GAIN, WORDS)), results())
    said = capsys.readouterr().out
    lines = {line.split()[0]: line for line in said.splitlines() if line}
    assert "without the" in said
    assert "−2.50" in lines["words.final"]
    assert "−5.00 [−7.78, −2.52]" in lines["words.final"]
    assert lines["gain"].split()[-1] == "—", "no judge gives it"
    unknown = compare(meetings(HALF, JudgeKnown()), (GAIN, WORDS), (WORDS,))
    print_comparison(unknown, results())
    said = capsys.readouterr().out
    assert "uncalibrated" in next(x for x in said.splitlines() if x.startswith("words.final "))
    assert "words.final: uncalibrated: nothing corrects its judge in run-b." in said
    print_comparison(compare(meetings(HALF, HALF), (GAIN,), (GAIN,)), results())
    assert "without the" not in capsys.readouterr().out


def test_a_note_with_a_name_from_a_file_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    found = compare(meetings(HALF, HALF), (GAIN, WORDS), (GAIN, WORDS))
    noted = dataclasses.replace(found, notes=("m\nEvery difference is shown.",))
    print_comparison(noted, results())
    lines = capsys.readouterr().out.splitlines()
    assert r"m\nEvery difference is shown." in lines
