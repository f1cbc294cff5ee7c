"""Where the ground was given in a dialogue: its ledger, and the words of the costliest moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.report.tables import print_table, shown
from harness.report.wording import signed

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
ROOM: Final = 120
"""Columns from which on the ledger says in columns of their own how a move stood."""


def reading_of(folder: RunFolder, transcript: Transcript) -> Reading:
    """A dialogue of a run laid out, with what was measured in it.

    Raises:
        RecordError: A file of the run is damaged.
    """
    from harness.evaluators.case import case_of
    from harness.records.placement import placement_of
    from harness.report.layout import read

    place = placement_of(folder, transcript)
    scores = folder.score_lines().of(transcript.id)
    return read(case_of(transcript, folder.info), scores, place)


def seat_style(seat: str) -> str:
    """The style of what is of a seat."""
    return SEAT_STYLE.get(seat, "bold green")


def print_in(console: Console, text: str | Text, style: str = "", *, by: int = 4) -> None:
    """Print text of others, ``by`` columns to the right, in lines that can be read.

    Args:
        console: Where to.
        text: What is no :class:`rich.text.Text` yet is made visible; nothing in it is markup.
        style: Of the whole text.
        by: Columns.
    """
    body = shown(text, style) if isinstance(text, str) else text
    room = max(LEAST_WIDTH, min(console.width, TEXT_WIDTH) - by)
    for line in body.wrap(console, room, overflow="fold"):
        line.rstrip()
        line.pad_left(by if line else 0)
        console.print(line, soft_wrap=True)


def print_ledger(console: Console, reading: Reading) -> None:
    """Print who gave what in which move, and the words of the costliest ones."""
    if not reading.ledger:
        return
    console.print(shown("\nWhere the ground was given", "bold underline"))
    print_in(console, _LEGEND, "dim", by=0)
    wide = console.width >= ROOM
    headings = ["turn", "who", "issue: before → after", "cost", "worth"]
    headings += ["answered", "commitment"] if wide else ["how it stood"]
    rows, last = [], None
    for line in reading.ledger:
        again = (line.turn, line.seat) == last
        last = (line.turn, line.seat)
        stood = ("", "") if again else (line.answered, _standing(line))
        rows.append(
            (
                "" if again else str(line.turn),
                "" if again else line.who,
                _given(line),
                signed(-line.cost),
                signed(line.worth),
                *(stood if wide else ("; ".join(filter(None, reversed(stood))),)),
            )
        )
    console.print()
    print_table(console, headings, rows, names=(0, 1, 3, 4), right=(0, 3, 4))
    print_most(console, reading)


_LEGEND: Final = (
    "cost: to the giver's principal; worth: to the other side's; both on the scale of true value, "
    "0 to 1. A first proposal is held against the public position."
)


def _given(line: Line) -> str:
    text = f"{line.issue}: {line.was} → {line.now}"
    if line.crosses:
        text += f" [crosses the red line of {_and(line.crosses)}]"
    return text


def _standing(line: Line) -> str:
    parts = [line.kind if line.kind in ("opening", "acceptance") else "", line.commitment]
    if line.fell:
        parts.append("below no deal from here on")
    return ", ".join(part for part in parts if part)


def _and(names: tuple[str, ...]) -> str:
    return " and ".join(names)


def print_most(console: Console, reading: Reading) -> None:
    """Print the move by which each seat gave most, and what it said in it."""
    for sentence, turn in zip(reading.most, reading.most_turns, strict=True):
        said = next((line for line in reading.ledger if line.turn == turn), None)
        console.print()
        print_in(console, sentence, seat_style(said.seat) if said else "bold", by=0)
        if said is not None and said.words:
            print_in(console, f"“{said.words}”")


def print_ground(folder: RunFolder, transcript: Transcript, console: Console) -> None:
    """Print, of one dialogue of a list, the moves that gave most.

    Raises:
        RecordError: A file of the run is damaged.
    """
    reading = reading_of(folder, transcript)
    title = f"\n{reading.dialogue}: {reading.label}"
    print_in(console, title, "bold underline", by=0)
    if not reading.most:
        print_in(console, "Nobody gave ground after the first proposals.", by=0)
    print_most(console, reading)
