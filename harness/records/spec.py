"""What determines a stage. Its hash is the stage's id, so the same command resumes.

Nothing here depends on the machine, the clock or the order in which stages are played. Which suite,
arm, epoch and pair a stage belongs to is not here either: these are names for paths through a run's
graph, and stand in its plan (:mod:`harness.records.episodes`). So arms that have a stage in common
hold the same one.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from harness.incentives import IncentiveProfile, Role
from harness.scenario import Identifier, Part, Twin
from harness.texts import Said

Seat = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*$", max_length=12)]
"""``o`` is the official seat, ``u`` the other seat of the contrast; further delegations follow."""


StageId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
TALKS: Final = "talks"
RECORDED: Final = "recorded"


def later_field(**more: Any) -> Any:
    """A field that is None by default, and left out of the JSON where it is None: it came later,
    and the ids of all stages that do without it stay what they were.

    Args:
        more: As for :func:`pydantic.Field`.
    """
    return Field(default=None, exclude_if=lambda value: value is None, **more)


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
        return hashlib.sha256(self.model_dump_json(by_alias=True).encode()).hexdigest()[:16]


class Protocol(Part):
    """The rules of the table.

    ``turns`` is per delegation and round. Within a round delegations speak in an order drawn by
    seed; a round ends with a deal, a walk-out or after ``turns``; a further round starts from
    changed realities (claim C1) with no offer on the table.
    """

    rounds: int = Field(default=2, ge=1, le=20)
    turns: int = Field(default=8, ge=1, le=200)
    consultations: int = Field(
        default=2, ge=0, le=20, description="Packages a delegation may put to its capital a round."
    )
    repairs: int = Field(
        default=3, ge=0, le=10, description="How often an unusable reply is asked again."
    )
    debrief: bool = Field(default=True, description="Ask each delegation in private afterwards.")
    token_limit: int | None = later_field(
        ge=1, description="Tokens, of prompts and replies, after which a dialogue is void."
    )
    time_limit: float | None = later_field(
        gt=0,
        allow_inf_nan=False,
        description="Seconds of waiting for models after which a dialogue is void. Two runs of the "
        "same dialogue may differ in whether they pass it.",
    )


class Member(Part):
    """A member of a delegation who advises the lead in caucus and never speaks at the table."""

    id: Identifier
    title: Said
    remit: Said


class ModelSettings(Part):
    """How a model is sampled."""

    temperature: float | None = Field(default=None, ge=0, le=2)
    max_tokens: int | None = Field(default=None, ge=64, le=200_000)
    effort: str | None = later_field(
        pattern=r"^[a-z]{1,20}$",
        description="How hard a reasoning model thinks, in its provider's words: low, high, ...",
    )
    extra: dict[str, Any] | None = later_field(
        description="Further fields of every request, as the server names them."
    )

    @property
    def fields(self) -> dict[str, object] | None:
        """``effort`` and ``extra`` as fields of a request; None for none."""
        named = {} if self.effort is None else {"reasoning_effort": self.effort}
        return {**(self.extra or {}), **named} or None


class Participant(Part):
    """Who sits in a seat: for which principal, and as what."""

    seat: Seat
    principal: Identifier
    role: Role


class SeatSpec(Participant):
    """Who sits in a seat: the principal, what the delegate is called, what drives it, who plays it.

    ``tactic`` is the scripted concession tactic (see ``harness.bargaining.tactics``). ``model`` is
    an address such as ``openai/gpt-x@http://127.0.0.1:8000/v1``; of a delegation that the user
    brought along (``runnable``, ``custom``) it is ``module:object``, ``file.py:object`` without any
    folder, or the name of an installed one, and ``source`` the SHA-256 of that file, or the version
    that it states.
    """

    profile: IncentiveProfile
    kind: Literal["scripted", "model", "runnable", "custom"] = "scripted"
    tactic: str | dict[str, Any] | None = None
    model: str | None = None
    source: str | None = later_field()
    environ: dict[str, str] | None = later_field(
        description="What a delegation of the user's own read from the environment when it was "
        "loaded, such as the model it asks; never a key."
    )
    settings: ModelSettings = ModelSettings()
    members: tuple[Member, ...] = ()

    @property
    def how(self) -> str:
        """Who plays it, in words, where that is no model."""
        return f"scripted, {self.tactic or 'no tactic named'}"


class RecordedSeat(Participant):
    """Who sat in a seat of talks that were held elsewhere. What drove them is not known.

    ``model`` is what is said to have spoken: a model, or a person; None where that is not told.
    """

    kind: Literal["recorded"] = "recorded"
    model: str | None = None

    @property
    def how(self) -> str:
        """Who spoke, in words, where that is not told."""
        return "recorded elsewhere"


class Branch(Part):
    """Where a dialogue branches off another.

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
    """

    kind: Literal["talks"] = TALKS
    scenario: str
    scenario_hash: str
    twin: Twin
    seed: int = Field(ge=0)
    protocol: Protocol
    seats: tuple[SeatSpec, ...] = Field(min_length=2, max_length=8)
    templates: dict[str, str] = Field(
        default_factory=dict, description="Hash of every prompt template of talks."
    )
    branch: Branch | None = later_field()

    def seat(self, name: str) -> SeatSpec:
        return next(seat for seat in self.seats if seat.seat == name)


class RecordedSpec(StageSpec):
    """What is known of talks that were not played here: no seed, no rules, no profiles.

    ``source`` is the SHA-256 of what they were read from.
    """

    kind: Literal["recorded"] = RECORDED
    scenario: str
    scenario_hash: str
    twin: Twin = Twin.NONE
    seats: tuple[RecordedSeat, ...] = Field(min_length=2, max_length=8)
    source: str = ""

    def seat(self, name: str) -> RecordedSeat:
        return next(seat for seat in self.seats if seat.seat == name)


DialogueSpec = Annotated[TalksSpec | RecordedSpec, Field(discriminator="kind")]
"""What a transcript says of how its dialogue came about."""
