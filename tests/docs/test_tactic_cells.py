"""The table of tactics in ``docs/instrument.md`` is the one that its benchmark prints."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.support.command import ROOT, environment


@pytest.mark.slow
def test_tactics_against_each_other_read_what_the_page_says() -> None:
    done = subprocess.run(
        [sys.executable, "benchmarks/tactic_cells.py"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    cells = {}
    for line in done.stdout.splitlines()[1:]:
        official, other, *figures = line.split()
        gaps = [figure for figure in figures if re.fullmatch(r"[+-]0\.\d{3}", figure)]
        cells[official, other] = [re.sub(r"0\.", ".", gap).replace("-", "−") for gap in gaps]
    page = (ROOT / "docs" / "instrument.md").read_text(encoding="utf-8")
    table = page.partition("| official seat |")[2]
    rows = [re.split(r"\s*\|\s*", line)[1:-1] for line in table.splitlines()[2:6]]
    assert len(rows) == 4
    for official, other, *gaps in rows:
        assert cells[official.lower(), other.lower()] == gaps
