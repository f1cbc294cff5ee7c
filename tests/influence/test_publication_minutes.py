"""Minutes by a script."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.disputes.scenario import Scenario
from harness.records.publication import Publication
from harness.stages.base import Planning
from harness.suite.influence import Influence, Writing
from tests.support.articles import TALK, article, talks
from tests.support.disputes import small
from tests.support.transcripts import Entry, make_spec

LONG = Planning("tiny", {}, influence=Influence(writing=Writing(words=1000)))


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def minutes(scenario: Scenario, entries: list[Entry], planning: Planning = LONG) -> Publication:
    return article(scenario, talks(scenario, entries), "minutes", planning=planning).body


def test_they_say_who_proposed_what_and_how_it_ended(scenario: Scenario) -> None:
    found = minutes(scenario, list(TALK))
    assert found.paragraphs == (
        "Delegations from the sides of Boral and Arden met for one round of talks.",
        (
            "Round 1. Boral put its public position. Arden put its public position. Boral moved: "
            "on the well, each draws half. Arden accepted the proposal of Boral."
        ),
        (
            "The talks ended in an agreement, subject to approval at home: on the well, each "
            "draws half; on the fence, Arden mends it."
        ),
    )
    assert found.title == "Record of talks between Arden and Boral"
    assert found.plan == {"well": "half", "fence": "us"}
    assert [(one.kind, one.principal) for one in found.claims] == [("discloses", "b")]


def test_without_an_agreement_they_advise_nothing(scenario: Scenario) -> None:
    entries: list[Entry] = [
        ("u", {"well": "half", "fence": "them"}),
        ("o", "reject"),
        "next round",
        ("o", {"well": "yours", "fence": "us"}),
        ("o", {"well": "yours", "fence": "us"}),
        ("u", "walk_out"),
    ]
    found = minutes(scenario, entries)
    assert found.plan == {"well": None, "fence": None}
    assert found.advised == {}
    assert "Arden opened off its public position: on the well, each draws half." in found.text
    assert (
        "Round 2. The well runs low. Boral put its public position. Boral kept to its" in found.text
    )
    assert "Boral rejected the proposal of Arden." in found.text
    assert found.paragraphs[-1] == "The talks ended without an agreement when Arden left."
    still = minutes(scenario, entries[:2])
    assert still.paragraphs[-1] == "The talks ended without an agreement."


def test_a_third_delegation_is_told_of_as_well(scenario: Scenario) -> None:
    entries: list[Entry] = [
        ("o", {"well": "half", "fence": "us"}),
        ("w", {"well": "half", "fence": "them"}),
        ("u", "pass"),
    ]
    record = talks(scenario, entries, spec=make_spec(scenario, extra={"w": "heirs"}))
    found = article(scenario, record, "minutes", planning=LONG).body
    assert "the sides of Boral, Arden and Corin met" in found.text
    assert "Corin proposed: on the well, each draws half;" in found.text
    assert "Arden put no new proposal." in found.text
    assert [one.principal for one in found.claims] == ["b", "heirs"]
    own = article(scenario, record).body
    assert set(own.plan) == {"well", "fence"}


def test_what_there_is_no_room_for_is_counted(scenario: Scenario) -> None:
    moves: list[Entry] = [
        ("u", {"well": option, "fence": "them"}) for option in ("mine", "half") * 20
    ]
    planning = Planning("tiny", {}, influence=Influence(writing=Writing(words=100)))
    short, long = minutes(scenario, moves, planning), minutes(scenario, moves)
    assert short.words <= 110
    assert "further statements followed." in short.text
    assert "further statement" not in long.text
