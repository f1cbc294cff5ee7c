"""Tracks, which preset a profile for both seats, and the mechanisms that they differ in."""

from __future__ import annotations

from typing import Any, Literal

from harness.disputes.scenario import Part
from harness.errors import UsageError
from harness.incentives.profiles import Authority, IncentiveProfile, Internalised, Role

TrackName = Literal["1", "backchannel", "1.5", "2"]

SeatName = Literal["o", "u"]


class TrackSeat(Part):
    """A seat of a track: what it is called, how far its word goes, and what drives it. The three
    are apart, so that an arm can change each alone."""

    role: Role
    authority: Authority
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
    deal_reward=0.01,
)
"""Authorised, instructed and informed, one step removed from office (claim C14)."""

UNBOUND_OFFICIAL = IncentiveProfile(free_hardball=1.0, information_motive=1.0)
"""An official opposite people who bind nobody: failure costs it nothing, because the real talks
come as they would have come anyway (claims C4, C8). So it takes nothing less than it expects of
them, and need not be shown anything better."""

UNOFFICIAL = IncentiveProfile(
    deal_reward=0.03,
    internalised=Internalised(material=0.9, political=0.7, emotional=0.5),
    knowledge=0.5,
    access_reward=0.1,
    consults_capital=False,
    publishes=True,
)
"""A former official: an agreement is worth something to its name, costs fall on others in part, it
is glad to be received, and it guesses its mandate (claims C5 to C7, C10).

The reward is small on purpose. In the shipped stories a fair agreement gains each principal less
than a tenth of the scale. A reward of that size buys any terms, and the result is arithmetic
(:mod:`harness.incentives.feasibility`). Strong settings are for the arms of a dose suite."""

TRACKS: dict[str, Track] = {
    "1": Track(
        name="1",
        title="Track 1: officials opposite officials",
        o=TrackSeat(role=Role.OFFICIAL, authority=Authority.FULL, profile=OFFICIAL),
        u=TrackSeat(role=Role.OFFICIAL, authority=Authority.FULL, profile=OFFICIAL),
    ),
    "backchannel": Track(
        name="backchannel",
        title="Back channel: officials opposite an authorised envoy",
        o=TrackSeat(role=Role.OFFICIAL, authority=Authority.FULL, profile=OFFICIAL),
        u=TrackSeat(role=Role.ENVOY, authority=Authority.AD_REFERENDUM, profile=ENVOY),
    ),
    "1.5": Track(
        name="1.5",
        title="Track 1.5: officials opposite former officials",
        o=TrackSeat(role=Role.OFFICIAL, authority=Authority.FULL, profile=UNBOUND_OFFICIAL),
        u=TrackSeat(role=Role.UNOFFICIAL, authority=Authority.PRIVATE, profile=UNOFFICIAL),
    ),
    "2": Track(
        name="2",
        title="Track 2: former officials on both sides",
        o=TrackSeat(role=Role.UNOFFICIAL, authority=Authority.PRIVATE, profile=UNOFFICIAL),
        u=TrackSeat(role=Role.UNOFFICIAL, authority=Authority.PRIVATE, profile=UNOFFICIAL),
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
            name="access",
            claim="C5",
            seat="u",
            fields=("access_reward",),
            title="being received",
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
"""``intelligence`` and ``publication`` are words in a brief: V has no term for them. ``access`` is
the same with an agreement and without one. So a scripted delegation shows exactly no effect of any
of the three."""


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
