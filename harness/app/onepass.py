"""One pass over the transcripts of a large run: its scores, how its talks went, and their courses.

A small run is read anew for each of them, which takes less than to start a second process. What is
found is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from harness.analysis.proceedings import Went, went_of
from harness.app.spreading import processes_for, spread
from harness.evaluators.base import Evaluator
from harness.evaluators.registry import builtin
from harness.evaluators.scoring import of_talks
from harness.records.placement import placement_of
from harness.records.reader import Line, RunFolder
from harness.records.score_lines import score_line
from harness.report.material import Course, Gathering, course_of
from harness.report.truth import TrueValues

_BUILT_IN: Final = frozenset(map(type, builtin()))
"""Evaluators that another process can make anew from their names."""


class Read(NamedTuple):
    """What was read of some dialogues, in the order of the file.

    Attributes:
        scores: Lines of their scores.
        talks: How each went, and its course.
    """

    scores: list[bytes]
    talks: list[tuple[Went, Course]]


class Reading:
    """Reads dialogues of a run, in whatever process.

    Args:
        path: Of the run.
        names: Of the built-in evaluators to score by, in the order of the scores.
    """

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        known = {evaluator.name: evaluator for evaluator in builtin()}
        self._folder = RunFolder(path)
        self._evaluators = [known[name] for name in names]
        self._truth = TrueValues(self._folder.info)

    def __call__(self, lines: Sequence[Line]) -> Read:
        """What stands in these lines.

        Raises:
            RecordError: One is damaged, or the plan has it otherwise.
        """
        found = Read([], [])
        for line in lines:
            transcript = self._folder.read_line(line)
            place = placement_of(self._folder, transcript)
            scores = of_talks(self._folder, transcript, self._evaluators, place)
            found.scores.extend(map(score_line, scores))
            course = course_of(transcript, place.arms, self._truth)
            found.talks.append((went_of(transcript, place), course))
        return found


@dataclass
class OnePass:
    """One pass over the transcripts of a run, by several processes.

    Attributes:
        folder: The run.
        processes: How many read.
        talks: How the talks went, once it is over; None before.
        courses: Their courses, likewise.
    """

    folder: RunFolder
    processes: int
    talks: list[Went] | None = None
    courses: Gathering | None = None

    @classmethod
    def over(cls, folder: RunFolder) -> OnePass | None:
        """The pass over a large run; None for a small one."""
        processes = processes_for(folder.info.dialogues)
        return cls(folder, processes) if processes > 1 else None

    def scores(self, evaluators: Iterable[Evaluator]) -> Iterator[bytes]:
        """Go over the transcripts; the lines of their scores.

        Raises:
            RecordError: A file of the run is damaged.
        """
        talks, courses = list[Went](), Gathering()
        setup = (self.folder.path, [evaluator.name for evaluator in evaluators])
        for read in spread(Reading, setup, self.folder.lines(), self.processes):
            for went, course in read.talks:
                talks.append(went)
                courses.add(course)
            yield from read.scores
        self.talks, self.courses = talks, courses

    def read(self) -> None:
        """Go over the transcripts, where that was not done yet.

        Raises:
            RecordError: A file of the run is damaged.
        """
        if self.talks is None:
            for _ in self.scores(()):
                pass


def can_spread(evaluators: Iterable[Evaluator]) -> bool:
    """Whether another process can make these evaluators anew."""
    return all(type(evaluator) in _BUILT_IN for evaluator in evaluators)
