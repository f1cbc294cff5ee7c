"""The statistics hold what they claim, in experiments with a known truth; and the page shows it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import factorials, sequences
from benchmarks.validity import (
    BEGIN,
    COUNT,
    END,
    POWERED,
    SHARES,
    WORLDS,
    World,
    promised,
    row_of,
    share_rows,
    table,
    write,
)
from tests.support.command import ROOT, environment

MORE = len(factorials.DESIGNS) + len(sequences.COURSES) + 4
"""Rows of the tables of other modules, with their headings."""
PAGE = (ROOT / "docs" / "validity.md").read_text(encoding="utf-8")
KNOWN = {world.name: world for world in (*WORLDS, *POWERED)}


def row(name: str, count: int = 120) -> tuple[float, float, float, float]:
    found = row_of(KNOWN[name], count)
    return found.shown, found.covered, found.bias, found.flagged


@pytest.mark.parametrize(
    "name", ["8 scenarios", "12 scenarios", "8 scenarios, 15 % void at random"]
)
def test_where_nothing_is_true_little_is_shown(name: str) -> None:
    shown, covered, bias, flagged = row(name)
    assert shown <= 0.10  # SE .02
    assert covered >= 0.89
    assert abs(bias) < 0.02
    assert flagged <= 0.12


def test_with_five_scenarios_nothing_is_shown() -> None:
    assert row("5 scenarios", 60)[0] == 0


def test_voids_that_follow_the_outcome_are_flagged() -> None:
    shown, _, bias, flagged = row("12 scenarios, void 5 % and 50 % more if high", 60)
    assert shown > 0.08, "they make effects out of nothing"
    assert bias < -0.02
    assert flagged > 0.9


def test_rare_large_effects_are_not_caught_and_the_page_says_so() -> None:
    assert row("12 scenarios, one in ten has a large effect", 100)[0] > 0.15
    assert "Rare large effects are not caught" in PAGE


def test_the_promised_effect_has_the_promised_power() -> None:
    shown, covered, bias, _ = row("8 scenarios, the promised effect, correlation 0", 250)
    assert 0.72 <= shown <= 0.88  # SE .025
    assert covered > 0.9
    assert abs(bias) < 0.02
    correlated = World("x", 8, rho=0.6)
    assert promised(correlated) < promised(World("x", 8, rho=0.0))


def test_shares_keep_their_width_and_their_promise() -> None:
    for _, covered, flat, width in share_rows(60):
        assert covered >= 0.85  # SE .03
        assert flat == 0
        assert 0 < width < 0.6


def test_the_page_holds_the_table() -> None:
    shown = PAGE.split(BEGIN)[1].split(END)[0]
    assert f"{COUNT:,} experiments a row" in shown
    names = re.findall(r"^\| ([^|]+?) \|", shown, re.MULTILINE)
    expected = [world.name for world in (*WORLDS, *POWERED)]
    assert [name for name in names if name in KNOWN] == expected
    assert len(names) == len(expected) + len(SHARES) + 3 + MORE
    for name, figures in re.findall(r"^\| (\d+ scenarios[^|]*?) \| ([^\n]+) \|$", shown, re.M):
        assert all(0 <= float(one.replace("−", "-")) <= 1.5 for one in figures.split(" | ")[:2]), (
            name
        )


def test_the_table_is_written_between_its_markers(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# A\n\n{BEGIN}\nold\n{END}\n\nafter\n", encoding="utf-8")
    write(page, "| new |")
    assert page.read_text(encoding="utf-8") == f"# A\n\n{BEGIN}\n| new |\n{END}\n\nafter\n"
    page.write_text("nothing", encoding="utf-8")
    with pytest.raises(SystemExit, match="the markers"):
        write(page, "x")


def test_the_same_seed_gives_the_same_row() -> None:
    world = KNOWN["8 scenarios"]
    assert row_of(world, 3) == row_of(world, 3)
    assert row_of(world, 3) != row_of(world, 3, seed=1)


def test_the_command_refuses_no_experiments() -> None:
    done = subprocess.run(
        [sys.executable, "benchmarks/validity.py", "--count", "0"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "at least one experiment" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_small_table_has_every_row() -> None:
    lines = table(2).splitlines()
    assert sum(line.startswith("| ") for line in lines) == len(KNOWN) + len(SHARES) + 3 + MORE
