"""The short parts of a record: small in memory, checked when they are made, copied and read."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from harness.models.reply import AgentUse
from harness.records.transcript import (
    Action,
    Call,
    CallTiming,
    Debrief,
    Move,
    Repair,
    StageRecord,
    Timing,
    Transcript,
    Turn,
    Usage,
    VoidReason,
)
from tests.support.disputes import small
from tests.support.run_folders import MIDDLE
from tests.support.transcripts import make_transcript

MANY = 2_000
MOVE = Move(action=Action.ACCEPT, offer="o-1", words="Agreed.")
PROMPT = ("a", "b")
USAGE = Usage(prompt=10, completion=5)


def turn(**changes: Any) -> Turn:
    return Turn(
        index=1, round=1, step=1, seat="u", kind="statement", move=MOVE, offer="o-1", **changes
    )


def call(**changes: Any) -> Call:
    fields = {"usage": USAGE, "finish_reason": "stop", **changes}
    return Call(index=1, seat="u", purpose="move", model="m", prompt=PROMPT, reply="x", **fields)


@pytest.mark.parametrize(
    ("make", "most"),
    [
        (turn, 160),
        (call, 224),  # its tuple of hashes among them
        (lambda: replace(MOVE), 112),
        (lambda: CallTiming(call=1, seconds=0.5, attempts=1), 96),
        (lambda: Usage(prompt=10, completion=5), 80),
        (lambda: Repair(error="no JSON", call=1), 72),
    ],
)
def test_a_part_takes_little_more_than_its_fields(make: Callable[[], object], most: int) -> None:
    """Bytes of one, what its fields refer to left out. As a model each took 264 to 600. What other
    threads take meanwhile only adds to it, so the least of a few looks counts."""
    assert min(taken(make) for _ in range(3)) / MANY <= most


def taken(make: Callable[[], object]) -> int:
    """Bytes that :data:`MANY` of them take."""
    kept: list[object] = [None] * MANY
    tracemalloc.start()
    try:
        for at in range(MANY):
            kept[at] = make()
        del at  # the loop's own number is no part of them
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def test_a_part_does_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        MOVE.words = "Never."  # type: ignore[misc]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Move(action="conquer"),  # type: ignore[arg-type]
        lambda: turn(words=3),
        lambda: turn(repairs=({"call": 1},)),
        lambda: replace(MOVE, action="conquer"),  # type: ignore[arg-type]
        lambda: replace(call(), usage={"prompt": "many"}),  # type: ignore[arg-type]
        lambda: VoidReason(kind="weather", seat=None, detail="rain"),  # type: ignore[arg-type]
    ],
)
def test_a_part_is_checked_when_it_is_made_and_when_it_is_copied(
    make: Callable[[], object],
) -> None:
    with pytest.raises(ValidationError):
        make()


def test_a_part_that_was_checked_is_taken_as_it_is() -> None:
    assert turn().move is MOVE
    assert call().usage is USAGE


@pytest.fixture
def played(tmp_path: Path) -> Transcript:
    made = make_transcript(small(tmp_path), [("o", MIDDLE), ("u", "accept")])
    asked = (Repair(error="no JSON", call=1),)
    turns = (made.body.turns[0], replace(made.body.turns[1], repairs=asked, calls=(1, 2)))
    debriefs = {"o": Debrief(problem="silent", repairs=(Repair(error="empty", call=3),))}
    body = made.body.model_copy(update={"turns": turns, "debriefs": debriefs})
    return made.model_copy(update={"body": body, "calls": (call(),)})


def test_answers_that_came_later_are_left_out_where_there_are_none(played: Transcript) -> None:
    """So that the records of older dialogues stay what they were."""
    later = {"favours", "own_could_sign", "learned"}
    [old] = json.loads(played.model_dump_json())["body"]["debriefs"].values()
    assert not later & old.keys()
    said = Debrief(favours="equal", own_could_sign=False, learned={"u": "It needs the well."})
    body = played.body.model_copy(update={"debriefs": {"o": said}})
    asked = played.model_copy(update={"body": body})
    text = asked.model_dump_json()
    [new] = json.loads(text)["body"]["debriefs"].values()
    assert {name: new[name] for name in later} == {
        "favours": "equal",
        "own_could_sign": False,
        "learned": {"u": "It needs the well."},
    }
    assert Transcript.model_validate_json(text) == asked


def test_a_newer_field_is_ignored_in_every_part(played: Transcript) -> None:
    document = json.loads(played.model_dump_json(by_alias=True))
    body = document["body"]
    first, last = body["turns"]
    newer = [first, first["move"], last["repairs"][0], body["outcome"], body["debriefs"]["o"]]
    for part in [*newer, document["calls"][0], document["calls"][0]["usage"]]:
        part["mood"] = "hopeful"
    assert Transcript.model_validate_json(json.dumps(document)) == played
    line = '{"id": "x", "started": "", "seconds": 1, "calls": [{"call": 0, "seconds": 1, "by": 2,'
    [timing] = Timing.model_validate_json(line + ' "attempts": 1}]}').calls
    assert timing == CallTiming(call=0, seconds=1, attempts=1)


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("body", "turns", 0, "kind"), "sermon"),
        (("body", "turns", 0, "move", "action"), "conquer"),
        (("body", "turns", 1, "repairs", 0, "call"), "first"),
        (("body", "outcome", "round"), None),
        (("calls", 0, "usage", "prompt"), 1.5),
        (("calls", 0), "said"),
    ],
)
def test_what_is_wrong_in_a_part_is_found_where_it_stands(
    played: Transcript, path: tuple[str | int, ...], wrong: object
) -> None:
    document: Any = json.loads(played.model_dump_json(by_alias=True))
    part = document
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = wrong
    with pytest.raises(ValidationError) as found:
        Transcript.model_validate_json(json.dumps(document))
    assert [error["loc"] for error in found.value.errors()] == [path]


def test_what_there_is_not_is_left_out_of_a_line(played: Transcript) -> None:
    def written(one: Call) -> dict[str, Any]:
        line = played.model_copy(update={"calls": (one,)}).model_dump_json(by_alias=True)
        return dict(json.loads(line)["calls"][0])

    bare = written(call())
    assert bare["usage"] == {"prompt": 10, "completion": 5}
    assert {"thinking", "inside"}.isdisjoint(bare)
    use = AgentUse(calls=2, models=("m",))
    full = written(call(usage=Usage(reasoning=0), thinking="holds the answer", inside=use))
    assert full["usage"] == {"prompt": None, "completion": None, "reasoning": 0}
    assert (full["thinking"], full["inside"]["calls"]) == ("holds the answer", 2)


def test_every_unusable_reply_is_found_wherever_it_stands(played: Transcript) -> None:
    void = VoidReason(kind="reply", seat="u", detail="babble", repairs=(Repair(error="odd"),))
    voided = played.model_copy(update={"void": void, "status": "void"})
    assert [one.error for one in voided.repairs()] == ["no JSON", "empty", "odd"]
    assert list(voided.unusable_calls()) == [1, 3]


def test_the_body_of_a_kind_that_is_not_known_is_left_alone() -> None:
    body = {"repairs": [{"error": "no JSON", "call": 1}]}
    record = StageRecord(id="x", status="done", kind="opera", spec={}, body=body)
    assert list(record.repairs()) == []
