"""Which planted transcripts there are: every kind in both manners, with all else in balance.

In the split ``test`` the four transcripts of a kind and manner have the giver in either seat and
either delegation speaking first, once each. Each dispute has every kind once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from harness.disputes.scenario import Twin
from harness.planted.kinds import KINDS, Kind
from harness.planted.phrases import Split, disputes_of

Extra = Literal[
    "last_word",
    "last_word_of_either",
    "threat_not_carried_out",
    "threat_carried_out",
    "threat_of_harm",
    "none_of_these",
]
EXTRAS: Final[tuple[Extra, ...]] = (
    "last_word",
    "last_word_of_either",
    "threat_not_carried_out",
    "threat_carried_out",
    "threat_of_harm",
    "none_of_these",
)
"""What else is said: last words and threats, in turn. A last word is the giver's, on what it moves
on afterwards where it does; else it is kept, and with ``last_word_of_either`` it is the taker's.
The last of these has words that are near to a last word and to a threat."""


@dataclass(frozen=True)
class Cell:
    """What one planted transcript is to be.

    Attributes:
        split: Whose disputes and phrases it has.
        kind: What is done in it.
        devious: Whether it is said so that it is easily missed or mistaken.
        number: Within the kind and manner, from 0.
        scenario: Id of the dispute.
        twin: With which names; ``none`` or ``names``.
        giver: Seat of the delegation that the kind is about.
        first: Whether that one speaks first.
        extra: What else is said.
        turned: By how much the issues are moved on: each dispute has each in the main role.
    """

    split: Split
    kind: Kind
    devious: bool
    number: int
    scenario: str
    twin: Twin
    giver: Literal["o", "u"]
    first: bool
    extra: Extra
    turned: int

    @property
    def manner(self) -> str:
        """``plain`` or ``devious``."""
        return "devious" if self.devious else "plain"

    @property
    def name(self) -> str:
        """What the transcript is called."""
        return f"{self.kind}-{self.manner}-{self.number + 1}"

    @property
    def marks(self) -> dict[str, str]:
        """See :class:`~harness.planted.planted.PlantedCell`."""
        return {"kind": self.kind, "manner": self.manner, "extra": self.extra}

    @property
    def facts(self) -> dict[str, Any]:
        """See :class:`~harness.planted.planted.PlantedCell`."""
        return {
            "kind": self.kind,
            "manner": self.manner,
            "giver": self.giver,
            "giver_speaks_first": self.first,
            "extra": self.extra,
        }

    @property
    def place(self) -> tuple[int, int]:
        """See :class:`~harness.planted.planted.PlantedCell`: each dispute has every kind once."""
        return KINDS.index(self.kind), len(KINDS)

    @property
    def balanced(self) -> bool:
        """True in one half of the transcripts of a kind, independently of seat and order."""
        return (self.giver == "u") == self.first


def cells(split: Split) -> tuple[Cell, ...]:
    """The transcripts of a split, kind by kind."""
    return tuple(
        _cell(split, kind, devious, number)
        for kind in KINDS
        for devious in (False, True)
        for number in range(_EACH[split])
    )


_EACH: Final[dict[Split, int]] = {"dev": 2, "test": 4}
"""Transcripts of each kind in each manner."""


def _cell(split: Split, kind: Kind, devious: bool, number: int) -> Cell:
    k, manner, second = KINDS.index(kind), int(devious), number // 2
    disputes, each = disputes_of(split), _EACH[split]
    if split == "test":
        first, names = second, (number + second + k + manner) % 2
    else:
        first, names = (number + k + manner) % 2, (number + k // 2) % 2
    return Cell(
        split=split,
        kind=kind,
        devious=devious,
        number=number,
        scenario=disputes[(each * manner + number + k) % len(disputes)],
        twin=(Twin.NONE, Twin.NAMES)[names],
        giver="ou"[number % 2],  # type: ignore[arg-type]
        first=bool(first),
        extra=EXTRAS[(k + 2 * manner + number) % len(EXTRAS)],
        turned=(k + number) % 3,
    )
