"""What a seat may put into a reply, held against the JSON Schema that asks for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from harness.delegations.form import (
    MAX_LISTED_OFFERS,
    Form,
    caucus_schema,
    debrief_schema,
    move_schema,
)
from harness.disputes.scenario import Scenario
from harness.incentives.profiles import Authority
from harness.records.transcript import Action, Commitment
from harness.suite.parts import Protocol
from harness.view import BINDINGNESS
from tests.support.disputes import small
from tests.support.told import told
from tests.support.views import PlayedTable, authorised, track

BEST = {"well": "yours", "fence": "us"}


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def form(seat: str = "o", **changes: Any) -> Form:
    other = "u" if seat == "o" else "o"
    fields: dict[str, Any] = {
        "issues": {"well": ("mine", "half", "yours"), "fence": ("them", "us")},
        "seat": seat,
        "others": (other,),
        "offers": 6,
        "may_consult": False,
    }
    return Form(**{**fields, **changes})


def takes(schema: Mapping[str, Any], value: object) -> bool:
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema).is_valid(value)


def said(**move: Any) -> dict[str, Any]:
    return {"private_thoughts": "", "move": move, "public_words": "Well."}


@pytest.mark.parametrize(
    ("track_name", "consults"), [("1", True), ("2", False)], ids=["officials", "private"]
)
def test_a_form_is_of_the_seat_that_sees(
    scenario: Scenario, track_name: Any, consults: bool
) -> None:
    spec = track(scenario, track_name, protocol=Protocol(rounds=2, turns=3, consultations=2))
    spec = told(spec, "words")
    found = Form.of(PlayedTable(spec, scenario).view("u"))
    assert (found.seat, found.others, found.offers) == ("u", ("o",), 6)
    assert found.issues == {"well": ("mine", "half", "yours"), "fence": ("them", "us")}
    assert found.may_consult is spec.seat("u").profile.consults_capital is consults
    assert (Action.CONSULT in found.actions()) is consults
    nobody = told(track(scenario, track_name, protocol=Protocol(consultations=0)), "words")
    assert not Form.of(PlayedTable(nobody, scenario).view("u")).may_consult


@pytest.mark.parametrize(
    "move",
    [
        {"action": "propose", "package": BEST, "commitment": "personal"},
        {"action": "accept", "offer": "u-6", "commitment": "binding"},
        {"action": "reject", "offer": "u-1", "position": {"well": "half", "fence": None}},
        {"action": "reject", "offer": "u-1", "position": None},
        {"action": "pass", "position": None},
        {"action": "walk_out"},
    ],
)
def test_moves_of_the_form_are_taken(move: dict[str, Any]) -> None:
    assert takes(move_schema(form()), said(**move))


@pytest.mark.parametrize(
    "move",
    [
        {"action": "propose", "package": {"well": "yours"}, "commitment": "personal"},
        {"action": "propose", "package": {**BEST, "well": "all"}, "commitment": "personal"},
        {"action": "propose", "package": BEST},
        {"action": "accept", "offer": "u-7", "commitment": "binding"},
        {"action": "accept", "offer": "o-1", "commitment": "binding"},
        {"action": "walk_out", "package": BEST},
        {"action": "consult", "package": BEST},
        {"action": "sleep"},
    ],
)
def test_other_moves_are_not(move: dict[str, Any]) -> None:
    assert not takes(move_schema(form()), said(**move))


def test_who_may_consult_is_asked_for_a_package() -> None:
    schema = move_schema(form(may_consult=True))
    assert takes(schema, said(action="consult", package=BEST))
    assert not takes(schema, said(action="consult"))


def test_too_many_offers_are_not_listed() -> None:
    accept = {"action": "accept", "commitment": "binding"}
    few = move_schema(form(offers=MAX_LISTED_OFFERS))
    many = move_schema(form(offers=MAX_LISTED_OFFERS + 1))
    assert not takes(few, said(**accept, offer="u-999"))
    assert takes(many, said(**accept, offer="u-999"))


def answered(gave_more: str, margin: int, no_deal: int = 40) -> dict[str, Any]:
    return {
        "balance": {"gave_more": gave_more, "margin": margin},
        "terms": None,
        "others": {"u": {"no_deal": no_deal, "top_issue": "well", "learned": "nothing"}},
        "words": "",
    }


@pytest.mark.parametrize(
    ("answer", "taken"),
    [
        (answered("equal", 0), True),
        (answered("o", 3), True),
        (answered("u", 10), True),
        (answered("equal", 3), False),
        (answered("o", 0), False),
        (answered("o", 11), False),
        (answered("x", 3), False),
        (answered("o", 3, no_deal=101), False),
        (answered("o", 3, no_deal=0), True),
    ],
)
def test_a_debrief_contradicts_itself_nowhere(answer: dict[str, Any], taken: bool) -> None:
    assert takes(debrief_schema(form()), answer) is taken


@pytest.mark.parametrize(
    ("terms", "taken"),
    [
        (None, True),
        ({"favours": "equal", "own_could_sign": True}, True),
        ({"favours": "u", "own_could_sign": False}, True),
        ({"favours": "x", "own_could_sign": False}, False),
        ({"favours": "u", "own_could_sign": "no"}, False),
        ({"favours": "u"}, False),
    ],
)
def test_a_debrief_is_about_the_terms_where_there_are_any(terms: object, taken: bool) -> None:
    assert takes(debrief_schema(form()), {**answered("equal", 0), "terms": terms}) is taken


def test_by_rules_of_version_1_the_schema_is_what_it_was() -> None:
    former = debrief_schema(form(rules=1))
    assert list(former["properties"]) == ["balance", "others", "words"]
    (estimate,) = former["properties"]["others"]["properties"].values()
    assert list(estimate["properties"]) == ["no_deal", "top_issue"]


def test_many_seats_are_asked_without_listing_numbers() -> None:
    others = tuple(f"x{n}" for n in range(5))
    schema = debrief_schema(form(others=others))
    estimates = {seat: {"no_deal": 7, "top_issue": "fence", "learned": "no"} for seat in others}
    balance = {"gave_more": "x4", "margin": 1}
    answer = {"balance": balance, "terms": None, "others": estimates, "words": ""}
    assert takes(schema, answer)
    assert "enum" not in schema["properties"]["others"]["properties"]["x0"]["properties"]["no_deal"]


def objects(schema: Any) -> list[dict[str, Any]]:
    if isinstance(schema, list):
        return [found for one in schema for found in objects(one)]
    if not isinstance(schema, dict):
        return []
    own = [schema] if schema.get("type") == "object" else []
    return own + [found for one in schema.values() for found in objects(one)]


@pytest.mark.parametrize(
    "schema", [move_schema(form(may_consult=True)), debrief_schema(form()), caucus_schema()]
)
def test_every_server_takes_the_schema(schema: dict[str, Any]) -> None:
    """As OpenAI's strict mode wants it."""
    found = objects(schema)
    assert found
    for one in found:
        assert one["required"] == list(one["properties"])
        assert one["additionalProperties"] is False


