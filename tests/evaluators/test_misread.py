"""Errors of readers of news, against answers known to be right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.disputes.scenario import Scenario
from harness.evaluators.base import Found
from harness.evaluators.case import Case
from harness.evaluators.misread import NO_ALLY, NO_CHANCES, NO_READERS, Misread
from harness.records.misreading import MisreadingRecord
from harness.records.news import NewsRecord
from harness.records.spec import TalksSpec
from harness.records.transcript import StageRecord, Transcript, VoidReason
from harness.suite.influence import Framing, Reader, Trust
from tests.support.news import (
    ALLY,
    AT_HOME,
    JOURNALIST,
    RIGHT,
    by_a_model,
    held,
    planned,
    saying,
    told,
    understood,
)

TALKS = held(AT_HOME)
NEWS = told(TALKS, AT_HOME, "despite")
REFUSED = {**RIGHT, "was_asked": "yes, and it declined", "view": "it rejects it"}


def scored(scenario: Scenario = AT_HOME, **inputs: StageRecord) -> Found:
    last = list(inputs.values())[-1]
    assert isinstance(TALKS.spec, TalksSpec)
    return Misread().score(Case(last, scenario, TALKS.spec, inputs))


def asked(texts: dict[str, str], reader: Reader, trust: float = 6) -> MisreadingRecord:
    return by_a_model(NEWS, TALKS, AT_HOME, saying(texts, trust), reader)[0]


def test_errors_are_shares_of_what_was_answered() -> None:
    found = scored(
        talks=TALKS,
        news=NEWS,
        understood_ally=asked(dict(RIGHT), ALLY, 3),
        understood_journalist=asked(REFUSED, JOURNALIST, 9),
    )
    assert found.values == {
        "error": pytest.approx((0 + 2 / 7) / 2),
        "spoke_for": 0.0,
        "near": 0.0,
        "talking": pytest.approx((0 + 2 / 3) / 2),
        "consulted": 0.0,
        "distance": 0.0,
        "false_certainty": 0.0,
        "ally_trust": 3.0,
        "unanswered": 0.0,
    }
    assert found.detail["framing"] == "despite"
    assert found.detail["by_side"] == {"ally": 0.0, "none": pytest.approx(2 / 7)}
    readers = found.detail["readers"]
    assert isinstance(readers, dict)
    assert readers["journalist"]["wrong"] == {"was_asked": "declined", "view": "rejects"}


def test_a_reader_without_an_answer_is_missing_and_never_wrong() -> None:
    silent, _ = by_a_model(NEWS, TALKS, AT_HOME, lambda _: "no", ALLY)
    found = scored(
        news=NEWS, understood_ally=silent, understood_journalist=asked(REFUSED, JOURNALIST)
    )
    assert found.values["error"] == pytest.approx(2 / 7)
    assert found.values["unanswered"] == 0.5
    assert found.values["ally_trust"] is None
    assert found.why_null["ally_trust"] == NO_ALLY
    missing = found.detail["missing"]
    assert isinstance(missing, dict)
    assert missing["understood_ally"].startswith("the reader is void: no usable reply")
    nobody = scored(news=NEWS, understood_ally=silent)
    assert {name for name, value in nobody.values.items() if value is None} == {
        *("error", "spoke_for", "near", "talking", "consulted", "ally_trust"),
        *("distance", "false_certainty"),
    }
    assert nobody.values["unanswered"] == 1.0
    assert nobody.why_null["error"].startswith("the reader is void: no usable reply")


def test_whoever_is_misled_need_not_be_certain() -> None:
    """Of six statements one is off by .2, one by .6, one by .75 and one by 1."""
    held_likely = {"sent": 60, "free": 80, "begun": 75, "stayed_away": 100}
    record, _ = by_a_model(NEWS, TALKS, AT_HOME, saying(RIGHT, 6, held_likely), ALLY)
    found = scored(news=NEWS, understood_ally=record)
    assert found.values["error"] == 0.0
    assert found.values["distance"] == pytest.approx((0.2 + 0.6 + 0.75 + 1) / 6)
    assert found.values["false_certainty"] == pytest.approx(2 / 6)
    readers = found.detail["readers"]
    assert isinstance(readers, dict)
    assert readers["ally"]["off"]["open"] == 0.0


def test_readers_from_before_there_were_statements_have_no_distance() -> None:
    record = asked(dict(RIGHT), ALLY)
    (reader,) = record.body.readers
    old = record.body.model_copy(update={"readers": (replace(reader, chances=None),)})
    found = scored(news=NEWS, understood_ally=record.model_copy(update={"body": old}))
    assert found.values["error"] == 0.0
    assert found.values["distance"] is None
    assert found.why_null["false_certainty"] == NO_CHANCES


def test_a_missing_link_is_null_with_its_reason() -> None:
    none = scored(talks=TALKS)
    assert set(none.values.values()) == {None}
    assert set(none.why_null.values()) == {"this arm has no news"}
    assert set(scored(talks=TALKS, news=NEWS).why_null.values()) == {NO_READERS}
    reason = VoidReason(kind="input", seat=None, detail="the talks are void")
    void = NEWS.model_copy(update={"status": "void", "void": reason})
    assert set(scored(news=void).why_null.values()) == {"the news is void: the talks are void"}
    untold = told(TALKS, AT_HOME, "for_home")
    why = set(scored(news=untold).why_null.values())
    assert len(why) == 1
    assert "no third state" in why.pop()


def test_where_nobody_is_absent_nobody_is_asked_about_it() -> None:
    principals = {key: one for key, one in AT_HOME.principals.items() if key != "heirs"}
    two = AT_HOME.model_copy(update={"principals": principals})
    talks = held(two)
    news = told(talks, two)
    texts = {name: words for name, words in RIGHT.items() if name != "consulted"}
    record, _ = by_a_model(news, talks, two, saying(texts))
    found = scored(two, talks=talks, news=news, understood_ally=record)
    assert found.values["consulted"] is None
    assert found.why_null["consulted"] == "there is no absent party"
    assert found.values["error"] == 0.0


@pytest.mark.parametrize(("trust", "sign"), [(1.0, 1), (0.0, 0)])
def test_scripts_err_by_framing_and_where_trust_is_nothing_in_none(trust: float, sign: int) -> None:
    panel = tuple(
        Reader(id=f"r{number}", title="a reader", side="ally", trust=Trust(experts=trust))
        for number in range(8)
    )

    def error(framing: Framing) -> float:
        talks: Transcript = held(AT_HOME)
        assert isinstance(talks.spec, TalksSpec)
        news: NewsRecord = told(talks, AT_HOME, framing)
        spec = planned(talks.spec, framing, panel=panel)[1]["understood"]
        record, _ = understood(news, spec, AT_HOME)
        value = scored(talks=talks, news=news, understood=record).values["error"]
        assert isinstance(value, float)
        return value

    assert error("plain") == 0.0
    for framing in ("for_principal", "despite"):
        assert (error(framing) > 0.2) is bool(sign)


def test_every_measure_is_scored() -> None:
    found = scored(talks=TALKS, news=NEWS, understood_ally=asked(dict(RIGHT), ALLY))
    assert list(found.values) == [measure.name for measure in Misread().measures]
