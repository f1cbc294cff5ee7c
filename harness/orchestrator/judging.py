"""Judgements of the finished records of a run: planned, and played into the folder of the run.

The run's own plan and its ``run.json`` stay as they are, but for what served the judge. Each
judgement is a stage as any other: it is resumed, counted, kept to a budget, and played again where
what it has read was.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from harness.errors import UsageError
from harness.judging.stage import JUDGE
from harness.orchestrator.graph import Node, Way
from harness.orchestrator.judgement_specs import Asked, Specs
from harness.orchestrator.plan import Plan
from harness.orchestrator.session import Session
from harness.plans.named_rubrics import FLAG, rubrics_named
from harness.plans.rubrics import RUBRICS, RunRubric
from harness.plans.swaps import Swap
from harness.records.folder import JUDGING, file_of
from harness.records.judgement import Judge
from harness.records.judging import Judging, node_name, read_judgings
from harness.records.parsing import read_info
from harness.records.publication import ARTICLE
from harness.records.reader import RunFolder, index_file
from harness.records.run import RunInfo
from harness.records.spec import TALKS
from harness.records.writer import Planned, RunWriter, appender
from harness.workers.replies import KeepingWriter

if TYPE_CHECKING:
    from harness.files.jsonl import Appender
    from harness.records.episodes import Episode, Place

SWAP: Final = "--swap"


@dataclass(frozen=True, kw_only=True)
class JudgingPlan(Plan):
    """Judgements of the finished records of a run, record by record.

    Attributes:
        specs: Makes what determines them.
        asked: The judgements, in the order of the records.
        places: Id of a record -> where it stands in the run.
    """

    specs: Specs
    asked: tuple[Asked, ...]
    places: Mapping[str, Place]

    def ways(self) -> Iterator[Way]:
        """Every judgement, one after the other."""
        for one in self.asked:
            place = self.places[one.read]
            made = partial(self.specs.of, one.rubric, one.read, place, one.talks, one.swap)
            node = Node(node_name(one.rubric, one.swap), one.id, made, one.inputs)
            yield Way(place.arm, place.scenario, place.twin, place.epoch, (node,))

    @property
    def dialogues(self) -> int:
        """How many judgements there are."""
        return len(self.asked)

    @property
    def stage_count(self) -> int:
        """As :attr:`dialogues`: none is the same as another."""
        return len(self.asked)

    @property
    def read(self) -> frozenset[str]:
        """Ids of the records that are judged."""
        return frozenset(one.read for one in self.asked)

    @property
    def beside(self) -> frozenset[str]:
        """Ids of the talks that are read beside them."""
        return frozenset(one.talks for one in self.asked if one.talks is not None)

    @property
    def rubrics(self) -> tuple[str, ...]:
        """The rubrics, by name."""
        return tuple(dict.fromkeys(one.rubric for one in self.asked))

    @property
    def swaps(self) -> tuple[Swap, ...]:
        """In which further forms they are asked."""
        return tuple(dict.fromkeys(one.swap for one in self.asked if one.swap is not None))

    @property
    def judge(self) -> str:
        """Address of the judge."""
        return self.specs.judge.model


def plan_judging(
    folder: RunFolder,
    judge: Judge,
    names: Sequence[str] = (),
    swaps: Sequence[Swap] = (),
    swapped: Container[str] | None = None,
) -> JudgingPlan:
    """Plan the judgements of a run's finished records. One that is void or has failed is not
    judged.

    Args:
        folder: The run.
        names: Rubrics, as :func:`~harness.plans.named_rubrics.rubrics_named` takes them; none for
            the first of :data:`~harness.plans.rubrics.RUBRICS` that the run has records for.
        swaps: In which further forms every question is asked; none for the usual one alone.
        swapped: Ids of the records about which it is asked in these; None for all.

    Raises:
        UsageError: There is no such rubric, the run has no record for one, or a list is to be
            asked for in another form.
        InputError: A file of a rubric is wrong.
        RecordError: A file of the run is damaged, or its plan lacks a record.
    """
    named = rubrics_named(names)
    found = {one.id: _done(folder, one) for one in named or RUBRICS.values()}
    for rubric in named:
        if not found[rubric.id]:
            raise UsageError(
                f"the run has no finished {rubric.kinds[0]}, which the rubric {rubric.id!r} is for",
                where=FLAG,
                fix="play the run first, or name another rubric",
            )
    wanted = named or [one for one in RUBRICS.values() if found[one.id]][:1]
    if not wanted:
        raise UsageError(
            "the run has no finished record that could be judged",
            where=str(folder.path),
            fix="play it first: the command that made it resumes it",
        )
    info = folder.info
    specs = Specs(judge, info.scenarios, {one.id: one for one in wanted})
    places = {key: folder.place(key) for one in wanted for key in found[one.id]}
    order = {key: number for number, key in enumerate(folder.places())}
    talks = _talks_of(folder) if any(one.with_talks for one in wanted) else {}

    def asked_by(rubric: RunRubric, key: str) -> Iterator[Asked]:
        beside = talks[key] if rubric.with_talks else None
        forms = swaps if swapped is None or key in swapped else ()
        for swap in (None, *forms):
            made = specs.of(rubric.id, key, places[key], beside, swap)
            if swap is not None and made.rubric.listed is not None:
                raise UsageError(
                    f"the rubric {rubric.id!r} makes a list, which has no order and is compared "
                    "with nothing",
                    where=SWAP,
                    fix="leave it out, or name rubrics of set questions: track15 list rubrics",
                )
            yield Asked(made.id, key, rubric.id, beside, swap)

    asked = (asked for one in wanted for key in found[one.id] for asked in asked_by(one, key))
    return JudgingPlan(
        suite=info.suite,
        scenarios=info.scenarios,
        arms=dict.fromkeys(info.suite.arms, ()),
        models={JUDGE: judge.model},
        templates={},  # those of the talks, and nobody is at the table
        specs=specs,
        asked=tuple(sorted(asked, key=lambda one: order[one.read])),
        places=places,
    )


def _done(folder: RunFolder, rubric: RunRubric) -> list[str]:
    """Ids of the finished records that a rubric is for."""
    keys = [
        key
        for name in dict.fromkeys(map(file_of, rubric.kinds))
        for key, (_, status) in index_file(folder.path / name).items()
        if status == "done"
    ]
    if not rubric.needs_values or not folder.info.elsewhere:
        return keys
    return [one.id for one in folder.read(keys) if one.valued]


def _talks_of(folder: RunFolder) -> Mapping[str, str]:
    """Id of an article -> that of the talks that it came from."""
    return {
        episode.stages[ARTICLE]: episode.stages[TALKS]
        for episode in folder.episodes()
        if ARTICLE in episode.stages
    }


class JudgingWriter(KeepingWriter):
    """Writes judgements into a run that is there. Its plan is not touched, and of its ``run.json``
    only what served the judge.

    Args:
        folder: The run.
        plan: The judgements.
        retry_void: As for :class:`~harness.workers.replies.KeepingWriter`.

    Raises:
        RecordError: As for ``KeepingWriter``.
    """

    def __init__(self, folder: RunFolder, plan: JudgingPlan, *, retry_void: bool = False) -> None:
        self._asked = {one.id: one for one in plan.asked}
        self._judge = plan.judge
        super().__init__(folder.path, folder.info, retry_void=retry_void)
        try:
            # Of what was played again since they are missing, and so they are said to cost.
            for one in plan.asked:
                if self.finished(one.id) and self.kept.is_stale(one.id, one.inputs):
                    self.played[one.id] = "failed"
        except BaseException:
            self.close()
            raise

    def _told(self, path: Path, info: RunInfo) -> RunInfo:
        return read_info(path)

    def _planned(self, path: Path, opened: contextlib.ExitStack) -> Planned:
        file = appender(path / JUDGING, opened)
        return _JudgingFile(file, {one.judgement for one in read_judgings(path)}, self._line)

    def _line(self, stage: str) -> bytes:
        one = self._asked[stage]
        judging = Judging(
            judgement=one.id, read=one.read, rubric=one.rubric, judge=self._judge, swap=one.swap
        )
        return judging.model_dump_json().encode()

    def _may_be_stale(self, stage: str) -> bool:
        return self.kept.has_read(stage)


class _JudgingFile:
    """``judging.jsonl`` while it is written. What earlier sessions and other judges have left there
    stays. Lines are kept back until a judgement of one of them is to be written.

    Args:
        there: Judgements that have a line.
        line: Id of a judgement -> its line.
    """

    def __init__(self, file: Appender, there: set[str], line: Callable[[str], bytes]) -> None:
        self._file, self._there, self._line = file, there, line
        self._lines: dict[str, bytes] = {}

    def put(self, episode: Episode, played: Container[str]) -> None:
        """See :class:`~harness.records.writer.Planned`."""
        for stage in episode.stages.values():
            if stage not in self._there and stage not in self._lines:
                self._lines[stage] = self._line(stage)

    def is_due(self, stage: str) -> bool:
        """See :class:`~harness.records.writer.Planned`."""
        return stage in self._lines

    def flush(self) -> None:
        """See :class:`~harness.records.writer.Planned`."""
        self._file.append(list(self._lines.values()))
        self._there.update(self._lines)
        self._lines = {}

    def close(self) -> None:
        """Nothing was opened."""


@dataclass
class JudgingSession(Session):
    """One session at the judgements of a run. The same again resumes what the last one left.

    Args:
        plan: The judgements, a :class:`JudgingPlan`.
        folder: Of the run.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        self.run = RunFolder(self.folder)
        self.on_record = self.judging.read | self.judging.beside
        self.progress.called = "judgements"

    @property
    def judging(self) -> JudgingPlan:
        """What is played."""
        assert isinstance(self.plan, JudgingPlan)
        return self.plan

    @property
    def info(self) -> RunInfo:
        """What ``run.json`` says."""
        return self.run.info

    def _writer(self) -> RunWriter:
        return JudgingWriter(self.run, self.judging, retry_void=self.retry_void)
