"""What news tells of talks, and what it never does."""

from __future__ import annotations

import dataclasses
from typing import Any, get_args

import pytest

from harness.incentives.profiles import Authority, Role
from harness.influence.news import NO_HOME, NOT_PRIVATE, NewsKind
from harness.kinds import kind_of, read_record, read_spec
from harness.records.news import NEWS, NewsFacts
from harness.records.spec import TALKS, TalksSpec
from harness.records.transcript import VoidReason
from harness.stages.base import Planning
from harness.suite.influence import Framing, Then
from tests.support.news import (
    AT_HOME,
    FROM_AN_ALLY,
    NO_DEAL,
    held,
    planned,
    talks_spec,
    told,
)

FRAMINGS: tuple[Framing, ...] = get_args(Framing)


def test_facts_follow_from_who_sat_there_and_how_it_ended() -> None:
    facts = told(held(AT_HOME), AT_HOME).body.facts
    assert facts == NewsFacts(o="b", u="a", third="heirs", outline=True)
    ended = told(held(AT_HOME, NO_DEAL), AT_HOME).body.facts
    assert ended is not None
    assert not ended.outline
    seated = told(held(AT_HOME, extra={"x1": "heirs"}), AT_HOME)
    assert seated.body.facts is not None
    assert seated.body.facts.third_heard
    assert "Somebody from Corin was there as well." in seated.body.text


def test_scripts_and_models_come_from_where_their_seat_says() -> None:
    def home(**seat: Any) -> str | None:
        facts = told(held(FROM_AN_ALLY, **seat), FROM_AN_ALLY).body.facts
        assert facts is not None
        return facts.home

    for brief in (None, "words"):
        assert home(brief=brief, home=None) is None
        assert home(brief=brief, home="uplands") == "uplands"


@pytest.mark.parametrize("framing", FRAMINGS)
def test_the_facts_are_the_same_words_in_every_framing(framing: Framing) -> None:
    plain = told(held(FROM_AN_ALLY), FROM_AN_ALLY, "plain").body
    other = told(held(FROM_AN_ALLY), FROM_AN_ALLY, framing).body
    facts = plain.text.split("\n\n")[1::2] + plain.text.split("\n\n")[4:]
    assert len(facts) == 3
    assert other.text.split("\n\n")[1::2] + other.text.split("\n\n")[4:] == facts
    assert len(other.text.split("\n\n")) == 5
    assert other.facts == plain.facts
    assert "Erstia" in facts[0]
    long, short = len(other.text.split()), len(plain.text.split())
    assert 0.85 <= long / short <= 1.15


@pytest.mark.parametrize("framing", FRAMINGS)
def test_nothing_private_and_no_term_is_told(framing: Framing) -> None:
    talks = held(FROM_AN_ALLY)
    turns = tuple(
        dataclasses.replace(turn, thoughts="CANARY", words="CANARY") for turn in talks.body.turns
    )
    assert len(turns) == 2
    assert isinstance(talks.spec, TalksSpec)
    seats = tuple(
        seat.model_copy(
            update={"profile": seat.profile.model_copy(update={"stance": "CANARY of a stance"})}
        )
        for seat in talks.spec.seats
    )
    talks = talks.model_copy(
        update={
            "body": talks.body.model_copy(update={"turns": turns}),
            "spec": talks.spec.model_copy(update={"seats": seats}),
        }
    )
    item = told(talks, FROM_AN_ALLY, framing).body
    public = f"{item.headline}\n{item.text}"
    assert item.text
    assert "CANARY" not in item.model_dump_json()
    assert "needs water" not in public, "no red line"
    assert not any(character.isdigit() for character in public), "no value"
    assert "each draws half" not in public, "no term"
    assert "half" not in public


def test_where_those_in_seat_u_hold_a_mandate_there_is_no_item() -> None:
    for seats in (
        {"track": "1"},
        {"track": "backchannel"},
        {"authority": Authority.FULL},
        {"role": Role.DELEGATE},
        {"profile": talks_spec(AT_HOME, "1").seat("u").profile},
    ):
        item = told(held(AT_HOME, **seats), AT_HOME).body
        assert (item.text, item.missing) == ("", NOT_PRIVATE)


def test_nobody_is_told_to_have_spoken_for_a_home_that_is_not_there() -> None:
    record = told(held(AT_HOME), AT_HOME, "for_home")
    assert record.status == "done"
    assert (record.body.text, record.body.missing) == ("", NO_HOME)
    assert told(held(FROM_AN_ALLY), FROM_AN_ALLY, "for_home").body.missing is None


def test_arms_with_the_same_talks_differ_in_the_framing_alone() -> None:
    talks = talks_spec(AT_HOME)
    plain, despite = planned(talks, "plain")[0][NEWS], planned(talks, "despite")[0][NEWS]
    assert plain.id != despite.id
    assert plain.seed == despite.seed
    assert plain.inputs == despite.inputs == {TALKS: talks.id}
    assert set(plain.templates) == {"news/plain", "news/facts", "news/background"}
    assert plain == planned(talks, "plain")[0][NEWS]


def test_an_arm_without_news_plans_none() -> None:
    assert planned(talks_spec(AT_HOME), None) == ({}, {})
    other = Planning("suite", {}, then={"other": Then(news="plain")})
    assert list(NewsKind().next_stages("arm", {TALKS: talks_spec(AT_HOME)}, other)) == []


def test_the_kind_is_registered_and_its_records_are_read_again() -> None:
    kind = kind_of(NEWS)
    record = told(held(AT_HOME), AT_HOME)
    assert read_record(record.model_dump_json(by_alias=True).encode()) == record
    assert read_spec(record.spec.model_dump_json(by_alias=True).encode()) == record.spec
    assert kind.foreseen(record.spec) == {}
    empty = kind.empty_body(record.spec, VoidReason(kind="input", seat=None, detail=""))
    assert (empty.text, empty.facts) == ("", None)
