"""Events in words, held against what was put and done."""

from __future__ import annotations

from typing import Any

import pytest

from harness.disputes.scenario import Scenario
from harness.evaluators.case import Case
from harness.evaluators.word_events import ELSEWHERE, WordEvent, fresh, listed, steps
from harness.records.judgement import Quote, Verdict
from tests.support.packages import HALF_THEM, HALF_US, MINE_THEM, YOURS_US, passing, rejecting
from tests.support.prose_ledgers import event, ledger_by, thrown_away
from tests.support.transcripts import Entry, make_transcript

TALK: list[Entry] = [("u", MINE_THEM), ("o", YOURS_US), ("u", HALF_THEM), ("o", "accept")]


def events(small: Scenario, talk: list[Entry], *verdicts: Verdict) -> tuple[WordEvent, ...]:
    case = Case(make_transcript(small, talk), small)
    return listed(case, ledger_by(small, *verdicts)).events


def one(small: Scenario, talk: list[Entry], verdict: Verdict) -> WordEvent:
    (found,) = events(small, talk, verdict)
    return found


def test_a_concession_is_worth_what_it_takes_from_its_own_side(small: Scenario) -> None:
    """a: the well weighs .6, and half of it is worth .7."""
    said = one(small, TALK, event(0, "a", "concedes.well", "half", was="mine", condition="if so"))
    assert (said.seat, said.round, said.issue, said.was, said.to) == (
        "u",
        1,
        "well",
        "mine",
        "half",
    )
    assert said.value == pytest.approx(0.6 * 0.3)
    assert said.was_said
    assert said.condition == "if so"
    assert said.plain()["value"] == 0.18
    back = one(small, TALK, event(0, "a", "takes_back.well", "mine", was="half"))
    assert back.value == pytest.approx(-0.18)


def test_a_value_is_that_of_its_round(small: Scenario) -> None:
    """In round 2 half of the well is worth .2 less to a."""
    talk: list[Entry] = [("u", MINE_THEM), ("o", "reject"), "next round", ("u", HALF_THEM)]
    said = one(small, talk, event(2, "a", "concedes.well", "half", was="mine"))
    assert said.round == 2
    first = small.terms("a", 1)
    later = small.terms("a", 2)
    expected = later.weights["well"] * (later.values["well"]["mine"] - later.values["well"]["half"])
    assert said.value == pytest.approx(expected)
    assert first != later, "the round makes a difference"


@pytest.mark.parametrize(
    ("at", "fields", "was", "said"),
    [
        (0, {}, "mine", False),  # the public opening position
        (2, {}, "mine", False),  # the terms before that turn, not those of it
        (2, {"was": "unnamed"}, "mine", False),
        (2, {"was": "yours"}, "yours", True),
    ],
)
def test_where_the_words_do_not_say_what_was_the_terms_do(
    small: Scenario, at: int, fields: dict[str, str], was: str, said: bool
) -> None:
    found = one(small, TALK, event(at, "a", "concedes.well", "half", **fields))
    assert (found.was, found.was_said) == (was, said)


def test_a_step_without_an_option_has_no_value_and_is_held_against_nothing(small: Scenario) -> None:
    found = one(small, TALK, event(0, "a", "concedes.well", "unnamed"))
    assert (found.to, found.value, found.carried) == (None, None, None)


@pytest.mark.parametrize(
    ("talk", "at", "answer", "carried"),
    [
        ([("u", MINE_THEM), ("o", "reject"), ("u", HALF_THEM)], 0, "half", True),
        ([("u", HALF_THEM), ("o", "reject"), ("u", MINE_THEM)], 2, "half", False),  # before it
        ([("u", MINE_THEM), ("o", "reject"), ("u", HALF_THEM)], 0, "yours", False),
        ([("u", MINE_THEM), ("o", "reject"), ("u", HALF_THEM)], 0, "mine", True),  # goes further
        ([("u", MINE_THEM), ("o", "reject"), ("u", passing(well="half"))], 0, "half", True),
        ([("u", MINE_THEM), ("o", HALF_US), ("u", "accept")], 0, "half", True),
        ([("u", MINE_THEM), ("o", HALF_US), ("u", "reject")], 0, "half", False),
        ([("u", "pass"), ("o", "pass")], 0, "half", None),  # no terms in the whole record
        ([("u", "pass"), ("o", HALF_US)], 0, "half", False),
    ],
)
def test_terms_carry_a_concession_that_they_reach_in_that_turn_or_later(
    small: Scenario, talk: list[Entry], at: int, answer: str, carried: bool | None
) -> None:
    assert one(small, talk, event(at, "a", "concedes.well", answer)).carried is carried


def test_a_deal_that_nobody_s_turn_accepted_carries_too(small: Scenario) -> None:
    """As in a log from elsewhere, which has the terms of the deal and no move for them."""
    talks = make_transcript(small, [("u", HALF_US), ("o", "accept")])
    turns = tuple(turn for turn in talks.body.turns if turn.seat == "u")
    talks = talks.model_copy(update={"body": talks.body.model_copy(update={"turns": turns})})
    spoken = event(0, "a", "concedes.fence", "us")
    (said,) = listed(Case(talks, small), ledger_by(small, spoken)).events
    assert said.carried is True


