"""Which judgements a run has of its finished records: ``judging.jsonl``, one a line.

Judgements are asked for when a run is finished, as often as one likes and of whichever judge. So
they are no part of its plan, which stays as it was: a judgement stands where its record does. A
line is on disk before the judgement is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, Literal

from pydantic import ValidationError

from harness.disputes.scenario import Slug
from harness.errors import RecordError
from harness.files.jsonl import read_lines
from harness.records.episodes import Place
from harness.records.folder import JUDGING
from harness.records.spec import StageId
from harness.records.transcript import Record
from harness.suite.parts import later_field

_FIX: Final = (
    "move the file away and have the run judged again: track15 score RUN --judge MODEL\n"
    "  That writes it again and asks only for what is missing"
)


class Judging(Record):
    """One judgement that a run has, or is to have.

    ``judgement`` is its id and ``read`` that of the record that is judged; ``rubric`` says by what,
    and ``judge``, the address of a model, by whom. ``swap`` says what was exchanged where the
    judge was asked in another form; None where nothing was.
    """

    judgement: StageId
    read: StageId
    rubric: Slug
    judge: str
    swap: Literal["labels", "order"] | None = later_field()

    @property
    def node(self) -> str:
        """What the stage is called beside those of its episode."""
        return node_name(self.rubric, self.swap)


def node_name(rubric: str, swap: str | None = None) -> str:
    """What a judgement by a rubric is called beside the stages of an episode."""
    return f"judged_{rubric}" if swap is None else f"judged_{rubric}_{swap}"


def read_judgings(run: Path) -> Iterator[Judging]:
    """The judgements of a run folder, in the order in which they were asked for.

    Raises:
        RecordError: A line is none.
    """
    path = run / JUDGING
    for number, (_, line) in enumerate(read_lines(path), start=1):
        try:
            yield Judging.model_validate_json(line)
        except ValidationError:
            raise RecordError(
                "damaged line: it says of no judgement what is judged",
                where=f"{path}:{number}",
                fix=_FIX,
            ) from None


def with_judged(places: dict[str, Place], run: Path) -> dict[str, Place]:
    """The places of a run's stages, with those of its judgements.

    Args:
        places: Stage id -> where it stands in the plan; added to.

    Raises:
        RecordError: A judgement is of a record that the plan does not have.
    """
    for number, one in enumerate(read_judgings(run), start=1):
        place = places.get(one.read)
        if place is None:
            raise RecordError(
                f"it judges the record {one.read}, which the plan does not have",
                where=f"{run / JUDGING}:{number}",
                fix=_FIX,
            )
        places.setdefault(one.judgement, replace(place, name=one.node))
    return places


def judged_nodes(run: Path) -> Mapping[str, Mapping[str, str]]:
    """Id of a record -> the judgements of it: name -> id. The first by a rubric is called
    ``judged_RUBRIC``, further ones, as by another judge, ``judged_RUBRIC_2`` and so on.

    Raises:
        RecordError: A line of the file is damaged.
    """
    found: dict[str, dict[str, str]] = {}
    for one in read_judgings(run):
        named = found.setdefault(one.read, {})
        if one.judgement in named.values():
            continue
        name, number = one.node, 1
        while name in named:
            number += 1
            name = f"{one.node}_{number}"
        named[name] = one.judgement
    return found
