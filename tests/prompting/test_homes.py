"""Delegates who come from a third state: told to both sides, where a scenario names one."""

from __future__ import annotations

from typing import Any

import pytest

from harness.disputes.scenario import Twin
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import Plan, make_plan
from harness.probing.stage import probe_of, view_of
from harness.prompting.talks import Prompts
from harness.suite.suite import Suite
from tests.support.views import PlayedTable

MODEL = "openai/x@http://127.0.0.1:9/v1"
ARMS: dict[str, Any] = {
    "own": {"track": "1.5"},
    "ally": {"track": "1.5", "u": {"home": True}},
    "both": {"track": "2", "o": {"home": True}, "u": {"home": True}},
    "delegates": {
        "track": "1.5",
        "o": {"role": "delegate"},
        "u": {"role": "delegate", "home": True},
    },
}


def planned(then: dict[str, str] | None = None, **models: str) -> Plan:
    follows = {} if then is None else {"then": then}
    suite = Suite.model_validate(
        {
            "id": "homes",
            "title": "Homes",
            "question": "From where?",
            "scenarios": ["borderland", "supply"],
            "twins": ["none", "seats", "names"],
            "arms": {name: {**arm, **follows} for name, arm in ARMS.items()},
        }
    )
    return make_plan(suite, Overrides(models=models))


def texts(plan: Plan, arm: str, twin: Twin = Twin.NONE) -> dict[str, str]:
    way = next(w for w in plan.ways() if (w.arm, w.scenario, w.twin) == (arm, "borderland", twin))
    scenario = plan.scenarios["borderland"].twin(twin)
    table, prompts = PlayedTable(way.talks, scenario), Prompts()
    return {seat: prompts.system(table.view(seat)) for seat in ("o", "u")}


@pytest.fixture(scope="module")
def plan() -> Plan:
    return planned(official=MODEL, unofficial=MODEL)


def test_both_sides_are_told_where_the_delegates_come_from(plan: Plan) -> None:
    home = plan.scenarios["borderland"].homes["ally"]
    for arm, known in (("own", False), ("ally", True)):
        told = texts(plan, arm)
        assert (f"You were once an official representative of {home.name}" in told["u"]) is known
        assert (f"former official representatives of {home.name}" in told["o"]) is known
        for seat in ("o", "u"):
            assert (f"**{home.name}** (no party)." in told[seat]) is known
            assert ("A wider war with" in told[seat]) is known


def test_only_the_principal_that_it_speaks_for_has_the_home(plan: Plan) -> None:
    seated = {
        (way.arm, way.scenario, way.twin): {s.seat: s.home for s in way.talks.seats}
        for way in plan.ways()
    }
    sends = plan.scenarios["borderland"].homes["ally"].sends
    first = plan.scenarios["borderland"].seats.u == sends
    one, other = ("u", "o") if first else ("o", "u")
    assert seated["both", "borderland", Twin.NONE] == {one: "ally", other: None}
    assert seated["both", "borderland", Twin.SEATS] == {one: None, other: "ally"}
    assert set(seated["ally", "supply", Twin.NONE].values()) == {None}
    assert set(seated["own", "borderland", Twin.NONE].values()) == {None}


def test_scripts_read_no_home_so_the_arms_share_their_talks() -> None:
    ids: dict[str, set[str]] = {}
    for way in planned().ways():
        ids.setdefault(way.arm, set()).add(way.talks.id)
    assert ids["own"] == ids["ally"]


def test_what_follows_talks_of_scripts_names_the_home_of_their_seat() -> None:
    """News and articles read one and the same field of the seat, which models are told from."""
    follows = {"news": "for_home", "article": "own"}
    plan = planned(then=follows)
    seats = {
        (way.arm, way.twin): way.talks.seat("u").home
        for way in plan.ways()
        if way.scenario == "borderland"
    }
    assert seats["ally", Twin.NONE] == "ally"
    assert seats["own", Twin.NONE] is None
    assert seats["ally", Twin.SEATS] is None, "nobody sends from there for the other principal"


def test_to_delegates_nobody_is_an_official_of_anything(plan: Plan) -> None:
    assert all("official" not in text for text in texts(plan, "delegates").values())


def test_the_names_twin_keeps_the_third_state(plan: Plan) -> None:
    home = plan.scenarios["borderland"].homes["ally"]
    assert home.name in texts(plan, "ally", Twin.NAMES)["u"]


def test_a_delegate_that_is_probed_reads_the_same_of_homes(plan: Plan) -> None:
    way = next(w for w in plan.ways() if (w.arm, w.scenario) == ("ally", "borderland"))
    scenario, prompts = plan.scenarios["borderland"], Prompts()
    table = PlayedTable(way.talks, scenario)
    for seat in way.talks.seats:
        view = view_of(probe_of(way.talks, seat), scenario)
        assert prompts.system(view) == prompts.system(table.view(seat.seat))
