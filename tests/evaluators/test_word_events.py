"""Events in words, held against what was put and done."""

from __future__ import annotations

from typing import Any

import pytest

from harness.disputes.scenario import Scenario
from harness.evaluators.case import Case
from harness.evaluators.word_events import ELSEWHERE, WordEvent, fresh, listed, steps
from harness.evaluators.words import UNKNOWN, Words
from harness.records.judgement import Quote, Verdict
from tests.support.joint import plain, together
from tests.support.packages import (
    HALF_THEM,
    HALF_US,
    MINE_THEM,
    MINE_US,
    YOURS_US,
    passing,
    rejecting,
)
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


@pytest.mark.parametrize("alone", [0.0, 0.5])
def test_of_issues_that_are_valued_together_a_step_is_taken_beside_the_terms(alone: float) -> None:
    said = event(2, "a", "concedes.well", "half")
    final = event(0, "a", "final.fence", "them")
    for what in (said, final):
        joined, additive = (one(s, TALK, what) for s in (together(plain(), alone), plain()))
        assert (joined.was, joined.carried, joined.contradicted, joined.done) == (
            additive.was,
            additive.carried,
            additive.contradicted,
            additive.done,
        )
        assert joined.value == pytest.approx(additive.value)
    least = event(0, "a", "final.well", "mine")
    assert one(together(plain(), alone), TALK, least).contradicted is True, "it took half of it"


def test_what_a_step_takes_may_depend_on_the_other_issue() -> None:
    """Half of the well costs a .5 where b mends the fence, and nothing where a does."""
    document = plain().model_dump(mode="json", by_alias=True)
    rows = {
        "mine": {"them": 1, "us": 0},
        "half": {"them": 0.5, "us": 0},
        "yours": {"them": 0, "us": 0},
    }
    owner = document["principals"]["a"] | {"weights": {}, "values": {}}
    owner["joint"] = [{"issues": ["well", "fence"], "weight": 1, "values": rows}]
    owner["public"]["stereotype"]["values"]["fence"] = {"them": 1, "us": 0}
    document["principals"]["a"] = owner
    scenario = Scenario.model_validate(document)
    said = event(2, "a", "concedes.well", "half", was="mine")
    assert one(scenario, TALK, said).value == 0.5, "beside its terms, in which b mends it"
    other: list[Entry] = [("u", MINE_US), ("o", YOURS_US), ("u", HALF_US)]
    assert one(scenario, other, said).value == 0
    held = event(0, "a", "final.well", "mine")
    assert one(scenario, TALK, held).contradicted is True
    assert one(scenario, other, held).contradicted is False, "half is as good beside these terms"


def test_terms_that_leave_out_the_other_issue_tell_nothing_of_an_option() -> None:
    talk: list[Entry] = [("u", MINE_THEM), ("o", YOURS_US), ("u", rejecting(well="yours"))]
    held = event(2, "a", "final.well", "half")
    assert one(plain(), talk, held).contradicted is True
    assert one(together(plain(), 0.5), talk, held).contradicted is None


def test_where_no_opening_is_on_record_a_first_step_has_no_value() -> None:
    principals = {
        name: one.model_copy(update={"public": None}) for name, one in plain().principals.items()
    }
    scenario = plain().model_copy(update={"principals": principals})
    first, later = events(
        scenario,
        TALK,
        event(0, "a", "concedes.well", "half"),
        event(2, "a", "concedes.well", "half"),
    )
    assert (first.was, first.value) == (None, None)
    assert (later.was, later.value) == ("mine", pytest.approx(0.18))
    found = Words().score(
        Case(
            make_transcript(scenario, TALK),
            scenario,
            None,
            {
                "judged": ledger_by(scenario, event(0, "a", "concedes.well", "half")),
            },
        )
    )
    assert found.why_null["value_u"] == UNKNOWN
    assert found.values["unvalued_u"] == 1
