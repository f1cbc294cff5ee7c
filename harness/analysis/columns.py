"""Scores of consecutive dialogues in columns, one a measure: plain, small, and quick to add up.

What a process reads of some dialogues goes to another one in this form, and to a file. What is
added up from columns is the same as from the scores one by one, in whatever parts they come.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from harness.analysis.proceedings import first_line

LARGEST: Final = 1e100
"""A value beyond is no measurement: its sums and squares would not fit any number."""
Value = float | bool | str | None
_Whose = tuple[tuple[str, ...], str]
"""Of a dialogue: its arms, and its line-up."""
_Row = tuple[_Whose, Mapping[str, Value], Mapping[str, str]]
"""Whose it is, its values of an evaluator, and why there is none."""
_Tally = dict[tuple[_Whose, str], int]
"""(whose, words) -> dialogues, in the order in which they were first found."""
_USUAL: Final = frozenset({float, bool, type(None)})
"""Types of values that are numbers, where there are any."""
_PACKED: Final = np.dtype("<f8")
"""The same on every machine."""
UNDEFINED: Final = "undefined"
"""Why there is no value, where the score does not say."""
Count = Annotated[int, Field(ge=1)]


class Told(NamedTuple):
    """How often something was found.

    Attributes:
        arms: Of the dialogues.
        words: What was found: a value in words, or why there is none.
        dialogues: How many.
        lineup: Of the dialogues; empty in a run of one line-up.
    """

    arms: tuple[str, ...]
    words: str
    dialogues: Count
    lineup: str = ""


class Column(NamedTuple):
    """A measure of some dialogues, in their order.

    Attributes:
        values: One a dialogue, yes and no as 1 and 0, NaN where it has none, packed by
            :func:`packed`; empty where all values are words.
        numeric: Whether some value is neither yes nor no.
        missing: Why values are missing, in the order in which that was first found.
        words: Values in words, likewise.
    """

    values: bytes
    numeric: bool
    missing: list[Told]
    words: list[Told]


def packed(values: Sequence[float | None]) -> bytes:
    """Numbers, yes and no among them, as 8 bytes each: what is read and written by the hundred
    thousand is not spelled out in digits."""
    return np.array(values, dtype=_PACKED).tobytes()


def unpacked(values: bytes) -> NDArray[np.float64]:
    """The numbers of :func:`packed`; NaN for None.

    Raises:
        ValueError: They are none.
    """
    return np.frombuffer(values, dtype=_PACKED).astype(np.float64, copy=False)


class Columns:
    """Columns under way. Every dialogue has a score of every evaluator, with the same measures."""

    def __init__(self) -> None:
        self._rows: dict[str, list[_Row]] = {}

    def add(
        self,
        evaluator: str,
        arms: tuple[str, ...],
        values: Mapping[str, Value],
        why_null: Mapping[str, str],
        lineup: str = "",
    ) -> None:
        """Add what an evaluator found in the next dialogue, which belongs to ``arms`` and was
        played by ``lineup``."""
        self._rows.setdefault(evaluator, []).append(((arms, lineup), values, why_null))

    def closed(self) -> dict[str, Column]:
        """``evaluator.measure`` -> its column."""
        return {
            f"{evaluator}.{name}": _column(name, rows)
            for evaluator, rows in self._rows.items()
            for name in rows[0][1]
        }


def _column(name: str, rows: Sequence[_Row]) -> Column:
    values = [row[1][name] for row in rows]
    kinds = set(map(type, values))
    if not kinds <= _USUAL:
        return _mixed(name, values, rows)
    known: list[float] = values if None not in values else [v for v in values if v is not None]  # type: ignore[assignment,misc]
    if not _sound(known):
        return _mixed(name, values, rows)
    missing = _Tally()
    if len(known) < len(values):
        missing = Counter(
            [
                (rows[place][0], rows[place][2].get(name, UNDEFINED))
                for place, value in enumerate(values)
                if value is None
            ]
        )
    return Column(packed(values), float in kinds, _told(missing), [])  # type: ignore[arg-type]


def _sound(values: Sequence[float]) -> bool:
    """Whether every one is a number to average; a sum with NaN in it is NaN."""
    if not values:
        return True
    return math.isfinite(sum(values)) and max(values) <= LARGEST and min(values) >= -LARGEST


def _mixed(name: str, values: Sequence[Value], rows: Sequence[_Row]) -> Column:
    """A column with words in it, or with numbers that are no measurement."""
    numbers, numeric = list[float | None](), False
    missing, words = _Tally(), _Tally()
    for value, (whose, _, why_null) in zip(values, rows, strict=True):
        number: float | None = None
        if value is None:
            why = why_null.get(name, UNDEFINED)
            missing[whose, why] = missing.get((whose, why), 0) + 1
        elif isinstance(value, str):
            words[whose, value] = words.get((whose, value), 0) + 1
        elif abs(value) <= LARGEST:  # false for NaN too
            number, numeric = float(value), numeric or not isinstance(value, bool)
        else:
            why = no_measurement(value)
            missing[whose, why] = missing.get((whose, why), 0) + 1
        numbers.append(number)
    alone = sum(words.values()) == len(values)
    return Column(b"" if alone else packed(numbers), numeric, _told(missing), _told(words))


def _told(found: _Tally) -> list[Told]:
    return [
        Told(arms, first_line(words), times, lineup)
        for ((arms, lineup), words), times in found.items()
    ]


def no_measurement(value: float) -> str:
    """Why a value that is none is left out."""
    return f"the value was {value:g}"
