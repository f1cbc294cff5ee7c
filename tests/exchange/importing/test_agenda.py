"""The scenario of a negotiation: equal ones are one, and a stranger's words are only words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.disputes.scenario import Scenario
from harness.exchange.importing.agenda import Agenda, agenda_of, identifiers
from harness.exchange.importing.base import BadNegotiationError
from harness.exchange.importing.negotiation import Negotiation
from harness.files.problems import NAME_PATTERN
from tests.support.disputes import small
from tests.support.negotiations import CAR, WORDS, changed


def unnamed(name: str) -> Scenario:
    raise AssertionError(name)


def agenda(told: dict[str, Any], base: str = "cars") -> Agenda:
    return agenda_of(Negotiation.model_validate(told), unnamed, base)


def test_it_is_made_from_issues_and_points() -> None:
    found = agenda(CAR)
    scenario = found.scenario
    assert re.fullmatch("cars-[0-9a-f]{10}", scenario.id)
    assert scenario.shape() == (3, 2)
    assert [issue.option_ids() for issue in scenario.issues] == [
        ("price_100", "price_110", "price_120"),
        ("yes", "no"),
    ]
    buyer = scenario.principals["buyer"]
    assert buyer.weights == {"price": 0.8, "tyres": 0.2}
    assert buyer.reservation == 0.2
    assert buyer.public is None
    assert buyer.at_table
    assert found.points["seller"].one == 25
    assert (scenario.seats.o, scenario.seats.u) == ("buyer", "seller")
    assert found.valued


def test_what_was_said_does_not_make_another_scenario() -> None:
    first = agenda(CAR).scenario
    again = agenda(changed(CAR, id="other", turns=[], outcome={"kind": "no_deal"})).scenario
    assert again == first
    dearer = changed(CAR)
    dearer["parties"]["buyer"]["reservation"] = 6
    assert agenda(dearer).scenario.id != first.id


def test_without_values_they_are_placeholders_and_it_says_so() -> None:
    found = agenda(WORDS)
    assert not found.valued
    assert not found.known
    assert "Nobody told" in found.scenario.summary
    assert found.points == {}
    bare = changed(CAR)
    for party in bare["parties"].values():
        party.pop("values")
        party.pop("reservation")
    with_issues = agenda(bare)
    assert with_issues.known
    assert not with_issues.valued


def test_a_dollar_is_a_dollar() -> None:
    told = changed(CAR, title="Worth $buyer and $5")
    scenario = agenda(told).scenario
    assert scenario.say(scenario.title) == "Worth $buyer and $5"


def test_more_options_than_are_played_are_read() -> None:
    prices = [str(price) for price in range(60)]
    told = changed(CAR, issues={"price": prices}, turns=[], outcome={"kind": "no_deal"})
    for side, sign in (("buyer", -1), ("seller", 1)):
        told["parties"][side] |= {
            "values": {"price": {price: sign * float(price) for price in prices}},
            "reservation": sign * 30,
        }
    assert agenda(told).scenario.shape() == (60,)


def test_a_scenario_may_be_named(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    told = changed(WORDS, scenario="small", parties={"b": {}, "x": {"acts_for": "a"}})
    found = agenda_of(Negotiation.model_validate(told), lambda name: scenario, "base")
    assert found.scenario is scenario
    assert found.principals == {"b": "b", "x": "a"}
    assert found.valued


PARTIES = {"b": {}, "a": {}}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"scenario": "small", "issues": {"i": ["x", "y"]}, "parties": PARTIES}, "and issues"),
        ({"scenario": "small"}, "no principal of scenario"),
        ({"scenario": "small", "parties": {"b": {}, "c": {"acts_for": "b"}}}, "two parties"),
        ({"scenario": "small", "parties": {"b": {"values": {"i": {}}}, "a": {}}}, "has values"),
        ({"scenario": "small", "parties": {"b": {"scale": {"zero": 1, "one": 1}}, "a": {}}}, "ris"),
        ({"issues": {"i": ["x", "x"]}}, "all different"),
        ({"issues": {"i": ["x"]}}, "two or more options"),
        ({"parties": {"b": {"values": {"i": {"x": 1}}, "reservation": 0}, "a": {}}}, "no issues"),
        ({"parties": {"b": {"scale": {"zero": 0, "one": 1}}, "a": {}}}, "belongs to a scenario"),
    ],
)
def test_what_contradicts_itself_is_refused(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    scenario = small(tmp_path)
    told = Negotiation.model_validate(changed(WORDS, **changes))
    with pytest.raises(BadNegotiationError, match=words):
        agenda_of(told, lambda name: scenario, "base")


@pytest.mark.parametrize("field", ["values", "reservation"])
def test_values_of_one_side_alone_are_refused(field: str) -> None:
    told = changed(CAR)
    told["parties"]["seller"].pop(field)
    with pytest.raises(BadNegotiationError, match=f"party 'seller' lacks '{field}'"):
        agenda(told)


def test_what_is_wrong_with_points_names_the_party() -> None:
    told = changed(CAR)
    told["parties"]["seller"]["values"]["price"].pop("100")
    with pytest.raises(BadNegotiationError, match="party 'seller': the points of 'price': '100'"):
        agenda(told)


@given(labels=st.lists(st.text(min_size=1, max_size=60), unique=True, max_size=12))
def test_every_label_has_a_name_of_its_own(labels: list[str]) -> None:
    found = identifiers(labels, "issue")
    assert list(found) == labels
    assert len(set(found.values())) == len(labels)
    assert all(re.match(NAME_PATTERN, name) and len(name) <= 40 for name in found.values())
