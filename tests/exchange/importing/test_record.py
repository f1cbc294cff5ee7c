"""From statements to a transcript that every reader takes."""

from __future__ import annotations

from typing import Any

import pytest

from harness.exchange.importing.agenda import agenda_of
from harness.exchange.importing.base import BadNegotiationError
from harness.exchange.importing.negotiation import Negotiation
from harness.exchange.importing.record import record_of
from harness.records.checking import contradiction
from harness.records.transcript import Action, Commitment, Transcript
from tests.exchange.importing.test_agenda import unnamed
from tests.support.negotiations import CAR, WORDS, changed

DEAR = {"price": 120, "tyres": "no"}
CHEAP = {"price": 100, "tyres": "yes"}


def record(told: dict[str, Any]) -> Transcript:
    negotiation = Negotiation.model_validate(told)
    agenda = agenda_of(negotiation, unnamed, "cars")
    made = record_of(negotiation, agenda)
    assert contradiction(made, {agenda.scenario.id: agenda.scenario}) is None
    return made


def talks(*turns: dict[str, Any], **outcome: Any) -> Transcript:
    return record(changed(CAR, turns=list(turns), outcome=outcome or {"kind": "deal"}))


def test_a_negotiation_becomes_a_transcript() -> None:
    found = record(CAR)
    assert (found.kind, found.status, found.id) == ("recorded", "done", found.spec.id)
    actions = [turn.move.action for turn in found.body.turns if turn.move is not None]
    assert actions == [
        Action.PROPOSE,
        Action.PROPOSE,
        Action.PASS,
        Action.PROPOSE,
        Action.ACCEPT,
    ]
    assert [turn.step for turn in found.body.turns] == [1, 1, 2, 2, 3]
    assert found.body.turns[2].move is not None
    assert found.body.turns[2].move.position == {"price": "price_110"}
    outcome = found.body.outcome
    assert (outcome.package, outcome.offer, outcome.proposer) == (
        {"price": "price_110", "tyres": "no"},
        "u-2",
        "u",
    )
    assert outcome.commitment is None
    assert found.body.order == ("o", "u")
    seat = found.spec.seat("o")
    assert seat.model == "person"
    assert found.valued


def test_words_alone_are_a_record_of_which_little_is_known() -> None:
    found = record(WORDS)
    assert found.body.outcome.kind == "unknown"
    assert found.body.outcome.agreed is None
    assert not found.valued
    settled = record(changed(WORDS, outcome={"kind": "deal"}))
    assert settled.body.outcome.package == {"matter": "agreed"}


def test_who_speaks_first_comes_first() -> None:
    assert talks({"who": "seller", "text": "Well?"}, kind="no_deal").body.order == ("u", "o")


def test_offers_are_answered_by_their_id_or_as_the_last_one() -> None:
    one = {"who": "buyer", "offer": CHEAP, "offer_id": 7}
    two = {"who": "buyer", "offer": DEAR, "commitment": "binding"}
    by_id = talks(one, two, {"who": "seller", "accepts": 7})
    assert by_id.body.outcome.offer == "o-1"
    last = talks(one, two, {"who": "seller", "accepts": True, "commitment": "ad_referendum"})
    assert last.body.outcome.offer == "o-2"
    assert last.body.outcome.commitment is Commitment.AD_REFERENDUM
    refused = talks(one, {"who": "seller", "rejects": True}, kind="no_deal")
    move = refused.body.turns[1].move
    assert move is not None
    assert (move.action, move.offer) == (Action.REJECT, "o-1")


def test_a_refusal_with_terms_of_every_issue_is_a_counter_offer_that_can_be_accepted() -> None:
    one = {"who": "buyer", "offer": CHEAP, "offer_id": "first"}
    two = {"who": "seller", "rejects": True, "offer": DEAR}
    found = talks(one, two, {"who": "buyer", "accepts": True})
    counter, taken = found.body.turns[1:]
    assert counter.move is not None
    assert taken.move is not None
    assert (counter.move.action, counter.offer, counter.move.position) == (
        Action.PROPOSE,
        "u-1",
        None,
    )
    assert counter.move.package == {"price": "price_120", "tyres": "no"}
    assert (taken.move.offer, found.body.outcome.offer) == ("u-1", "u-1")
    assert (found.body.outcome.proposer, found.body.outcome.turn) == ("u", 2)
    by_name = talks(one, {**two, "rejects": "first", "offer_id": 2}, {"who": "buyer", "accepts": 2})
    assert by_name.body.outcome.offer == "u-1"


