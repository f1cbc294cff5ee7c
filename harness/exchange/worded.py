"""The rows of what judges have listed of the words of dialogues.

They are taken from the detail of the evaluator ``words``, which stands in a file of the run. An
event that is not of the form is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from harness.evaluators.case import Case
from harness.exchange.column import Column
from harness.exchange.tables import COLUMNS
from harness.records.score import Score

WORDS: Final = "words"
"""The evaluator whose detail is read."""
_NAMES: Final = {"now": "to"}
"""Column -> what the detail calls it, where that is another name."""
_ALL: Final = COLUMNS["words"]
_OURS: Final = 1 + [one.name for one in _ALL].index("judge")
"""Columns that stand before those of an event."""
_OWN: Final = tuple(column for column in _ALL[_OURS:] if column.name != "principal")


def events_of(case: Case, score: Score) -> Iterator[dict[str, Any]]:
    """A row for each event of each judge, without the columns that say where the dialogue stands.

    Args:
        case: The dialogue.
        score: What the evaluator ``words`` found in it.
    """
    judges = score.detail.get("judges")
    for judge in judges if isinstance(judges, list) else ():
        events = judge.get("events") if isinstance(judge, dict) else None
        for event in events if isinstance(events, list) else ():
            if isinstance(event, dict) and (row := _row(event)) is not None:
                by = str(judge.get("judge", ""))
                yield {"judge": by, "principal": case.seats.get(row["seat"]), **row}


def _row(event: Mapping[str, Any]) -> dict[str, Any] | None:
    """An event by its columns; None where one holds what it cannot."""
    found = {one.name: event.get(_NAMES.get(one.name, one.name)) for one in _OWN}
    return found if all(_fits(one, found[one.name]) for one in _OWN) else None


def _fits(column: Column, value: object) -> bool:
    """Whether a column may hold a value."""
    if value is None:
        return bool(column.missing)
    if column.kind == "boolean" or isinstance(value, bool):
        return column.kind == "boolean" and isinstance(value, bool)
    if column.kind == "number":
        return isinstance(value, float | int) and -1 <= value <= 1
    if column.kind == "integer":
        return isinstance(value, int) and 0 <= value < 2**31
    return isinstance(value, str)
