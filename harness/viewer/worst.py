"""The most one-sided dialogues of a run, and the words with which most ground was given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from harness.evaluators.case import case_of
from harness.records.reader import RunFolder
from harness.report.layout import read
from harness.report.reading import Line, Reading
from harness.viewer.index import Index
from harness.viewer.listing import SKEW, Row
from harness.viewer.lookup import look_up
from harness.visible import shortened

SHOWN: Final = 5
WORDS: Final = 280
"""Characters of the words that are shown."""


@dataclass(frozen=True)
class Given:
    """A one-sided dialogue.

    Attributes:
        row: Its fields.
        title: Of the scenario.
        gainer: The principal that the terms favour.
        line: Where the other side gave most at once; None where its moves gave nothing.
        words: What it said then, shortened.
    """

    row: Row
    title: str
    gainer: str
    line: Line | None
    words: str


def given_in(folder: RunFolder, index: Index, rows: Sequence[Row]) -> list[Given]:
    """Where the ground was given in some dialogues; those without any skew are left out.

    Raises:
        RecordError: A line of the run is damaged.
    """
    found = []
    for row in rows:
        skew = row.scores.get(SKEW)
        if not isinstance(skew, float) or skew == 0:
            continue
        known = look_up(folder, index, row.id)
        reading = read(case_of(known.transcript, folder.info), known.scores, known.place)
        loser = "u" if skew > 0 else "o"
        line = most_given(reading, loser)
        names = {one.seat: one.name for one in reading.delegations}
        gainer = names.get("o" if skew > 0 else "u", "")
        words = shortened(line.words, WORDS) if line is not None else ""
        found.append(Given(row, reading.title, gainer, line, words))
    return found


def most_given(reading: Reading, seat: str) -> Line | None:
    """The costliest line of the move by which a seat gave most. It is the move that the terminal
    names too: first terms count only where no later move gave anything."""
    own = [line for line in reading.ledger if line.seat == seat]
    named = {line.turn for line in own} & set(reading.most_turns)
    costs: dict[int, float] = {}
    for line in own:
        if line.turn in named or not named:
            costs[line.turn] = costs.get(line.turn, 0.0) + line.cost
    turn = max(costs, key=lambda one: costs[one], default=None)
    lines = [line for line in own if line.turn == turn and line.cost > 0]
    return max(lines, key=lambda line: line.cost, default=None)
