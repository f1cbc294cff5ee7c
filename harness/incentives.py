"""Incentive profiles, the mechanisms in them, and the tracks built of them.

A profile says what a delegate stands to gain or lose *personally*. The same profile drives a
scripted delegation (through :mod:`harness.stake`) and a model (in words, through ``prompts/``), so
the two are comparable. Each parameter is one mechanism of the theory and can be switched alone.

| parameter | claim | meaning |
|---|---|---|
| ``deal_reward`` | C5 | what *any* agreement is worth to the delegate, on the scale of u_P |
| ``internalised`` | C6 | share of material, political and emotional cost the delegate feels |
| ``knowledge`` | C7 | how far it knows its own principal; the rest is public stereotype |
| ``free_hardball`` | C4 | how little failure costs it: at 1 only its opening beats leaving |
| ``information_motive`` | C8 | how far it came to learn the other side's limits |
| ``consults_capital`` | C7 | whether a state stands behind it to test terms |
| ``publishes`` | C10 | whether the outline will be published as its own expertise |
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from harness.errors import UsageError
from harness.scenario import Part, Unit
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
    free_hardball: Unit = 0.0
    information_motive: Unit = 0.0
    consults_capital: bool = True
    publishes: bool = False
    stance: Annotated[str, SaidMark()] = Field(
        default="",
        max_length=2000,
        description="Extra prose for the brief; no number follows it.",
    )


class ProfileChange(Part):
    """Fields of a profile to replace, as written in a suite; the rest stays."""

    deal_reward: Unit | None = None
    internalised: Internalised | None = None
    knowledge: Unit | None = None
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


TrackName = Literal["1", "backchannel", "1.5", "2"]
SeatName = Literal["o", "u"]


class TrackSeat(Part):
    """A seat of a track: what it is called and what drives it."""

    role: Role
    profile: IncentiveProfile


class Track(Part):
    """Presets for the official seat (o) and the other seat (u)."""

    name: TrackName
    title: str
    o: TrackSeat
    u: TrackSeat

    def seat(self, name: SeatName) -> TrackSeat:
        return self.o if name == "o" else self.u


OFFICIAL = IncentiveProfile()
ENVOY = IncentiveProfile(
    internalised=Internalised(material=1.0, political=0.95, emotional=0.9),
    knowledge=0.9,
    deal_reward=0.02,
)
"""Authorised, instructed and informed, one step removed from office (claim C14)."""

UNBOUND_OFFICIAL = IncentiveProfile(free_hardball=0.5, information_motive=1.0)
"""An official opposite people who bind nobody: failure is nearly free (claims C4, C8).

At ``free_hardball`` 1 the official takes nothing but its opening; .5 is the realistic preset.
"""

UNOFFICIAL = IncentiveProfile(
    deal_reward=0.3,
    internalised=Internalised(material=0.7, political=0.4, emotional=0.2),
    knowledge=0.4,
    consults_capital=False,
    publishes=True,
)
"""A former official: wants a deal to its name, bears few of its costs, guesses its mandate."""

TRACKS: dict[str, Track] = {
    "1": Track(
        name="1",
        title="Track 1: officials opposite officials",
        o=TrackSeat(role=Role.OFFICIAL, profile=OFFICIAL),
        u=TrackSeat(role=Role.OFFICIAL, profile=OFFICIAL),
    ),
    "backchannel": Track(
        name="backchannel",
        title="Back channel: officials opposite an authorised envoy",
        o=TrackSeat(role=Role.OFFICIAL, profile=OFFICIAL),
        u=TrackSeat(role=Role.ENVOY, profile=ENVOY),
    ),
    "1.5": Track(
        name="1.5",
        title="Track 1.5: officials opposite former officials",
        o=TrackSeat(role=Role.OFFICIAL, profile=UNBOUND_OFFICIAL),
        u=TrackSeat(role=Role.UNOFFICIAL, profile=UNOFFICIAL),
    ),
    "2": Track(
        name="2",
        title="Track 2: former officials on both sides",
        o=TrackSeat(role=Role.UNOFFICIAL, profile=UNOFFICIAL),
        u=TrackSeat(role=Role.UNOFFICIAL, profile=UNOFFICIAL),
    ),
}


class Mechanism(Part):
    """One incentive of the theory: the fields it moves, in the seat it belongs to."""

    name: str
    claim: str
    seat: SeatName
    fields: tuple[str, ...]
    title: str


MECHANISMS: dict[str, Mechanism] = {
    m.name: m
    for m in (
        Mechanism(
            name="prestige",
            claim="C5",
            seat="u",
            fields=("deal_reward",),
            title="deal prestige",
        ),
        Mechanism(
            name="hypothetical",
            claim="C6",
            seat="u",
            fields=("internalised",),
            title="costs that fall on others",
        ),
        Mechanism(
            name="ignorance",
            claim="C7",
            seat="u",
            fields=("knowledge", "consults_capital"),
            title="no knowledge of, or line to, the capital",
        ),
        Mechanism(
            name="hardball",
            claim="C4",
            seat="o",
            fields=("free_hardball",),
            title="failure costs the officials nothing",
        ),
        Mechanism(
            name="intelligence",
            claim="C8",
            seat="o",
            fields=("information_motive",),
            title="officials who came to learn",
        ),
        Mechanism(
            name="publication",
            claim="C10",
            seat="u",
            fields=("publishes",),
            title="an outline to publish",
        ),
    )
}
"""``intelligence`` and ``publication`` are words in a brief: V(x) has no term for them, so a
scripted delegation shows exactly no effect of either."""


def move_mechanism(
    profile: IncentiveProfile, seat: SeatName, mechanism: str, donor: TrackName
) -> IncentiveProfile:
    """``profile`` with the fields of one mechanism taken from the preset of track ``donor``.

    Raises:
        UsageError: No such mechanism.
    """
    if mechanism not in MECHANISMS:
        raise UsageError(f"unknown mechanism {mechanism!r}", fix=f"known: {', '.join(MECHANISMS)}")
    wanted = MECHANISMS[mechanism]
    if wanted.seat != seat:
        return profile
    source = TRACKS[donor].seat(seat).profile
    update: dict[str, Any] = {name: getattr(source, name) for name in wanted.fields}
    return profile.model_copy(update=update)
