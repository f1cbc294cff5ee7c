"""The interval of agreement holds the truth where that of resampling is too short."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.agreement import BEGIN, END, FIGURES, RIGHT, TRANSCRIPTS, main, rows

PAGE = Path(__file__).resolve().parents[2] / "docs" / "validity.md"


def test_it_holds_the_truth_and_resampling_does_less() -> None:
    found = list(rows(25))
    assert len(found) == len(FIGURES) * len(RIGHT) * len(TRANSCRIPTS)
    ours, resampled = (sum(float(row[place]) for row in found) / len(found) for place in (4, 6))
    # Of 300 intervals of 95 %, fewer hold the truth once in a thousand times.
    assert ours > 0.91
    assert resampled < ours
    assert all(row[5] == "0.000" for row in found), "there is one wherever there are ten"


def test_the_table_is_written_between_its_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nstale\n{END}\nafter\n", encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["agreement.py", "--count", "1", "--write", str(page)])
    main()
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{BEGIN}\n1 judges a row")
    assert text.endswith(f"{END}\nafter\n")
    assert "stale" not in text


def test_the_page_has_every_row() -> None:
    shown = PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]
    named = [row.split("|")[1].strip() for row in shown.splitlines() if row.startswith("| ")]
    assert len(named) == 1 + len(FIGURES) * len(RIGHT) * len(TRANSCRIPTS)
