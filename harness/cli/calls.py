"""The calls behind a dialogue: what a model was shown, and what came back, untouched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding

from harness.report.tables import shown

if TYPE_CHECKING:
    from harness.records.reader import RunFolder
    from harness.records.transcript import Call, Repair, StageRecord


def indented(text: str, style: str = "", by: int = 4) -> Padding:
    """Text of others, ``by`` columns to the right."""
    return Padding(shown(text, style), (0, 0, 0, by), expand=False)


class CallPrinter:
    """Prints calls in their order; a message of a prompt that stood in an earlier one is left out.

    Args:
        folder: The run, which holds the messages.
        record: The stage whose calls are printed.
        console: Where they are printed.
    """

    def __init__(self, folder: RunFolder, record: StageRecord, console: Console) -> None:
        self._calls = record.calls
        self._console = console
        self._texts = folder.messages({key for call in record.calls for key in call.prompt})
        self._seen: set[str] = set()

    def print(self, numbers: Iterable[int], repairs: Sequence[Repair]) -> None:
        """Print the calls with these numbers, each with what was wrong with its reply; then what
        was wrong with replies of no such call, as those of a delegation that asks no model."""
        left = list(repairs)
        for number in numbers:
            if 0 <= number < len(self._calls):
                self._print(self._calls[number])
                self._complain([repair for repair in left if repair.call == number])
                left = [repair for repair in left if repair.call != number]
        self._complain(left)

    def _complain(self, repairs: Iterable[Repair]) -> None:
        for repair in repairs:
            self._say(f"unusable: {repair.error}", "yellow")

    def _print(self, call: Call) -> None:
        for key in call.prompt:
            if key in self._seen:
                continue
            self._seen.add(key)
            role, content = self._texts.get(key, ("message", "(its text is not in this run)"))
            self._say(f"--- {role} {key}\n{content}", "dim")
        ended = f", finish reason {call.finish_reason}" if call.finish_reason else ""
        how = f", by {call.how}" if call.how else ""
        self._say(f"--- reply to call {call.index} ({call.purpose}{how}{ended}), {call.model}", "")
        self._say(call.reply or "(empty)", "cyan")
        if call.refusal:
            self._say(f"refused: {call.refusal}", "yellow")

    def _say(self, text: str, style: str) -> None:
        self._console.print(indented(text, style, by=8))
