"""Where the ground was given, at a terminal; and how text is set in there."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.text import Text

from harness.app.reading import reading_of
from harness.cli.ground import print_ground, print_in, print_ledger, seat_style
from harness.disputes.scenario import Scenario
from tests.support.disputes import small
from tests.support.prose_ledgers import judged_run
from tests.support.run_folders import LOPSIDED, MIDDLE, dialogue, make_run, make_suite

OPENING = {"well": "mine", "fence": "them"}
"""The public opening of the unofficial seat: (0, 1)."""


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def console(width: int = 90) -> tuple[Console, io.StringIO]:
    file = io.StringIO()
    return Console(file=file, width=width), file


def ground(tmp_path: Path, scenario: Scenario, entries: Any, *, width: int = 90) -> list[str]:
    played = dialogue(scenario, "lean", entries, words="So [b]be[/b] it.")
    run = make_run(tmp_path / "run", make_suite(), {"small": scenario}, [played], [])
    shown, file = console(width)
    print_ledger(shown, reading_of(run, played))
    return file.getvalue().splitlines()


def test_a_move_says_what_it_gave_to_whom_and_what_came_of_it(
    tmp_path: Path, scenario: Scenario
) -> None:
    lines = ground(
        tmp_path, scenario, [("u", OPENING), ("o", "reject"), ("u", LOPSIDED), ("o", "accept")]
    )
    assert lines[:2] == ["", "Where the ground was given"]
    assert " ".join(lines[2 : lines.index("", 2)]) == (
        "Change in true value, on a scale from 0 to 1: first for the principal of the side that "
        "moved, then for the other side's principal. A first proposal is compared with the side's "
        "public position."
    )
    at = lines.index(
        "turn 2  Arden  subject to approval; then turn 3: accepts; below no deal from here on"
    )
    assert lines[at + 1 : at + 5] == [
        "  −0.60  +0.30  The well: Arden draws all of it → Boral draws all of it [crosses the red",
        "                line of Arden]",
        "  −0.40  +0.70  The fence: Boral mends it → Arden mends it",
        "  −1.00  +1.00  in all",
    ]


def test_the_costliest_move_stands_with_its_words(tmp_path: Path, scenario: Scenario) -> None:
    entries: Any = [("u", OPENING), ("o", "reject"), ("u", MIDDLE), ("o", "accept")]
    lines = ground(tmp_path, scenario, entries)
    at = next(i for i, line in enumerate(lines) if line.startswith("Arden gave most at turn 2"))
    assert lines[at + 1] == "    “So [b]be[/b] it.”"


def test_first_terms_that_gave_all_are_named(tmp_path: Path, scenario: Scenario) -> None:
    lines = ground(tmp_path, scenario, [("u", LOPSIDED), ("o", "accept")])
    said = "Arden gave 1.00 of its public position with its first terms, at turn 0, below no deal"
    assert said in " ".join(lines)


def test_talks_without_a_move_have_no_ledger(tmp_path: Path, scenario: Scenario) -> None:
    assert ground(tmp_path, scenario, [("u", "pass"), ("o", "walk_out")]) == []


def test_a_list_tells_of_each_dialogue(tmp_path: Path, scenario: Scenario) -> None:
    played = [
        dialogue(scenario, "lean", [("u", "pass"), ("o", "walk_out")]),
        dialogue(scenario, "plain", [("u", LOPSIDED), ("o", "accept")]),
    ]
    run = make_run(tmp_path / "run", make_suite(), {"small": scenario}, played, [])
    shown, file = console()
    for one in played:
        print_ground(run, one, shown)
    lines = file.getvalue().splitlines()
    assert lines[1] == f"{played[0].id}: lean, A small dispute"
    assert "Nobody gave any ground." in lines
    assert f"{played[1].id}: plain, A small dispute" in lines


@pytest.mark.parametrize("width", [30, 80, 200])
def test_text_is_set_in_and_never_wider_than_is_readable(width: int) -> None:
    shown, file = console(width)
    print_in(shown, "word " * 60, lead="- ")
    first, *others = file.getvalue().splitlines()
    assert first.startswith("    - word")
    assert {line[:6] for line in others} == {" " * 6}
    assert max(len(line) for line in (first, *others)) <= min(width, 100)
    assert not [line for line in (first, *others) if line.endswith(" ")]


def test_text_of_others_does_nothing_and_is_no_markup() -> None:
    shown, file = console()
    print_in(shown, "[red]x[/red]\x1b[2J\n\n  deeper", by=2)
    print_in(shown, Text("whole"), by=1)
    assert file.getvalue() == "  [red]x[/red]\\x1b[2J\n\n    deeper\n whole\n"


def test_a_seat_has_one_colour() -> None:
    assert [seat_style(seat) for seat in ("o", "u", "x")] == ["bold red", "bold blue", "bold green"]


def in_words(tmp_path: Path, *judges: str) -> list[str]:
    run = judged_run(tmp_path, *judges)
    (talks,) = run.transcripts()
    shown, file = console(110)
    print_ledger(shown, reading_of(run, talks))
    return file.getvalue().splitlines()


def test_what_a_judge_has_read_in_the_words_stands_beside_the_terms(tmp_path: Path) -> None:
    lines = in_words(tmp_path, "openai/judge")
    whole = "\n".join(lines)
    assert "found in the words alone: judge openai/judge,\nuncalibrated." in whole
    at = lines.index("turn 0  Arden")
    assert " ".join(" ".join(lines[at + 1 : lines.index("", at)]).split()) == (
        "calls its last word: The well: Arden draws all of it; its terms keep to it "
        "“that is our last word” "
        "gives way in words: The well: Arden draws all of it → each draws half; on a condition; "
        "depends on: “<b>if</b> you mend the fence”; in value −0.18; in words only "
        "“We could live with half of it”"
    )
    at = lines.index("turn 1  Boral")
    assert lines[at + 1].strip() == "threatens: to leave; it stayed"
    at = next(n for n, line in enumerate(lines) if line.startswith("turn 2  Arden"))
    assert [line.strip() for line in lines[at + 1 : at + 4]] == [
        "−0.40  +0.70  The fence: Boral mends it → Arden mends it",
        "in words",
        "“We mend the fence”",
    ]


def test_each_of_several_judges_is_named_at_its_words(tmp_path: Path) -> None:
    lines = [line.strip() for line in in_words(tmp_path, "a/one", "b/two")]
    at = lines.index("−0.40  +0.70  The fence: Boral mends it → Arden mends it")
    assert lines[at + 1 : at + 5] == [
        "in words",
        "“We mend the fence” (judge a/one, uncalibrated)",
        "in words",
        "“We mend the fence” (judge b/two, uncalibrated)",
    ]
