"""How far a run is: what was played of what was planned, and how it ended."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

from harness.viewer.listing import ENDINGS

MOST_REASONS: Final = 8


@dataclass(frozen=True)
class ArmCounts:
    """An arm: ending -> dialogues."""

    arm: str
    endings: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.endings.values())


@dataclass(frozen=True)
class Reason:
    """Why dialogues have no result: whose doing, why, and how many. ``why`` is a kind of
    :class:`~harness.records.transcript.VoidReason`, or the words, which may be private."""

    seat: str
    why: str
    number: int


@dataclass(frozen=True)
class Counts:
    """What is there of a run. One dialogue counts once for each arm that it is of.

    Attributes:
        arms: In the order in which they turn up.
        dialogues: Different ones.
        kinds: Of the reasons of void and failed dialogues, the most frequent first.
        reasons: The same in words, which may repeat what was private.
    """

    arms: tuple[ArmCounts, ...] = ()
    dialogues: int = 0
    kinds: tuple[Reason, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @property
    def played(self) -> int:
        """Those that need no more playing."""
        return sum(arm.total - arm.endings.get("failed", 0) for arm in self.arms)

    def of(self, ending: str) -> int:
        """Those that ended so."""
        return sum(arm.endings.get(ending, 0) for arm in self.arms)

    @property
    def endings(self) -> dict[str, int]:
        """Ending -> dialogues; what only talks held elsewhere can have is left out of others."""
        counted = {ending: self.of(ending) for ending in ENDINGS}
        return {k: number for k, number in counted.items() if number or k != "unknown"}


def counts_of(db: sqlite3.Connection) -> Counts:
    """Counted in the index."""
    found: dict[str, dict[str, int]] = {}
    for arm, ending, number in db.execute(
        "SELECT value, ending, sum(number) FROM (SELECT arms, ending, count(*) AS number "
        "FROM dialogues GROUP BY arms, ending), json_each(arms) GROUP BY value, ending"
    ):
        found.setdefault(str(arm), {})[str(ending)] = number
    return Counts(
        arms=tuple(ArmCounts(arm, endings) for arm, endings in found.items()),
        dialogues=db.execute("SELECT count(*) FROM dialogues").fetchone()[0],
        kinds=_reasons(db, "void_kind"),
        reasons=_reasons(db, "void_reason"),
    )


def _reasons(db: sqlite3.Connection, column: str) -> tuple[Reason, ...]:
    found = db.execute(
        f"SELECT coalesce(void_seat, ''), coalesce({column}, ''), count(*) AS number "  # noqa: S608
        "FROM dialogues WHERE ending IN ('void', 'failed') GROUP BY 1, 2 "
        "ORDER BY number DESC, 1, 2 LIMIT ?",
        (MOST_REASONS,),
    )
    return tuple(Reason(*row) for row in found)
