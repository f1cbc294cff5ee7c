"""What reaches an author, and what does not."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import yaml

from harness.disputes.scenario import Scenario
from harness.influence.publication_home import brought_home
from harness.records.transcript import (
    Action,
    CapitalAnswer,
    Commitment,
    Debrief,
    Move,
    Transcript,
    Turn,
)
from tests.support.articles import TALK, article, commissioned, reply, talks
from tests.support.disputes import HOMES, SMALL, small
from tests.support.transcripts import Entry, make_spec

SECRET = ("THOUGHT", "CAUCUS", "CONSULTED", "DEBRIEF", "STANCE", "MEMBER", "REPAIR")


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def with_secrets(scenario: Scenario) -> Transcript:
    """Talks with a canary in everything that is private to anybody, and true values of .1337."""
    spec = make_spec(scenario)
    seats = tuple(
        one.model_copy(
            update={
                "profile": one.profile.model_copy(update={"stance": f"STANCE of {one.seat}"}),
                "members": (),
            }
        )
        for one in spec.seats
    )
    record = talks(
        scenario,
        spec=spec.model_copy(update={"seats": seats}),
        debriefs={
            seat: Debrief(gave_more="o", margin=1.337, learned={"o": "DEBRIEF"}, words="DEBRIEF")
            for seat in ("o", "u")
        },
    )
    said = []
    for turn in record.body.turns:
        assert turn.move is not None
        move = dataclasses.replace(turn.move, thoughts="THOUGHT")
        said.append(dataclasses.replace(turn, thoughts="THOUGHT", move=move))
    private = []
    for seat in ("o", "u"):
        asked = Move(action=Action.CONSULT, package={"well": "mine", "fence": "us"})
        capital = CapitalAnswer(
            package={"well": "mine", "fence": "us"},
            acceptable=True,
            value=0.1337,
            reservation=0.1337,
        )
        told = {"index": 9, "round": 1, "step": 1, "seat": seat}
        private += [
            Turn(**told, kind="caucus", member="m", words="CAUCUS"),
            Turn(**told, kind="consultation", move=asked, capital=capital, words="CONSULTED"),
        ]
    body = record.body.model_copy(update={"turns": (*private, *said)})
    return record.model_copy(update={"body": body})


def test_nothing_private_reaches_an_author() -> None:
    """Not even of its own side: an author writes from what it could say in public."""
    text = SMALL.replace("reservation: 0.3\n", "reservation: 0.1337\n")
    text = text.replace("{well: mine, half: 0.7", "{well: mine, half: 0.7")
    scenario = Scenario.model_validate(yaml.safe_load(text))
    record = with_secrets(scenario)
    found, chat = commissioned(scenario, record, lambda _: reply())
    assert found.status == "done"
    shown = "\n".join(message["content"] for message in chat.asked[0].messages)
    assert "We say so." in shown, "what was said aloud is there"
    assert "Arden has said that it will never sign" in shown
    for word in (*SECRET, "1337", "1.337", "0.6", "0.7", "0.3", "weight", "score"):
        assert word not in shown, word
    for kind in ("own", "balanced", "minutes", "disclosed"):
        written = article(scenario, record, kind)
        printed = f"{written.body.title}\n{written.body.text}"
        for word in (*SECRET, "1337", "0.6", "0.7", "0.3"):
            assert word not in printed, (kind, word)


def test_red_lines_of_the_other_side_stay_private() -> None:
    lines = "red_lines:\n      - {issue: fence, options: [them], why: CANARY of the valley}\n    "
    text = SMALL.replace(
        "    public:\n      opening: {well: yours",
        f"    {lines}public:\n      opening: {{well: yours",
    )
    scenario = Scenario.model_validate(yaml.safe_load(text))
    assert scenario.principals["b"].red_lines
    _, chat = commissioned(scenario, talks(scenario), lambda _: reply())
    shown = "\n".join(message["content"] for message in chat.asked[0].messages)
    assert "needs water" in shown
    assert "CANARY" not in shown


def test_it_has_what_was_said_aloud_round_by_round(scenario: Scenario) -> None:
    entries: list[Entry] = [
        ("o", {"well": "yours", "fence": "us"}),
        ("u", "caucus"),
        ("u", "pass"),
        "next round",
        ("u", {"well": "half", "fence": "us"}),
        ("o", "walk_out"),
    ]
    brought = brought_home(talks(scenario, entries), scenario, "u")
    assert [[turn.seat for turn in turns] for _, turns in brought.rounds] == [
        ["o", "u"],
        ["u", "o"],
    ]
    assert [events for events, _ in brought.rounds] == [(), ("The well runs low.",)]
    assert (brought.ending.kind, brought.ending.by) == ("walk_out", "o")
    assert [turn.index for turn in brought.turns] == [0, 2, 3, 4]
    assert brought.name("u") == "Arden"


def test_it_knows_how_they_ended(scenario: Scenario) -> None:
    move = Move(
        action=Action.PROPOSE,
        package={"well": "half", "fence": "us"},
        commitment=Commitment.PERSONAL,
    )
    agreed = brought_home(talks(scenario, [("o", move), ("u", "accept")]), scenario, "u").ending
    assert (agreed.kind, agreed.package) == ("deal", {"well": "half", "fence": "us"})
    assert agreed.commitment is Commitment.PERSONAL
    without = brought_home(talks(scenario, TALK[:3]), scenario, "u").ending
    assert (without.kind, without.package) == ("no_deal", None)
    silent = brought_home(talks(scenario, []), scenario, "u")
    assert (silent.turns, len(silent.rounds)) == ((), 1)


def test_it_knows_where_it_comes_from() -> None:
    scenario = Scenario.model_validate(yaml.safe_load(SMALL + HOMES))
    spec = make_spec(scenario)
    seats = (spec.seats[0], spec.seats[1].model_copy(update={"home": "uplands"}))
    brought = brought_home(
        talks(scenario, spec=spec.model_copy(update={"seats": seats})), scenario, "u"
    )
    assert brought.chair("u").home == "uplands"
    assert brought.dispute.homes["uplands"].name == "Erstia"


def test_a_party_that_sat_there_is_not_called_missing(scenario: Scenario) -> None:
    joined = talks(scenario, spec=make_spec(scenario, extra={"x1": "heirs"}))
    _, chat = commissioned(scenario, joined, lambda _: reply())
    told = "\n".join(message["content"] for message in chat.asked[0].messages)
    assert "Corin" in told
    assert "not at the table" not in told
    _, chat = commissioned(scenario, talks(scenario), lambda _: reply())
    assert "**Corin** (not at the table)" in chat.asked[0].messages[0]["content"]
