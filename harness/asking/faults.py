"""Collects the faults of a reply, so that one complaint names them all.

Asking again costs a call and a prompt. A reply with three faults that are complained of one at a
time costs three of them, and may use up the tries. So whoever reads a reply goes on after a fault.
Nothing is completed in its place: a check that finds a fault gives None, and a reply with any fault
is not used at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

MOST_FAULTS: Final = 5
"""Most faults that one complaint describes; of the others it gives the number."""
MOST_SHOWN: Final = 60
"""Most characters of a value that a complaint repeats."""
MOST_NAMES: Final = 3
"""Most names of what does not belong that a complaint repeats."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def in_words(faults: Iterable[str]) -> str | None:
    """One complaint about all of ``faults``, on one line.

    Args:
        faults: Each in whole sentences, in the order in which they are to be named. What is said
            twice counts once.

    Returns:
        A single fault as it is; several numbered, at most :data:`MOST_FAULTS` of them, with the
        number of the others; None where there is none.
    """
    said = list(dict.fromkeys(faults))
    if len(said) < 2:
        return said[0] if said else None
    named = " ".join(f"({n}) {fault}" for n, fault in enumerate(said[:MOST_FAULTS], 1))
    more = len(said) - MOST_FAULTS
    return f"It has {len(said)} faults. {named}" + (f" And {more} more." if more > 0 else "")


class Faults:
    """The faults found in one reply so far, and the checks of its fields.

    A check of a field that is not there finds no fault and gives None: :meth:`exactly` has said
    already that it is missing.
    """

    def __init__(self) -> None:
        self._said: list[str] = []

    def __bool__(self) -> bool:
        """Whether there is any fault."""
        return bool(self._said)

    def add(self, said: str) -> None:
        """Note a fault: where it is and what would be right, in whole sentences."""
        self._said.append(said)

    def in_words(self) -> str | None:
        """The complaint, see :func:`in_words`; None where there is no fault."""
        return in_words(self._said)

    def exactly(
        self,
        fields: dict[str, Any],
        names: Sequence[str],
        what: str,
        optional: Sequence[str] = (),
    ) -> None:
        """Hold the names of fields: all of ``names`` but the ``optional``, and no others.

        Args:
            what: What the fields are of, as the subject of a sentence.
        """
        missing = [name for name in names if name not in fields and name not in optional]
        extra = [name for name in fields if name not in names]
        if missing or extra:  # a misnamed field is both
            found = [f"lacks {listed(missing)}"] if missing else []
            shown_ = ", ".join(map(shown, extra[:MOST_NAMES]))
            found += [f"must not have {shown_}"] if extra else []
            has = "must have" if missing else "has only"
            self.add(f"{what} {' and '.join(found)}. It {has} {listed(names)}.")

    def choice(
        self, fields: dict[str, Any], name: str, allowed: Sequence[str], path: str = ""
    ) -> str | None:
        """The one of ``allowed`` that a field holds; it is the very object of ``allowed``.

        Args:
            path: Of the object that the field is in, with a dot at its end; none for the reply.
        """
        if name not in fields:
            return None
        value = fields[name]
        if isinstance(value, str) and value in allowed:
            # Ours, shared by all replies, and not the reply's own.
            return allowed[allowed.index(value)]
        # No "did you mean": the nearest name may be the other side's position, and suggest it.
        self.add(f"'{path}{name}' must be one of {listed(allowed)}, not {shown(value)}.")
        return None

    def text(
        self,
        fields: dict[str, Any],
        name: str,
        limit: int,
        path: str = "",
        *,
        plain: bool = True,
    ) -> str | None:
        """The text of a field without the blanks around it.

        Args:
            limit: Most characters.
            path: As for :meth:`choice`.
            plain: Whether it may hold no control characters but line breaks and tabs.
        """
        if name not in fields:
            return None
        value = fields[name]
        if not isinstance(value, str):
            self.add(f"'{path}{name}' must be a string, not {shown(value)}.")
        elif len(value) > limit:
            self.add(f"'{path}{name}' has {len(value)} characters; the limit is {limit}.")
        elif plain and _CONTROL.search(value):
            self.add(f"'{path}{name}' holds control characters. Write plain text.")
        else:
            return value.strip()
        return None

    def number(
        self, fields: dict[str, Any], name: str, highest: float, path: str = ""
    ) -> float | None:
        """The number of a field, from 0 to ``highest``.

        Args:
            path: As for :meth:`choice`.
        """
        if name not in fields:
            return None
        value = fields[name]
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if number and 0 <= value <= highest:
            return float(value)
        self.add(f"'{path}{name}' must be a number from 0 to {highest:g}, not {shown(value)}.")
        return None

    def object(
        self, fields: dict[str, Any], name: str, kind: str = "an object", path: str = ""
    ) -> dict[str, Any] | None:
        """The object that a field holds.

        Args:
            kind: What it must be, in words.
            path: As for :meth:`choice`.
        """
        if name not in fields:
            return None
        value = fields[name]
        if isinstance(value, dict):
            return value
        self.add(f"'{path}{name}' must be {kind}, not {shown(value)}.")
        return None


def listed(names: Sequence[str]) -> str:
    """Names as they stand in a complaint."""
    return ", ".join(map(repr, names))


def shown(value: object) -> str:
    """A value in a complaint: short, and never the inside of an object."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "null"
    if isinstance(value, str) and len(value) > MOST_SHOWN:
        return f"{value[:MOST_SHOWN]!r}..."
    return repr(value) if not isinstance(value, int) or abs(value) < 10**12 else "that number"
