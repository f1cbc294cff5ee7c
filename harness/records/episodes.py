"""The plan of a run, one episode a line of ``plan.jsonl``: which stages an arm leads through.

A stage does not know which arm, epoch or pair it belongs to, and arms may have stages in common.
Here is where that stands. A line is on disk before the first record of its stages is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from pydantic import Field, ValidationError

from harness.disputes.scenario import Twin
from harness.errors import RecordError
from harness.files.jsonl import read_lines
from harness.records.spec import TALKS, StageId
from harness.records.transcript import Record
from harness.suite.parts import later_field

SEATS: Final[Mapping[str, str]] = {"official": "o", "unofficial": "u"}
"""Role in which models take turns -> its seat."""
_STAGE: Final = re.compile(rb'"([0-9a-f]{16})"')


class Episode(Record):
    """One way through the graph: what is played in an arm, on a scenario, once.

    ``stages`` maps what the suite calls a stage to its id, in the order in which they are played.
    ``models`` says who plays each role, in a run in which several take turns in a seat.
    """

    arm: str
    scenario: str
    twin: Twin
    epoch: int = Field(ge=1)
    stages: dict[str, StageId]
    models: dict[str, str] | None = later_field()

    @property
    def pair(self) -> str:
        """Episodes of other arms on the same scenario with the same pair share payoffs and
        randomness."""
        return f"{self.twin.value}/{self.epoch}"

    @property
    def lineup(self) -> str:
        """Who plays, as :func:`lineup_name` has it; empty in a run of one line-up."""
        return "" if self.models is None else lineup_name(self.models)


def lineup_name(models: Mapping[str, str]) -> str:
    """A line-up by name: ``official=MODEL, unofficial=MODEL``."""
    return ", ".join(f"{role}={model}" for role, model in models.items())


@dataclass(slots=True, unsafe_hash=True)
class Place:
    """Where a stage stands in a run. Nobody changes one: it is not frozen because that takes
    several times as long to make, and every process that reads a run makes one of each stage.

    Attributes:
        name: What the suite calls it.
        scenario, twin, epoch: Of the first of its episodes.
        arms: Those that lead through it, in plan order; at least one.
        lineup: See :attr:`Episode.lineup`; of the first of its episodes.
    """

    name: str
    scenario: str
    twin: Twin
    epoch: int
    arms: tuple[str, ...]
    lineup: str = ""

    @property
    def arm(self) -> str:
        """The first arm that leads through it."""
        return self.arms[0]

    @property
    def pair(self) -> str:
        """See :attr:`Episode.pair`."""
        return f"{self.twin.value}/{self.epoch}"


def places_of(episodes: Iterable[Episode]) -> dict[str, Place]:
    """Stage id -> where it stands."""
    found: dict[str, Place] = {}
    named: dict[str, str] = {}  # nor many line-ups
    alike: dict[tuple[str, ...], tuple[str, ...]] = {}  # a million stages have few sets of arms
    for episode in episodes:
        for name, stage in episode.stages.items():
            known = found.get(stage)
            arms = (episode.arm,) if known is None else known.arms
            if episode.arm not in arms:
                arms = (*arms, episode.arm)
            arms = alike.setdefault(arms, arms)
            if known is None:
                here = (episode.scenario, episode.twin, episode.epoch)
                name_of = named.setdefault(episode.lineup, episode.lineup)
                found[stage] = Place(name, *here, arms, name_of)
            elif known.arms is not arms:
                found[stage] = replace(known, arms=arms)
    return found


def talks_of(episode: Episode) -> str | None:
    """Id of the talks of an episode; None where it has none."""
    return episode.stages.get(TALKS)


def read_episodes(path: Path, of: Collection[str] | None = None) -> Iterator[Episode]:
    """The episodes of a written plan.

    Args:
        path: Where it is.
        of: Only those with one of these stages, as far as that shows: lines that name none of them
            are passed over. None for all.

    Raises:
        RecordError: A line is none.
    """
    wanted = None if of is None else {stage.encode() for stage in of}
    for number, (_, line) in enumerate(read_lines(path), start=1):
        if wanted is not None and wanted.isdisjoint(_STAGE.findall(line)):
            continue
        try:
            yield Episode.model_validate_json(line)
        except ValidationError:
            raise RecordError(
                "damaged line: it is no episode of a plan",
                where=f"{path}:{number}",
                fix="move the file away and type the command that made the run: it writes it again",
            ) from None