def test_terms_beside_a_refusal_are_no_proposal_where_some_are_left_out_or_it_says_so() -> None:
    one = {"who": "buyer", "offer": CHEAP}
    part = {"who": "seller", "rejects": True, "offer": {"price": 120}}
    whole = {"who": "seller", "action": "reject", "rejects": True, "offer": DEAR}
    for told in (part, whole):
        refused = talks(one, told, kind="no_deal").body.turns[1]
        assert refused.move is not None
        assert (refused.move.action, refused.move.offer, refused.offer) == (
            Action.REJECT,
            "o-1",
            None,
        )
        assert refused.move.position is not None


def test_a_deal_is_of_the_turn_that_accepted_it_last() -> None:
    one = {"who": "buyer", "offer": CHEAP, "offer_id": 1}
    after = {"who": "buyer", "text": "Thank you."}
    taken = {"who": "seller", "accepts": 1}
    assert talks(one, taken, after, after).body.outcome.turn == 1
    assert talks(one, taken, after, taken, after).body.outcome.turn == 3
    told = talks(one, after, kind="deal", terms=CHEAP).body.outcome
    assert (told.offer, told.turn) == ("o-1", None), "no turn accepted it"
    assert talks(one, taken, after, kind="no_deal").body.outcome.turn is None


def test_either_of_two_packages_may_be_taken() -> None:
    both = {"who": "buyer", "offer": CHEAP, "or_offer": DEAR, "offer_id": "x"}
    found = talks(both, {"who": "seller", "accepts": "xb"})
    assert found.body.outcome.offer == "o-1b"
    assert found.body.outcome.package == {"price": "price_120", "tyres": "no"}


def test_a_deal_in_words_has_the_terms_that_are_told() -> None:
    found = talks({"who": "buyer", "text": "Done."}, kind="deal", terms=CHEAP)
    assert (found.body.outcome.offer, found.body.outcome.proposer) == (None, None)
    put = talks({"who": "seller", "offer": CHEAP}, kind="deal", terms=CHEAP)
    assert (put.body.outcome.offer, put.body.outcome.proposer) == ("u-1", "u")


def test_what_broke_down_is_void_and_no_lack_of_agreement() -> None:
    found = talks({"who": "buyer", "text": "Hi."}, kind="failed", by="seller", reason="no server")
    assert found.status == "void"
    assert found.void is not None
    assert (found.void.seat, found.void.detail) == ("u", "no server")
    assert record(changed(CAR, outcome={"kind": "failed"})).body.outcome.reason


def test_rounds_side_terms_and_settled_issues_are_kept() -> None:
    first = {"who": "buyer", "offer": CHEAP, "side_terms": "by Friday", "offer_id": "a"}
    later = {"who": "seller", "accepts": "a", "settled": {"tyres": "yes"}, "round": 2}
    found = talks(first, later)
    assert found.body.outcome.round == 2
    assert found.body.outcome.side_terms == "by Friday"
    assert found.body.turns[1].step == 1
    move = found.body.turns[1].move
    assert move is not None
    assert move.agreed == {"tyres": "yes"}


def test_the_same_again_is_the_same_and_another_is_not() -> None:
    assert record(CAR).id == record(CAR).id
    assert record(changed(CAR, id="another")).id != record(CAR).id


@pytest.mark.kind("X8")
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"turns": [{"who": "dealer"}]}, "turn 1: no party is called 'dealer'; known: buyer"),
        ({"turns": [{"who": "buyer", "offer": {"colour": "red"}}]}, "no issue is called 'colour'"),
        ({"turns": [{"who": "buyer", "offer": {"price": 99}}]}, "'price' has no option '99'"),
        ({"turns": [{"who": "buyer", "action": "propose"}]}, "names an option of every issue"),
        ({"turns": [{"who": "buyer", "or_offer": CHEAP}]}, "belongs to a proposal"),
        ({"turns": [{"who": "buyer", "accepts": "x"}]}, "no offer before it has the offer_id 'x'"),
        (
            {"turns": [{"who": "buyer", "rejects": "x", "offer": CHEAP}]},
            "no offer before it has the offer_id 'x'",
        ),
        (
            {"turns": [{"who": "buyer", "offer": CHEAP, "or_offer": {"price": 100}}]},
            "an option of 'tyres' is missing",
        ),
        (
            {"turns": [{"who": "buyer", "round": 2}, {"who": "buyer", "round": 1}]},
            "turn 2 is of round 1, after 2",
        ),
        ({"turns": [], "outcome": {"kind": "deal"}}, "a deal without terms"),
        ({"outcome": {"kind": "no_deal", "terms": CHEAP}}, "is 'no_deal', and has terms"),
        ({"outcome": {"kind": "walk_out", "by": "dealer"}}, "the outcome: no party"),
        (
            {"turns": [{"who": "buyer", "round": 3}], "outcome": {"kind": "no_deal", "round": 1}},
            "before the last turn",
        ),
    ],
)
def test_what_contradicts_itself_says_where(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(BadNegotiationError, match=words):
        record(changed(CAR, **changes))
