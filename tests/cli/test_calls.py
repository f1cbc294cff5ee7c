"""The calls behind a dialogue, as ``show --prompts`` prints them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from rich.console import Console

from harness.cli.calls import CallPrinter, indented
from harness.records.finished import Finished, Played
from harness.records.reader import RunFolder
from harness.records.transcript import Call, Repair, StageRecord, Timing, VoidReason
from harness.records.writer import RunWriter
from tests.support.disputes import small
from tests.support.inprocess import typed
from tests.support.run_folders import MIDDLE, dialogue, make_run, make_suite

TEXTS = {"aa": ("system", "THE BRIEF"), "bb": ("user", "YOUR MOVE"), "cc": ("user", "AGAIN")}


class Messages:
    """A run folder, as far as calls need one."""

    def __init__(self) -> None:
        self.wanted: set[str] = set()

    def messages(self, wanted: Iterable[str]) -> dict[str, tuple[str, str]]:
        self.wanted = set(wanted)
        return {key: TEXTS[key] for key in self.wanted & TEXTS.keys()}


def call(index: int, seat: str, reply: str, prompt: tuple[str, ...], **more: Any) -> Call:
    settled = {"purpose": "move", "model": "openai/m", "finish_reason": "stop", **more}
    return Call(index=index, seat=seat, prompt=prompt, reply=reply, **settled)


def printed(
    calls: Sequence[Call],
    numbers: Iterable[int],
    *repairs: Repair,
    messages: Messages | None = None,
) -> list[str]:
    """Lines, without what they are set in by."""
    file = io.StringIO()
    record = StageRecord(
        id="0" * 16, status="done", kind="question", spec={}, calls=tuple(calls), body={}
    )
    folder = cast("RunFolder", messages or Messages())
    CallPrinter(folder, record, Console(file=file, width=100)).print(numbers, repairs)
    lines = file.getvalue().splitlines()
    assert {line[:8] for line in lines} <= {" " * 8}
    return [line.strip() for line in lines]


def test_a_message_is_shown_once_however_often_it_was_sent() -> None:
    messages = Messages()
    calls = (
        call(0, "o", "one", ("aa", "bb"), how="schema"),
        call(1, "o", "two", ("aa", "bb", "cc"), finish_reason=None),
    )
    assert printed(calls, [0, 1], messages=messages) == [
        *("--- system aa", "THE BRIEF", "--- user bb", "YOUR MOVE"),
        *("--- reply to call 0 (move, by schema, finish reason stop), openai/m", "one"),
        *("--- user cc", "AGAIN", "--- reply to call 1 (move), openai/m", "two"),
    ]
    assert messages.wanted == {"aa", "bb", "cc"}, "no other text of the run is kept"


def test_what_is_not_there_is_said() -> None:
    refused = call(0, "o", "", ("zz",), refusal="I may not.")
    assert printed([refused], [0]) == [
        *("--- message zz", "(its text is not in this run)"),
        *("--- reply to call 0 (move, finish reason stop), openai/m", "(empty)"),
        "refused: I may not.",
    ]


def test_a_complaint_stands_below_the_reply_that_it_is_of() -> None:
    calls = [call(0, "o", "chatter", ()), call(1, "o", "good", ())]
    lines = printed(
        calls, [0, 1], Repair(error="no JSON", call=0), Repair(error="too late", call=0)
    )
    at = lines.index("chatter")
    assert lines[at + 1 : at + 3] == ["unusable: no JSON", "unusable: too late"]
    assert lines[-1] == "good"


def test_complaints_of_no_call_are_all_shown() -> None:
    """A delegation that asks no model is asked again as any other."""
    repairs = (Repair(error="first"), Repair(error="second"), Repair(error="third", call=7))
    assert printed([], [], *repairs) == ["unusable: first", "unusable: second", "unusable: third"]


def test_a_call_that_the_record_lacks_is_passed_over() -> None:
    assert printed([call(0, "o", "one", ())], [-1, 0, 1])[1:] == ["one"]


def test_texts_of_others_are_no_markup_and_do_nothing() -> None:
    assert printed([call(0, "o", "[red]x[/red]\x1b[2J", ())], [0])[-1] == "[red]x[/red]\\x1b[2J"


def test_all_lines_of_a_text_are_set_in() -> None:
    file = io.StringIO()
    Console(file=file, width=40).print(indented("one\ntwo"))
    assert file.getvalue() == "    one\n    two\n"


@pytest.mark.kind("F10")
def test_every_call_is_shown_also_those_that_made_no_turn(tmp_path: Path) -> None:
    repairs = (Repair(error="no such option", call=1), Repair(error="not JSON", call=2))
    void = VoidReason(kind="reply", seat="u", detail="no usable reply", repairs=repairs)
    scenario = small(tmp_path)
    played = dialogue(scenario, "lean", [("o", MIDDLE)], void=void)
    talks = played.body
    calls = (
        call(0, "o", '{"raw": "of the turn"}', ("aa",), how="schema"),
        call(1, "u", '{"raw": "option x"}', ("aa", "bb")),
        call(2, "u", "plain chatter", ("aa", "bb", "cc"), finish_reason="length"),
    )
    turn = replace(talks.turns[0], calls=(0,))
    talks = talks.model_copy(update={"turns": (turn,)})
    played = played.model_copy(update={"calls": calls, "body": talks})
    run = make_run(tmp_path / "run", make_suite(), {"small": scenario}, [], dialogues=1)
    with RunWriter(run.path, run.info) as writer:
        timing = Timing(id=played.id, started="2020-01-01T00:00:00", seconds=0.0)
        writer.plan(played.episode)
        writer.append(Finished.of(Played(played, timing, TEXTS)))
    shown = typed("show", run.path, played.id[:6], "--prompts", cwd=tmp_path)
    assert shown.code == 0, shown.err
    order = [
        "THE BRIEF",
        "reply to call 0 (move, by schema, finish reason stop), openai/m",
        '{"raw": "of the turn"}',
        "turn 0:",
        "that was not made",
        "YOUR MOVE",
        '{"raw": "option x"}',
        "unusable: no such option",
        "AGAIN",
        "finish reason length",
        "plain chatter",
        "unusable: not JSON",
        "Ending: void",
    ]
    places = [shown.out.find(text) for text in order]
    assert -1 not in places, order[places.index(-1)]
    assert places == sorted(places)
    assert shown.out.count("THE BRIEF") == 1, "a message is shown once"
    plain = typed("show", run.path, played.id, cwd=tmp_path).out
    assert "unusable: not JSON" in plain
    assert "chatter" not in plain
    public = typed("show", run.path, played.id, "--public", cwd=tmp_path).out
    assert "not JSON" not in public
    typed("show", run.path, played.id, "--public", "--prompts", cwd=tmp_path).fails(2, "private")
