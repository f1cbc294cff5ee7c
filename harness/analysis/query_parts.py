"""What a filter is made of, and what it means of a row and in SQLite."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

Value = float | bool | str | tuple[str, ...] | None
"""What a row holds under a name; None where it is missing."""

ORDER: Final[Mapping[str, Callable[..., bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_LOWER: Final = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def lowered(text: str) -> str:
    """A text with the letters A to Z in lower case, and every other as it is, as SQLite does it."""
    return text.translate(_LOWER)


@dataclass(frozen=True)
class Name:
    """What stands in a row under this name."""

    name: str


Term = Name | float | str


@dataclass(frozen=True)
class Compare:
    """A comparison of a name with a number, a text or another name."""

    name: str
    sign: str
    other: Term


@dataclass(frozen=True)
class OneOf:
    """Whether the value is one of some."""

    name: str
    values: tuple[float | str, ...]


@dataclass(frozen=True)
class Missing:
    """Whether there is no value."""

    name: str


@dataclass(frozen=True)
class Not:
    """The contrary; unknown where the part is."""

    part: Part


@dataclass(frozen=True)
class Join:
    """``and`` and ``or`` of several parts."""

    word: str
    parts: tuple[Part, ...]


Part = Compare | OneOf | Missing | Not | Join


def names_of(part: Part) -> Iterator[str]:
    if isinstance(part, Join):
        for inner in part.parts:
            yield from names_of(inner)
    elif isinstance(part, Not):
        yield from names_of(part.part)
    else:
        yield part.name
        if isinstance(part, Compare) and isinstance(part.other, Name):
            yield part.other.name


# --- of a row -------------------------------------------------------------------------------------


def holds(part: Part, row: Mapping[str, Value]) -> bool | None:
    """Whether a part is true of a row; None where that is unknown."""
    if isinstance(part, Join):
        found = [holds(inner, row) for inner in part.parts]
        decisive = part.word == "or"
        if decisive in found:
            return decisive
        return None if None in found else not decisive
    if isinstance(part, Not):
        inner = holds(part.part, row)
        return None if inner is None else not inner
    value = _plain(row.get(part.name))
    if isinstance(part, Missing):
        return value is None or value == ()
    if isinstance(part, OneOf):
        if isinstance(value, tuple):
            return any(word in part.values for word in value)
        return None if value is None else value in part.values
    other = _plain(row.get(part.other.name)) if isinstance(part.other, Name) else part.other
    if isinstance(value, tuple) or isinstance(other, tuple):
        return _any_of(value, part.sign, part.other)
    return _compared(value, part.sign, other)


def _plain(value: Value) -> float | str | tuple[str, ...] | None:
    """A value as SQLite has it: yes and no are 1 and 0, and what is no number is missing."""
    if isinstance(value, str | tuple) or value is None:
        return value
    return None if math.isnan(value) else value + 0


def _any_of(words: float | str | tuple[str, ...] | None, sign: str, other: Term) -> bool | None:
    """A comparison of several words: of each of them. Two fields are not compared with it."""
    if isinstance(other, Name) or not isinstance(words, tuple):
        return None
    if sign == "!=":
        return all(word != other for word in words)
    return any(_compared(word, sign, other) is True for word in words)


def _compared(value: float | str | None, sign: str, other: float | str | None) -> bool | None:
    if value is None or other is None:
        return None
    if sign == "==":
        return value == other
    if sign == "!=":
        return value != other
    if isinstance(value, str) != isinstance(other, str):
        return None
    if sign == "~":
        return lowered(str(other)) in lowered(value) if isinstance(value, str) else None
    return ORDER[sign](value, other)


# --- in SQLite ------------------------------------------------------------------------------------


def sql_of(
    part: Part, columns: Mapping[str, str], several: Collection[str], given: list[float | str]
) -> str:
    if isinstance(part, Join):
        parts = [sql_of(inner, columns, several, given) for inner in part.parts]
        return f"({f' {part.word.upper()} '.join(parts)})"
    if isinstance(part, Not):
        return f"(NOT {sql_of(part.part, columns, several, given)})"
    column = f"({columns[part.name]})"
    many = part.name in several
    if isinstance(part, Missing):
        return f"(coalesce(json_array_length{column}, 0) = 0)" if many else f"({column} IS NULL)"
    value = "value" if many else column
    if isinstance(part, OneOf):
        given += part.values
        condition = f"(+{value} IN ({', '.join('?' * len(part.values))}))"
    elif isinstance(part.other, Name):
        if many or part.other.name in several:
            return "(NULL)"
        return _sql_of_two(column, part.sign, f"({columns[part.other.name]})")
    else:
        sign = "==" if many and part.sign == "!=" else part.sign
        condition = _sql_of_one(value, sign, part.other, given)
    if not many:
        return condition
    # Columns are the caller's own expressions; all that a user wrote is a parameter.
    exists = f"EXISTS (SELECT 1 FROM json_each{column} WHERE {condition})"  # noqa: S608
    turned = isinstance(part, Compare) and part.sign == "!="
    return f"(NOT {exists})" if turned else f"({exists})"


_NUMERIC: Final = "IN ('integer', 'real')"


def _sql_of_one(value: str, sign: str, other: float | str, given: list[float | str]) -> str:
    """A comparison with a parameter. ``+`` takes the affinity of a column away, so that a number
    stays unequal to the word that is written as it is."""
    if sign in ("==", "!="):
        given.append(other)
        return f"(+{value} {sign} ?)"
    if sign == "~":
        given.append(lowered(str(other)))
        return f"(CASE WHEN typeof({value}) = 'text' THEN instr(lower({value}), ?) > 0 END)"
    kind = "= 'text'" if isinstance(other, str) else _NUMERIC
    given.append(other)
    return f"(CASE WHEN typeof({value}) {kind} THEN +{value} {sign} ? END)"


def _sql_of_two(value: str, sign: str, other: str) -> str:
    """The order of two columns."""
    alike = " OR ".join(
        f"(typeof({value}) {kind} AND typeof({other}) {kind})" for kind in ("= 'text'", _NUMERIC)
    )
    return f"(CASE WHEN {alike} THEN +{value} {sign} +{other} END)"
