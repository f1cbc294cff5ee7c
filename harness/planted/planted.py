"""A planted transcript: talks that were written, and what is true of them by one rubric."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from harness.disputes.scenario import Scenario, Twin
from harness.plans.prose_ledger import PROSE_LEDGER
from harness.planted.phrases import Split
from harness.records.judgement import Verdict
from harness.records.transcript import Transcript

Perturbation = Literal["as_written", "label", "paraphrase", "verbosity", "order"]
PERTURBATIONS: Final[tuple[Perturbation, ...]] = (
    "as_written",
    "label",
    "paraphrase",
    "verbosity",
    "order",
)
"""How a transcript may be told. ``label`` exchanges the names of the two parties; ``paraphrase``
says everything in other words; ``verbosity`` adds talk that changes nothing; ``order`` turns round
the order in which issues and parties are named to whoever reads."""


class PlantedCell(Protocol):
    """What one planted transcript is to be."""

    @property
    def split(self) -> Split:
        """Whose disputes and phrases it has."""

    @property
    def name(self) -> str:
        """What the transcript is called; each of a split and rubric differs."""

    @property
    def scenario(self) -> str:
        """Id of the dispute, as it ships."""

    @property
    def marks(self) -> Mapping[str, str]:
        """What tells it from others, as ``{"manner": "devious"}``."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """What its line in ``evals/calibration/`` says of it besides name, split and truth."""

    @property
    def place(self) -> tuple[int, int]:
        """Its number among the transcripts of its rubric and dispute, from 0, and how many of
        these there are at most."""


class StagedCell(PlantedCell, Protocol):
    """What a stage needs of one besides."""

    @property
    def twin(self) -> Twin:
        """With which names; ``none`` or ``names``."""

    @property
    def devious(self) -> bool:
        """Whether things are said so that they are easily missed or mistaken."""

    @property
    def giver(self) -> Literal["o", "u"]:
        """Seat of the delegation that the plot calls the giver."""

    @property
    def first(self) -> bool:
        """Whether that one speaks first."""

    @property
    def balanced(self) -> bool:
        """True in one half of the transcripts of a kind, independently of seat and order."""

    @property
    def turned(self) -> int:
        """By how much the issues are moved on, 0 to 2."""


@dataclass(frozen=True)
class Planted:
    """A planted transcript.

    Attributes:
        cell: What it is.
        perturbation: How it is told.
        repeat: Which copy it is, from 1.
        scenario: The dispute as its record refers to it, in no twin.
        record: The talks.
        truth: What is true of them by the rubric: of a rubric that makes a list every entry, of
            one that asks questions a verdict on each item whose answer is known. An item that is
            not among them is not known.
        rubric: Id of the rubric.
    """

    cell: PlantedCell
    perturbation: Perturbation
    repeat: int
    scenario: Scenario
    record: Transcript
    truth: tuple[Verdict, ...]
    rubric: str = PROSE_LEDGER
