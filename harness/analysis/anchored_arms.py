"""How far the readers of each arm were moved, corrected by what a few people answered (claim C11).

Sign and rank of what model readers say can be read as they stand; sizes only here.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from harness.analysis.human_anchor import DIRECTIONS, Anchored, Change, People, anchored, changes_of
from harness.disputes.scenario import Twin
from harness.records.episodes import Episode
from harness.records.reader import RunFolder
from harness.records.readership import READERSHIP, ReadershipRecord

Interval = tuple[float, float]


class AnchoredArm(BaseModel):
    """What one arm did to its readers in one direction.

    Attributes:
        arm: Its name.
        direction: ``cheaper``: what seat u's principal would give looks cheaper; ``dearer``: what
            would be asked of seat o's principal looks dearer.
        corrected: The prediction-powered mean, in values of options, in [-1, 1]; None where no
            answer of people fits.
        interval: Its 95 % interval; None where it cannot be told.
        uncorrected: The models alone; None for fewer than two disputes.
        people: People alone; None for fewer than two disputes.
        labelled, unlabelled: Disputes with and without answers of people.
        answers: Of people, that were used.
        unmatched: Of people, to what no reader of the arm was asked.
    """

    model_config = ConfigDict(frozen=True)

    arm: str
    direction: str
    corrected: float | None
    interval: Interval | None
    uncorrected: float | None
    people: float | None
    labelled: int
    unlabelled: int
    answers: int
    unmatched: int


def anchored_arms(folder: RunFolder, people: People) -> tuple[AnchoredArm, ...]:
    """What readers changed in every arm that asks them again, held against people's answers.

    Twins with exchanged chairs or names are other disputes to a reader, so one twin counts: the
    dispute as written, or the first that is played.

    Raises:
        RecordError: A file of the run is damaged.
    """
    suite = folder.info.suite
    arms = [name for name, arm in suite.arms.items() if arm.then is not None and arm.then.reading]
    found: dict[str, list[Change]] = {arm: [] for arm in arms}
    twins = {arm: _twin(suite.twins_of(arm)) for arm in arms}
    for episode in folder.episodes():
        if episode.arm in found and episode.twin == twins[episode.arm]:
            found[episode.arm] += changes_of(_asked(folder, episode))
    seats = {
        arm: {
            name: dict(folder.info.scenario(name, twins[arm]).seats.model_dump())
            for name in folder.info.scenarios
        }
        for arm in arms
    }
    return tuple(
        _arm(arm, direction, anchored(found[arm], people.changes, seats[arm], direction))
        for arm in arms
        for direction in DIRECTIONS
    )


def _twin(twins: tuple[Twin, ...]) -> Twin:
    return Twin.NONE if Twin.NONE in twins else twins[0]


def _asked(folder: RunFolder, episode: Episode) -> list[ReadershipRecord]:
    """The readings of an episode that are on record and have a result."""
    names = ("before", "after")
    stages = [stage for name, stage in episode.stages.items() if name.split("_", 1)[0] in names]
    records = [folder.stage(stage)[0] for stage in stages if folder.stage_index.has((stage,))]
    return [
        one
        for one in records
        if one.kind == READERSHIP and one.status == "done" and isinstance(one, ReadershipRecord)
    ]


def _arm(arm: str, direction: str, found: Anchored) -> AnchoredArm:
    mean = found.corrected
    ends = None if mean is None or mean.lo is None or mean.hi is None else (mean.lo, mean.hi)
    return AnchoredArm(
        arm=arm,
        direction=direction,
        corrected=None if mean is None else mean.mean,
        interval=ends,
        uncorrected=None if found.uncorrected is None else found.uncorrected.mean,
        people=None if found.people is None else found.people.mean,
        labelled=0 if mean is None else mean.labelled,
        unlabelled=0 if mean is None else mean.unlabelled,
        answers=found.answers,
        unmatched=found.unmatched,
    )
