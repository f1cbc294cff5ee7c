from __future__ import annotations

import pytest
from pydantic import ValidationError

from harness.incentives.profiles import IncentiveProfile, Role
from harness.suite.parts import ModelSettings, Protocol, SeatSpec, SuiteModels

SEAT = SeatSpec(seat="o", principal="a", role=Role.OFFICIAL, profile=IncentiveProfile())


def test_what_came_later_is_left_out_until_it_is_given() -> None:
    assert not {"token_limit", "time_limit"} & Protocol().model_dump().keys()
    assert Protocol(token_limit=5).model_dump()["token_limit"] == 5
    assert not {"source", "environ"} & SEAT.model_dump().keys()
    assert not {"effort", "extra"} & SEAT.settings.model_dump().keys()
    given = SEAT.model_copy(update={"environ": {"MODEL": "m"}})
    assert given.model_dump()["environ"] == {"MODEL": "m"}
    assert SeatSpec.model_validate(given.model_dump()) == given


@pytest.mark.parametrize(
    ("settings", "fields"),
    [
        (ModelSettings(), None),
        (ModelSettings(temperature=1.0, max_tokens=64), None),
        (ModelSettings(effort="low"), {"reasoning_effort": "low"}),
        (ModelSettings(extra={"top_k": 5}), {"top_k": 5}),
        (ModelSettings(effort="low", extra={"k": 1}), {"k": 1, "reasoning_effort": "low"}),
    ],
)
def test_further_fields_of_a_request(
    settings: ModelSettings, fields: dict[str, object] | None
) -> None:
    assert settings.fields == fields


def test_a_script_is_named_by_its_tactic() -> None:
    assert SEAT.how == "scripted, no tactic named"
    assert SEAT.model_copy(update={"tactic": "linear"}).how == "scripted, linear"


@pytest.mark.parametrize("seat", ["", "O", "0o", "a b", "x" * 13])
def test_a_seat_is_a_short_plain_word(seat: str) -> None:
    with pytest.raises(ValidationError, match="seat"):
        SeatSpec(seat=seat, principal="a", role=Role.OFFICIAL, profile=IncentiveProfile())


@pytest.mark.parametrize(
    "change",
    [
        {"rounds": 0},
        {"turns": 201},
        {"repairs": -1},
        {"time_limit": float("inf")},
        {"time_limit": 0.0},
        {"token_limit": 0},
    ],
)
def test_rules_have_bounds(change: dict[str, float]) -> None:
    with pytest.raises(ValidationError, match=next(iter(change))):
        Protocol.model_validate(change)


SWITCHES = {
    "commitments": "authority",
    "leaving": "talks",
    "sketches": True,
    "ratification": True,
    "side_terms": True,
    "alternatives": True,
    "settling": None,
}


def test_new_talks_are_played_with_all_but_settling_and_every_switch_can_be_off() -> None:
    rules = Protocol(rounds=3).resolved()
    assert {name: getattr(rules, name) for name in SWITCHES} == SWITCHES
    assert (rules.rounds, rules.token_limit) == (3, None)
    assert rules.resolved() == rules
    assert not SWITCHES.keys() & Protocol().model_dump().keys(), "older specs keep their ids"
    plain = Protocol(
        commitments="any",
        leaving="round",
        **dict.fromkeys(
            ("sketches", "ratification", "side_terms", "alternatives", "settling"), False
        ),
    )
    assert plain.resolved() == plain
    assert Protocol.model_validate(plain.model_dump()) == plain


def test_the_models_of_a_suite_read_as_flags_do() -> None:
    named = SuiteModels(official=("a",), unofficial=("b", "c"))
    assert named.texts == ("official=a", "unofficial=b", "unofficial=c")
    assert SuiteModels().texts == ()