@pytest.mark.parametrize(
    ("talk", "answer", "contradicted"),
    [
        ([("u", MINE_THEM), ("o", "reject"), ("u", HALF_THEM)], "mine", True),
        ([("u", MINE_THEM), ("o", "reject"), ("u", HALF_THEM)], "half", False),
        ([("u", HALF_THEM), ("o", "pass")], "mine", True),  # in the very turn
        ([("u", MINE_THEM), ("o", HALF_US), ("u", "accept")], "mine", True),
        ([("u", MINE_THEM), ("o", "accept")], "half", False),  # it got more than its last word
        ([("u", MINE_THEM), ("o", rejecting(well="half"))], "mine", False),  # the other's terms
        ([("u", "pass"), ("o", "pass")], "mine", None),
        ([("u", MINE_THEM), ("o", "pass")], "unnamed", None),
    ],
)
def test_terms_below_a_last_word_contradict_it(
    small: Scenario, talk: list[Entry], answer: str, contradicted: bool | None
) -> None:
    found = one(small, talk, event(0, "a", "final.well", answer))
    assert found.contradicted is contradicted
    assert (found.carried, found.done) == (None, None)


@pytest.mark.parametrize(
    ("talk", "answer", "done"),
    [
        ([("u", MINE_THEM), ("o", "reject"), ("u", "walk_out")], "leave", True),
        ([("u", "walk_out")], "leave", True),
        ([("u", MINE_THEM), ("o", "reject"), ("u", "pass")], "leave", False),
        ([("u", MINE_THEM), ("o", "reject"), ("u", "caucus")], "leave", None),
        ([("u", MINE_THEM), ("o", "walk_out")], "leave", None),  # it had no turn any more
        ([("u", MINE_THEM), ("o", "reject"), ("u", "pass")], "worse", None),
    ],
)
def test_a_threat_to_leave_is_done_or_not(
    small: Scenario, talk: list[Entry], answer: str, done: bool | None
) -> None:
    found = one(small, talk, event(0, "a", "threat", answer))
    assert (found.issue, found.to, found.was, found.value) == (None, answer, None, None)
    assert found.done is done


def test_events_come_turn_by_turn_and_the_rest_is_kept_apart(small: Scenario) -> None:
    case = Case(make_transcript(small, TALK), small)
    found = listed(
        case,
        ledger_by(
            small,
            event(2, "a", "concedes.well", "half"),
            event(1, "b", "final.fence", "us"),
            thrown_away(),
            event(1, "b", "concedes.well", None),
        ),
    )
    assert [(said.turn, said.seat) for said in found.events] == [(1, "o"), (2, "u")]
    assert found.rejected == (("its words do not stand in that passage", "not there", "9"),)
    assert found.undecided == (("concedes.well", "words on concedes.well", 1),)


@pytest.mark.parametrize(
    "verdict",
    [
        event(7, "a", "concedes.well", "half"),
        event(1, "a", "concedes.well", "half"),
        event(0, "c", "concedes.well", "half"),
        event(0, "a", "concedes.moon", "half"),
        event(0, "a", "concedes.well", "them"),
        event(0, "a", "concedes.well", "half", was="them"),
        event(0, "a", "threat.well", "leave"),
        event(0, "a", "threat", "half"),
        event(0, "a", "concedes.well", "unsaid"),
        event(0, "a", "concedes.moon", "unnamed"),
        event(0, "a", "wins.well", "half"),
        Verdict(item="concedes.well", answer="half", quotes=(Quote(text="x", at=0),)),
        Verdict(item="concedes.well", answer="half", fields={"by": "a"}),
    ],
)
def test_a_file_that_says_what_cannot_be_is_not_believed(small: Scenario, verdict: Verdict) -> None:
    """Judgements lie in a file, and that may come from anybody."""
    found = listed(Case(make_transcript(small, TALK), small), ledger_by(small, verdict))
    assert found.events == ()
    assert [why for why, *_ in found.rejected] == [ELSEWHERE]


def test_what_is_said_again_is_no_step_until_it_was_taken_back(small: Scenario) -> None:
    given: list[tuple[str, str]] = [
        ("concedes.well", "half"),
        ("concedes.well", "half"),
        ("concedes.fence", "us"),
        ("takes_back.well", "mine"),
        ("concedes.well", "half"),
        ("concedes.well", "unnamed"),
        ("concedes.well", "unnamed"),
        ("final.well", "half"),
    ]
    said: list[Any] = [event(0, "a", of, answer) for of, answer in given]
    said.append(event(0, "a", "concedes.well", "mine", was="mine"))
    found = events(small, TALK, *said)
    assert [one.what for one in steps(found) if one.what != "concedes"] == ["takes_back"]
    assert [(one.issue, one.to) for one in fresh(found)] == [
        ("well", "half"),
        ("fence", "us"),
        ("well", "half"),
        ("well", None),
        ("well", None),
    ]
