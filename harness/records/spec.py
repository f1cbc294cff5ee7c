"""What determines a dialogue. Its hash is the dialogue's id, so the same command resumes.

Nothing here depends on the machine, the clock or the order in which dialogues run.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

from pydantic import Field

from harness.incentives import IncentiveProfile, Role
from harness.scenario import Identifier, Part, Twin
from harness.texts import Said

Seat = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*$", max_length=12)]
"""``o`` is the official seat, ``u`` the other seat of the contrast; further delegations follow."""


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
    # Left out where they are not given, so that the ids of all other dialogues stay what they were.
    token_limit: int | None = Field(
        default=None,
        ge=1,
        exclude_if=lambda limit: limit is None,
        description="Tokens, of prompts and replies, after which a dialogue is void.",
    )
    time_limit: float | None = Field(
        default=None,
        gt=0,
        allow_inf_nan=False,
        exclude_if=lambda limit: limit is None,
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
    # Left out where they are not given, so that the ids of all other dialogues stay what they were.
    effort: str | None = Field(
        default=None,
        pattern=r"^[a-z]{1,20}$",
        exclude_if=lambda effort: effort is None,
        description="How hard a reasoning model thinks, in its provider's words: low, high, ...",
    )
    extra: dict[str, Any] | None = Field(
        default=None,
        exclude_if=lambda extra: extra is None,
        description="Further fields of every request, as the server names them.",
    )

    @property
    def fields(self) -> dict[str, object] | None:
        """``effort`` and ``extra`` as fields of a request; None for none."""
        named = {} if self.effort is None else {"reasoning_effort": self.effort}
        return {**(self.extra or {}), **named} or None


class SeatSpec(Part):
    """Who sits in a seat: the principal, what the delegate is called, what drives it, who plays it.

    ``tactic`` is the scripted concession tactic (see ``harness.bargaining.tactics``). ``model`` is
    an address such as ``openai/gpt-x@http://127.0.0.1:8000/v1``; of a delegation that the user
    brought along (``runnable``, ``custom``) it is ``module:object``, ``file.py:object`` without any
    folder, or the name of an installed one, and ``source`` the SHA-256 of that file, or the version
    that it states.
    """

    seat: Seat
    principal: Identifier
    role: Role
    profile: IncentiveProfile
    kind: Literal["scripted", "model", "runnable", "custom"] = "scripted"
    tactic: str | dict[str, Any] | None = None
    model: str | None = None
    # Left out where there is none, so that the ids of all other dialogues stay what they were.
    source: str | None = Field(default=None, exclude_if=lambda digest: digest is None)
    environ: dict[str, str] | None = Field(
        default=None,
        exclude_if=lambda read: read is None,
        description="What a delegation of the user's own read from the environment when it was "
        "loaded, such as the model it asks; never a key.",
    )
    settings: ModelSettings = ModelSettings()
    members: tuple[Member, ...] = ()


class Branch(Part):
    """Where a dialogue branches off another.

    ``of`` is the id of the other; turns with an index below ``turn`` are the other's; ``changes``
    say what is different from its spec, as typed; ``seed`` replaces the draws from ``turn`` on.
    """

    of: str = Field(pattern=r"^[0-9a-f]{16}$")
    turn: int = Field(ge=0)
    changes: tuple[str, ...] = ()
    seed: int | None = Field(default=None, ge=0)


class DialogueSpec(Part):
    """Everything that determines one dialogue.

    ``pair`` names the dialogues that share payoffs, twin, epoch and randomness across arms;
    ``seed`` is derived from it, so paired arms share their random streams.
    """

    schema_: Literal["track15/dialogue/1"] = Field(default="track15/dialogue/1", alias="schema")
    suite: str
    arm: str
    scenario: str
    scenario_hash: str
    twin: Twin
    epoch: int = Field(ge=1)
    seed: int = Field(ge=0)
    protocol: Protocol
    seats: tuple[SeatSpec, ...] = Field(min_length=2, max_length=8)
    templates: dict[str, str] = Field(
        default_factory=dict, description="Hash of every prompt template a model reads."
    )
    # Left out where there is none, so that the ids of all other dialogues stay what they were.
    branch: Branch | None = Field(default=None, exclude_if=lambda branch: branch is None)

    model_config = Part.model_config | {"populate_by_name": True}

    @property
    def id(self) -> str:
        """First 16 hexadecimal digits of the SHA-256 of the canonical JSON."""
        return hashlib.sha256(self.model_dump_json(by_alias=True).encode()).hexdigest()[:16]

    @property
    def pair(self) -> str:
        """Dialogues of other arms with the same pair share payoffs and randomness."""
        return f"{self.scenario}/{self.twin.value}/{self.epoch}"

    def seat(self, name: str) -> SeatSpec:
        return next(seat for seat in self.seats if seat.seat == name)
