from __future__ import annotations

from typing import get_args

import pytest

from harness.errors import UsageError
from harness.incentives.profiles import IncentiveProfile, Role
from harness.incentives.tracks import (
    ENVOY,
    MECHANISMS,
    OFFICIAL,
    TRACKS,
    UNBOUND_OFFICIAL,
    UNOFFICIAL,
    SeatName,
    TrackName,
    move_mechanism,
)


def test_every_track_is_there() -> None:
    assert set(TRACKS) == set(get_args(TrackName))
    assert all(TRACKS[name].name == name for name in TRACKS)


def test_who_sits_where() -> None:
    roles = {name: (track.o.role, track.u.role) for name, track in TRACKS.items()}
    assert roles == {
        "1": (Role.OFFICIAL, Role.OFFICIAL),
        "backchannel": (Role.OFFICIAL, Role.ENVOY),
        "1.5": (Role.OFFICIAL, Role.UNOFFICIAL),
        "2": (Role.UNOFFICIAL, Role.UNOFFICIAL),
    }
    assert TRACKS["1.5"].seat("o").profile == UNBOUND_OFFICIAL
    assert TRACKS["1.5"].seat("u").profile == UNOFFICIAL


def test_tracks_1_and_2_are_even() -> None:
    for name in ("1", "2"):
        assert TRACKS[name].o == TRACKS[name].u


def test_an_envoy_is_nearer_to_an_official_than_to_an_unofficial() -> None:
    assert UNOFFICIAL.knowledge < ENVOY.knowledge <= OFFICIAL.knowledge
    assert UNOFFICIAL.deal_reward > ENVOY.deal_reward >= OFFICIAL.deal_reward
    assert ENVOY.consults_capital
    assert not UNOFFICIAL.consults_capital


@pytest.mark.parametrize("name", MECHANISMS)
def test_a_mechanism_moves_its_fields_and_no_other(name: str) -> None:
    mechanism = MECHANISMS[name]
    assert mechanism.name == name
    moved = move_mechanism(OFFICIAL, mechanism.seat, name, "1.5")
    donor = TRACKS["1.5"].seat(mechanism.seat).profile
    for field in IncentiveProfile.model_fields:
        source = donor if field in mechanism.fields else OFFICIAL
        assert getattr(moved, field) == getattr(source, field), field
    assert moved != OFFICIAL, "every mechanism of track 1.5 changes something"


@pytest.mark.parametrize("name", MECHANISMS)
def test_a_mechanism_leaves_the_other_seat_alone(name: str) -> None:
    other: SeatName = "u" if MECHANISMS[name].seat == "o" else "o"
    assert move_mechanism(OFFICIAL, other, name, "1.5") == OFFICIAL


@pytest.mark.parametrize("seat", get_args(SeatName))
def test_all_mechanisms_together_make_the_track(seat: SeatName) -> None:
    profile = OFFICIAL
    for name in MECHANISMS:
        profile = move_mechanism(profile, seat, name, "1.5")
    assert profile == TRACKS["1.5"].seat(seat).profile


def test_mechanisms_share_no_field() -> None:
    fields = [field for mechanism in MECHANISMS.values() for field in mechanism.fields]
    assert len(fields) == len(set(fields))
    assert set(fields) == set(IncentiveProfile.model_fields) - {"stance"}


def test_an_unknown_mechanism() -> None:
    with pytest.raises(UsageError, match="unknown mechanism 'charm'") as caught:
        move_mechanism(OFFICIAL, "u", "charm", "1.5")
    assert "prestige" in (caught.value.fix or "")
