"""What is filled in is a move that its form allows, or no move."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.records.transcript import Action, Commitment, Debrief, Move
from harness.viewer.play_form import (
    Unclear,
    chosen_in,
    drafted,
    read_advice,
    read_debrief,
    read_move,
    section_of,
    sent_in,
    start_of,
)
from tests.cli.test_person import AFTER, HALF, MOVE, THEIRS

PROPOSE = {
    "action": "propose",
    "first.well": "mine",
    "first.fence": "us",
    "commitment": "personal",
    "words": "Ours.",
}
ANSWERS = {
    "gave_more": "o",
    "margin": "6",
    "favours": "u",
    "signs": "no",
    "limit.o": "40",
    "issue.o": "fence",
    "learned.o": "They tire.",
    "words": "So it seems.",
}


def test_a_proposal_with_all_that_may_go_with_it() -> None:
    both = {"either": "yes", "second.well": "half", "second.fence": "us"}
    move = read_move(PROPOSE | both | {"side_terms": "A bucket.\r\nTwo."}, MOVE)
    assert move == Move(
        action=Action.PROPOSE,
        package={"well": "mine", "fence": "us"},
        or_package=HALF,
        side_terms="A bucket.\nTwo.",
        commitment=Commitment.PERSONAL,
        words="Ours.",
    )
    shown = {"second.well": "half", "shown.well": "half"}
    assert read_move(PROPOSE | shown, MOVE).or_package is None, "it is as it was shown"
    plain = replace(MOVE, alternatives=False, side_terms=False, commitments=MOVE.commitments[1:])
    bare = read_move({**PROPOSE, **both, "commitment": "", "side_terms": "x"}, plain)
    assert (bare.or_package, bare.side_terms, bare.commitment) == (None, None, "personal")


def test_the_other_moves() -> None:
    accepted = {"action": "accept", "offer": "o-1", "commitment": "personal", "words": "Done."}
    assert read_move(accepted, MOVE).offer == "o-1"
    rejected = {"action": "reject", "offer": "o-1", "wanted.well": "mine", "words": "No."}
    assert read_move(rejected, MOVE).position == {"well": "mine"}
    assert read_move({"action": "pass", "words": "Hm."}, MOVE).position is None
    asked = read_move(PROPOSE | {"action": "consult", "words": "not said"}, MOVE)
    assert (asked.package, asked.words) == ({"well": "mine", "fence": "us"}, "")
    left = {"action": "walk_out", "sure": "yes", "words": "Enough."}
    assert read_move(left, MOVE).action is Action.WALK_OUT
    assert read_advice({"words": " Wait. "}) == " Wait. ".strip()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"action": "accept"}, "'' is not among what you can accept: o-1."),
        ({"action": "reject", "offer": "u-1"}, "'u-1' is not among what you can reject: o-1."),
        ({"first.well": "all"}, "Well: 'all' is none of its options."),
        ({"first.well": ""}, "The package leaves open: Well."),
        ({"second.well": "half"}, "A second package was chosen, and is not ticked."),
        ({"either": "yes"}, "The second package leaves open: Well; Fence."),
        ({"either": "yes", "second.well": "mine", "second.fence": "us"}, "the same as the first"),
        ({"side_terms": "x" * 301}, "Your side terms have 301 characters; the most is 300."),
        ({"commitment": "binding"}, "Say how far your word goes."),
        ({"words": "x" * 6001}, "Your words have 6,001 characters; the most is 6,000."),
        ({"action": "walk_out"}, "Tick that you mean to leave"),
    ],
)
def test_what_is_wrong_is_named(changed: dict[str, str], said: str) -> None:
    with pytest.raises(Unclear) as raised:
        read_move(PROPOSE | changed, MOVE)
    assert said in str(raised.value)


def test_what_may_not_be_done_now_is_not() -> None:
    with pytest.raises(Unclear, match="You cannot walk out now"):
        read_move(
            {"action": "walk_out", "sure": "yes"},
            replace(MOVE, actions=frozenset({Action.PROPOSE})),
        )
    with pytest.raises(Unclear, match="Write what is advised"):
        read_advice({})


def test_what_is_sent_is_what_its_own_button_stands_by() -> None:
    page = {
        "action": "accept o-1",
        "propose.words": "Ours.",
        "propose.commitment": "personal",
        "accept-o-1.words": "Done.",
        "accept-o-10.words": "Not this one.",
        "pass.words": "Hm.",
        "first.well": "mine",
    }
    sent = sent_in(page)
    assert (sent["action"], sent["offer"], sent["words"]) == ("accept", "o-1", "Done.")
    assert "commitment" not in sent
    assert sent_in({**page, "action": "consult"})["words"] == "Ours."
    assert sent_in({**page, "action": "pass"})["words"] == "Hm."
    assert "words" not in sent_in({**page, "action": "walk_out"})
    assert sent_in({})["action"] == ""
    assert drafted(page, section_of("accept", "o-10")) == {"words": "Not this one."}


WORDS = st.sampled_from(["", "mine", "half", "us", "o-1", "u-1", "yes", "personal", "x"])
NAMES = st.sampled_from(
    [
        *("action", "offer", "first.well", "first.fence", "second.well", "second.fence"),
        *("either", "wanted.well", "commitment", "words", "sure", "side_terms"),
    ]
)


@given(
    st.dictionaries(NAMES, WORDS),
    st.sampled_from([action.value for action in Action]),
)
@example(PROPOSE, "propose")
@example({}, "pass")
def test_no_form_is_a_move_that_it_does_not_say(fields: dict[str, str], action: str) -> None:
    fields = {**fields, "action": action}
    try:
        move = read_move(fields, MOVE)
    except Unclear:
        return
    assert move.action.value == action
    assert move.words == ("" if action == "consult" else fields["words"])
    if move.package is not None:
        assert move.package == {one: fields[f"first.{one}"] for one in ("well", "fence")}
    assert move.offer in (None, fields.get("offer"))


def test_where_a_form_begins() -> None:
    assert start_of(MOVE) == (HALF, "your last package")
    assert start_of(MOVE, "o-1") == (THEIRS, "o-1")
    assert start_of(MOVE, "o-9") == (HALF, "your last package")
    first = replace(MOVE, last=None, opening=THEIRS)
    assert start_of(first) == (THEIRS, "the public opening position of Arden")
    assert start_of(replace(first, opening=None)) == (THEIRS, "o-1")
    assert start_of(replace(first, opening=None, standing=())) == ({}, "nothing")
    assert chosen_in({"first.well": "all", "first.fence": "us"}, MOVE, "first") == {"fence": "us"}


def test_the_closing_answers() -> None:
    assert read_debrief(ANSWERS, AFTER) == Debrief(
        gave_more="o",
        margin=6.0,
        favours="u",
        own_could_sign=False,
        reservations={"o": 0.4},
        top_issues={"o": "fence"},
        learned={"o": "They tire."},
        words="So it seems.",
    )
    even = read_debrief(
        ANSWERS | {"gave_more": "equal", "margin": ""}, replace(AFTER, agreed=False)
    )
    assert (even.margin, even.favours, even.own_could_sign) == (0.0, None, None)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("gave_more", "x", "Say which side gave up more."),
        ("margin", "11", "how much more it gave up: a whole number from 1 to 10."),
        ("margin", "٣", "how much more it gave up"),
        ("favours", "", "Say whom the agreement favours."),
        ("signs", "perhaps", "Say whether the leadership of Arden could sign it."),
        ("limit.o", "-1", "what no agreement was worth to Boral"),
        ("issue.o", "river", "Say what mattered most to Boral."),
    ],
)
def test_a_closing_answer_that_is_missing_is_named(name: str, value: str, said: str) -> None:
    with pytest.raises(Unclear) as raised:
        read_debrief(ANSWERS | {name: value}, AFTER)
    assert said in str(raised.value)
