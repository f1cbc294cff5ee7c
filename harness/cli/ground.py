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
    from harness.report.reading import LedgerRow, Line, Reading, Said

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
    rows = reading.ledger_rows
    if not rows:
        return
    console.print(shown("\nWhere the ground was given", "bold underline"))
    print_in(console, _LEGEND, "dim", by=0)
    if reading.together:
        print_in(console, reading.together, "dim", by=0)
    judges = list(dict.fromkeys(said.by for said in reading.said))
    if judges:
        print_in(console, f"{_IN_WORDS}: {'; '.join(judges)}.", "dim", by=0)
    for (turn, seat), moved in itertools.groupby(rows, lambda row: (row.turn, row.seat)):
        of_turn = list(moved)
        lines = [row.line for row in of_turn if row.line is not None]
        who = lines[0].who if lines else of_turn[0].said[0].who
        head = shown(f"turn {turn}  {who}", seat_style(seat))
        head.append(visible(f"  {_standing(lines[0]) if lines else ''}"), style="not bold default")
        console.print()
        print_in(console, head, by=0)
        for row in of_turn:
            _print_row(console, row, several=len(judges) > 1)
        if len(lines) > 1:
            cost, worth = (sum(getattr(line, name) for line in lines) for name in ("cost", "worth"))
            print_in(console, f"{_change(-cost)}  {_change(worth)}  in all", "bold", by=2)
    if reading.ledger:
        print_most(console, reading)


def _print_row(console: Console, row: LedgerRow, *, several: bool) -> None:
    """Print what a move gave on an issue, and the words that judges have listed of it, each with
    its name where there are several."""
    if row.line is not None:
        lead = f"{_change(-row.line.cost)}  {_change(row.line.worth)}  "
        print_in(console, _given(row.line), MARK if row.line.crosses else "", by=2, lead=lead)
    for said in row.said:
        print_in(console, _said(said, row.line), MARK if said.only else "", by=2, lead=_NO_NUMBERS)
        by = f" ({said.by})" if several else ""
        print_in(console, f"“{said.quote}”{by}", "dim", by=2, lead=_NO_NUMBERS)


def _said(said: Said, line: Line | None) -> str:
    """What a judge has listed, and how it stands; what its line of the ledger has is not said
    again."""
    if line is not None and (said.was, said.now) == (line.was, line.now):
        return "; ".join(filter(None, ["in words", said.how]))
    step = f"{said.was} → {said.now or 'left open'}" if said.was else said.now or "left open"
    about = f"{said.issue}: {step}" if said.issue else step
    cost = "" if said.cost is None else f"in value {_change(-said.cost).strip()}"
    return "; ".join(filter(None, [f"{said.does}: {about}", said.how, cost, said.standing]))


_LEGEND: Final = (
    "Change in true value, on a scale from 0 to 1: first for the principal of the side that "
    "moved, then for the other side's principal. A first proposal is compared with the side's "
    "public position."
)

_IN_WORDS: Final = "Without numbers before it stands what was found in the words alone"
_NO_NUMBERS: Final = " " * 14


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
