"""Where the ground was given in a dialogue: its ledger, and the words of the costliest moves."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from harness.app.reading import reading_of
from harness.report.tables import shown
from harness.report.wording import plain, signed
from harness.visible import visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from harness.records.reader import RunFolder
    from harness.records.transcript import Transcript
    from harness.report.reading import Line, Reading

SEAT_STYLE: Final = {"o": "bold red", "u": "bold blue"}
"""The colour of a seat; no colour means anything else. Others are green."""
MARK: Final = "yellow"
TEXT_WIDTH: Final = 100
"""Columns of running text at most: longer lines are hard to read."""
LEAST_WIDTH: Final = 20
"""Columns of running text at least."""
IN_WORDS = "No two moves of each side are on record; ground may have been given in words."


def seat_style(seat: str) -> str:
    """The style of what is of a seat."""
    return SEAT_STYLE.get(seat, "bold green")


def print_in(
    console: Console, text: str | Text, style: str = "", *, by: int = 4, lead: str = ""
) -> None:
    """Print text of others, ``by`` columns to the right, in lines that can be read.

    Args:
        console: Where to.
        text: What is no :class:`rich.text.Text` yet is made visible; nothing in it is markup.
        style: Of the whole text.
        by: Columns.
        lead: What stands before the text in its first line; the others are as far to the right.
    """
    body = shown(text, style) if isinstance(text, str) else text
    room = max(LEAST_WIDTH, min(console.width, TEXT_WIDTH) - by - len(lead))
    for number, line in enumerate(body.wrap(console, room, overflow="fold")):
        line.rstrip()
        before = lead if number == 0 else " " * len(lead)
        if line or number == 0:
            line = shown(" " * by + before, style).append_text(line)
        console.print(line, soft_wrap=True)


def print_ledger(console: Console, reading: Reading) -> None:
    """Print who gave what in which move, and the words of the costliest ones."""
    if not reading.ledger:
        return
    console.print(shown("\nWhere the ground was given", "bold underline"))
    print_in(console, _LEGEND, "dim", by=0)
    for (_, seat), moved in itertools.groupby(reading.ledger, lambda line: (line.turn, line.seat)):
        lines = list(moved)
        head = shown(f"turn {lines[0].turn}  {lines[0].who}", seat_style(seat))
        head.append(visible(f"  {_standing(lines[0])}"), style="not bold default")
        console.print()
        print_in(console, head, by=0)
        for line in lines:
            lead = f"{_change(-line.cost)}  {_change(line.worth)}  "
            print_in(console, _given(line), MARK if line.crosses else "", by=2, lead=lead)
        if len(lines) > 1:
            cost, worth = (sum(getattr(line, name) for line in lines) for name in ("cost", "worth"))
            print_in(console, f"{_change(-cost)}  {_change(worth)}  in all", "bold", by=2)
    print_most(console, reading)


_LEGEND: Final = (
    "Change in true value, on a scale from 0 to 1: first for the principal of the side that "
    "moved, then for the other side's principal. A first proposal is compared with the side's "
    "public position."
)


def _change(value: float) -> str:
    return f"{signed(value):>5}"


def _given(line: Line) -> str:
    text = f"{line.issue}: {line.was} → {line.now}"
    if line.crosses:
        text += f" [crosses the red line of {' and '.join(line.crosses)}]"
    return text


def _standing(line: Line) -> str:
    """How a move stood: what it was, how far it committed, and what the other side did next."""
    kind = {"proposal": "", "opening": "first terms"}.get(line.kind, line.kind)
    parts = [kind, line.commitment]
    if line.answered:
        parts.append(f"then {line.answered}")
    if line.fell:
        parts.append("below no deal from here on")
    return "; ".join(part for part in parts if part)


def print_most(console: Console, reading: Reading) -> None:
    """Print the move by which each seat gave most, the costliest first, and what it said in it;
    where nobody gave any ground after its first terms, what those had given."""
    said = list(zip(reading.most, reading.most_turns, strict=True)) or _first_terms(reading)
    cost = {
        turn: sum(line.cost for line in reading.ledger if line.turn == turn) for _, turn in said
    }
    said.sort(key=lambda one: -cost[one[1]])
    for sentence, turn in said:
        line = next(line for line in reading.ledger if line.turn == turn)
        console.print()
        print_in(console, sentence, seat_style(line.seat), by=0)
        if line.words:
            print_in(console, f"“{line.words}”")
    if not said:
        print_in(console, f"\n{IN_WORDS if reading.in_words else 'Nobody gave any ground.'}", by=0)


def _first_terms(reading: Reading) -> list[tuple[str, int]]:
    """What first terms gave, beside the public positions: sentences, and their turns."""
    found = []
    first = [line for line in reading.ledger if line.kind == "opening"]
    for turn, moved in itertools.groupby(first, lambda line: line.turn):
        lines = list(moved)
        cost = sum(line.cost for line in lines)
        if cost > 0:
            text = f"{lines[0].who} gave {plain(cost)} of its public position with its first terms"
            below = ", below no deal from there on" if lines[0].fell else ""
            found.append((f"{text}, at turn {turn}{below}.", turn))
    return found


def print_ground(folder: RunFolder, transcript: Transcript, console: Console) -> None:
    """Print, of one dialogue of a list, the moves that gave most.

    Raises:
        RecordError: A file of the run is damaged.
    """
    reading = reading_of(folder, transcript)
    title = f"\n{reading.dialogue}: {reading.label}"
    print_in(console, title, "bold underline", by=0)
    print_most(console, reading)
