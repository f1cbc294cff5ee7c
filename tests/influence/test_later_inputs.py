"""What leads into later talks: whose answers count, and what a meeting said aloud."""

from __future__ import annotations

import dataclasses

import pytest

from harness.influence.later_inputs import can_be_heard, hand_of, heard, nodes_of, put_by
from harness.records.transcript import Action, Move
from tests.support.later import CONCEDES, DISPUTE, later, meeting, panel, panels, planned, values
from tests.support.transcripts import make_transcript


def test_a_panel_is_one_stage_and_a_reader_of_a_model_has_its_own() -> None:
    assert nodes_of("ally", ["talks", "before", "after"]) == ("before", "after")
    assert nodes_of("ally", ["before_ally", "after_ally", "before"]) == (
        "before_ally",
        "after_ally",
    )
    assert nodes_of("ally", ["before_ally", "after_other"]) is None
    assert nodes_of("ally", []) is None


def test_those_count_who_advise_and_have_answered_twice() -> None:
    inputs = panels(cheaper=0.5, dearer=0.25)
    found = heard(later(inputs), inputs)
    assert (list(found.pairs), found.unheard) == (["official", "legislator"], ())
    shift = found.shift("a", 0.5)
    assert shift["well"]["yours"] == pytest.approx(0.25)
    assert found.shift("b", 1.0)["fence"]["us"] == pytest.approx(-0.25)


def test_a_missing_answer_is_no_opinion_and_is_named() -> None:
    inputs = panels()
    inputs["after"] = panel(2, {"official": {}, "legislator": values(0.5)})
    found = heard(later(inputs), inputs)
    assert (list(found.pairs), found.unheard) == (["legislator"], ("official",))
    partly = values(0.5)
    del partly["b"]["fence"]["us"]
    inputs["after"] = panel(2, {"official": partly, "legislator": {"a": values()["a"]}})
    found = heard(later(inputs), inputs)
    assert (found.pairs, found.unheard) == ({}, ("official", "legislator"))
    assert found.shift("a", 0.5) == {}


def test_readers_of_models_are_missing_one_by_one() -> None:
    said = {
        f"{when}_{one}": panel(n, {one: values(n / 10)})
        for n, (when, one) in enumerate(
            (when, one) for one in ("official", "legislator") for when in ("before", "after")
        )
    }
    spec = later(said, advising=("official", "legislator"), quorum=1)
    assert can_be_heard(spec, ()) == 2
    assert can_be_heard(spec, ("after_official",)) == 1
    assert can_be_heard(spec, ("after_official", "before_legislator")) == 0
    del said["after_official"]
    found = heard(spec, said)
    assert (list(found.pairs), found.unheard) == (["legislator"], ("official",))


def test_no_panel_is_heard_where_none_is_read() -> None:
    assert heard(later(), {}).unheard == ()
    assert can_be_heard(later(), ()) == 0


def test_of_a_meeting_counts_what_was_put_and_accepted_aloud() -> None:
    held = meeting()
    assert put_by(held, "a").proposed == CONCEDES
    assert put_by(held, "a").accepted == ()
    assert len(put_by(held, "b").proposed) == 3
    hand = hand_of(held, DISPUTE, "a")
    assert hand is not None
    assert hand.proposals == 3


def test_a_second_package_and_an_acceptance_count_and_private_turns_do_not() -> None:
    both = Move(action=Action.PROPOSE, package=CONCEDES[0], or_package=CONCEDES[1])
    asked = {"well": "yours", "fence": "us"}
    held = make_transcript(
        DISPUTE, [("u", both), ("o", dict(asked)), ("u", "accept")], spec=planned("1.5")
    )
    put = put_by(held, "a")
    assert put.proposed == (CONCEDES[0], CONCEDES[1])
    assert put.accepted == (asked,)
    private = dataclasses.replace(held.body.turns[0], kind="consultation")
    body = held.body.model_copy(update={"turns": (private, *held.body.turns[1:])})
    assert put_by(held.model_copy(update={"body": body}), "a").proposed == ()


def test_a_meeting_at_which_nothing_was_put_has_no_hand() -> None:
    held = meeting([("u", "pass"), ("o", "pass")])
    assert hand_of(held, DISPUTE, "a") is None
