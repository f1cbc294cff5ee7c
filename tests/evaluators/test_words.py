"""What words come to beside terms, on ledgers made by hand."""

from __future__ import annotations

import pytest

from harness.disputes.scenario import Scenario
from harness.evaluators.base import Found, Value, names_of
from harness.evaluators.case import NO_ENDING, NO_VALUES, Case
from harness.evaluators.judges import SEVERAL, whose
from harness.evaluators.scoring import evaluate
from harness.evaluators.words import (
    LAST_TURN,
    NO_OPTIONS,
    NO_STEPS,
    NO_TERMS,
    NOT_JUDGED,
    Words,
)
from harness.records.judgement import JudgementRecord, Verdict
from harness.records.transcript import Outcome, Transcript, VoidReason
from tests.evaluators.test_case import elsewhere
from tests.support.judged_lists import REFUSED
from tests.support.packages import HALF_US, MINE_THEM, MINE_US, YOURS_US
from tests.support.prose_ledgers import event, ledger_by, thrown_away
from tests.support.transcripts import Entry, make_transcript

TALK: list[Entry] = [
    ("u", MINE_THEM),
    ("o", YOURS_US),
    ("u", MINE_US),
    ("o", "reject"),
    ("u", HALF_US),
    ("o", "accept"),
]
IDLE: list[Entry] = [("u", "pass"), ("o", "pass"), ("u", "pass")]


def found_by(small: Scenario, talk: list[Entry], *judgements: JudgementRecord) -> Found:
    named = {f"judged_{number}": one for number, one in enumerate(judgements)}
    return Words().score(Case(make_transcript(small, talk), small, None, named))


def values(small: Scenario, talk: list[Entry], *verdicts: Verdict) -> dict[str, Value]:
    return found_by(small, talk, ledger_by(small, *verdicts)).values


def test_an_empty_ledger_is_zero_and_no_null(small: Scenario) -> None:
    found = found_by(small, TALK, ledger_by(small))
    counts = {name: found.values[name] for name in names_of(Words.measures) if "agree" not in name}
    assert set(counts.values()) == {0}
    assert (found.values["agreement"], found.why_null) == (0, {"agreement_of_words": NO_OPTIONS})


def test_concessions_are_counted_once_and_valued_in_own_value(small: Scenario) -> None:
    got = values(
        small,
        TALK,
        event(0, "a", "concedes.fence", "us", was="them"),
        event(2, "a", "concedes.fence", "us", was="them"),
        event(2, "a", "concedes.well", "half", was="mine", commitment="hypothetical"),
        event(4, "a", "concedes.well", "unnamed"),
        event(1, "b", "concedes.well", "half", was="yours", commitment="personal"),
    )
    assert (got["conceded_u"], got["conceded_loose_u"], got["unvalued_u"]) == (3, 1, 1)
    assert got["value_u"] == pytest.approx(0.4 + 0.18)
    assert (got["conceded_o"], got["conceded_loose_o"]) == (1, 1)
    assert got["value_o"] == pytest.approx(0.15)
    assert got["any_conceded_u"] is True
    assert got["any_final_u"] is False


def test_what_is_taken_back_is_taken_off_again(small: Scenario) -> None:
    got = values(
        small,
        TALK,
        event(0, "a", "concedes.fence", "us", was="them"),
        event(2, "a", "takes_back.fence", "them", was="us"),
        event(2, "a", "takes_back.fence", "them", was="us"),
        event(4, "a", "concedes.fence", "us", was="them"),
    )
    assert got["conceded_u"] == 2
    assert got["value_u"] == pytest.approx(0.4)


def test_where_no_step_names_an_option_its_value_is_missing(small: Scenario) -> None:
    found = found_by(small, TALK, ledger_by(small, event(0, "a", "concedes.well", "unnamed")))
    assert found.values["conceded_u"] == 1
    assert found.values["value_u"] is None
    assert found.values["only_u"] is None
    assert found.why_null["value_u"] == found.why_null["only_u"] == NO_OPTIONS
    assert found.values["value_o"] == 0


def test_only_in_words_is_what_is_said_for_the_side_and_never_put(small: Scenario) -> None:
    got = values(
        small,
        TALK,
        event(0, "a", "concedes.well", "yours", commitment="conditional"),
        event(0, "a", "concedes.well", "half", commitment="binding"),  # put in turn 4
        event(0, "a", "concedes.fence", "them"),  # where it stood all along
        event(1, "b", "concedes.well", "mine", commitment="personal"),
    )
    assert (got["only_u"], got["any_only_u"]) == (1, True)
    assert (got["only_o"], got["any_only_o"]) == (0, False)


