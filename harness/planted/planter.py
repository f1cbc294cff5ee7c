"""What has to be known of a rubric to plant transcripts for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from harness.disputes.scenario import Scenario
from harness.planted.kinds import Who
from harness.planted.phrases import Phrase, Split, Told
from harness.planted.planted import StagedCell
from harness.planted.staging import Line, Stage
from harness.records.judgement import Verdict

OfCell = TypeVar("OfCell", bound=StagedCell)


@dataclass(frozen=True)
class Said:
    """A line as it is told.

    Attributes:
        who: Who says it.
        line: What it does.
        words: Its words.
        at: Index of the turn.
    """

    who: Who
    line: Line
    words: Told
    at: int


@dataclass(frozen=True)
class Planter(Generic[OfCell]):
    """How transcripts are planted for a rubric.

    Attributes:
        rubric: Its id.
        cells: Split -> which transcripts there are.
        stage: Cell, dispute and who -> principal -> its turns.
        truth: Cell, what is said, who -> principal and who -> seat -> what is true by the rubric.
        bank: Split -> phrases by act.
    """

    rubric: str
    cells: Callable[[Split], tuple[OfCell, ...]]
    stage: Callable[[OfCell, Scenario, Mapping[Who, str]], Stage]
    truth: Callable[
        [OfCell, Sequence[Said], Mapping[Who, str], Mapping[Who, str]], tuple[Verdict, ...]
    ]
    bank: Callable[[Split], Mapping[str, Sequence[Phrase]]]
