"""Scores of consecutive dialogues in columns, one a measure: plain, small, and quick to add up.

What a process reads of some dialogues goes to another one in this form, and to a file. What is
added up from columns is the same as from the scores one by one, in whatever parts they come.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, compress
from operator import itemgetter
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
_NONE: Final = type(None)
_USUAL: Final = frozenset({float, bool, _NONE})
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


def packed(values: Sequence[float | None] | NDArray[np.float64]) -> bytes:
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
            f"{evaluator}.{name}": column
            for evaluator, rows in self._rows.items()
            for name, column in _columns(rows)
        }


def _columns(rows: Sequence[_Row]) -> Iterator[tuple[str, Column]]:
    """(measure, column) of an evaluator. What nearly all columns are is worked out for all of them
    at once: numbers, none of which is beyond measure."""
    names = list(rows[0][1])
    whole = itemgetter(*names) if len(names) > 1 else lambda values: tuple(values.values())
    columns = list(zip(*(whole(values) for _, values, _ in rows), strict=True))
    kinds = [set(map(type, values)) for values in columns]
    usual = [place for place in range(len(names)) if kinds[place] <= _USUAL]
    known = (columns[p] if _NONE not in kinds[p] else _with_nan(columns[p]) for p in usual)
    numbers = np.frombuffer(array("d", chain.from_iterable(known))).reshape(len(usual), len(rows))
    measured = (np.abs(numbers) <= LARGEST).sum(axis=-1).tolist()  # false for NaN
    tallies = _missing([names[place] for place in usual], np.isnan(numbers), rows)
    plain = dict(zip(usual, zip(numbers, measured, tallies, strict=True), strict=True))
    for place, (name, values) in enumerate(zip(names, columns, strict=True)):
        row, sound, tally = plain.get(place, (None, 0, {}))
        absent = values.count(None) if _NONE in kinds[place] else 0
        if row is not None and sound + absent == len(rows):
            yield name, Column(packed(row), float in kinds[place], _told(tally), [])
        else:
            yield name, _mixed(name, values, rows)


def _with_nan(values: Sequence[float | None]) -> list[float]:
    return [math.nan if value is None else value for value in values]


def _missing(names: Sequence[str], absent: NDArray[np.bool_], rows: Sequence[_Row]) -> list[_Tally]:
    """Why measures are missing, of each of ``names``. Dialogues that lack the same by the same
    reasons are looked at together.

    Args:
        names: Of the measures.
        absent: ``(names, rows)``.
        rows: Of the dialogues.
    """
    found = [_Tally() for _ in names]
    alike = dict[tuple[_Whose, bytes, tuple[str, ...], tuple[str, ...]], int]()
    # Row by row as bytes, which takes less than an array of each.
    lacking, width = absent.T.tobytes(), len(names)
    for number, (whose, _, why_null) in enumerate(rows):
        lacks = lacking[number * width : (number + 1) * width]
        key = (whose, lacks, tuple(why_null), tuple(why_null.values()))
        alike[key] = alike.get(key, 0) + 1
    for (whose, lacks, reasons, whys), times in alike.items():
        why_null = dict(zip(reasons, whys, strict=True))
        for place in compress(range(len(names)), lacks):
            told = (whose, why_null.get(names[place], UNDEFINED))
            found[place][told] = found[place].get(told, 0) + times
    return found


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
