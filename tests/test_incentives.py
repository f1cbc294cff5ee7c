from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from pydantic import ValidationError

from harness.errors import InputError, UsageError
from harness.incentives import (
    ENVOY,
    MECHANISMS,
    OFFICIAL,
    TRACKS,
    UNBOUND_OFFICIAL,
    UNOFFICIAL,
    IncentiveProfile,
    Internalised,
    ProfileChange,
    Role,
    SeatName,
    TrackName,
    move_mechanism,
)
from harness.yamlfile import load_model
from tests.support.disputes import write


def test_the_default_is_an_instructed_official() -> None:
    assert IncentiveProfile() == OFFICIAL
    assert OFFICIAL.deal_reward == OFFICIAL.free_hardball == OFFICIAL.information_motive == 0
    assert OFFICIAL.internalised == Internalised(material=1, political=1, emotional=1)
    assert OFFICIAL.knowledge == 1
    assert OFFICIAL.consults_capital
    assert not OFFICIAL.publishes


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


def test_a_change_replaces_what_it_names() -> None:
    change = ProfileChange(deal_reward=0.0, publishes=False, stance="Be brief.")
    changed = change.apply(UNOFFICIAL)
    assert changed.deal_reward == 0
    assert not changed.publishes
    assert changed.stance == "Be brief."
    assert changed.knowledge == UNOFFICIAL.knowledge
    assert ProfileChange().apply(UNOFFICIAL) == UNOFFICIAL
    assert ProfileChange(deal_reward=None).apply(UNOFFICIAL) == UNOFFICIAL


def test_a_change_knows_every_field_of_a_profile() -> None:
    assert set(ProfileChange.model_fields) == set(IncentiveProfile.model_fields)


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), float("inf")])
@pytest.mark.parametrize(
    "field", ["deal_reward", "knowledge", "free_hardball", "information_motive"]
)
def test_shares_are_shares(field: str, value: float) -> None:
    with pytest.raises(ValidationError, match=field):
        IncentiveProfile.model_validate({field: value})


def test_a_typo_in_a_written_profile(tmp_path: Path) -> None:
    path = write(tmp_path, "deal_reward: 0.2\ninternalised:\n  materiel: 0.5\n")
    with pytest.raises(InputError) as caught:
        load_model(path, IncentiveProfile)
    assert caught.value.where == f"{path}:3"
    assert "internalised.materiel: unknown field" in caught.value.what
    assert caught.value.fix == "did you mean 'material'?"


def test_a_kind_of_cost_that_is_not_given_stays() -> None:
    from harness.incentives import ProfileChange

    change = ProfileChange.model_validate({"internalised": {"emotional": 0.5}})
    felt = change.apply(TRACKS["1.5"].u.profile).internalised
    assert (felt.material, felt.political, felt.emotional) == (0.7, 0.4, 0.5)
