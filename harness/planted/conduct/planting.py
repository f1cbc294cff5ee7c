"""What is planted for a rubric file: which answers on whom, and how they come to be true."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from harness.files.catalogue import data_root
from harness.plans.rubric_file import Question, RubricFile, read_rubric
from harness.planted.kinds import Plot, Setting

Answers = Mapping[str, str]
"""Question -> what is planted of one delegation: the id of an answer, or :data:`NEAR`."""
NEAR: Final = "near"
"""Stands for the answer for what is not there where words are said that are close to it."""


@dataclass(frozen=True)
class Row:
    """What is true of both delegations in a transcript.

    Attributes:
        giver: Answers on the one that the plot calls the giver. Where a rubric asks of the dialogue
            as a whole, the answers as they are with the giver for its first party.
        taker: On the other; empty where a rubric asks of the dialogue.
    """

    giver: Answers
    taker: Answers


@dataclass(frozen=True)
class Planting:
    """What is planted for a rubric file.

    Attributes:
        rubric: Its id.
        rows: The rows of :func:`rows_of`, each told in either seat and with either speaking first.
        plot: Setting, answers on the giver and on the taker -> what happens. The acts on which an
            answer rests name its question in ``shows``.
    """

    rubric: str
    rows: tuple[Row, ...]
    plot: Callable[[Setting, Answers, Answers], Plot]

    @property
    def items(self) -> tuple[str, ...]:
        """The questions whose answers are planted, in the order of the rows."""
        return tuple(self.rows[0].giver)

    def question(self, item: str) -> Question:
        """A question, as the rubric has it.

        Raises:
            InputError: The file is unsound.
        """
        return next(one for one in rubric_file(self.rubric).head.items if one.id == item)

    def nothing(self, item: str) -> str:
        """The answer for what is not there."""
        return next(one.id for one in self.question(item).scale if not one.quoted)

    def answer(self, item: str, planted: str) -> str:
        """The answer that is true where something is planted."""
        return self.nothing(item) if planted == NEAR else planted


def rows_of(items: tuple[str, ...], table: str) -> tuple[Row, ...]:
    """The rows of a table: a line for each, with the giver's answers, a bar, and the taker's.

    Args:
        items: What the columns are about, on either side of the bar.
        table: The lines. Nothing right of the bar where a rubric asks of the dialogue.
    """
    found = []
    for line in filter(None, map(str.strip, table.splitlines())):
        giver, taker = (side.split() for side in line.split("|"))
        of_taker = dict(zip(items, taker, strict=True)) if taker else {}
        found.append(Row(dict(zip(items, giver, strict=True)), of_taker))
    return tuple(found)


@cache
def rubric_file(rubric: str) -> RubricFile:
    """A rubric as it ships.

    Raises:
        InputError: The file is unsound.
    """
    return read_rubric(data_root("evals") / "rubrics" / f"{rubric}.md")
