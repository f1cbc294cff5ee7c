"""Incentive profiles: what a delegate stands to gain or lose *personally*.

The same profile drives a scripted delegation (through :mod:`harness.incentives.stake`) and a model
(in words, through ``prompts/``), so the two are comparable. Each parameter is one mechanism of the
theory and can be switched alone (:mod:`harness.incentives.tracks`).

| parameter | claim | meaning |
|---|---|---|
| ``deal_reward`` | C5 | what *any* agreement is worth to the delegate, on the scale of u_P |
| ``internalised`` | C6 | share of material, political and emotional cost the delegate feels |
| ``knowledge`` | C7 | how far it knows its own principal; the rest is public stereotype |
| ``free_hardball`` | C4 | how far failure only means the real talks that come anyway, at no cost |
| ``information_motive`` | C8 | how far it came to learn the other side's limits |
| ``consults_capital`` | C7 | whether a state stands behind it to test terms |
| ``access_reward`` | C5 | what being received counts, whether there is an agreement or not |
| ``publishes`` | C10 | whether the outline will be published as its own expertise |
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from harness.disputes.scenario import Part, Unit
from harness.texts import Said, SaidMark


class Role(StrEnum):
    """What a delegation is called at the table. Words only: it changes no number.

    ``delegate`` is the neutral word of the incentives-only control, in which no prompt says
    "official" or "unofficial".
    """

    OFFICIAL = "official"
    UNOFFICIAL = "unofficial"
    ENVOY = "envoy"
    DELEGATE = "delegate"


class Authority(StrEnum):
    """How far a delegate's word commits its principal, whatever the delegate is called."""

    FULL = "full"
    """It can bind its principal, and has a line home."""
    AD_REFERENDUM = "ad_referendum"
    """What it signs is subject to approval at home, and it has a line there."""
    PRIVATE = "private"
    """It can bind nobody but itself, and has no line home."""

    @property
    def line_home(self) -> bool:
        """Whether a delegate of this authority may ask its capital, where nothing else is said."""
        return self is not Authority.PRIVATE


BriefStyle = Literal["words", "principal", "own"]
"""How a model is told what is at stake: ``words`` (interests and incentives in prose, ranked, no
numbers), ``principal`` (the principal's points, incentives in prose) or ``own`` (points, and the
delegate's own thresholds spelt out)."""


class Internalised(Part):
    """Share of each kind of cost that falls on the delegate itself (claim C6)."""

    material: Unit = 1.0
    political: Unit = 1.0
    emotional: Unit = 1.0


class IncentiveProfile(Part):
    """What drives a delegate. See the module docstring for the claim behind each parameter.

    The defaults are an instructed official of a real principal: it feels every cost, knows its
    mandate, may ask its capital, and gains nothing from agreement as such.
    """

    deal_reward: Unit = 0.0
    internalised: Internalised = Internalised()
    knowledge: Unit = 1.0
    access_reward: Unit = Field(
        default=0.0,
        # Left out where there is none, so that the ids of all other stages stay what they were.
        exclude_if=lambda reward: reward == 0,
        description="What being received by important people is worth, agreement or not.",
    )
    free_hardball: Unit = 0.0
    information_motive: Unit = 0.0
    consults_capital: bool = True
    publishes: bool = False
    stance: Annotated[str, SaidMark()] = Field(
        default="",
        max_length=2000,
        description="Extra prose for the brief; no number follows it.",
    )

    def asks_home(self, style: BriefStyle) -> bool:
        """Whether there is a capital to ask whose answer can tell more than the brief does. Whoever
        was given its principal's own points has the answer to every package in hand."""
        return self.consults_capital and (self.knowledge < 1.0 or style == "words")


class ProfileChange(Part):
    """Fields of a profile to replace, as written in a suite; the rest stays."""

    deal_reward: Unit | None = None
    internalised: Internalised | None = None
    knowledge: Unit | None = None
    access_reward: Unit | None = None
    free_hardball: Unit | None = None
    information_motive: Unit | None = None
    consults_capital: bool | None = None
    publishes: bool | None = None
    stance: Said | None = Field(default=None, max_length=2000)

    def apply(self, profile: IncentiveProfile) -> IncentiveProfile:
        """``profile`` with the given fields replaced; a kind of cost that is not given stays."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        changes = {name: value for name, value in given.items() if value is not None}
        if self.internalised is not None:
            kinds = self.internalised.model_fields_set
            changes["internalised"] = profile.internalised.model_copy(
                update={kind: getattr(self.internalised, kind) for kind in kinds}
            )
        return profile.model_copy(update=changes)
