"""How far the readers of each arm were moved, corrected by what a few people answered (claim C11).

Sign and rank of what model readers say can be read as they stand; sizes only here.
"""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict

from harness.analysis.human_anchor import DIRECTIONS, Anchored, Change, People, anchored, changes_of
from harness.disputes.scenario import Twin
from harness.errors import UsageError
from harness.records.episodes import Episode
from harness.records.reader import RunFolder
from harness.records.readership import READERSHIP, ReadershipRecord
from harness.suite.suite import Arm, Suite

Interval = tuple[float, float]
WHERE: Final = "--human-anchor"


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
    dispute as written, or the first that is played. Answers of people correct the arms in which
    readers read what they did, and no other: those of the treatment say nothing of its control.

    Raises:
        RecordError: A file of the run is damaged.
        UsageError: As for :func:`arms_answered`.
    """
    suite = folder.info.suite
    given = arms_answered(suite, people)
    arms = list(given)
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
        _arm(arm, direction, anchored(found[arm], given[arm], seats[arm], direction))
        for arm in arms
        for direction in DIRECTIONS
    )


def arms_answered(suite: Suite, people: People) -> dict[str, list[Change]]:
    """Every arm that asks its readers again, and the answers of people who had read the same.

    Raises:
        UsageError: An answer is of no such arm; or it names none, and readers of this run read
            different things.
    """
    reading = {name: _read(arm) for name, arm in suite.arms.items() if _asks(arm)}
    alike = {arm: {one for one in reading if reading[one] == reading[arm]} for arm in reading}
    several = any(len(arms) < len(reading) for arms in alike.values())
    for name in dict.fromkeys(one.arm for one in people.changes):
        if name and name not in reading:
            raise UsageError(
                f"answers of people are of the arm {name[:40]!r}, which asks no reader again",
                where=WHERE,
                fix=f"in the column 'arm', name one of: {', '.join(reading)}",
            )
        if not name and several:
            raise UsageError(
                "answers of people do not say what they had read, and the readers of this run read "
                "different things",
                where=WHERE,
                fix=f"add a column 'arm' to the file, with one of: {', '.join(reading)}",
            )
    return {
        arm: [one for one in people.changes if not one.arm or one.arm in same]
        for arm, same in alike.items()
    }


def _asks(arm: Arm) -> bool:
    return arm.then is not None and arm.then.reading


def _read(arm: Arm) -> Arm:
    """An arm as its readers know it: what comes after them changes nothing of what they read."""
    assert arm.then is not None
    then = arm.then.model_copy(update={"later": None, "news": None})
    return arm.model_copy(update={"then": then, "title": ""})


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
