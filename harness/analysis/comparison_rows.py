"""The dialogues of several runs, as a comparison of those who played them has them."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from harness.analysis.comparison_players import Player
from harness.analysis.judge_known import NOTHING_KNOWN, JudgeKnown
from harness.analysis.observations import Floats
from harness.analysis.values import NOT_SCORED
from harness.evaluators.course import Course
from harness.records.reader import RunFolder


@dataclass(frozen=True, slots=True)
class Meeting:
    """One dialogue.

    Attributes:
        run: Number of the run that it was read from, from 0.
        players: Seat -> who played it, all seats of the table.
        status: ``done``, ``void`` or ``failed``.
        deal: Whether it ended in one; None where it did not come to its end.
        void_by: The seat that made it void; empty where none did.
        course: What its seats had to answer; None where it was not looked at.
        same: What has to be the same for a pair to be one: part -> its value, hashable. A part
            that nobody at this table reads is left out.
    """

    id: str
    run: int
    scenario: str
    twin: str
    epoch: int
    arms: tuple[str, ...]
    players: Mapping[str, Player]
    status: str
    deal: bool | None
    void_by: str
    same: Mapping[str, Hashable]
    course: Course | None = None

    def others(self, seat: str) -> tuple[tuple[str, Player], ...]:
        """Who sat opposite, seat by seat."""
        return tuple((name, who) for name, who in self.players.items() if name != seat)


@dataclass
class Meetings:
    """Dialogues of several runs with the values of their measures.

    Attributes:
        runs: The runs, by number.
        names: What they are called, by number; no two alike.
        rows: The dialogues, each once.
        repeated: Dialogues that were read from more than one run, and are counted once.
        known: What is known of the judges of each run, by number; empty where no measure by a judge
            is compared.
        versions: Run and evaluator -> versions of it whose scores were read.
        judges: Run and evaluator -> judges whose reading its scores are, in the order in which they
            were met; of evaluators of measures by a judge that are compared.
    """

    runs: Sequence[RunFolder]
    names: Sequence[str]
    known: Sequence[JudgeKnown] = ()
    rows: list[Meeting] = field(default_factory=list)
    repeated: int = 0
    versions: dict[tuple[int, str], set[int]] = field(default_factory=dict)
    judges: dict[tuple[int, str], dict[str, None]] = field(default_factory=dict)
    _columns: dict[tuple[str, str], array[float]] = field(default_factory=dict)
    _why: dict[tuple[str, str], dict[int, str]] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)

    def known_in(self, run: int) -> JudgeKnown:
        """What is known of the judges of a run."""
        return self.known[run] if self.known else NOTHING_KNOWN

    def add(self, meeting: Meeting, found: Mapping[tuple[str, str], float | str]) -> int:
        """Add a dialogue; its number.

        Args:
            found: (Column, seat) -> its value, or why there is none. What is absent was not scored.
        """
        row = len(self.rows)
        self.rows.append(meeting)
        for key, value in found.items():
            self.put(row, key, value)
        return row

    def put(self, row: int, key: tuple[str, str], value: float | str) -> None:
        """Enter a value, or why there is none."""
        if isinstance(value, str):
            # Few reasons have many dialogues: each text is kept once.
            self._why.setdefault(key, {})[row] = self._texts.setdefault(value, value)
            return
        column = self._columns.setdefault(key, array("d"))
        if (lacking := row + 1 - len(column)) > 0:
            column.extend([math.nan] * lacking)
        column[row] = value

    def value(self, row: int, column: str, seat: str) -> float | None:
        """The value of a column for a seat of a dialogue."""
        found = self._columns.get((column, seat))
        if found is None or row >= len(found) or math.isnan(found[row]):
            return None
        return found[row]

    def column(self, name: str, seat: str) -> Floats:
        """``(rows,)`` values of a column for a seat, by number of the dialogue; NaN for none."""
        found = np.full(len(self.rows), math.nan)
        known = self._columns.get((name, seat))
        if known is not None:
            found[: len(known)] = known
        return found

    def why_missing(self, rows: Iterable[int], column: str, seat: str) -> dict[str, int]:
        """Reason -> dialogues among ``rows`` without a value, the most frequent first."""
        known, numbers = self._why.get((column, seat), {}), list(rows)
        values = self.column(column, seat)[numbers].tolist()
        reasons = Counter(
            known.get(row, NOT_SCORED)
            for row, value in zip(numbers, values, strict=True)
            if math.isnan(value)
        )
        return dict(reasons.most_common())


def cells(meeting: Meeting) -> Iterator[tuple[str, str, int, str]]:
    """Where a dialogue stands: scenario, twin, epoch and arm, once for each arm."""
    for arm in meeting.arms:
        yield meeting.scenario, meeting.twin, meeting.epoch, arm
