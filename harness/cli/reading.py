"""One dialogue, laid out to be read at a terminal as the minutes of a meeting."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from rich.text import Text

from harness.app.reading import reading_of
from harness.cli.ground import MARK, print_in, print_ledger, seat_style
from harness.errors import UsageError
from harness.report.tables import shown
from harness.report.wording import plain
from harness.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from harness.records.reader import RunFolder
    from harness.records.transcript import Transcript
    from harness.report.reading import Afterwards, Delegation, Entry, Held, Reading, Term, Worth

PRIVATE: Final = "dim italic"
TOLD: Final = {
    "words": "its interests in words",
    "principal": "its principal's points",
    "own": "its principal's points and its own thresholds",
}
"""What a model was told, by style of brief."""


def print_dialogue(
    folder: RunFolder,
    transcript: Transcript,
    console: Console,
    *,
    private: bool = True,
    turn: int = 0,
    reading: Reading | None = None,
) -> None:
    """Print a transcript turn by turn, then how it ended and where the ground was given. Model text
    is never taken as markup.

    Args:
        folder: The run.
        transcript: The dialogue.
        console: Where it is printed.
        private: Also what not all at the table knew: profiles, own stakes, thoughts, caucuses,
            consultations, true values and what follows from them, unusable replies, debriefs.
        turn: The first turn to print.
        reading: The dialogue laid out, where it is already.

    Raises:
        UsageError: There is no such turn.
        RecordError: A file of the run is damaged.
    """
    if reading is None:
        reading = reading_of(folder, transcript)
    if turn:
        hold_turn(transcript, turn)
    print_title(console, reading)
    if private:
        print_in(console, reading.summary, "dim", by=0)
    console.print()
    for delegation in reading.delegations:
        _print_delegation(console, delegation, private=private)
    for round_ in reading.rounds:
        entries = [
            entry
            for entry in round_.entries
            if entry.turn >= turn and (private or not entry.private)
        ]
        if not entries:
            continue
        console.print(Text(f"\nRound {round_.number}", style="bold underline"))
        for reality in round_.realities:
            print_in(console, reality, "italic", by=0)
        for entry in entries:
            console.print()
            _print_entry(console, entry, private=private)
    if private:
        _print_lost(console, reading)
    _print_end(console, reading, private=private)
    if private:
        _print_afterwards(console, reading.afterwards)
        print_ledger(console, reading)


def hold_turn(transcript: Transcript, turn: int) -> None:
    """Hold that a dialogue has a turn.

    Raises:
        UsageError: It has not.
    """
    last = len(transcript.body.turns) - 1
    if turn > last:
        has = f"its turns are 0 to {last}" if last >= 0 else "it has none"
        raise UsageError(f"the dialogue has no turn {turn}", where="--turn", fix=has)


def print_title(console: Console, reading: Reading) -> None:
    """Print what was played, and which dialogue this is."""
    console.print(shown(reading.title, "bold"))
    console.print(shown(f"{', '.join(reading.arms)}, {reading.identity}"), soft_wrap=True)


def _print_delegation(console: Console, one: Delegation, *, private: bool) -> None:
    authority = f", {one.authority}" if one.authority else ""
    head = f"{one.name} ({one.role}{authority}): {one.played_by}"
    console.print(shown(head, seat_style(one.seat)))
    if private:
        told = [f"told {TOLD.get(one.brief, one.brief)}"] if one.brief else []
        driven = [f"{label} {value}" for label, value in one.profile]
        if told or driven:
            print_in(console, f"(private) {'; '.join([*told, *driven])}", PRIVATE)


def _print_entry(console: Console, entry: Entry, *, private: bool) -> None:
    kept = ", in private" if entry.private else ""
    head = f"turn {entry.turn}  {entry.who}"
    line = Text(visible(head), style=seat_style(entry.seat))
    between = " " if entry.action else ": "
    line.append(visible(f"{between}{entry.what}{kept}"), style="not bold")
    console.print(line)
    if entry.words:
        print_in(console, entry.words)
    _print_terms(console, entry.terms)
    if entry.besides:
        print_in(console, f"{entry.besides[:1].upper()}{entry.besides[1:]}")
    if entry.capital:
        print_in(console, entry.capital, "italic")
    if not private:
        return
    if entry.worths:
        print_in(console, f"Worth {_worths(entry.worths)}")
    for mark in marks(entry):
        print_in(console, f"! {mark}", MARK)
    if entry.held:
        print_in(console, f"(private) To the delegates themselves {_worths(entry.held)}", PRIVATE)
    if entry.thoughts:
        print_in(console, f"(private) {entry.thoughts}", PRIVATE)
    for error in entry.repairs:
        print_in(console, f"asked again: {error}", MARK)


def _print_terms(console: Console, terms: Iterable[Term]) -> None:
    for term in terms:
        line = Text(visible(f"{term.issue}: {term.text}"))
        if term.was:
            line.append(visible(f" (before: {term.was})"), style="dim")
        print_in(console, line, lead="- ")


def _worths(worths: Iterable[Worth | Held]) -> str:
    return ", ".join(
        f"{one.who} {plain(one.value)} (no deal {plain(one.no_deal)})" for one in worths
    )


def marks(entry: Entry) -> list[str]:
    """What a reader should not miss in a turn: whose value falls below no deal with it, and whose
    red line it crosses."""
    found = []
    if any(line.fell for line in entry.given):
        found.append(f"below no deal for {entry.who} from here on")
    for line in entry.given:
        if line.crosses:
            found.append(f"crosses the red line of {' and '.join(line.crosses)} on {line.issue}")
    return found


def _print_lost(console: Console, reading: Reading) -> None:
    """What was tried after the last turn that was made."""
    if not reading.lost and not (reading.lost_calls and not reading.worths):
        return
    console.print(Text("\nThe turn that was not made", style="bold"))
    for error, alike in itertools.groupby(reading.lost):
        often = len(list(alike))
        print_in(console, f"unusable{f', {often} times' if often > 1 else ''}: {error}", MARK)
    if reading.lost_calls:
        print_in(console, "--calls shows what the model was asked and what it replied.", "dim")


def _print_end(console: Console, reading: Reading, *, private: bool) -> None:
    console.print(shown(f"\nEnding: {reading.ending}", "bold"))
    finished = bool(reading.worths)
    if reading.reason and (private or finished):
        print_in(console, reading.reason)
    for term in reading.terms:
        crosses = f" [crosses the red line of {' and '.join(term.crosses)}]" if term.crosses else ""
        print_in(console, f"{term.issue}: {term.text}{crosses if private else ''}", lead="- ")
    for line in reading.could if private else reading.besides:
        print_in(console, line)
    if private and finished:
        for number in reading.numbers:
            note = f" ({number.note})" if number.note else ""
            print_in(console, f"{number.label}: {number.text}{note}", "dim")


def _print_afterwards(console: Console, answers: Iterable[Afterwards]) -> None:
    heading = "\nAfterwards, asked in private"
    for one in answers:
        if heading:
            console.print(Text(heading, style="bold underline"))
            heading = ""
        if one.problem:
            said = f"no answer ({one.problem})"
        else:
            said = f"says: {one.said}; in truth: {one.truth}"
            said += " - a blind spot" if one.blind else ""
        console.print(shown(f"{one.who}: {said}", seat_style(one.seat)))
        if one.words:
            print_in(console, one.words)
        for line in one.estimates:
            print_in(console, line)