def test_a_thought_that_is_said_for_the_side_later_counts_then(small: Scenario) -> None:
    got = values(
        small,
        TALK,
        event(0, "a", "concedes.well", "yours", commitment="personal"),
        event(2, "a", "concedes.well", "yours"),
    )
    assert (got["conceded_u"], got["conceded_loose_u"], got["only_u"]) == (1, 1, 1)


def test_last_words_that_its_own_terms_contradict_are_none(small: Scenario) -> None:
    got = values(
        small,
        TALK,
        event(0, "a", "final.fence", "them"),  # it gives the fence in turn 2
        event(2, "a", "final.fence", "them"),  # the same again
        event(0, "a", "final.well", "half"),  # as in the deal
        event(1, "b", "final.fence", "us"),
        event(1, "b", "final.well", "unnamed"),
    )
    assert (got["final_u"], got["final_false_u"], got["any_final_false_u"]) == (2, 1, True)
    assert (got["final_o"], got["final_false_o"], got["any_final_false_o"]) == (2, 0, False)


def test_threats_to_leave_are_empty_where_it_stays(small: Scenario) -> None:
    stays = values(
        small,
        TALK,
        event(0, "a", "threat", "leave"),
        event(0, "a", "threat", "leave", quote="other words"),
        event(0, "a", "threat", "worse"),
        event(2, "a", "threat", "leave"),
    )
    assert (stays["threats_u"], stays["threats_empty_u"]) == (3, 2)
    walks: list[Entry] = [("u", MINE_THEM), ("o", "reject"), ("u", "walk_out")]
    left = values(small, walks, event(0, "a", "threat", "leave"))
    assert (left["threats_u"], left["threats_empty_u"], left["any_threats_empty_u"]) == (
        1,
        0,
        False,
    )


def test_what_nobody_can_know_is_missing_and_no_zero(small: Scenario) -> None:
    last = found_by(small, TALK, ledger_by(small, event(5, "b", "threat", "leave")))
    assert (last.values["threats_o"], last.values["threats_empty_o"]) == (1, None)
    assert last.why_null["threats_empty_o"] == LAST_TURN
    assert last.values["any_threats_empty_o"] is None
    idle = found_by(
        small,
        IDLE,
        ledger_by(
            small,
            event(0, "a", "concedes.well", "half"),
            event(2, "a", "final.well", "half"),
        ),
    )
    nulls = ("only_u", "any_only_u", "final_false_u", "agreement_of_words")
    assert {idle.why_null[name] for name in nulls} == {NO_TERMS}
    assert idle.why_null["agreement"] == NO_STEPS
    assert (idle.values["conceded_u"], idle.values["final_u"]) == (1, 1)


@pytest.mark.parametrize(
    ("at", "issue", "answer", "agreement"),
    [
        (2, "fence", "us", 0.5),
        (1, "fence", "us", 0.0),  # not its own turn: it is rejected
        (0, "fence", "us", 0.0),  # before its move before
        (2, "well", "half", 0.0),  # another issue
        (4, "well", "unnamed", 0.5),
    ],
)
def test_words_bear_out_what_terms_give_in_their_turn_or_since_the_last(
    small: Scenario, at: int, issue: str, answer: str, agreement: float
) -> None:
    """In terms a gives the fence in turn 2 and half the well in turn 4; b only accepts."""
    assert (
        values(small, TALK, event(at, "a", f"concedes.{issue}", answer))["agreement"] == agreement
    )


def test_terms_bear_out_words_of_every_commitment(small: Scenario) -> None:
    got = values(
        small,
        TALK,
        event(0, "a", "concedes.well", "half", commitment="hypothetical"),
        event(0, "a", "concedes.fence", "us", commitment="personal"),
        event(1, "b", "concedes.fence", "them"),
        event(1, "b", "concedes.well", "unnamed"),
    )
    assert got["agreement_of_words"] == pytest.approx(2 / 3)


def test_what_was_thrown_away_and_what_was_left_open_is_counted(small: Scenario) -> None:
    found = found_by(
        small,
        TALK,
        ledger_by(
            small,
            event(0, "a", "concedes.well", "half"),
            event(0, "a", "concedes.fence", None),
            thrown_away(),
            thrown_away("there is nothing of that name to list"),
        ),
    )
    got = found.values
    assert (got["rejected"], got["undecided"], got["unusable"]) == (2, 0.5, 0)
    (judge,) = found.detail["judges"]  # type: ignore[misc]
    assert [one["to"] for one in judge["events"]] == ["half"]
    assert judge["thrown_away"][1]["why"] == "there is nothing of that name to list"
    assert judge["could_not_tell"] == [
        {"of": "concedes.fence", "quote": "words on concedes.fence", "turn": 0}
    ]


