"""The experiment as written: what an arm means, and what an unsound suite is told."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import ValidationError

from harness.disputes.scenario import Twin
from harness.errors import UsageError
from harness.files.catalogue import list_files
from harness.incentives.profiles import Internalised, Role
from harness.incentives.tracks import MECHANISMS, TRACKS
from harness.suite.contrasts import CLAIMS
from harness.suite.loading import load_suite
from harness.suite.suite import Arm, Suite
from tests.support.command import ROOT


def suite(arm: dict[str, Any] | None = None, **fields: Any) -> Suite:
    return Suite.model_validate(
        {
            "id": "mine",
            "title": "Mine",
            "question": "What?",
            "scenarios": ["ceasefire"],
            "arms": {"a": {"track": "1", **(arm or {})}, "b": {"track": "1.5"}},
            **fields,
        }
    )


def problems(**fields: Any) -> str:
    with pytest.raises(ValidationError) as error:
        suite(**fields)
    return str(error.value)


@pytest.mark.parametrize("track", TRACKS)
def test_an_arm_is_its_tracks_preset(track: str) -> None:
    o, u = suite({"track": track}).seats("a", "b", "a")
    preset = TRACKS[track]
    assert (o.principal, o.role, o.profile) == ("b", preset.o.role, preset.o.profile)
    assert (u.principal, u.role, u.profile) == ("a", preset.u.role, preset.u.profile)
    assert (o.kind, u.kind) == ("scripted", "scripted")


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_mechanism_is_switched_alone(mechanism: str) -> None:
    wanted = MECHANISMS[mechanism]
    base, donor = TRACKS["1"].seat(wanted.seat), TRACKS["1.5"].seat(wanted.seat)
    seats = {s.seat: s for s in suite({"with": [mechanism]}).seats("a", "b", "a")}
    profile = seats[wanted.seat].profile
    for field in type(profile).model_fields:
        source = donor if field in wanted.fields else base
        assert getattr(profile, field) == getattr(source.profile, field)
    other = "u" if wanted.seat == "o" else "o"
    assert seats[other].profile == TRACKS["1"].o.profile
    assert {s.role for s in seats.values()} == {Role.OFFICIAL}, "words are not incentives"


def test_all_mechanisms_on_track_1_are_the_incentives_of_track_1_5_and_back() -> None:
    every = list(MECHANISMS)
    there = suite({"with": every}).seats("a", "b", "a")
    back = suite({"track": "1.5", "without": every}).seats("a", "b", "a")
    assert [s.profile for s in there] == [TRACKS["1.5"].o.profile, TRACKS["1.5"].u.profile]
    assert [s.profile for s in back] == [TRACKS["1"].o.profile, TRACKS["1"].u.profile]


def test_reversing_exchanges_roles_and_incentives_and_leaves_the_principals() -> None:
    o, u = suite({"track": "1.5"}).seats("a", "b", "a")
    turned_o, turned_u = suite({"track": "1.5", "reversed": True}).seats("a", "b", "a")
    assert (turned_o.role, turned_o.profile, turned_o.principal) == (u.role, u.profile, "b")
    assert (turned_u.role, turned_u.profile, turned_u.principal) == (o.role, o.profile, "a")


def test_what_an_arm_changes_in_a_seat_comes_last() -> None:
    change = {
        "deal_reward": 0.1,
        "internalised": {"material": 0.5, "political": 0.5, "emotional": 0.5},
        "role": "delegate",
        "members": [{"id": "lawyer", "title": "legal adviser", "remit": "the law"}],
        "settings": {"temperature": 0.2},
    }
    o, u = suite({"with": ["prestige"], "u": change}).seats("a", "b", "a")
    assert u.profile == TRACKS["1"].u.profile.model_copy(
        update={
            "deal_reward": 0.1,
            "internalised": Internalised(material=0.5, political=0.5, emotional=0.5),
        }
    )
    assert (u.role, u.members[0].id, u.settings.temperature) == (Role.DELEGATE, "lawyer", 0.2)
    assert (o.role, o.members, o.settings.temperature) == (Role.OFFICIAL, (), None)


def test_the_nearest_tactic_counts() -> None:
    arm = {"tactic": "conceder", "u": {"tactic": "boulware"}}
    mine = suite(arm, tactic="linear")
    assert [s.tactic for s in mine.seats("a", "b", "a")] == ["conceder", "boulware"]
    assert [s.tactic for s in mine.seats("b", "b", "a")] == ["linear", "linear"]


def test_further_delegations_take_further_seats() -> None:
    also = [{"principal": "c"}, {"principal": "d", "tactic": "boulware", "role": "delegate"}]
    seats = suite({"also": also}).seats("a", "b", "a")
    assert [(s.seat, s.principal) for s in seats[2:]] == [("x1", "c"), ("x2", "d")]
    assert [s.tactic for s in seats[2:]] == ["linear", "boulware"]
    assert [s.role for s in seats[2:]] == [Role.OFFICIAL, Role.DELEGATE]


def test_an_arm_may_have_its_own_scenarios_and_twins() -> None:
    mine = suite({"scenarios": ["fair"], "twins": ["seats"]}, twins=["none", "names"])
    assert mine.scenarios_of("a") == ("fair",)
    assert mine.scenarios_of("b") == ("ceasefire",)
    assert mine.twins_of("a") == (Twin.SEATS,)
    assert mine.twins_of("b") == (Twin.NONE, Twin.NAMES)


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"arm": {"with": ["vanity"]}}, "unknown mechanism 'vanity'"),
        ({"arm": {"without": ["vanity"]}}, "unknown mechanism 'vanity'"),
        ({"contrasts": {"primary": {"name": "p", "treatment": "c"}}}, "unknown arm 'c'"),
        (
            {
                "contrasts": {
                    "primary": {"name": "p", "treatment": "a"},
                    "secondary": [{"name": "s", "treatment": "a", "control": "z"}],
                }
            },
            "unknown arm 'z'",
        ),
        (
            {"checks": [{"name": "c", "arm": "z", "measure": "settlement.skew", "max": 1}]},
            "unknown arm 'z'",
        ),
        (
            {"checks": [{"name": "c", "arm": "a", "measure": "settlement.skew"}]},
            "bounds nothing",
        ),
        (
            {"checks": [{"name": "c", "arm": "a", "measure": "a.b", "min": 0.5, "max": 0.1}]},
            "nothing lies in [0.5, 0.1]: min is above max",
        ),
        ({"twins": ["none", "none"]}, "named twice"),
        ({"twins": []}, "twins"),
        ({"scenarios": []}, "scenarios"),
        ({"arms": {}}, "arms"),
        ({"arm": {"colour": "red"}}, "colour"),
        ({"arm": {"u": {"deal_reward": 2}}}, "deal_reward"),
        ({"schema": "track15/suite/2"}, "schema"),
    ],
)
def test_an_unsound_suite_is_told_what_is_wrong(fields: dict[str, Any], what: str) -> None:
    assert what in problems(**fields)


def test_every_problem_is_named_at_once() -> None:
    told = problems(arm={"with": ["vanity"], "without": ["pride"]}, twins=["seats", "seats"])
    assert all(word in told for word in ("vanity", "pride", "named twice"))


@pytest.mark.parametrize("path", list_files("suites"), ids=lambda path: path.stem)
def test_every_shipped_suite_is_sound_and_declares_its_question(path: Any) -> None:
    shipped = load_suite(str(path))
    assert shipped.id == path.stem
    assert shipped.question.endswith("?")
    # A smoke test of a model has too few disputes to ask anything of.
    assert (shipped.contrasts is None) == (shipped.id == "smoke")


def test_the_claims_are_those_of_the_method() -> None:
    table = re.findall(r"^\| C(\d+)(?:-C(\d+))? \|", (ROOT / "docs/method.md").read_text(), re.M)
    numbers = [n for low, high in table for n in range(int(low), int(high or low) + 1)]
    assert [f"C{number}" for number in numbers] == list(CLAIMS)


def test_a_check_may_hold_a_measure_to_one_value() -> None:
    check = {"name": "c", "arm": "a", "measure": "a.b", "min": 0.0, "max": 0.0}
    assert suite(checks=[check]).checks[0].min == 0.0


REWARDS = {
    "none": {"track": "1"},
    "some": {"track": "1", "u": {"deal_reward": 0.2}},
    "much": {"track": "1", "u": {"deal_reward": 0.9}},
}


def dosed(*arms: str, more: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    dose = {"name": "d", "seat": "u", "field": "deal_reward", "arms": list(arms), **fields}
    return {"arms": {**REWARDS, **(more or {})}, "doses": [dose]}


def test_a_dose_goes_from_weak_to_strong() -> None:
    found = suite(**dosed("much", "none", "some"))
    assert found.levels(found.doses[0]) == [(0.0, "none"), (0.2, "some"), (0.9, "much")]


def test_a_suite_without_a_dose_is_written_as_before() -> None:
    assert "doses" not in suite().model_dump()
    assert "doses" in suite(**dosed("none", "some", "much")).model_dump()


HARD = {"hard": {"track": "1", "o": {"free_hardball": 1}, "u": {"deal_reward": 0.5}}}
FEW = {"few": {"track": "1", "scenarios": ["opening"], "u": {"deal_reward": 0.5}}}


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        (dosed("none", "some", "mcuh"), "unknown arm 'mcuh'"),
        (dosed("none", "some"), "at least 3 items"),
        (
            dosed("none", "some", "hard", more=HARD),
            "'none' and 'hard' differ in more than deal_reward of seat u",
        ),
        (dosed("none", "some", "few", more=FEW), "'none' and 'few' differ in more than"),
        (
            dosed("none", "some", "again", more={"again": {"track": "1"}}),
            "two arms have the same deal_reward: 0, 0, 0.2",
        ),
        (dosed("none", "some", "much", field="stance"), "doses.0.field"),
    ],
)
def test_an_unsound_dose_is_refused(fields: dict[str, Any], says: str) -> None:
    assert says in problems(**fields)


def test_only_a_record_has_an_arm_without_a_track() -> None:
    """Talks that were held elsewhere have none; nobody can play such an arm."""
    written_by_hand = {"written": True}
    with pytest.raises(ValidationError, match="an arm needs a track"):
        Arm.model_validate({"track": None}, context=written_by_hand)
    with pytest.raises(ValidationError, match="track"):
        Arm.model_validate({}, context=written_by_hand)
    assert Arm.model_validate({"track": None}).track is None
    suite = Suite.model_validate(
        {
            "id": "elsewhere",
            "title": "t",
            "question": "q",
            "scenarios": ["x"],
            "arms": {"imported": {"track": None}},
        }
    )
    with pytest.raises(UsageError, match="held elsewhere"):
        suite.seats("imported", "a", "b")
