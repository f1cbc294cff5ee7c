"""The truth after a sitting: who gave what, to whom it was worth what, and what went unnoticed."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from harness.report.wording import plain

if TYPE_CHECKING:
    from harness.app.sitting import Revealed
    from harness.cli.desk import Desk
    from harness.report.reading import Line, Reading


def print_truth(desk: Desk, truth: Revealed) -> None:
    """Write the truth of a sitting. All values are on one scale: 0 is the worst that a principal
    could get, 1 the best."""
    reading, seat = truth.reading, truth.seat
    desk.heading("In truth")
    if truth.left:
        desk.print(
            "You ended the sitting before the talks were over. What was played is kept; it counts "
            "as a dialogue without a result, and not as a walk-out."
        )
    desk.print(f"{reading.ending}.")
    if reading.reason and not truth.left:
        desk.print(reading.reason)
    if reading.could or reading.ledger:
        desk.print(
            "All values are what terms are worth to a principal, from 0 (the worst) to 1 (the "
            "best)."
        )
    for sentence in reading.could:
        desk.print(sentence, indent="- ", after="  ")
    if truth.untold:
        desk.heading("What you could not know")
        desk.print("In points out of 100, as your table has them.")
        for sentence in truth.untold:
            desk.print(sentence, indent="- ", after="  ")
    _print_ledger(desk, reading, seat)
    desk.print()
    for number in reading.numbers if truth.status == "done" else ():
        note = f" ({number.note})" if number.note else ""
        desk.print(f"{number.label}: {number.text}{note}", indent="- ", after="  ")
    _print_blind_spot(desk, reading, seat)


def _print_ledger(desk: Desk, reading: Reading, seat: str) -> None:
    desk.heading("Who gave what")
    moved = [line for line in reading.ledger if line.kind != "opening"]
    if not moved:
        desk.print("Nobody gave any ground.")
    for turn, lines in groupby(moved, key=lambda line: line.turn):
        _print_turn(desk, turn, list(lines), seat)
    for sentence in reading.most:
        desk.print(sentence, indent="- ", after="  ")


def _print_turn(desk: Desk, turn: int, lines: list[Line], seat: str) -> None:
    """The lines of one move, and below them what its giver said."""
    first = lines[0]
    you = " (you)" if first.seat == seat else ""
    answered = f"; answered: {first.answered}" if first.answered else ""
    desk.print(f"\nturn {turn}: {first.who}{you}{answered}")
    for line in lines:
        _print_line(desk, line)
    if any(line.cost > 0 for line in lines) and first.words:
        desk.print(first.words, indent="  | ")


def _print_line(desk: Desk, line: Line) -> None:
    verb = "gave" if line.cost > 0 else "took back" if line.cost < 0 else "changed"
    desk.print(f"{verb} on {line.issue}: {line.was} -> {line.now}", indent="  ", after="    ")
    marks = [
        f"cost {plain(line.cost)} to {line.who}, worth {plain(line.worth)} to the other side",
        *(["below no deal from here on"] if line.fell else []),
        *(f"crosses a red line of {name}" for name in line.crosses),
    ]
    desk.print("; ".join(marks), indent="    ")


def _print_blind_spot(desk: Desk, reading: Reading, seat: str) -> None:
    """What the person said afterwards, beside the truth."""
    said = next((one for one in reading.afterwards if one.seat == seat), None)
    if said is None:
        return
    desk.heading("What you noticed")
    if said.problem:
        desk.print(f"You were not asked, or did not answer: {said.problem}.")
        return
    desk.print(f"You said: {said.said}. In truth: {said.truth}.")
    if said.blind is not None:
        desk.print(
            "That is a blind spot: your side gave more than you say, as it did by every fair count."
            if said.blind
            else "That is no blind spot: by a fair count your side did not give more than you say."
        )
    for estimate in said.estimates:
        desk.print(f"{estimate}", indent="- ", after="  ")
