"""Which planted transcripts there are for a rubric file: each row told several times, so that
neither seat, name, manner nor order of speaking goes with an answer.

In the split ``test`` the four transcripts of a row have the giver in either seat and either
delegation speaking first, once each. In ``dev`` there are two, one with the giver in either seat.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from harness.disputes.scenario import Twin
from harness.planted.conduct.planting import Planting, Row
from harness.planted.kinds import Who
from harness.planted.phrases import Split, disputes_of

_EACH: Final[dict[Split, int]] = {"dev": 2, "test": 4}
"""Transcripts of each row."""
_PAIRS: Final[dict[Split, tuple[int, ...]]] = {"dev": (0, 2), "test": (0, 1, 2, 1)}
"""Pairs of turns that are added to the transcripts of a row, in turn."""
_NAMES: Final = (1, 0, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0)
"""Of twelve rows in ``dev``, which have the names exchanged with the giver in the official seat: as
often as not whoever speaks first, and in either manner."""


@dataclass(frozen=True)
class ConductCell:
    """What one planted transcript for a rubric file is to be.

    Attributes:
        rubric: Id of the rubric.
        split: Whose disputes and phrases it has.
        row: What is true in it.
        number: Of the row, from 0.
        copy: Which of the transcripts of the row it is, from 0.
        scenario: Id of the dispute.
        twin: With which names; ``none`` or ``names``.
        devious: Whether things are said so that they are easily missed or mistaken.
        giver: Seat of the delegation that the plot calls the giver.
        first: Whether that one speaks first.
        place: See :class:`~harness.planted.planted.PlantedCell`.
    """

    rubric: str
    split: Split
    row: Row
    number: int
    copy: int
    scenario: str
    twin: Twin
    devious: bool
    giver: Literal["o", "u"]
    first: bool
    place: tuple[int, int]

    @property
    def manner(self) -> str:
        """``plain`` or ``devious``."""
        return "devious" if self.devious else "plain"

    @property
    def name(self) -> str:
        """What the transcript is called."""
        return f"{self.rubric}-{self.number + 1:02}-{self.manner}-{self.copy + 1}"

    @property
    def marks(self) -> dict[str, str]:
        """See :class:`~harness.planted.planted.PlantedCell`."""
        return {"manner": self.manner}

    @property
    def facts(self) -> dict[str, Any]:
        """See :class:`~harness.planted.planted.PlantedCell`."""
        return {
            "rubric": self.rubric,
            "manner": self.manner,
            "giver": self.giver,
            "giver_speaks_first": self.first,
            "planted": {"giver": dict(self.row.giver), "taker": dict(self.row.taker)},
        }

    @property
    def balanced(self) -> bool:
        """True in one half of the transcripts, independently of seat and order."""
        return (self.giver == "u") == self.first

    @property
    def turned(self) -> int:
        """By how much issues and beats are moved on."""
        return (self.number + self.copy) % 3

    @property
    def padding(self) -> int:
        """How many pairs of turns without a move are added: over the transcripts of a row the
        same."""
        pairs = _PAIRS[self.split]
        return pairs[(self.number + self.copy) % len(pairs)]

    def planted(self, who: Who) -> dict[str, str]:
        """What is planted of a delegation."""
        return dict(self.row.giver if who == "giver" else self.row.taker)


def conduct_cells(planting: Planting, split: Split) -> tuple[ConductCell, ...]:
    """The transcripts of a rubric and split, row by row."""
    whole = [(number, copy) for number in range(len(planting.rows)) for copy in range(_EACH[split])]
    disputes = [_dispute(split, number, copy) for number, copy in whole]
    most = max(Counter(disputes).values())
    places = _places(disputes, most)
    return tuple(
        _cell(planting, split, *which, dispute, place)
        for which, dispute, place in zip(whole, disputes, places, strict=True)
    )


def _dispute(split: Split, number: int, copy: int) -> str:
    disputes = disputes_of(split)
    return disputes[(number + number // 2 + 2 * copy) % len(disputes)]


def _places(disputes: list[str], most: int) -> Iterator[tuple[int, int]]:
    seen: Counter[str] = Counter()
    for dispute in disputes:
        yield seen[dispute], most
        seen[dispute] += 1


def _cell(
    planting: Planting,
    split: Split,
    number: int,
    copy: int,
    scenario: str,
    place: tuple[int, int],
) -> ConductCell:
    side, second = copy % 2, copy // 2
    if split == "test":
        first, devious = second, (side + second + number) % 2
        names = (side + number // 2) % 2
    else:
        first, devious = (side + number) % 2, (side + number // 2) % 2
        names = (side + _NAMES[number % len(_NAMES)]) % 2
    return ConductCell(
        rubric=planting.rubric,
        split=split,
        row=planting.rows[number],
        number=number,
        copy=copy,
        scenario=scenario,
        twin=(Twin.NONE, Twin.NAMES)[names],
        devious=bool(devious),
        giver="ou"[side],  # type: ignore[arg-type]
        first=bool(first),
        place=place,
    )
