"""What a run in progress shows of its primary question, so that it may be read at any time.

After every scenario that is complete (:mod:`harness.analysis.blocks`) there is an interval that
holds however often it is looked at (:mod:`harness.analysis.sequence`). The ordinary interval of a
run that is not finished may not be read so: it holds at the end alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from harness.analysis.blocks import Blocks, Complete
from harness.analysis.by_model import shortened_labels
from harness.analysis.intervals import ALPHA
from harness.analysis.numbers import number
from harness.analysis.scale import UNKNOWN, Scale, scale_of
from harness.analysis.sequence import at_any_time
from harness.analysis.values import Values
from harness.analysis.verdict import LEAST_SCENARIOS
from harness.evaluators.base import Measure
from harness.evaluators.chain import last_stage, of_chains
from harness.evaluators.registry import builtin
from harness.files.jsonl import read_lines
from harness.records.episodes import Episode, lineup_name, talks_of
from harness.records.folder import SCORES, stage_files
from harness.records.reader import RunFolder, index_file
from harness.records.run import RunInfo
from harness.suite.contrasts import Contrast

LEAST_BLOCKS: Final = LEAST_SCENARIOS
"""Complete scenarios before which nothing is said; with fewer, nothing can be shown either."""
_ID: Final = re.compile(rb'\{"id":"([0-9a-f]{16})"')
_HEAD: Final = 4096
"""Bytes of a line among which the name of the evaluator stands."""
AT_ITS_END: Final = "The run is not finished, and this answer may be read at its end alone."
"""What the answer of a run that is not finished has to say of itself."""
MANY: Final = 3
"""Scenarios from which on it is told that they wait for an earlier one."""
UNFINISHED: Final = (
    "The run is not finished. Its ordinary intervals, p values and verdicts hold at its end alone, "
    "and are not to be read before."
)


class SoFar(BaseModel):
    """The primary question after the scenarios that are complete.

    Attributes:
        measure: Title of the measure.
        treatment, control: Arms; ``control`` None against 0.
        lineup: Whom it is of, in a run in which several line-ups take turns; else empty.
        blocks: Complete scenarios with a value, in plan order.
        without: Complete scenarios without one.
        planned: Scenarios that there will be; None where that is not told by the record.
        missing: Dialogues of complete scenarios without a value.
        awaited, waiting: The first scenario that is not complete, and how many after it are.
        mean: Of the scenarios; None for none, and below :data:`LEAST_BLOCKS`.
        interval: That may be read at any time; None below :data:`LEAST_BLOCKS`, where all scenarios
            gave the same value, and where so few are not enough for several line-ups.
        alpha: Chance that the interval ever leaves the truth out; shared out between line-ups.
        shown: Whether the interval excludes 0; None without one.
    """

    model_config = ConfigDict(frozen=True)

    measure: str
    treatment: str
    control: str | None
    lineup: str = Field(default="", exclude_if=lambda name: not name)
    blocks: int
    without: tuple[str, ...] = ()
    planned: int | None
    missing: int = 0
    awaited: str | None = None
    waiting: int = 0
    mean: float | None = None
    interval: tuple[float, float] | None = None
    alpha: float = ALPHA
    shown: bool | None = None

    @property
    def sentence(self) -> str:
        """It in words."""
        of = "" if self.planned is None else f" of {self.planned}"
        whose = f"{self.lineup}: " if self.lineup else ""
        done = f"{whose}So far, after {self.blocks}{of} scenarios,"
        left = self._left_out
        if self.mean is None:
            return (
                f"{whose}So far {self.blocks}{of} scenarios are complete; nothing is said before "
                f"{LEAST_BLOCKS} are.{self._waited}"
            )
        finding = self._finding
        if self.interval is None:
            return f"{done} {finding}; there is no interval yet that may be read at any time.{left}"
        lo, hi = self.interval
        span = f"{number(lo)} to {number(hi)}"
        if self.shown:
            return f"{done} {finding} (interval that may be read at any time: {span}).{left}"
        return (
            f"{done} nothing is shown: {finding}, and the interval that may be read at any time, "
            f"{span}, includes zero.{left}"
        )

    @property
    def _finding(self) -> str:
        assert self.mean is not None
        size = number(abs(self.mean))
        if self.control is None:
            return f"{self.treatment} averages {number(self.mean)} on {self.measure}"
        if self.mean == 0:
            return f"{self.treatment} and {self.control} average the same on {self.measure}"
        direction = "higher" if self.mean > 0 else "lower"
        return f"{self.treatment} is {direction} than {self.control} on {self.measure} by {size}"

    @property
    def _left_out(self) -> str:
        """What else has to be known, after a space; empty where nothing has."""
        if not self.missing:
            return self._waited
        nouns = "dialogue of these has" if self.missing == 1 else "dialogues of these have"
        return f" {self.missing:,} {nouns} no value.{self._waited}"

    @property
    def _waited(self) -> str:
        """That many scenarios wait for an earlier one, such as one with a failed dialogue."""
        if self.waiting < MANY:
            return ""
        return f" {self.waiting} more are complete, and count once {self.awaited} is."


def so_far_of(
    contrast: Contrast,
    complete: Complete,
    info: RunInfo,
    definition: Measure | None,
    scale: Scale,
    lineup: str = "",
) -> SoFar:
    """What the complete scenarios show.

    Args:
        contrast: The primary one.
        complete: Its blocks.
        info: Of the run.
        definition: Of the measure; None where no evaluator at hand defines it.
        scale: Of the measure; it bounds the interval.
        lineup: Whose blocks they are, where there are several.
    """
    alpha = ALPHA / max(1, len(info.lineups))
    found = at_any_time(list(complete.values.values()), alpha=alpha)
    told = found is not None and found.n >= LEAST_BLOCKS
    interval = None
    if told and found is not None and found.lo is not None and found.hi is not None:
        interval = _bounded((found.lo, found.hi), contrast, scale)
    return SoFar(
        measure=definition.title if definition else contrast.measure,
        treatment=contrast.treatment,
        control=contrast.control,
        lineup=lineup,
        blocks=len(complete.values),
        without=complete.without,
        planned=planned_blocks(info),
        missing=complete.missing,
        awaited=complete.awaited,
        waiting=complete.waiting,
        mean=found.mean if told and found is not None else None,
        interval=interval,
        alpha=alpha,
        shown=None if interval is None else not interval[0] <= 0 <= interval[1],
    )


def _bounded(ends: tuple[float, float], contrast: Contrast, scale: Scale) -> tuple[float, float]:
    """An interval inside what the measure allows."""
    lo, hi = (scale.lo, scale.hi)
    if contrast.control is not None:
        lo, hi = (None, None) if scale.width is None else (-scale.width, scale.width)
    return (
        ends[0] if lo is None else max(ends[0], lo),
        ends[1] if hi is None else min(ends[1], hi),
    )


def planned_blocks(info: RunInfo) -> int | None:
    """Scenarios that will be compared; None where arms have scenarios of their own, which are not
    resolved in the record."""
    if any(arm.scenarios is not None for arm in info.suite.arms.values()):
        return None
    return len(info.scenarios) - len(info.cut_scenarios)


def blocks_of(info: RunInfo, contrast: Contrast) -> list[Blocks]:
    """Empty blocks, those of each line-up."""
    names = [lineup_name(models) for models in info.lineups] or [""]
    return [Blocks(contrast, name) for name in names]


def labels_of(info: RunInfo) -> list[str]:
    """What the line-ups are called, in their order; one without a name where there is one."""
    return shortened_labels(info.lineups) if info.lineups else [""]


def so_far(
    folder: RunFolder, values: Values, definitions: Mapping[str, Measure]
) -> tuple[SoFar, ...]:
    """What a scored run shows before it is finished, of each of its line-ups; none where its suite
    compares nothing.

    Args:
        folder: The run.
        values: Of its dialogues, with the primary measure.
        definitions: ``evaluator.measure`` -> its definition.

    Raises:
        RecordError: A file of the run is damaged.
    """
    info = folder.info
    if info.suite.contrasts is None:
        return ()
    contrast = info.suite.contrasts.primary
    blocks, count = blocks_of(info, contrast), 0
    for episode in folder.episodes():
        count += 1
        for own in blocks:
            own.add(episode)
    settled = settled_stages(folder)
    evaluator = contrast.measure.partition(".")[0]
    scored = scored_stages(folder, evaluator)
    there = scored & settled
    chained = evaluator in {one.name for one in of_chains(builtin())}
    known = {
        (row.scenario, row.pair, row.arm): row.value
        for arm in blocks[0].arms
        for row in values.observations(contrast.measure, arm)
    }

    def value(episode: Episode) -> float | None:
        pair = f"{episode.pair}/{episode.lineup}" if episode.lineup else episode.pair
        return known.get((episode.scenario, pair, episode.arm))

    def is_there(episode: Episode) -> bool:
        if chained:
            return last_stage(episode) in scored and settled.issuperset(episode.stages.values())
        return talks_of(episode) in there

    definition = definitions.get(contrast.measure)
    scale = UNKNOWN if definition is None else scale_of(definition.range)
    return tuple(
        so_far_of(
            contrast,
            own.complete(is_there, value, whole=count >= info.dialogues),
            info,
            definition,
            scale,
            label,
        )
        for own, label in zip(blocks, labels_of(info), strict=True)
    )


def settled_stages(folder: RunFolder) -> set[str]:
    """Ids of the stages that need no more playing: done or void."""
    found = {key for key, (_, status) in folder.index().items() if status != "failed"}
    for path in stage_files(folder.path):
        found |= {key for key, (_, status) in index_file(path).items() if status != "failed"}
    return found


def scored_stages(folder: RunFolder, evaluator: str) -> set[str]:
    """Ids that an evaluator has scored. A run that goes on has dialogues which are not scored yet,
    and these are not missing."""
    wanted = f'"evaluator":"{evaluator}"'.encode()
    lines = (line for _, line in read_lines(folder.path / SCORES) if wanted in line[:_HEAD])
    return {found[1].decode() for line in lines if (found := _ID.match(line))}
