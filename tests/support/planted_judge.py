"""A judge of planted transcripts behind a server, and what it makes of them without one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from benchmarks.simulated_judges import JUDGES, Library, SimulatedJudge, answer, readings
from harness.analysis.judge_reads import Read
from harness.app.readings import reads_of
from harness.planted.phrases import Split
from harness.planted.planted import PERTURBATIONS, Perturbation, Planted
from harness.planted.sets import planted
from tests.support.mock_server import Answer, Body, completion, payload


@cache
def told(
    split: Split, ways: tuple[Perturbation, ...] = ("as_written",), repeats: int = 1
) -> tuple[Planted, ...]:
    """Planted transcripts, made once."""
    return tuple(planted(split, ways, repeats))


@cache
def library(split: Split) -> Library:
    """All transcripts of a split, in every telling."""
    return Library(told(split, PERTURBATIONS))


def named(name: str) -> SimulatedJudge:
    """A simulated judge by name."""
    return next(one for one in JUDGES if one.name == name)


def read_by(name: str, transcripts: Sequence[Planted], seed: int = 0) -> tuple[Read, ...]:
    """What a simulated judge makes of transcripts, without a server."""
    return reads_of(transcripts, readings(named(name), transcripts, seed))


class PlantedJudge:
    """The script of a mock server that judges planted transcripts.

    Args:
        name: Of a simulated judge.
        split: Of what it is asked about.

    Attributes:
        asked: How many transcripts it was asked about.
        instead: Number of a request, from 1 -> what is answered in its place.
        elsewhere: What is answered where no planted transcript is asked about.
        after: Number of a request, and what is done before it is answered.
    """

    def __init__(self, name: str = "perfect", split: Split = "dev") -> None:
        self.judge, self.split = named(name), split
        self.asked = 0
        self.instead: dict[int, Answer] = {}
        self.elsewhere: str | None = None
        self.after: tuple[int, Callable[[], object]] | None = None

    def __call__(self, body: Body) -> str | Answer:
        if "messages" not in body:
            return payload({"data": [{"id": "x"}, {"id": "y"}]})
        self.asked += 1
        if self.after is not None and self.after[0] == self.asked:
            self.after[1]()
        if self.asked in self.instead:
            return self.instead[self.asked]
        try:
            said = answer(self.judge, library(self.split), body)
        except LookupError:
            if self.elsewhere is None:
                raise
            return self.elsewhere
        return completion(None, refusal="I would rather not") if said is None else said
