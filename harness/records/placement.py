"""Where a dialogue stands in its run: the one place that says so to all who measure and show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.records.reader import RunFolder
from harness.records.transcript import Transcript

SCRIPTED = "scripted"
"""Stands for the model of a seat that none played."""


@dataclass(frozen=True)
class Placement:
    """Where a dialogue stands in its run, and who played it.

    Attributes:
        scenario: Id of the scenario; None where it is not known, as ``twin`` and ``epoch``.
        twin: Name of the twin.
        epoch: Number of the repetition, from 1.
        arms: Arms that the dialogue belongs to.
        models: Seat -> address of its model, or :data:`SCRIPTED`; a seat of which it is not told
            who spoke is left out.
    """

    scenario: str | None = None
    twin: str | None = None
    epoch: int | None = None
    arms: tuple[str, ...] = ()
    models: Mapping[str, str] = field(default_factory=dict)


def placement_of(folder: RunFolder, record: Transcript) -> Placement:
    """Where ``record`` stands in the run of ``folder``.

    Raises:
        RecordError: The run's plan does not have it.
    """
    place = folder.place(record.id)
    played = {
        seat.seat: seat.model or (SCRIPTED if seat.kind == "scripted" else None)
        for seat in record.spec.seats
    }
    return Placement(
        scenario=place.scenario,
        twin=place.twin.value,
        epoch=place.epoch,
        arms=place.arms,
        models={seat: model for seat, model in played.items() if model is not None},
    )