def test_several_judges_are_not_averaged(small: Scenario) -> None:
    one = ledger_by(small, event(0, "a", "concedes.well", "half"))
    other = ledger_by(small, judge="openai/other")
    found = found_by(small, TALK, one, other)
    assert found.why_null["conceded_u"] == SEVERAL
    judges: list[dict[str, object]] = found.detail["judges"]  # type: ignore[assignment]
    assert [(one["judge"], one["conceded_u"]) for one in judges] == [
        ("openai/judge", 1),
        ("openai/other", 0),
    ]
    beside = found_by(small, TALK, one, ledger_by(small, judge="openai/other", void=REFUSED))
    assert (beside.values["conceded_u"], beside.values["unusable"]) == (1, 0.5)


def test_what_was_not_judged_is_null_with_the_reason(small: Scenario) -> None:
    for found, why in (
        (found_by(small, TALK), NOT_JUDGED),
        (
            found_by(small, TALK, ledger_by(small, void=REFUSED)),
            "no judge gave a usable answer: it refused",
        ),
    ):
        nulls = set(found.values.values()) - {1.0}
        assert nulls == {None}
        assert set(found.why_null.values()) == {why}
    void = VoidReason(kind="reply", seat="u", detail="no reply")
    talks = make_transcript(small, TALK, void=void)
    named = {"judged": ledger_by(small, event(0, "a", "concedes.well", "half"))}
    found = Words().score(Case(talks, small, None, named))
    assert set(found.values.values()) == {None}


def test_talks_that_were_held_elsewhere_are_measured_alike(small: Scenario) -> None:
    played = make_transcript(small, TALK)
    ledger = ledger_by(
        small,
        event(0, "a", "concedes.well", "half"),
        event(0, "a", "final.fence", "them"),
        event(1, "b", "threat", "leave"),
    )
    case, other = (
        Case(one, small, None, {"judged": ledger}) for one in (played, elsewhere(played))
    )
    assert other.record.kind == "recorded"
    found = Words().score(other)
    assert found.values == Words().score(case).values
    assert (found.values["conceded_u"], found.values["final_false_u"]) == (1, 1)


def untold(played: Transcript) -> Transcript:
    """The same talks held elsewhere, of which nobody told what terms are worth, nor the ending."""
    there = elsewhere(played)
    spec = there.spec.model_copy(update={"unvalued": True})
    body = there.body.model_copy(update={"outcome": Outcome(kind="unknown", round=1)})
    return there.model_copy(update={"spec": spec, "id": spec.id, "body": body})


def test_words_are_counted_where_nobody_told_values_and_ending(small: Scenario) -> None:
    ledger = ledger_by(
        small,
        event(0, "a", "concedes.well", "half"),
        event(2, "a", "final.fence", "them"),
        event(1, "b", "threat", "leave"),
        thrown_away(),
    )
    talks = untold(make_transcript(small, TALK))
    (score,) = evaluate(Case(talks, small, None, {"judged": ledger}), [Words()])
    told = ("conceded_u", "any_conceded_u", "conceded_loose_u", "final_u", "threats_o", "rejected")
    assert [score.values[name] for name in told] == [1, True, 0, 1, 1, 1]
    assert score.values["unusable"] == 0
    why = {name: score.why_null[name] for name in ("value_u", "unvalued_u", "only_u", "agreement")}
    assert set(why.values()) == {NO_VALUES}
    assert score.why_null["threats_empty_o"] == NO_ENDING


def test_exchanging_the_seats_exchanges_their_figures(small: Scenario) -> None:
    """The talks with o and u exchanged, on a dispute where they stand for each other's side."""
    exchange = {"o": "u", "u": "o"}
    turned = small.model_copy(
        update={"seats": small.seats.model_copy(update={"o": small.seats.u, "u": small.seats.o})}
    )
    said = (
        event(0, "a", "concedes.well", "half", was="mine"),
        event(1, "b", "final.fence", "us"),
        event(2, "a", "threat", "leave"),
    )
    there = values(small, TALK, *said)
    talk: list[Entry] = [(exchange[one[0]], one[1]) for one in TALK if not isinstance(one, str)]
    back = values(turned, talk, *said)
    swapped = {
        name[:-2] + "_" + exchange[name[-1]] if name[-2:] in ("_o", "_u") else name: value
        for name, value in back.items()
    }
    assert swapped == there
    assert there["conceded_u"] != there["conceded_o"]


def test_what_fools_it_is_said() -> None:
    assert len(Words.fooled_by) >= 4
    assert all(one.endswith(".") for one in Words.fooled_by)


def test_counts_of_the_reading_itself_are_not_marked_as_a_judges() -> None:
    told = {one.name: whose(one) for one in Words.measures}
    counts = {name: told.pop(name) for name in ("rejected", "undecided", "unusable")}
    assert set(counts.values()) == {None}
    assert set(told.values()) == {"uncalibrated"}
