"""What determines a stage. Its hash is the stage's id, so the same command resumes.

Nothing here depends on the machine, the clock or the order in which stages are played. Which suite,
arm, epoch and pair a stage belongs to is not here either: these are names for paths through a run's
graph, and stand in its plan (:mod:`harness.records.episodes`). So arms that have a stage in common
hold the same one.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from harness.disputes.scenario import Part, Twin
from harness.memo import while_alive
from harness.suite.parts import Participant, Protocol, Seat, SeatSpec, later_field

StageId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
TALKS: Final = "talks"
RECORDED: Final = "recorded"
RULES: Final = 2
"""The rules by which talks are played. Raised when the same spec would be played otherwise; records
of older rules are read, measured and replayed by theirs."""


class StageSpec(Part):
    """Everything that determines a stage.

    ``kind`` says what is played and ``version`` which rules of that kind; ``inputs`` are the ids of
    the stages that it reads, by the name under which it reads them. A repetition enters through a
    seed. Only what its players read is in it, so that a new template changes no old id.
    """

    kind: str = Field(pattern=r"^[a-z][a-z_]{0,30}$")
    version: int = Field(default=1, ge=1)
    inputs: dict[str, StageId] = Field(default_factory=dict, exclude_if=lambda inputs: not inputs)

    @property
    def id(self) -> str:
        """First 16 hexadecimal digits of the SHA-256 of the canonical JSON."""
        return id_of(self)


@while_alive
def id_of(spec: StageSpec) -> str:
    """See :attr:`StageSpec.id`. Worked out once: a stage in play is asked for its id ten times."""
    return hashlib.sha256(spec.model_dump_json(by_alias=True).encode()).hexdigest()[:16]


class Points(Part):
    """A scale in a source's own points, money for instance.

    ``zero`` is what the source calls the worst package (u = 0), ``one`` the best (u = 1); a package
    worth u is ``zero + u * (one - zero)`` points.
    """

    zero: float
    one: float
    unit: str = Field(default="points", max_length=40)

    @model_validator(mode="after")
    def _rises(self) -> Points:
        if not self.one > self.zero:
            raise ValueError("the best package is worth no more points than the worst")
        return self


UNNAMED: Final = "somebody who is not named"
"""Stands for whoever spoke in talks that were held elsewhere, where that is not told."""


class RecordedSeat(Participant):
    """Who sat in a seat of talks that were held elsewhere. What drove them is not known.

    ``model`` is what is said to have spoken: a model, or a person; None where that is not told.
    ``points`` is the scale of the seat's values in the source. ``said`` is what the source itself
    says that the outcome was worth to the seat, in these points; ``rated`` is a score that the
    source gives the seat's side, on a scale of the source's own. None where it says nothing.
    """

    kind: Literal["recorded"] = "recorded"
    model: str | None = None
    points: Points | None = later_field()
    said: float | None = later_field()
    rated: float | None = later_field()

    @property
    def how(self) -> str:
        """Who spoke, in words, where that is not told."""
        return UNNAMED


class Fork(Part):
    """Where a dialogue forks off another.

    ``of`` is the id of the other; turns with an index below ``turn`` are the other's; ``changes``
    say what is different from its spec, as typed; ``seed`` replaces the draws from ``turn`` on.
    """

    of: StageId
    turn: int = Field(ge=0)
    changes: tuple[str, ...] = ()
    seed: int | None = Field(default=None, ge=0)


class TalksSpec(StageSpec):
    """Everything that determines one dialogue.

    ``seed`` is that of its pair: dialogues that are compared share their random streams.
    ``version`` says by which rules it was played; 1 are those of records that say nothing else.
    """

    kind: Literal["talks"] = TALKS
    version: int = Field(default=RULES, ge=1)
    scenario: str
    scenario_hash: str
    twin: Twin
    seed: int = Field(ge=0)
    protocol: Protocol
    seats: tuple[SeatSpec, ...] = Field(min_length=2, max_length=8)
    opener: Seat | None = later_field(
        description="Seat that opens the first round; None by rules of version 1, which drew it."
    )
    templates: dict[str, str] = Field(
        default_factory=dict, description="Hash of every prompt template of talks."
    )
    fork: Fork | None = later_field()

    @model_validator(mode="after")
    def _opener_is_seated(self) -> TalksSpec:
        if self.opener is not None and self.opener not in {seat.seat for seat in self.seats}:
            raise ValueError(f"seat {self.opener!r} opens, and nobody sits in it")
        return self

    def seat(self, name: str) -> SeatSpec:
        return next(seat for seat in self.seats if seat.seat == name)


class RecordedSpec(StageSpec):
    """What is known of talks that were not played here: no seed, no rules, no profiles.

    ``source`` is the SHA-256 of what they were read from, and ``called`` what the source calls
    them. ``unvalued`` says that nobody told what any terms are worth: the values of the scenario
    are then placeholders, and every measure that needs values is null.
    """

    kind: Literal["recorded"] = RECORDED
    scenario: str
    scenario_hash: str
    twin: Twin = Twin.NONE
    seats: tuple[RecordedSeat, ...] = Field(min_length=2, max_length=8)
    source: str = ""
    called: str | None = later_field(max_length=200)
    unvalued: bool = Field(default=False, exclude_if=lambda unvalued: not unvalued)

    def seat(self, name: str) -> RecordedSeat:
        return next(seat for seat in self.seats if seat.seat == name)


DialogueSpec = Annotated[TalksSpec | RecordedSpec, Field(discriminator="kind")]
"""What a transcript says of how its dialogue came about."""
