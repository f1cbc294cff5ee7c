"""The table of tactics in ``docs/instrument.md`` is the one that its benchmark prints."""

from __future__ import annotations

import re

import pytest

from benchmarks import tactic_cells
from tests.support.command import ROOT


def rows_of_the_page() -> list[list[str]]:
    page = (ROOT / "docs" / "instrument.md").read_text(encoding="utf-8")
    table = page.partition("| official seat |")[2]
    return [re.split(r"\s*\|\s*", line)[1:-1] for line in table.splitlines()[2:6]]


def test_the_page_has_four_rows_of_the_benchmark() -> None:
    pairs = [(official.lower(), other.lower()) for official, other, *_ in rows_of_the_page()]
    assert pairs == list(tactic_cells.REFERENCE)[:4]


@pytest.mark.slow
@pytest.mark.parametrize("row", range(4))
def test_tactics_against_each_other_read_what_the_page_says(
    row: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    official, other, *gaps = rows_of_the_page()[row]
    pair = (official.lower(), other.lower())
    monkeypatch.setattr(tactic_cells, "REFERENCE", {pair: tactic_cells.REFERENCE[pair]})
    tactic_cells.main()
    (line,) = capsys.readouterr().out.splitlines()[1:]
    assert line.split()[:2] == list(pair)
    figures = [one for one in line.split()[2:] if re.fullmatch(r"[+-]0\.\d{3}", one)]
    assert [re.sub(r"0\.", ".", gap).replace("-", "−") for gap in figures] == gaps
