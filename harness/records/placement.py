"""Where a stage stands in its run: the one place that says so to all who measure and show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.errors import RecordError
from harness.memo import once_per_object
from harness.records.folder import PLAN
from harness.records.reader import RunFolder
from harness.records.spec import RecordedSeat, TalksSpec
from harness.records.transcript import StageRecord, Transcript
from harness.suite.parts import SeatSpec

SCRIPTED = "scripted"
"""Stands for the model of a seat that none played."""
PERSON = "person"
"""Stands for the model of a seat that a person played."""


@dataclass(frozen=True)
class Placement:
    """Where a stage stands in its run, and who played it.

    Attributes:
        scenario: Id of the scenario; None where it is not known, as ``twin`` and ``epoch``.
        twin: Name of the twin.
        epoch: Number of the repetition, from 1.
        arms: Arms that the stage belongs to.
        models: Seat, or whoever else was asked -> address of its model, :data:`SCRIPTED` or
            :data:`PERSON`; one of whom it is not told who spoke is left out.
        lineup: Who takes which seat, by name, in a run in which several take turns in one; empty
            in any other. Dialogues are paired within a line-up.
    """

    scenario: str | None = None
    twin: str | None = None
    epoch: int | None = None
    arms: tuple[str, ...] = ()
    models: Mapping[str, str] = field(default_factory=dict)
    lineup: str = ""

    @property
    def pair(self) -> str:
        """``TWIN/EPOCH``, and the line-up after one more ``/``, where there are several."""
        base = f"{self.twin}/{self.epoch}"
        return f"{base}/{self.lineup}" if self.lineup else base


def placement_of(folder: RunFolder, record: StageRecord) -> Placement:
    """Where ``record`` stands in the run of ``folder``.

    Raises:
        RecordError: The run's plan does not have it, or has it elsewhere than it says itself, or in
            another arm than its seats are of.
    """
    place = folder.place(record.id)
    spec = record.spec
    if isinstance(spec, TalksSpec):
        folder.hold_arms(record.id, spec, place)
    if isinstance(record, Transcript) and (spec.scenario, spec.twin) != (
        place.scenario,
        place.twin,
    ):
        raise RecordError(
            f"the plan says that dialogue {record.id} is of scenario {place.scenario}, twin "
            f"{place.twin.value}, and the dialogue does not",
            where=str(folder.path / PLAN),
            fix="put back a copy of the file, or move it away and type the command that made the "
            "run: it writes it again",
        )
    return Placement(
        scenario=place.scenario,
        twin=place.twin.value,
        epoch=place.epoch,
        arms=place.arms,
        models=models_of(record),
        lineup=place.lineup,
    )


def models_of(record: StageRecord) -> Mapping[str, str]:
    """Who played a record: seat, or whoever else was asked -> address of its model, or
    :data:`SCRIPTED`. Records share it: nothing in it may be changed."""
    if not isinstance(record, Transcript):
        return {call.seat: call.model for call in record.calls}
    return _models_in(record.spec.seats)


@once_per_object
def _models_in(seats: tuple[SeatSpec | RecordedSeat, ...]) -> dict[str, str]:
    """See :func:`models_of`."""
    played = {
        seat.seat: seat.model or (seat.kind if seat.kind in (SCRIPTED, PERSON) else None)
        for seat in seats
    }
    return {seat: model for seat, model in played.items() if model is not None}
