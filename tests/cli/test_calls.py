"""The calls behind a dialogue, as ``show --calls`` prints them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from rich.console import Console

from harness.cli.calls import CallPrinter, print_calls, purposes_of
from harness.errors import UsageError
from harness.records.finished import Finished, Played
from harness.records.reader import RunFolder
from harness.records.transcript import (
    Call,
    Debrief,
    Repair,
    StageRecord,
    Timing,
    Usage,
    VoidReason,
)
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
    *,
    numbers: Iterable[int] | None = None,
    repairs: Sequence[Repair] = (),
    messages: Messages | None = None,
) -> list[str]:
    """Lines that are not empty, without what they are set in by."""
    file = io.StringIO()
    body = Debrief(repairs=tuple(repairs))
    record = StageRecord(
        id="0" * 16, status="done", kind="question", spec={}, calls=tuple(calls), body=body
    )
    folder = cast("RunFolder", messages or Messages())
    printer = CallPrinter(folder, record, Console(file=file, width=100), {0: "turn 0"}, {"o": "Us"})
    printer.print(range(len(calls)) if numbers is None else numbers)
    printer.print_complaints_of_no_call()
    return [line.strip() for line in file.getvalue().splitlines() if line.strip()]


def test_a_message_is_shown_once_and_how_the_prompt_has_grown() -> None:
    messages = Messages()
    calls = (
        call(0, "o", "one", ("aa", "bb"), how="schema", usage=Usage(prompt=1200, completion=7)),
        call(1, "o", "two", ("aa", "bb", "cc"), finish_reason=None, purpose="debrief"),
        call(2, "o", "two", ("aa", "bb", "cc", "cc")),
    )
    assert printed(calls, messages=messages) == [
        "call 0  Us, turn 0 (move), openai/m",
        "prompt: 2 messages, 18 characters",
        *("--- system aa", "THE BRIEF", "--- user bb", "YOUR MOVE"),
        "reply: by schema; finish reason stop; tokens: 1,200 of the prompt, 7 of the reply",
        "one",
        "call 1  Us, debrief, openai/m",
        "prompt: 3 messages, 23 characters, +5 since its last call",
        *("--- user cc", "AGAIN", "reply: tokens not counted by the server", "two"),
        "call 2  Us, move, openai/m",
        "prompt: 4 messages, 28 characters, +5 since its last call",
        "(no message that is not printed above)",
        "reply: finish reason stop; tokens not counted by the server",
        "two",
    ]
    assert messages.wanted == {"aa", "bb", "cc"}, "no other text of the run is kept"


def test_what_was_sent_before_the_first_call_shown_is_not_new() -> None:
    calls = (call(0, "o", "one", ("aa", "bb")), call(1, "o", "two", ("aa", "bb", "cc")))
    lines = printed(calls, numbers=[1])
    assert lines[:4] == [
        "call 1  Us, move, openai/m",
        "prompt: 3 messages, 23 characters, +5 since its last call",
        *("--- user cc", "AGAIN"),
    ]


def test_what_is_not_there_is_said() -> None:
    thought = "is all there is"
    refused = call(0, "u", "", ("zz",), refusal="I may not.", member="the envoy", thinking=thought)
    usage = Usage(completion=9, reasoning=8)
    refused = replace(refused, usage=usage)
    assert printed([refused])[:9] == [
        "call 0  u, the envoy, turn 0 (move), openai/m",
        "prompt: 1 message, 0 characters",
        *("--- message zz", "(its text is not in this run)"),
        "reasoning: its text is not in the record",
        "reply: finish reason stop; tokens: 9 of the reply, 8 of them reasoning",
        *("(empty)", "refused: I may not.", "its reasoning is all there is"),
    ]


@pytest.mark.parametrize(
    ("more", "shown"),
    [
        ({}, ["reasoning: 16 characters", "They want dates."]),
        (
            {"reasoning_cut": 1200},
            ["reasoning: 1,200 characters of its middle are not kept", "They want dates."],
        ),
    ],
)
def test_reasoning_stands_before_the_reply_under_its_own_heading(
    more: dict[str, Any], shown: list[str]
) -> None:
    lines = printed([call(0, "o", "one", (), reasoning="They want dates.", **more)])
    at = lines.index(shown[0])
    assert lines[at : at + 2] == shown
    assert lines[-1] == "one"


def test_reasoning_inside_a_reply_is_printed_once() -> None:
    reply = "<think>They want dates.</think>\n{}"
    lines = printed([call(0, "o", reply, (), reasoning="They want dates.")])
    assert lines[-2:] == ["<think>[its reasoning, printed above]</think>", "{}"]
    assert lines.count("They want dates.") == 1


def test_a_complaint_stands_below_the_reply_that_it_is_of() -> None:
    calls = [call(0, "o", "chatter", ()), call(1, "o", "good", ())]
    wrong = (Repair(error="no JSON", call=0), Repair(error="too late", call=0))
    lines = printed(calls, repairs=wrong)
    at = lines.index("chatter")
    assert lines[at + 1 : at + 3] == ["unusable: no JSON", "unusable: too late"]
    assert lines[-1] == "good"


def test_complaints_of_no_call_are_all_shown() -> None:
    """A delegation that asks no model is asked again as any other."""
    repairs = (Repair(error="first"), Repair(error="second"), Repair(error="third", call=7))
    assert printed([], repairs=repairs) == [
        "replies that no model gave",
        *("unusable: first", "unusable: second", "unusable: third"),
    ]
    assert printed([call(0, "o", "one", ())])[-1] == "one"


def test_a_call_that_the_record_lacks_is_passed_over() -> None:
    assert printed([call(0, "o", "one", ())], numbers=[-1, 0, 1])[-1] == "one"


def test_texts_of_others_are_no_markup_and_do_nothing() -> None:
    assert printed([call(0, "o", "[red]x[/red]\x1b[2J", ())])[-1] == "[red]x[/red]\\x1b[2J"


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """A void dialogue: a turn, a caucus, an answer in private, and a turn that was not made."""
    repairs = (Repair(error="no such option", call=3), Repair(error="not JSON", call=4))
    void = VoidReason(kind="reply", seat="u", detail="no usable reply", repairs=repairs)
    scenario = small(tmp_path)
    debriefs = {"o": Debrief(gave_more="equal", calls=(2,))}
    played = dialogue(
        scenario, "lean", [("o", MIDDLE), ("u", "caucus")], void=void, debriefs=debriefs
    )
    talks = played.body
    calls = (
        call(0, "o", '{"raw": "of the turn"}', ("aa",), how="schema"),
        call(1, "u", "advice", ("aa",), member="the envoy", purpose="advice"),
        call(2, "o", "of the debrief", ("aa",), purpose="debrief"),
        call(3, "u", '{"raw": "option x"}', ("aa", "bb")),
        call(4, "u", "plain chatter", ("aa", "bb", "cc"), finish_reason="length"),
    )
    first, caucus = talks.turns
    turns = (replace(first, calls=(0,)), replace(caucus, calls=(1,)))
    talks = talks.model_copy(update={"turns": turns})
    played = played.model_copy(update={"calls": calls, "body": talks})
    made = make_run(tmp_path / "run", make_suite(), {"small": scenario}, [], dialogues=1)
    with RunWriter(made.path, made.info) as writer:
        timing = Timing(id=played.id, started="2020-01-01T00:00:00", seconds=0.0)
        writer.plan(played.episode)
        writer.append(Finished.of(Played(played, timing, TEXTS)))
    return made


def test_every_call_says_what_it_was_for(run: RunFolder) -> None:
    (transcript,) = run.transcripts()
    assert purposes_of(transcript) == {
        0: "turn 0",
        1: "turn 1, caucus",
        2: "asked afterwards",
        3: "the turn that was not made",
        4: "the turn that was not made",
    }


@pytest.mark.kind("F10")
def test_every_call_is_shown_in_its_order(run: RunFolder, tmp_path: Path) -> None:
    (dialogue_id,) = run.index()
    shown = typed("show", run.path, dialogue_id[:6], "--calls", cwd=tmp_path)
    assert shown.code == 0, shown.err
    order = [
        f"dialogue {dialogue_id}",
        "5 calls. A message is printed once",
        "call 0  Boral (o), turn 0 (move), openai/m",
        "THE BRIEF",
        '{"raw": "of the turn"}',
        "call 1  Arden (u), the envoy, turn 1, caucus (advice), openai/m",
        "advice",
        "call 2  Boral (o), asked afterwards (debrief), openai/m",
        "of the debrief",
        "call 3  Arden (u), the turn that was not made (move), openai/m",
        "YOUR MOVE",
        '{"raw": "option x"}',
        "unusable: no such option",
        "call 4",
        "AGAIN",
        "finish reason length",
        "plain chatter",
        "unusable: not JSON",
        "Ending: Void",
        "no usable reply",
    ]
    places = [shown.out.find(text) for text in order]
    assert -1 not in places, order[places.index(-1)]
    assert places == sorted(places)
    assert shown.out.count("THE BRIEF") == 1, "a message is shown once"
    assert typed("show", run.path, dialogue_id, "--prompts", cwd=tmp_path).out == shown.out
    later = typed("show", run.path, dialogue_id, "--calls", "--turn", "1", cwd=tmp_path).out
    assert "call 0" not in later
    assert "call 1" in later
    plain = typed("show", run.path, dialogue_id, cwd=tmp_path).out
    assert "unusable: not JSON" in plain
    assert "chatter" not in plain
    public = typed("show", run.path, dialogue_id, "--public", cwd=tmp_path).out
    assert "not JSON" not in public
    assert "no usable reply" not in public
    typed("show", run.path, dialogue_id, "--public", "--calls", cwd=tmp_path).fails(2, "private")


def test_turns_without_a_call_bring_back_no_earlier_one(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    played = dialogue(scenario, "lean", [("o", MIDDLE), ("u", MIDDLE), ("o", "accept")])
    first, *others = played.body.turns
    debriefs = {"o": Debrief(calls=(1,))}
    body = played.body.model_copy(
        update={"turns": (replace(first, calls=(0,)), *others), "debriefs": debriefs}
    )
    calls = (call(0, "o", "of the first turn", ()), call(1, "o", "of afterwards", ()))
    asked = played.model_copy(update={"body": body, "calls": calls})
    run = make_run(tmp_path / "run", make_suite(), {"small": scenario}, [played])
    file = io.StringIO()
    print_calls(run, asked, Console(file=file, width=80), turn=2)
    assert "of the first turn" not in file.getvalue()
    assert "of afterwards" in file.getvalue()


def test_a_dialogue_without_calls_says_so(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    played = dialogue(scenario, "lean", [("o", MIDDLE)])
    run = make_run(tmp_path / "run", make_suite(), {"small": scenario}, [played], [])
    file = io.StringIO()
    print_calls(run, played, Console(file=file, width=80))
    assert "No model was asked" in file.getvalue()
    with pytest.raises(UsageError, match="no turn 7"):
        print_calls(run, played, Console(file=file, width=80), turn=7)
