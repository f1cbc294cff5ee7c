"""What the commands show: names that stay whole, what was cut, and a stranger's command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.records.run import own_command
from harness.report.tables import print_table
from tests.support.command import track15

# --- F8: names stay whole -----------------------------------------------------------------------


def table(width: int, *rows: tuple[str, ...], **options: Any) -> list[str]:
    import io

    from rich.console import Console

    file = io.StringIO()
    headings = tuple(f"column {i}" for i in range(len(rows[0])))
    print_table(Console(file=file, width=width), headings, rows, **options)
    return [line.rstrip() for line in file.getvalue().splitlines()]


@pytest.mark.kind("F8")
def test_a_name_is_broken_between_its_parts_and_only_where_there_is_no_room() -> None:
    long = "an-arm-with-a-very-long-name-that-nobody-chose"
    prose = "words that can be broken anywhere between them"
    assert table(120, (long, prose))[1].startswith(long)
    lines = table(48, (long, prose))
    assert lines[1].startswith("an-arm-with-a-very-long-name-that- ")
    assert lines[2].startswith("nobody-chose ")
    whole = "ab12cd34ef56ab78cd90ef12ab34"
    assert table(40, (whole[:24], prose, prose))[1].startswith(whole[:24])


@pytest.mark.kind("F8")
def test_a_table_that_does_not_fit_is_wide_not_cut() -> None:
    names = tuple(f"name-number-{i}-of-six" for i in range(6))
    lines = table(40, names, names=range(6))
    assert lines[-1].split() == list(names)


# --- F10: what became of the run ------------------------------------------------------------------


@pytest.mark.kind("F10")
def test_what_a_limit_cuts_is_said(tmp_path: Path) -> None:
    run = ("run", "quickstart", "--scenario", "opening", "--scenario", "fair", "--epochs", "2")
    cut = "--limit cut 12 dialogues of the suite, and 1 scenario whole: fair."
    planned = track15("plan", *run[1:], "--limit", "4", cwd=tmp_path)
    assert cut in " ".join(planned.out.split())
    assert "4 dialogues on 1 scenario." in planned.out
    done = track15(*run, "--limit", "4", "--no-report", cwd=tmp_path)
    assert done.code == 0, done.err
    said = " ".join(done.out.split())
    assert "4 of 4 planned dialogues played." in said
    assert cut in said
    document = json.loads(track15("report", "--json", cwd=tmp_path).out)["account"]
    assert (document["planned"], document["cut_by_limit"]) == (4, 12)
    assert document["cut_scenarios"] == ["fair"]
    uncut = track15(*run, "--limit", "16", "--no-report", cwd=tmp_path)
    assert "--limit" not in uncut.out


# --- X3: a stranger's command ---------------------------------------------------------------------


@pytest.mark.kind("X3")
@pytest.mark.parametrize(
    ("recorded", "offered"),
    [
        ("track15 run quickstart --limit 6", "track15 run quickstart --limit 6"),
        (".venv/bin/track15 run mine.yaml", "track15 run mine.yaml"),
        ("/home/theirs/track15 run mine.yaml", "track15 run mine.yaml"),
        ("track15 run 'a b; rm -rf ~'", "track15 run 'a b; rm -rf ~'"),
        ("track15 run x; rm -rf ~", "track15 run 'x;' rm -rf '~'"),
        ("track15 run x $(reboot)", "track15 run x '$(reboot)'"),
        ("track15; reboot", None),
        ("rm -rf ~", None),
        ("track15 run x\nreboot", None),
        ("track15 run x\x1b[8m; reboot", None),
        ("track15 run x \u202e", None),
        ("track15 run x --delegation unofficial=evil.py:X", None),
        ("track15 score", None),
        ("track15 run 'x", None),
        ("", None),
    ],
)
def test_a_recorded_command_is_offered_only_when_it_is_harmless(
    recorded: str, offered: str | None
) -> None:
    assert own_command(recorded) == (offered or "")
