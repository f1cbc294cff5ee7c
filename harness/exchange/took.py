"""What a dialogue took: its time, and the calls, tokens and dollars of each seat."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from harness.analysis.costs import Price, costs_of
from harness.evaluators.base import SEATS
from harness.exchange.lookups import Timings
from harness.records.placement import SCRIPTED
from harness.records.reader import RunFolder
from harness.records.transcript import Transcript

Times = Mapping[int, tuple[float, int | None]]
"""Call -> its seconds and the cached tokens of its prompt."""


class Took:
    """What dialogues of a run took. What is not known is missing, by the rules of ``compare``.

    Args:
        folder: The run.
        price: What a call cost.

    Raises:
        RecordError: Its timings are damaged.
    """

    def __init__(self, folder: RunFolder, price: Price) -> None:
        self._timings, self._price = Timings(folder), price

    def of(self, transcript: Transcript) -> dict[str, str | float | int | None]:
        """The columns of a dialogue.

        Raises:
            RecordError: Its timing is damaged.
        """
        timing = self._timings.of(transcript.id)
        times: Times = {}
        if timing is not None:
            times = {one.call: (one.seconds, one.cached_tokens) for one in timing.calls}
        found: dict[str, str | float | int | None] = {
            "started": None if timing is None else timing.started,
            "seconds": None if timing is None else timing.seconds,
            "dollars": self._dollars(transcript, times),
        }
        for seat in SEATS:
            found |= self._seat(transcript, seat, times)
        return found

    def _seat(
        self, transcript: Transcript, seat: str, times: Times
    ) -> dict[str, str | float | int | None]:
        calls = [call for call in transcript.calls if call.seat == seat]
        kind = next((one.kind for one in transcript.spec.seats if one.seat == seat), None)
        asked = bool(calls) or kind == "model"
        costs = costs_of(transcript, seat, times, self._price)
        usages = [call.usage for call in calls]
        return {
            f"calls_{seat}": len(calls) if asked else None,
            f"prompt_tokens_{seat}": _sum([one.prompt for one in usages]) if asked else None,
            f"completion_tokens_{seat}": _sum([one.completion for one in usages])
            if asked
            else None,
            f"seconds_{seat}": _number(costs["seconds"]) if asked else None,
            f"dollars_{seat}": _number(costs["usd"]) if asked else None,
        }

    def _dollars(self, transcript: Transcript, times: Times) -> float | None:
        """Of all calls, those of further seats too; missing where no model was asked."""
        seats = [one.seat for one in transcript.spec.seats if one.kind != SCRIPTED]
        parts = [costs_of(transcript, seat, times, self._price)["usd"] for seat in seats]
        known = [part for part in parts if not isinstance(part, str)]
        return math.fsum(known) if known and len(known) == len(parts) else None


def _number(amount: float | str) -> float | None:
    return None if isinstance(amount, str) else amount


def _sum(counts: Sequence[int | None]) -> int | None:
    """None where one of them is not known."""
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None
