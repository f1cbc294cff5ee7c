"""Joins the parts of a large run to one, in their order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

import numpy as np

from harness.analysis.columns import Column, Told, packed
from harness.analysis.proceedings import OTHER, REASONS_KEPT
from harness.app.packing import Numbers, Part, ints, pack_ints

_AS_THEY_ARE: Final = ("scores", "puts", "turns", "put", "worth", "broke_off")
"""What is packed of a part and numbers nothing."""
_NUMBERED: Final = {"way": "ways", "table": "tables", "end": "ends", "due": "asked"}
"""What is packed of it -> what that numbers."""
_NAN: Final = packed([None])


class Joining:
    """Parts under way to one."""

    def __init__(self) -> None:
        self._things = {name: Numbers[Any]() for name in _NUMBERED.values()}
        self._ids, self._pairs = list[str](), list[str]()
        self._packed: dict[str, list[bytes]] = defaultdict(list)
        self._columns: dict[str, _Column] = {}

    def add(self, part: Part) -> None:
        """Add the next part."""
        for measure, column in part.columns.items():
            if measure not in self._columns:
                self._columns[measure] = _Column()
            self._columns[measure].add(column, len(self._ids))
        self._ids += part.ids
        self._pairs += part.pairs
        for name in _AS_THEY_ARE:
            self._packed[name].append(getattr(part, name))
        for name, things in _NUMBERED.items():
            known = self._things[things]
            # What is nothing stays -1: the last of these.
            now = np.array([*map(known.of, getattr(part, things)), -1], dtype=np.int64)
            self._packed[name].append(pack_ints(now[ints(getattr(part, name))]))

    def joined(self) -> Part:
        """What they come to. Nothing more can be added then: the parts are let go of."""
        columns, self._columns = self._columns, {}
        own: dict[str, Any] = {name: list(known) for name, known in self._things.items()}
        for name in (*_AS_THEY_ARE, *_NUMBERED):
            own[name] = b"".join(self._packed.pop(name, ()))
        own["columns"] = {name: columns.pop(name).joined(len(self._ids)) for name in list(columns)}
        return Part.model_construct(ids=self._ids, pairs=self._pairs, **own)


class _Column:
    """A column under way."""

    def __init__(self) -> None:
        self._values = list[bytes]()
        self._length = 0
        self._numeric = False
        self._missing, self._words = _Tally(), _Tally()

    def add(self, column: Column, before: int) -> None:
        """Add that of some more dialogues, ``before`` which there are so many."""
        if column.values:
            self._fill(before)
            self._values.append(column.values)
            self._length += len(column.values) // len(_NAN)
        self._numeric = self._numeric or column.numeric
        if column.missing:
            self._missing.add(column.missing)
        if column.words:
            self._words.add(column.words)

    def _fill(self, length: int) -> None:
        """Whatever has no value by now has none."""
        self._values.append(_NAN * (length - self._length))
        self._length = length

    def joined(self, dialogues: int) -> Column:
        """The column of all dialogues."""
        if self._length:
            self._fill(dialogues)
        values = b"".join(self._values)
        return Column(values, self._numeric, self._missing.told(), self._words.told())


class _Tally:
    """How often what was found, under way: no more than what is counted by name."""

    def __init__(self) -> None:
        self._found: dict[tuple[tuple[str, ...], str, str], int] = {}
        self._named: dict[tuple[str, str], set[str]] = defaultdict(set)

    def add(self, told: Iterable[Told]) -> None:
        """Add what was found in some more dialogues."""
        for arms, words, dialogues, lineup in told:
            key = (arms, words, lineup)
            if key not in self._found and not self._is_named(arms, words, lineup):
                key = (arms, OTHER, lineup)
            self._found[key] = self._found.get(key, 0) + dialogues

    def _is_named(self, arms: tuple[str, ...], words: str, lineup: str) -> bool:
        """Whether it counts by name in one of these arms, or of their line-ups: there, it is one of
        the first."""
        named = False
        for known in [self._named[arm, one] for arm in arms for one in {"", lineup}]:
            if len(known) < REASONS_KEPT:
                known.add(words)
            named = named or words in known
        return named

    def told(self) -> list[Told]:
        """All of it, in the order in which it was first found."""
        return [Told(arms, said, n, lineup) for (arms, said, lineup), n in self._found.items()]
