"""Every text of a dialogue has a place, and says whether it is private."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.records.transcript import Call, Debrief, Repair, Transcript, VoidReason
from harness.report.texts import texts_of
from tests.support.disputes import small
from tests.support.run_folders import LOPSIDED, MIDDLE, dialogue


def told(tmp_path: Path) -> Transcript:
    """A void dialogue with a text of its own in every place."""
    entries: Any = [("o", MIDDLE), ("o", "caucus"), ("u", LOPSIDED)]
    wrong = (Repair(error="W1"), Repair(error="W2", call=0))
    debrief = Debrief(words="D1", learned={"u": "D2"}, problem="D3", repairs=(Repair(error="D4"),))
    void = VoidReason(kind="reply", seat="u", detail="V1", repairs=(Repair(error="V2"),))
    played = dialogue(
        small(tmp_path), "lean", entries, debriefs={"o": debrief}, repairs=wrong, void=void
    )
    first, caucus, last = played.body.turns
    assert first.move is not None
    move = replace(first.move, side_terms="T2")
    turns = (
        replace(first, words="T1", thoughts="T3", move=move),
        replace(caucus, words="C1", thoughts="C2"),
        last,
    )
    asked: Any = {"index": 0, "seat": "o", "purpose": "move", "model": "m", "prompt": ()}
    call = Call(**asked, reply="R1", refusal="R2", reasoning="R0")
    talks = played.body.model_copy(update={"turns": turns})
    return played.model_copy(update={"body": talks, "calls": (call,)})


def test_every_text_is_there_once(tmp_path: Path) -> None:
    found = list(texts_of(told(tmp_path)))
    assert [(text.text, text.where) for text in found] == [
        ("T1", "turn 0, words"),
        ("T2", "turn 0, side terms"),
        ("T3", "turn 0, thoughts"),
        ("W1", "turn 0, what was wrong with a reply"),
        ("W2", "turn 0, what was wrong with a reply"),
        ("C1", "turn 1, caucus"),
        ("C2", "turn 1, thoughts"),
        ("D1", "afterwards, o"),
        ("D2", "afterwards, o, learned of u"),
        ("D3", "afterwards, o"),
        ("D4", "afterwards, o, what was wrong with a reply"),
        ("V1", "why it has no result"),
        ("V2", "the turn not made, what was wrong with a reply"),
        ("R0", "call 0, reasoning"),
        ("R1", "call 0, raw reply"),
        ("R2", "call 0, refusal"),
    ]
    assert {text.seat for text in found if text.turn is not None} == {"o"}
    assert [text.call for text in found if text.call is not None] == [0, 0, 0]


def test_what_all_heard_is_words_and_side_terms(tmp_path: Path) -> None:
    assert [text.text for text in texts_of(told(tmp_path), private=False)] == ["T1", "T2"]
