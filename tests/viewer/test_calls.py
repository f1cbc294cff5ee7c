"""The calls behind a dialogue."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.models.reply import AgentUse
from harness.records.transcript import Call, Debrief, Repair, Transcript, Usage, VoidReason
from harness.viewer.calls import NOT_KEPT, calls_of, keys_of
from tests.support.disputes import small
from tests.support.run_folders import LEANING, MIDDLE, dialogue

NAMES = {"o": "Boral", "u": "Arden"}
TEXTS = {"s": ("system", "the rules"), "o1": ("user", "your turn"), "o2": ("user", "again")}


def call(number: int, seat: str, *prompt: str, **more: object) -> Call:
    fields = {"purpose": "move", "model": "m", "reply": f"reply {number}", **more}
    return Call(index=number, seat=seat, prompt=prompt, **fields)  # type: ignore[arg-type]


def transcript(tmp_path: Path, *calls: Call, **more: object) -> Transcript:
    """A void dialogue: call 0 made turn 0, which was asked again for; call 2 an answer afterwards;
    of the others no turn came."""
    void = VoidReason(
        kind="reply", seat="u", detail="nothing", repairs=(Repair(error="no JSON", call=3),)
    )
    played = dialogue(small(tmp_path), "lean", [("o", LEANING)], void=void)
    (turn,) = played.body.turns
    turn = replace(turn, calls=(0, 1), repairs=(Repair(error="no action", call=0),))
    debriefs = {"o": Debrief(words="so", calls=(2,))}
    talks = played.body.model_copy(update={"turns": (turn,), "debriefs": debriefs})
    return played.model_copy(update={"body": talks, "calls": calls, **more})


@pytest.fixture
def played(tmp_path: Path) -> Transcript:
    return transcript(
        tmp_path,
        call(0, "o", "s", "o1"),
        call(1, "o", "s", "o1", "o2"),
        call(2, "o", "s", "gone"),
        call(3, "u", "s", refusal="I will not"),
    )


def test_what_is_new_in_a_prompt_stands_apart(played: Transcript) -> None:
    asked = calls_of(played, TEXTS, NAMES).asked
    assert [[message.key for message in one.new] for one in asked] == [
        ["s", "o1"],
        ["o2"],
        ["gone"],
        ["s"],
    ], "the rules are new to the other seat"
    assert [message.key for message in asked[1].whole] == ["s", "o1", "o2"]
    assert [message.first for message in asked[1].whole] == [0, 0, 1]
    assert asked[0].new[0].text == "the rules"


def test_a_text_that_the_run_lacks_is_said_to_be_missing(played: Transcript) -> None:
    assert calls_of(played, TEXTS, NAMES).asked[2].new[0].text == NOT_KEPT
    assert keys_of(played) == {"s", "o1", "o2", "gone"}


def test_every_call_says_what_came_of_it(played: Transcript) -> None:
    asked = calls_of(played, TEXTS, NAMES).asked
    assert [(one.turn, one.place) for one in asked] == [
        (0, "turn 0"),
        (0, "turn 0"),
        (None, "asked afterwards: Boral"),
        (None, "no turn came of it"),
    ]
    assert [one.reply for one in asked] == [f"reply {n}" for n in range(4)]


def test_complaints_stand_with_the_reply_that_they_are_of(played: Transcript) -> None:
    found = calls_of(played, TEXTS, NAMES)
    assert [one.complaints for one in found.asked] == [("no action",), (), (), ("no JSON",)]
    assert found.asked[3].refusal == "I will not"
    assert found.unheard == ()


def test_a_complaint_about_no_call_is_kept(tmp_path: Path) -> None:
    void = VoidReason(kind="reply", seat="u", detail="x", repairs=(Repair(error="no dict"),))
    found = calls_of(transcript(tmp_path, void=void), {}, NAMES)
    assert found.asked == ()
    assert found.unheard == (
        ("turn 0", "no action"),
        ("the turn that was not made", "no dict"),
    )


def test_facts_are_those_that_are_known(tmp_path: Path) -> None:
    full = call(
        0,
        "o",
        finish_reason="length",
        how="json schema",
        usage=Usage(prompt=1200, completion=1, reasoning=0),
        thinking="is all there is",
        reasoning="They want dates.",
        reasoning_cut=1200,
        inside=AgentUse(calls=2, uncounted=1, models=("x", "y"), ignored=("seed",)),
    )
    one, other = calls_of(transcript(tmp_path, full, call(1, "o")), {}, NAMES).asked
    assert dict(one.facts) == {
        "finish reason": "length",
        "by": "json schema",
        "prompt": "1,200 tokens",
        "completion": "1 token",
        "of it reasoning": "0 tokens",
        "left out of its reasoning": "1,200 characters",
        "its reasoning": "is all there is",
        "inside the agent": "2 calls of x, y, 1 of them without a count of tokens; settings that "
        "none was made with: seed",
    }
    assert (one.reasoning, other.reasoning) == ("They want dates.", "")
    assert dict(other.facts) == {"tokens": "the server did not say"}


def test_a_turn_that_one_side_alone_heard_is_called_so(tmp_path: Path) -> None:
    played = dialogue(small(tmp_path), "lean", [("u", "caucus"), ("u", MIDDLE)])
    turns = [replace(turn, calls=(turn.index,)) for turn in played.body.turns]
    talks = played.body.model_copy(update={"turns": tuple(turns)})
    heard = played.model_copy(update={"body": talks, "calls": (call(0, "u"), call(1, "u"))})
    places = [one.place for one in calls_of(heard, {}, NAMES).asked]
    assert places == ["turn 0, caucus", "turn 1"]
