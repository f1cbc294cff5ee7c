"""Scores of consecutive dialogues in columns, one a measure: plain, small, and quick to add up.

What a process reads of some dialogues goes to another one in this form, and to a file. What is
added up from columns is the same as from the scores one by one, in whatever parts they come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, NamedTuple

from pydantic import Field

from harness.analysis.proceedings import first_line

LARGEST: Final = 1e100
"""A value beyond is no measurement: its sums and squares would not fit any number."""
UNDEFINED: Final = "undefined"
"""Why there is no value, where the score does not say."""
Count = Annotated[int, Field(ge=1)]


class Told(NamedTuple):
    """How often something was found.

    Attributes:
        arms: Of the dialogues.
        words: What was found: a value in words, or why there is none.
        dialogues: How many.
    """

    arms: tuple[str, ...]
    words: str
    dialogues: Count


class Column(NamedTuple):
    """A measure of some dialogues, in their order.

    Attributes:
        values: One a dialogue, yes and no as 1 and 0, None where it has none; empty where all
            values are words.
        numeric: Whether some value is neither yes nor no.
        missing: Why values are missing, in the order in which that was first found.
        words: Values in words, likewise.
    """

    values: list[float | None]
    numeric: bool
    missing: list[Told]
    words: list[Told]


@dataclass
class _Open:
    """A column under way."""

    values: list[float | None] = field(default_factory=list)
    numeric: bool = False
    missing: Counter[tuple[tuple[str, ...], str]] = field(default_factory=Counter)
    words: Counter[tuple[tuple[str, ...], str]] = field(default_factory=Counter)


class Columns:
    """Columns under way. Every dialogue has a score of every evaluator, in the same order."""

    def __init__(self) -> None:
        self._open: dict[str, dict[str, _Open]] = {}

    def add(
        self,
        evaluator: str,
        arms: tuple[str, ...],
        values: Mapping[str, float | bool | str | None],
        why_null: Mapping[str, str],
    ) -> None:
        """Add what an evaluator found in the next dialogue, which belongs to ``arms``."""
        columns = self._open.get(evaluator)
        if columns is None:
            columns = self._open[evaluator] = {name: _Open() for name in values}
        for name, value in values.items():
            column = columns[name]
            if value is None:
                column.values.append(None)
                why = first_line(why_null.get(name, UNDEFINED))
                column.missing[arms, why] += 1
            elif isinstance(value, str):
                column.values.append(None)
                column.words[arms, first_line(value)] += 1
            elif abs(value) <= LARGEST:  # false for NaN too
                column.values.append(float(value))
                column.numeric = column.numeric or not isinstance(value, bool)
            else:
                column.values.append(None)
                column.missing[arms, no_measurement(value)] += 1

    def closed(self) -> dict[str, Column]:
        """``evaluator.measure`` -> its column."""
        return {
            f"{evaluator}.{name}": _closed(column)
            for evaluator, columns in self._open.items()
            for name, column in columns.items()
        }


def no_measurement(value: float) -> str:
    """Why a value that is none is left out."""
    return f"the value was {value:g}"


def _closed(column: _Open) -> Column:
    alone = column.words.total() == len(column.values)
    values = [] if alone else column.values
    return Column(values, column.numeric, _told(column.missing), _told(column.words))


def _told(found: Counter[tuple[tuple[str, ...], str]]) -> list[Told]:
    return [Told(arms, words, dialogues) for (arms, words), dialogues in found.items()]
