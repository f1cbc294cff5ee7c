"""What arms, and the specs of talks, are made of: rules of the table, seats, and who sits there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from harness.disputes.scenario import Identifier, Part
from harness.incentives.profiles import Authority, BriefStyle, IncentiveProfile, Role
from harness.texts import Said

Seat = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*$", max_length=12)]
"""``o`` is the official seat, ``u`` the other seat of the contrast; further delegations follow."""


def later_field(**more: Any) -> Any:
    """A field that is None by default, and left out of the JSON where it is None: it came later,
    and the ids of all stages that do without it stay what they were.

    Args:
        more: As for :func:`pydantic.Field`.
    """
    return Field(default=None, exclude_if=lambda value: value is None, **more)


class Protocol(Part):
    """The rules of the table.

    ``turns`` is per delegation and round. Within a round delegations speak in turn; who opens is
    balanced over the plan and changes from round to round. A round ends with a deal, a walk-out or
    after ``turns``; a further round starts from changed realities (claim C1) with no offer on the
    table.

    The last seven make the table richer. Left open in a suite, each is what :meth:`resolved` says;
    in a record, None is how talks were played before there was the switch: without it.
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
    commitments: Literal["authority", "any"] | None = later_field(
        description="How far a delegate's word may commit: as its authority allows (the default), "
        "or any word from anybody."
    )
    leaving: Literal["talks", "round"] | None = later_field(
        description="What a walk-out ends: the talks (the default), or only the round."
    )
    sketches: bool | None = later_field(
        description="Whether a proposal that somebody accepts only for discussion (hypothetical) "
        "stays on the table as an explored sketch and ends nothing (the default: it does)."
    )
    ratification: bool | None = later_field(
        description="Whether the leaderships say, for the record alone, whether they sign a deal "
        "that is subject to their approval (the default: they do)."
    )
    side_terms: bool | None = later_field(
        description="Whether a proposal may carry a sentence of side terms (the default: it may)."
    )
    alternatives: bool | None = later_field(
        description="Whether a proposal may hold a second package, either of which may be accepted "
        "(the default: it may)."
    )
    settling: bool | None = later_field(
        description="Whether delegations may agree on single issues and set them aside, so that "
        "later packages must keep them. Off by default: it makes replies longer and more often "
        "unusable."
    )

    def resolved(self) -> Protocol:
        """The same rules with what is left open decided, as new talks are played."""
        left_open = {name: how for name, how in _NEW_TALKS.items() if getattr(self, name) is None}
        return self.model_copy(update=left_open)


_NEW_TALKS: Final[Mapping[str, object]] = {
    "commitments": "authority",
    "leaving": "talks",
    "sketches": True,
    "ratification": True,
    "side_terms": True,
    "alternatives": True,
}
"""Field of :class:`Protocol` -> what it is where nothing is said."""


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


class SuiteModels(Part):
    """Who plays where no flag says so. Several models of a seat each play the whole suite.

    Each is a name of ``models.yaml``, ``scripted``, or an address on this machine or without a base
    URL: a suite may come from a stranger, and no key goes to a server that only a suite names.
    """

    official: tuple[Said, ...] = Field(default=(), max_length=100)
    unofficial: tuple[Said, ...] = Field(default=(), max_length=100)
    matrix: bool = Field(
        default=False, description="Pair each model of one seat with each of the other."
    )

    @property
    def texts(self) -> tuple[str, ...]:
        """As ``--model`` says it."""
        named = (("official", self.official), ("unofficial", self.unofficial))
        return tuple(f"{role}={model}" for role, models in named for model in models)


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
    that it states. ``role`` is only what the delegate is called; ``authority`` is how far its word
    commits. ``brief`` is how a model is told; nobody else reads it, so nobody else has it.
    """

    authority: Authority | None = later_field(
        description="None in older records: any commitment was open to every delegate."
    )
    brief: BriefStyle | None = later_field(
        description="How a model is told what is at stake; None where no text is shown, and in "
        "older records, which are told as under 'own'."
    )
    home: Identifier | None = later_field(
        description="Third state, a home of the scenario, that the delegate comes from: news and "
        "articles name it, and a model is told. None where it comes from its principal's side."
    )
    profile: IncentiveProfile
    kind: Literal["scripted", "model", "runnable", "custom", "person"] = "scripted"
    tactic: str | dict[str, Any] | None = None
    model: str | None = None
    source: str | None = later_field()
    environ: dict[str, str] | None = later_field(
        description="What a delegation of the user's own read from the environment when it was "
        "loaded, such as the model it asks; never a key."
    )
    settings: ModelSettings = ModelSettings()
    members: tuple[Member, ...] = ()
    sitting: str | None = later_field(
        pattern=r"^[0-9a-f]{1,32}$",
        description="Of a person's seat: drawn at random for each sitting, so that two sittings "
        "are two dialogues. It says nothing of who sat there.",
    )

    @property
    def how(self) -> str:
        """Who plays it, in words, where that is no model."""
        if self.kind == "person":
            return "a person"
        return f"scripted, {self.tactic or 'no tactic named'}"
