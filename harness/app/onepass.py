"""One pass over the transcripts of a large run: its scores, and what findings and figures need.

A small run is read anew for each of them, which takes less than to start a second process. What is
found is the same.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import repeat
from pathlib import Path
from typing import IO, Final, NamedTuple, TypeVar

import harness.app.digest as digest
from harness.analysis.columns import Columns
from harness.analysis.proceedings import went_of
from harness.analysis.values import Known, Values
from harness.app.digest import StaleError
from harness.app.joining import Joining
from harness.app.packing import Packing, Part, pack_ints
from harness.app.spreading import processes_for, spread
from harness.evaluators.base import Evaluator
from harness.evaluators.case import case_of
from harness.evaluators.chain import Beside
from harness.evaluators.course import course_of as replies_of
from harness.evaluators.of_run import scales_of_run
from harness.evaluators.registry import builtin
from harness.evaluators.scales import Scales
from harness.evaluators.scoring import found_in, head_of
from harness.records.folder import SCORES
from harness.records.line_places import LinePlace
from harness.records.parsing import Line
from harness.records.placement import placement_of
from harness.records.reader import RunFolder
from harness.records.score import Score
from harness.records.score_lines import score_line
from harness.records.transcript import Transcript
from harness.report.material import LIKE, Gathering, course_of
from harness.report.truth import TrueValues

MadeT = TypeVar("MadeT")
_BUILT_IN: Final = frozenset({*map(type, builtin()), Scales})
"""Evaluators that another process can make anew from their names and the run."""


class Read(NamedTuple):
    """What was read of some dialogues, in the order of the file.

    Attributes:
        scores: Lines of their scores.
        part: What else is kept of them.
    """

    scores: bytes
    part: Part


class Reading:
    """Reads dialogues of a run, in whatever process.

    Args:
        path: Of the run.
        names: Of the evaluators to score by, in the order of the scores: built-in ones, and those
            of the rubrics of the run.
        replies: Whether to keep the courses of the talks reply by reply.
        descriptor: Of the transcripts, for lines of which it is told where they stand.
    """

    def __init__(
        self, path: Path, names: Sequence[str], replies: bool, descriptor: int | None
    ) -> None:
        self._folder = RunFolder(path)
        ours = (*builtin(), *scales_of_run(self._folder))
        known = {evaluator.name: evaluator for evaluator in ours}
        self._evaluators = [known[name] for name in names]
        self._replies = replies
        self._descriptor = -1 if descriptor is None else descriptor
        self._truth = TrueValues(self._folder.info)
        self._beside = Beside(self._folder)

    def __call__(self, lines: Sequence[Line | LinePlace]) -> Read:
        """What stands in these lines.

        Raises:
            RecordError: One is damaged, or the plan has it otherwise.
        """
        # Step by step over all of them, not one by one: see found_in.
        info, scores, columns, part = self._folder.info, list[bytes](), Columns(), Packing()
        talks = [self._talks(line) for line in lines]
        places = [placement_of(self._folder, one) for one in talks]
        cases = [case_of(one, info, self._beside.of(one.id)) for one in talks]
        sizes = []
        for one, place, found in zip(talks, places, found_in(cases, self._evaluators), strict=True):
            head = head_of(one.id, place)
            own = [filed.line(head) for filed in found]
            sizes.append(sum(map(len, own)))
            scores += own
            for filed in found:
                columns.add(filed.evaluator, place.arms, filed.values, filed.why_null, place.lineup)
        went = map(went_of, talks, places)
        arms = [place.arms for place in places]
        courses = map(course_of, talks, arms, repeat(self._truth))
        replies = map(replies_of, cases) if self._replies else repeat(None)
        for row in zip(went, courses, replies, sizes, strict=False):
            part.add(*row)
        return Read(b"".join(scores), part.closed(columns.closed()))

    def _talks(self, line: Line | LinePlace) -> Transcript:
        text = line if isinstance(line, Line) else line.read(self._descriptor)
        return self._folder.read_line(text)


class _Sum(NamedTuple):
    """What the dialogues of a run add up to.

    Attributes:
        known: What findings are computed from.
        courses: What figures are drawn from.
    """

    known: Known
    courses: Gathering


def _sum(folder: RunFolder, part: Part, *, whole: bool) -> _Sum:
    """What the dialogues of a run add up to; its columns are let go of.

    Args:
        folder: The run.
        part: All its dialogues.
        whole: Whether the columns are all values that there are.

    Raises:
        ValueError: A curve of it has no length.
    """
    values, courses = Values.of_run(folder.info), Gathering()
    values.add_alike(*part.went())
    for measure in list(part.columns):
        values.add_columns({measure: part.columns.pop(measure)}, 0)
    courses.add_all(part.ids, *part.courses(), part.proposals())
    if whole:
        values.complete()
        courses.liked = values.of(LIKE)
        courses.scored = part.scored()
    return _Sum(Known(values, whole, part.replies() or None), courses)


class _Digest:
    """The digest of a run under way: its lines wait in a file that nobody else sees.

    Raises:
        OSError: It cannot be begun.
    """

    def __init__(self, run: Path) -> None:
        self._run = run
        self._scores = sha256()
        self._lines, self._content = 0, sha256()
        self._spool: IO[bytes] = tempfile.TemporaryFile(dir=run)  # noqa: SIM115 - see close
        try:
            self._files = digest.Hashes(run, digest.SOURCES)
        except OSError:
            self._spool.close()
            raise

    def add(self, part: Part) -> None:
        """Note all dialogues."""
        for line in digest.lines_of(part):
            self._spool.write(line)
            self._content.update(line)
            self._lines += 1

    def scored(self, lines: bytes) -> None:
        """Note what is written among the scores."""
        self._scores.update(lines)

    def close(self) -> None:
        """Let go of it."""
        self._files.close()
        self._spool.close()

    def keep(self) -> None:
        """Write it, once the scores are written."""
        with self._spool as spool:
            spool.seek(0)
            files = {**self._files.found(), SCORES: self._scores.hexdigest()}
            content = self._content.hexdigest()
            pieces = iter(lambda: spool.read(1 << 20), b"")
            digest.keep(self._run, files, self._lines, content, pieces)


@dataclass
class OnePass:
    """One pass over the transcripts of a run, by several processes.

    Attributes:
        folder: The run.
        processes: How many read.
        known: What it has shown, once it is over; None before.
        courses: The courses of its talks, likewise.
    """

    folder: RunFolder
    processes: int
    known: Known | None = None
    courses: Gathering | None = None
    _digest: _Digest | None = None

    @classmethod
    def over(cls, folder: RunFolder) -> OnePass | None:
        """The pass over a large run; None for a small one."""
        processes = processes_for(folder.info.dialogues)
        return cls(folder, processes) if processes > 1 else None

    def scores(
        self,
        evaluators: Sequence[Evaluator],
        more: Iterable[Score] = (),
        *,
        whole: bool = False,
    ) -> Iterator[bytes]:
        """Go over the transcripts; the lines of their scores, many at a time.

        Args:
            evaluators: That score them.
            more: Scores of other stages, after those of the transcripts.
            whole: Whether these are all scores of the run. Then nobody needs to read them, and
                :meth:`keep` keeps what they come to.

        Raises:
            RecordError: A file of the run is damaged.
        """
        found = Joining()
        self._drop()
        if whole:
            with contextlib.suppress(OSError):  # then there is none
                self._digest = _Digest(self.folder.path)
        try:
            yield from self._scores(found, evaluators, more)
            part = found.joined()
            self._note(part)
        except BaseException:
            self._drop()
            raise
        self.known, self.courses = _sum(self.folder, part, whole=whole)

    def _scores(
        self, found: Joining, evaluators: Sequence[Evaluator], more: Iterable[Score]
    ) -> Iterator[bytes]:
        with self.folder.shared_lines() as (descriptor, lines):

            def setup() -> tuple[Path, list[str], bool, int | None]:
                replies = any(status == "void" for _, status in self.folder.index().values())
                names = [evaluator.name for evaluator in evaluators]
                return self.folder.path, names, replies, descriptor

            read = spread(Reading, setup, lines, self.processes, descriptor=descriptor)
            for scores, part in read:
                found.add(part)
                self._note(scores)
                yield scores
        for score in more:
            line = score_line(score)
            self._note(line)
            yield line

    def _placed(self, part: Part) -> Part:
        """A part with where its dialogues stand in the transcripts."""
        index = self.folder.index()
        starts = [index[name][0] for name in part.ids if name in index]
        return part.model_copy(update={"starts": pack_ints(starts)})

    def _note(self, found: bytes | Part) -> None:
        """Note for the digest what is found: scores, or at last all dialogues."""
        if self._digest is None:
            return
        try:
            if isinstance(found, Part):
                self._digest.add(self._placed(found))
            else:
                self._digest.scored(found)
        except OSError:  # no room
            self._drop()

    def _drop(self) -> None:
        """Do without a digest."""
        if self._digest is not None:
            self._digest.close()
        self._digest = None

    def keep(self) -> None:
        """Keep what was found beside the scores, where it is all that they say and there is room.
        They must be written."""
        if self._digest is not None:
            with contextlib.suppress(OSError):
                self._digest.keep()
            self._drop()

    def made(self, make: Callable[[Known], MadeT]) -> MadeT:
        """What is made of what is known of the transcripts, and of the scores as they stand.

        Args:
            make: Makes it. Of a digest it is made while that is still held against the files; where
                it does not hold, it is made once more.

        Raises:
            RecordError: A file of the run is damaged.
        """
        if self.known is None:
            with contextlib.suppress(StaleError, ValueError, LookupError, MemoryError):
                # It may be a stranger's.
                (self.known, self.courses), found = digest.kept(
                    self.folder, lambda part: self._made(part, make)
                )
                return found
            for _ in self.scores(()):
                pass
            assert self.known is not None
        return make(self.known)

    def _made(self, part: Part, make: Callable[[Known], MadeT]) -> tuple[_Sum, MadeT]:
        added = _sum(self.folder, part, whole=True)
        return added, make(added.known)


def can_spread(evaluators: Iterable[Evaluator]) -> bool:
    """Whether another process can make these evaluators anew."""
    return all(type(evaluator) in _BUILT_IN for evaluator in evaluators)