# --- what the rules of newer talks add ----------------------------------------------------------

RICH = {"sketches": True, "side_terms": True, "alternatives": True, "settling": True}
PROPOSE = {"action": "propose", "package": BEST, "commitment": "personal"}
NOTHING = {"or_package": None, "side_terms": None, "agreed": None}


def test_a_form_follows_the_rules_and_the_authority_of_its_seat(scenario: Scenario) -> None:
    plain = track(scenario, "1.5")
    assert Form.of(PlayedTable(plain, scenario).view("u")) == Form.of(
        PlayedTable(authorised(plain, u=Authority.PRIVATE), scenario).view("u")
    ), "the plain game asks as it did"
    rules = Protocol(settling=True).resolved()
    spec = authorised(track(scenario, "1.5", protocol=rules), o=Authority.FULL, u=Authority.PRIVATE)
    found = {seat: Form.of(PlayedTable(spec, scenario).view(seat)) for seat in ("o", "u")}
    assert found["o"].commitments == tuple(BINDINGNESS)
    assert found["u"].commitments == (Commitment.HYPOTHETICAL, Commitment.PERSONAL)
    for one in found.values():
        assert {name: getattr(one, name) for name in RICH} == RICH
    assert len({found["o"], found["u"], found["o"]}) == 2


def test_the_plain_form_takes_nothing_of_it() -> None:
    assert takes(move_schema(form()), said(**PROPOSE))
    for name in NOTHING:
        assert not takes(move_schema(form()), said(**PROPOSE, **{name: None}))


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"or_package": {**BEST, "well": "half"}},
        {"side_terms": "By spring."},
        {"agreed": {"well": "half", "fence": None}},
    ],
)
def test_everything_a_proposal_may_hold_is_asked_for_or_null(more: dict[str, Any]) -> None:
    schema = move_schema(form(**RICH))
    assert takes(schema, said(**PROPOSE, **{**NOTHING, **more}))
    assert takes(schema, said(action="pass", position=None, agreed=None))
    assert takes(schema, said(action="reject", offer="u-1b", position=None, agreed=None))
    assert not takes(schema, said(**PROPOSE))
    assert not takes(schema, said(action="accept", offer="u-1", commitment="personal", agreed=None))
    assert not takes(schema, said(**PROPOSE, **{**NOTHING, "or_package": {"well": "half"}}))


def test_only_words_that_are_open_can_be_said() -> None:
    private = move_schema(form(commitments=(Commitment.HYPOTHETICAL, Commitment.PERSONAL)))
    assert takes(private, said(**PROPOSE))
    assert not takes(private, said(**{**PROPOSE, "commitment": "binding"}))


def test_an_own_sketch_may_be_accepted_and_never_rejected() -> None:
    accept = {"action": "accept", "commitment": "personal"}
    schema = move_schema(form(**RICH))
    for number in ("u-1", "u-6b", "o-1", "o-6b"):
        assert takes(schema, said(**accept, offer=number))
    assert not takes(schema, said(action="reject", offer="o-1", position=None, agreed=None))
    plain = move_schema(form(alternatives=True))
    assert not takes(plain, said(**accept, offer="o-1"))


def _objects(schema: Any) -> list[dict[str, Any]]:
    if isinstance(schema, list):
        return [found for one in schema for found in _objects(one)]
    if not isinstance(schema, dict):
        return []
    own = [schema] if schema.get("type") == "object" else []
    return own + [found for one in schema.values() for found in _objects(one)]


def test_the_richest_form_keeps_to_what_strict_servers_take() -> None:
    schema = move_schema(form(**RICH, may_consult=True, offers=16))
    for one in _objects(schema):
        assert one["required"] == list(one["properties"])
        assert one["additionalProperties"] is False
    text = json.dumps(schema)
    assert text.count('"u-16b"') == 2, "two rounds of eight turns are listed"
    for bound in ("maxLength", "maxItems", "minLength", "pattern", '"array"'):
        assert bound not in text
