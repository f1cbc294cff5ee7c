"""The calls behind a dialogue: what a model was shown, and what came back, untouched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from harness.app.reading import reading_of
from harness.cli.ground import MARK, print_in, seat_style
from harness.cli.reading import hold_turn, print_title
from harness.errors import counted
from harness.report.tables import shown

if TYPE_CHECKING:
    from rich.console import Console

    from harness.records.reader import RunFolder
    from harness.records.transcript import Call, Repair, StageRecord, Talks, Transcript
    from harness.report.reading import Reading


def print_calls(
    folder: RunFolder,
    transcript: Transcript,
    console: Console,
    *,
    turn: int = 0,
    reading: Reading | None = None,
) -> None:
    """Print every call of a dialogue in its order, those that made no turn among them, and what was
    wrong with replies that no model gave.

    Args:
        folder: The run.
        transcript: The dialogue.
        console: Where they are printed.
        turn: The first turn whose calls are printed; what came later is printed too.
        reading: The dialogue laid out, where it is already.

    Raises:
        UsageError: There is no such turn.
        RecordError: A file of the run is damaged.
    """
    if turn:
        hold_turn(transcript, turn)
    if reading is None:
        reading = reading_of(folder, transcript)
    print_title(console, reading)
    calls = transcript.calls
    # What was asked for the turns before it; of later ones a script may have made every one.
    first = 1 + max((n for t in transcript.body.turns[:turn] for n in t.calls), default=-1)
    names = {one.seat: f"{one.name} ({one.seat})" for one in reading.delegations}
    printer = CallPrinter(folder, transcript, console, purposes_of(transcript), names)
    if calls:
        said = counted(len(calls), "call")
        console.print(f"{said}. A message is printed once, where it was new.", markup=False)
    else:
        console.print("No model was asked in this dialogue.")
    printer.print(range(first, len(calls)))
    printer.print_complaints_of_no_call()
    console.print(shown(f"\nEnding: {reading.ending}", "bold"))
    if reading.reason:
        print_in(console, reading.reason)


def purposes_of(transcript: Transcript) -> dict[int, str]:
    """Number of a call -> what it was for, in words."""
    talks: Talks = transcript.body
    found = dict.fromkeys(range(len(transcript.calls)), "the turn that was not made")
    for turn in talks.turns:
        what = "" if turn.kind == "statement" else f", {turn.kind}"
        found |= dict.fromkeys(turn.calls, f"turn {turn.index}{what}")
    for debrief in talks.debriefs.values():
        found |= dict.fromkeys(debrief.calls, "asked afterwards")
    return found


class CallPrinter:
    """Prints calls; a message of a prompt that stood in an earlier one is left out.

    Args:
        folder: The run, which holds the messages.
        record: The stage whose calls are printed.
        console: Where they are printed.
        purposes: Number of a call -> what it was for; what is not told is left out.
        names: Seat -> what it is called; the seat itself where that is not told.
    """

    def __init__(
        self,
        folder: RunFolder,
        record: StageRecord,
        console: Console,
        purposes: Mapping[int, str] | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        self._calls = record.calls
        self._console = console
        self._purposes = purposes or {}
        self._names = names or {}
        self._texts = folder.messages({key for call in record.calls for key in call.prompt})
        self._repairs = list(record.repairs())
        self._seen: set[str] = set()
        self._before: dict[str, int] = {}

    def print(self, numbers: Iterable[int]) -> None:
        """Print the calls with these numbers, each with what was wrong with its reply."""
        wanted = set(numbers)
        for number, call in enumerate(self._calls):
            if number in wanted:
                self._print(number, call)
                self._complain(repair for repair in self._repairs if repair.call == number)
            else:
                self._seen.update(call.prompt)
                self._before[call.seat] = self._length(call)

    def print_complaints_of_no_call(self) -> None:
        """Print what was wrong with replies of no call, as of a delegation that asks no model."""
        made = range(len(self._calls))
        left = [repair for repair in self._repairs if repair.call not in made]
        if left:
            self._console.print(shown("\nreplies that no model gave", "bold"))
        self._complain(left)

    def _complain(self, repairs: Iterable[Repair]) -> None:
        for repair in repairs:
            print_in(self._console, f"unusable: {repair.error}", MARK)

    def _print(self, number: int, call: Call) -> None:
        member = f", {call.member}" if call.member else ""
        purpose = self._purposes.get(number, "")
        what = f"{purpose} ({call.purpose})" if purpose else call.purpose
        who = self._names.get(call.seat, call.seat)
        head = f"\ncall {call.index}  {who}{member}, {what}, {call.model}"
        print_in(self._console, head, seat_style(call.seat), by=0)
        self._print_prompt(call)
        if call.reasoning is not None:
            print_in(self._console, f"reasoning: {_length_of_reasoning(call)}", "bold")
            print_in(self._console, call.reasoning, "italic", by=8)
        elif call.usage.reasoning:
            print_in(self._console, "reasoning: its text is not in the record", "bold")
        print_in(self._console, f"reply: {_how(call)}", "bold")
        print_in(self._console, _reply_of(call) or "(empty)", by=8)
        if call.refusal:
            print_in(self._console, f"refused: {call.refusal}", MARK)
        if call.thinking is not None:
            print_in(self._console, f"its reasoning {call.thinking}", MARK)

    def _print_prompt(self, call: Call) -> None:
        length = self._length(call)
        before = self._before.get(call.seat)
        grown = "" if before is None else f", {length - before:+,} since its last call"
        self._before[call.seat] = length
        messages = counted(len(call.prompt), "message")
        print_in(self._console, f"prompt: {messages}, {length:,} characters{grown}", "bold")
        new = [key for key in call.prompt if key not in self._seen]
        if call.prompt and not new:
            print_in(self._console, "(no message that is not printed above)", "dim")
        for key in dict.fromkeys(new):
            self._seen.add(key)
            role, content = self._texts.get(key, ("message", "(its text is not in this run)"))
            print_in(self._console, f"--- {role} {key}", "dim")
            print_in(self._console, content, "dim", by=8)

    def _length(self, call: Call) -> int:
        """Characters of a prompt, as far as its texts are there."""
        return sum(len(self._texts[key][1]) for key in call.prompt if key in self._texts)


def _length_of_reasoning(call: Call) -> str:
    """How long the reasoning was, and whether all of it is kept."""
    assert call.reasoning is not None
    if call.reasoning_cut is None:
        return counted(len(call.reasoning), "character")
    return f"{counted(call.reasoning_cut, 'character')} of its middle are not kept"


def _reply_of(call: Call) -> str:
    """The reply as it came. Reasoning that stands in it is printed above, and only named here."""
    if call.reasoning and call.reasoning in call.reply:
        return call.reply.replace(call.reasoning, "[its reasoning, printed above]", 1)
    return call.reply


def _how(call: Call) -> str:
    """How a reply came: by which means, how it ended, and what it took."""
    parts = []
    if call.how:
        parts.append(f"by {call.how}")
    if call.finish_reason:
        parts.append(f"finish reason {call.finish_reason}")
    usage = call.usage
    counts = [
        f"{count:,} {what}"
        for count, what in (
            (usage.prompt, "of the prompt"),
            (usage.completion, "of the reply"),
            (usage.reasoning, "of them reasoning"),
        )
        if count is not None
    ]
    parts.append(f"tokens: {', '.join(counts)}" if counts else "tokens not counted by the server")
    return "; ".join(parts)
