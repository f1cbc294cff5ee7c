"""The episodes of a run: one laid out, one found by the id of a stage, and a list of them."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from harness.analysis.chain_behind import low_first
from harness.analysis.chain_finding import ChainOf
from harness.errors import RecordError, UsageError, suggest
from harness.evaluators.chain import follows, last_stage, of_chains
from harness.evaluators.registry import builtin, measures
from harness.records.episodes import Episode
from harness.records.later import LaterRecord
from harness.records.placement import Placement, models_of
from harness.records.reader import RunFolder
from harness.records.transcript import StageRecord
from harness.report.episode import EpisodeReading
from harness.report.episode_later import read_later
from harness.report.episode_layout import lay_out
from harness.report.episode_private import without_private
from harness.report.episode_stages import alike, followed, stages_of
from harness.report.reading import Reading

COLUMNS: Final[tuple[tuple[str, str], ...]] = (
    ("publication.asks_gap", "lopsided\nasks"),
    ("readers.shift", "readers'\nshift"),
    ("misread.distance", "from the\ntruth"),
    ("misread.error", "news\nmisread"),
    ("later.gain_o", "later\ngain_o"),
    ("later.gain_u", "later\ngain_u"),
    ("later.skew", "later\nskew"),
)
"""Measures of episodes that a list shows, where the run has them, and their headings."""


@dataclass(frozen=True)
class Row:
    """An episode of a list.

    Attributes:
        episode: Its line of the plan.
        id: Of its last stage: with the arm, it tells the episode apart.
        played: How many of its stages are on record.
        values: Measure -> value, of :data:`COLUMNS` and of the one that the list is sorted by; one
            that is missing is None.
    """

    episode: Episode
    id: str
    played: int
    values: dict[str, float | None]


def episodes(
    folder: RunFolder,
    *,
    arm: str | None = None,
    scenario: str | None = None,
    sort: str | None = None,
) -> list[Row]:
    """The episodes of a run that go on after their talks, in the order of the plan.

    Args:
        sort: A measure of :func:`sorted_by`, by which they stand instead: the lowest first, or the
            highest with ``-`` before its name; those without a value last.

    Raises:
        UsageError: No such episode has that arm or scenario, or there is no such measure.
        RecordError: A file of the run is damaged, or nothing follows the talks in it.
    """
    every = [one for one in folder.episodes() if follows(one)]
    if not every:
        raise nothing_follows(folder)
    for what, name, known in (
        ("arm", arm, {one.arm for one in every}),
        ("scenario", scenario, {one.scenario for one in every}),
    ):
        if name is not None and name not in known:
            raise UsageError(
                f"no episode of the {what} {name!r} goes on after its talks",
                where=f"--{what}",
                fix=suggest(name, known),
            )
    measure = None if sort is None else sorted_by(sort)
    names = dict.fromkeys([name for name, _ in COLUMNS] + ([] if measure is None else [measure]))
    values = _values(folder, names)
    rows = [
        Row(
            episode=one,
            id=last_stage(one),
            played=sum(folder.stage_index.has((key,)) for key in one.stages.values()),
            values=values.get((last_stage(one), one.arm), {}),
        )
        for one in every
        if arm in (None, one.arm) and scenario in (None, one.scenario)
    ]
    if sort is None or measure is None:
        return rows
    sign = -1 if sort.startswith("-") else 1

    def order(row: Row) -> tuple[bool, float]:
        value = row.values.get(measure)
        return value is None, 0.0 if value is None else sign * value

    return sorted(rows, key=order)


def sorted_by(sort: str) -> str:
    """The full name of the measure that a list is sorted by.

    Args:
        sort: Its full name, or the last part of it where no other measure of episodes has that;
            with ``-`` before it or not.

    Raises:
        UsageError: No measure of episodes is called so.
    """
    name = sort.removeprefix("-")
    full = [f"{one.name}.{m.name}" for one in of_chains(builtin()) for m in one.measures]
    found = [one for one in full if name in (one, one.rpartition(".")[2])]
    if len(found) != 1:
        what = f"several measures of episodes end in {name!r}" if found else ""
        raise UsageError(
            what or f"no measure of episodes is called {name!r}",
            where="--sort",
            fix=f"one of: {', '.join(found)}" if found else suggest(name, full),
        )
    return found[0]


def worst_of(chain: ChainOf) -> str:
    """Options of ``show RUN`` that list the episodes of an arm, the worst first by what is measured
    at the end of its chain."""
    asked = chain.links[-1].effect.contrast
    order = asked.measure if low_first(asked.measure) else f"-{asked.measure}"
    return f"--chain --arm {shlex.quote(asked.treatment)} --sort {order}"


def titles_of(names: Iterable[str]) -> dict[str, str]:
    """Measure -> what it is called, of those that an evaluator of the harness defines."""
    defined = measures(builtin())
    return {name: defined[name].title for name in names if name in defined}


def nothing_follows(folder: RunFolder) -> RecordError:
    """Why a run has no episode to show."""
    return RecordError(
        "nothing follows the talks in this run",
        where=str(folder.path),
        fix="a suite says what follows them in 'then' of an arm, as the suite influence does",
    )


def _values(
    folder: RunFolder, names: Collection[str]
) -> dict[tuple[str, str], dict[str, float | None]]:
    """(last stage, arm) -> what a list shows of it."""
    found: dict[tuple[str, str], dict[str, float | None]] = {}
    for score in folder.scores(evaluators={name.split(".")[0] for name in names}):
        if len(score.arms) == 1:
            row = found.setdefault((score.id, score.arms[0]), {})
            for name, value in score.values.items():
                if (full := f"{score.evaluator}.{name}") in names:
                    row[full] = None if isinstance(value, str) or value is None else float(value)
    return found


def through(folder: RunFolder, stage: str, arm: str | None = None) -> list[Episode]:
    """The episodes that lead through a stage and go on after their talks, in plan order.

    Args:
        arm: Only of this arm.

    Raises:
        UsageError: None of that arm does.
        RecordError: Nothing follows the talks on any way through it.
    """
    found = [one for one in folder.episodes() if stage in one.stages.values() and follows(one)]
    if not found:
        raise RecordError(
            f"nothing follows {stage} in any arm", where=str(folder.path), fix="leave out --chain"
        )
    if arm is None:
        return found
    own = [one for one in found if one.arm == arm]
    if not own:
        arms = sorted({one.arm for one in found})
        raise UsageError(
            f"no episode of the arm {arm!r} leads through {stage}",
            where="--arm",
            fix=f"its arms: {', '.join(arms)}",
        )
    return own


def stage_named(folder: RunFolder, prefix: str) -> StageRecord | None:
    """The stage of whatever kind whose id starts with ``prefix``; None where none does.

    Raises:
        RecordError: Several do, or the record is damaged.
    """
    found = folder.stage_index.starting(prefix)
    if len(found) > 1:
        raise RecordError(
            f"{len(found)} stages with an id that starts with {prefix!r}",
            where=str(folder.path),
            fix="type more of it",
        )
    return folder.stage(found[0])[0] if found else None


def reading_of_episode(
    folder: RunFolder, episode: Episode, *, private: bool = True
) -> EpisodeReading:
    """An episode laid out.

    Args:
        private: Also what was private in it.

    Raises:
        RecordError: A file of the run is damaged.
    """
    others = alike(episode, folder.episodes())
    reading = lay_out(stages_of(folder, episode), followed(folder, others))
    return reading if private else without_private(reading)


def records_of(folder: RunFolder, episode: Episode) -> Iterator[tuple[str, StageRecord]]:
    """The records of an episode by name, in the order in which they are played."""
    yield from stages_of(folder, episode).records.items()


def reading_of_later(folder: RunFolder, record: LaterRecord) -> Reading:
    """Later talks laid out as a dialogue.

    Raises:
        RecordError: The plan does not have them.
    """
    place = folder.place(record.id)
    scenario = folder.info.scenario(place.scenario, place.twin)
    return read_later(record, scenario, placement_of_later(folder, record))


def placement_of_later(folder: RunFolder, record: LaterRecord) -> Placement:
    """Where later talks stand in their run."""
    place = folder.place(record.id)
    return Placement(
        scenario=place.scenario,
        twin=place.twin.value,
        epoch=place.epoch,
        arms=place.arms,
        models=models_of(record.transcript),
        lineup=place.lineup,
    )


def other_arms(chosen: Episode, found: Sequence[Episode]) -> list[str]:
    """Arms of the episodes that were not chosen."""
    return list(dict.fromkeys(one.arm for one in found if one.arm != chosen.arm))
