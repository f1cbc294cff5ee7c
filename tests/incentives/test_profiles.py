from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from harness.errors import InputError
from harness.files.yamlfile import load_model
from harness.incentives.profiles import IncentiveProfile, Internalised, ProfileChange
from harness.incentives.tracks import (
    OFFICIAL,
    TRACKS,
    UNOFFICIAL,
)
from tests.support.disputes import write


def test_the_default_is_an_instructed_official() -> None:
    assert IncentiveProfile() == OFFICIAL
    assert OFFICIAL.deal_reward == OFFICIAL.free_hardball == OFFICIAL.information_motive == 0
    assert OFFICIAL.internalised == Internalised(material=1, political=1, emotional=1)
    assert OFFICIAL.knowledge == 1
    assert OFFICIAL.consults_capital
    assert not OFFICIAL.publishes


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
    change = ProfileChange.model_validate({"internalised": {"emotional": 0.6}})
    felt = change.apply(TRACKS["1.5"].u.profile).internalised
    assert (felt.material, felt.political, felt.emotional) == (0.9, 0.7, 0.6)
