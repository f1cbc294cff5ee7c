"""The outcome in a source's points, and beside it what the source says."""

from __future__ import annotations

from typing import Any

import pytest

from harness.evaluators.case import Case
from harness.evaluators.concessions import ONE_BASELINE
from harness.evaluators.registry import builtin
from harness.evaluators.reported import NO_POINTS, NOT_RATED, NOT_SAID, Reported
from harness.evaluators.scoring import evaluate
from harness.exchange.importing.agenda import agenda_of
from harness.exchange.importing.negotiation import Negotiation
from harness.exchange.importing.record import record_of
from harness.records.score import Score
from tests.support.negotiations import CAR, WORDS, changed

Told = dict[str, Any]


def case_of(told: Told) -> Case:
    negotiation = Negotiation.model_validate(told)

    def unnamed(name: str) -> Any:
        raise AssertionError(name)

    agenda = agenda_of(negotiation, unnamed, "cars")
    return Case(record_of(negotiation, agenda), agenda.scenario)


def scores(told: Told) -> dict[str, Score]:
    return {score.evaluator: score for score in evaluate(case_of(told), builtin())}


def test_an_outcome_is_worth_its_points() -> None:
    found = Reported().score(case_of(CAR))
    values = found.values
    assert values["points_o"] == pytest.approx(10)
    assert values["points_u"] == pytest.approx(15)
    assert values["gain_points_o"] == pytest.approx(5)
    assert values["points_gap"] == pytest.approx(-5)
    assert (values["said_o"], values["said_u"], values["differs"]) == (10, None, False)
    assert found.why_null == {
        "said_u": NOT_SAID,
        "rated_o": NOT_RATED,
        "rated_u": NOT_RATED,
    }


def test_no_deal_is_worth_what_the_source_says() -> None:
    values = Reported().score(case_of(changed(CAR, outcome={"kind": "no_deal"}))).values
    assert (values["gain_points_o"], values["gain_points_u"]) == (0, 0)
    assert values["points_o"] == pytest.approx(5)
    assert values["differs"] is True, "the source says 10"


def test_points_of_two_kinds_are_not_held_against_each_other() -> None:
    told = changed(CAR)
    told["parties"]["buyer"]["unit"] = "euros"
    found = Reported().score(case_of(told))
    assert found.values["points_gap"] is None
    assert found.why_null["points_gap"] == "the two have different units"


def test_without_points_it_says_so() -> None:
    found = Reported().score(case_of(changed(WORDS, outcome={"kind": "no_deal"})))
    assert found.why_null["points_o"] == NO_POINTS
    assert found.why_null["differs"] == NO_POINTS


def test_only_talks_of_others_have_it() -> None:
    found = scores(CAR)
    assert "reported" in found
    assert found["settlement"].values["agreement"] is True


def test_what_nobody_told_is_null_everywhere() -> None:
    unknown = scores(changed(CAR, outcome={"kind": "unknown"}))
    assert unknown["settlement"].values["agreement"] is None
    assert set(unknown["settlement"].why_null.values()) == {"nobody told how the talks ended"}
    assert unknown["concessions"].values["offers_u"] == 2
    assert unknown["reported"].values["said_o"] == 10
    words = scores(changed(WORDS, outcome={"kind": "deal"}))
    assert words["settlement"].values["agreement"] is True
    assert words["settlement"].values["u_o"] is None
    assert words["settlement"].why_null["u_o"] == "nobody told what any terms are worth"
    assert words["process"].values["turns"] == 2
    assert words["process"].why_null["caucuses_o"].endswith("is not on record")
    known = [
        f"{name}.{measure}"
        for name, score in scores(WORDS).items()
        for measure, value in score.values.items()
        if value is not None
    ]
    assert sorted(known) == [
        "process.opened_by_o",
        "process.repairs_o",
        "process.repairs_u",
        "process.talk_share_u",
        "process.turns",
        "process.void",
        "process.void_o",
        "process.void_u",
    ]


def test_an_opening_that_is_not_on_record_is_no_baseline() -> None:
    found = scores(CAR)["concessions"]
    assert found.values["osc_public"] is None
    assert found.why_null["osc_public"] == "no opening position of a seat is on record"
    assert found.values["total_o"] == pytest.approx((25 - 10) / 20)
    assert found.values["osc_no_deal"] is not None
    silent = changed(CAR, turns=[CAR["turns"][1], {"who": "buyer", "accepts": True}])
    bare = scores(silent)["concessions"]
    assert bare.values["total_o"] is None, "the buyer proposed nothing"
    assert bare.values["total_u"] == pytest.approx(0)


def test_moves_that_may_stand_in_words_are_no_zero() -> None:
    deal = {"kind": "deal", "terms": {"price": 110, "tyres": "no"}}
    spoken = [{"who": "buyer", "text": "110, then?"}, {"who": "seller", "text": "Fine."}]
    found = scores(changed(CAR, turns=spoken, outcome=deal))["concessions"]
    for name in ("offers_o", "given_o", "received_u", "own_bids_u", "ambiguous", "gap"):
        assert found.values[name] is None, name
    assert "in words" in found.why_null["given_o"]
    assert found.why_null["ambiguous"] == ONE_BASELINE
    assert found.values["osc_no_deal"] is not None
    put = scores(CAR)["concessions"]
    assert (put.values["offers_o"], put.values["offers_u"]) == (1, 2)
    assert put.values["given_u"] == pytest.approx((25 - 15) / 25)


def test_red_lines_of_which_nobody_told_are_not_zero() -> None:
    found = scores(CAR)["red_lines"]
    assert set(found.values.values()) == {None}
    assert all("no red line" in why for why in found.why_null.values())


def test_how_far_words_bind_is_null_where_nobody_said() -> None:
    found = scores(CAR)["commitment"]
    assert found.values["deal"] is None
    assert found.values["binding_o"] is None
    told = changed(CAR)
    for turn in told["turns"]:
        turn["commitment"] = "binding"
    bound = scores(told)["commitment"]
    assert (bound.values["deal"], bound.values["binds"]) == ("binding", True)
    assert bound.values["binding_u"] == 1
