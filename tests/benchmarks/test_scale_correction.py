"""Answers on a scale, corrected: they hold the truth, and a judge that bends is refused."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from benchmarks.scale_correction import BEGIN, END, STEPS, WORLDS, World, main, row_of

PAGE = Path(__file__).resolve().parents[2] / "docs" / "validity.md"
COUNT = 120
LEAST = 0.88
"""Of 120 intervals of 95 %, fewer hold the truth once in a thousand times."""


def world(name: str) -> World:
    return next(one for one in WORLDS if one.name == name)


@pytest.mark.parametrize("name", ["wrong by chance in half", "overlooks half"])
def test_the_interval_holds_the_truth_where_the_judges_own_does_not(name: str) -> None:
    row = row_of(world(name), COUNT)
    assert row.mean[1] >= LEAST
    assert row.difference[1] >= LEAST
    assert row.mean[0] < 0.1
    assert row.difference[0] < 0.7
    assert abs(row.off[1]) < 0.03
    assert row.bent < 0.15


def test_a_judge_that_bends_is_refused_and_the_line_would_have_been_wrong() -> None:
    row = row_of(world("calls all that is there nearly alike"), COUNT)
    assert row.bent > 0.95
    assert math.isnan(row.mean[1])
    assert row.mean[2] < 0.8


def test_every_answer_is_taken_for_one() -> None:
    for one in WORLDS:
        assert one.takes.shape == (STEPS, STEPS)
        assert np.allclose(one.takes.sum(axis=1), 1), one.name


def test_the_table_is_written_between_its_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["scale_correction.py", "--count", "3", "--write", str(page)])
    main()
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{BEGIN}\n3 runs a row")
    assert text.endswith(f"{END}\nafter\n")
    assert "old" not in text
    assert text.count("| perfect |") == 1


def test_the_page_has_a_row_for_every_world() -> None:
    shown = PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]
    named = [row.split("|")[1].strip() for row in shown.splitlines() if row.startswith("| ")]
    assert named[1:] == [one.name for one in WORLDS]
