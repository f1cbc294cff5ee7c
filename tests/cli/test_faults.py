"""``track15 run`` against a server that fails in every way.

What must come of each dialogue is worked out from the server's own log of what it answered; the
harness has no part in it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import make_plan
from harness.records.folder import TRANSCRIPTS
from harness.records.reader import RunFolder
from harness.records.transcript import Transcript
from harness.seeds import derive
from harness.suite.loading import load_suite
from tests.support.chaos_server import (
    HUGE_FAULTS,
    UNANSWERED,
    UNUSABLE,
    Answered,
    ChaosServer,
    Fault,
    Plan,
    always,
    mixed,
)
from tests.support.command import Result, track15
from tests.support.mock_server import Body
from tests.support.owned_time import NEVER, Held
from tests.support.player import plays

pytestmark = pytest.mark.slow

REPAIRS = 1
SUITE = """\
schema: track15/suite/1
id: faults
title: Faults
question: Does a failure become a move?
scenarios: [symmetric]
epochs: {dialogues}
protocol: {{rounds: 1, turns: 2, repairs: 1, debrief: {debrief}}}
evaluators: [settlement]
arms:
  one: {{track: "1"}}
"""
SEATS = ("o", "u")
TURNS = 2
MOST_CALLS = TURNS * (REPAIRS + 1) + (REPAIRS + 1)
"""Of one seat in one dialogue, the debrief included."""

SAID: dict[Fault, str] = {
    Fault.LIMITED: "the server answered 429: slow down",
    Fault.LIMITED_UNTOLD: "the server answered 429: slow down",
    Fault.ERROR_500: "the server answered 500: out of memory",
    Fault.ERROR_502: "the server answered 502",
    Fault.ERROR_503: "the server answered 503: the model is loading",
    Fault.HUGE_ERROR: "the server answered 500",
    Fault.LATE: "no answer in time",
    Fault.HANG: "no answer in time",
    Fault.STALL: "no answer in time",
    Fault.TRICKLE: "no answer in time",
    Fault.RESET: "the connection broke",
    Fault.SHORT: "the connection broke",
    Fault.DROP: "the connection broke",
    Fault.TRUNCATED: "the server's answer is not a chat completion: it is not complete JSON",
    Fault.WRONG_TYPE: "the server's answer is not a chat completion: it is text/html",
    Fault.NO_COMPLETION: "the server's answer is not a chat completion: it has no 'choices'",
}
COMPLAINT: dict[Fault, str] = {
    Fault.NO_CHOICE: "The answer was empty.",
    Fault.NO_TEXT: "The answer was empty.",
    Fault.CUT_OFF: "The answer was cut off",
    Fault.REFUSAL: "The answer was a refusal.",
    Fault.NO_MOVE: "The answer lacks 'private_thoughts', 'public_words'.",
    Fault.HUGE_REPLY: "The answer was cut off",
    Fault.FLOOD: "The answer was cut off",
}


def good_answer(body: Body, attempt: int) -> str:
    """A legal answer that carries the mark of the one request it answers."""
    text = json.loads(plays(body).body)["choices"][0]["message"]["content"]
    fields: dict[str, Any] = json.loads(text)
    words = "public_words" if "public_words" in fields else "words"
    fields[words] += f" This is answer {attempt} to request {body['seed']}."
    return json.dumps(fields)


@dataclass
class Fate:
    """What a dialogue must come to.

    Attributes:
        moves: The usable answers, by seat.
        attempts: Requests sent for each call that got a completion, by seat.
        last: The fault that ended it.
    """

    status: str = "done"
    seat: str | None = None
    moves: dict[str, list[str]] = field(default_factory=dict)
    attempts: list[int] = field(default_factory=list)
    last: Fault | None = None


def tags_of(seed: int, seat: str) -> list[int]:
    """The sampling seeds of the calls that a seat of the dialogue with this seed may make."""
    return [derive(seed, seat, number) % 2**31 for number in range(MOST_CALLS + 1)]


def calls_of(seed: int, server: ChaosServer) -> dict[str, list[list[Answered]]]:
    """Every call of the dialogue with this seed, by seat: the attempts of each."""
    by_seed: dict[int | None, list[Answered]] = {}
    for item in server.log:
        by_seed.setdefault(item.seed, []).append(item)
    found: dict[str, list[list[Answered]]] = {}
    for seat in SEATS:
        tags = tags_of(seed, seat)
        groups = [by_seed[tag] for tag in tags if tag in by_seed]
        assert [group[0].seed for group in groups] == tags[: len(groups)]
        found[seat] = groups
    return found


def fate(calls: dict[str, list[list[Answered]]], retries: int) -> Fate:
    """The rules of the table, as a reader of the server's log would apply them."""
    found = Fate()
    for seat, groups in calls.items():
        moves = found.moves.setdefault(seat, [])
        unusable = 0
        for group in groups:
            assert found.seat != seat, "a seat that has failed is asked nothing more"
            assert len({item.asked.call for item in group}) == 1, "a retry changes nothing"
            assert all(item.fault in UNANSWERED for item in group[:-1]), "nothing is paid twice"
            last = group[-1]
            if last.fault in UNANSWERED:
                assert len(group) == retries + 1, "no call is given up before its retries are"
                found.status, found.seat, found.last = "failed", seat, last.fault
                continue
            found.attempts.append(len(group))
            if last.fault in UNUSABLE:
                unusable += 1
                if unusable > REPAIRS:
                    found.status, found.seat, found.last = "void", seat, last.fault
            else:
                assert last.text is not None
                moves.append(last.text)
                unusable = 0
    return found


def assert_said_by_the_server(transcript: Transcript, expected: Fate) -> None:
    """Every move is one that the server gave, in the order it gave them, and none is missing."""
    talks = transcript.body
    for seat in SEATS:
        turns = [turn for turn in talks.turns if turn.seat == seat]
        assert len(turns) == len(expected.moves[seat])
        for turn, text in zip(turns, expected.moves[seat], strict=True):
            given = json.loads(text)
            assert turn.move is not None
            assert turn.words == turn.move.words == given["public_words"]
            assert turn.move.thoughts == given["private_thoughts"]
            assert turn.move.action.value == given["move"]["action"]
            assert turn.move.package == given["move"].get("package")
            assert turn.move.offer == given["move"].get("offer")
            assert turn.move.commitment.value == given["move"]["commitment"]
            assert transcript.calls[turn.calls[-1]].reply == text
    accepted = [turn for turn in talks.turns if turn.move and turn.move.action == "accept"]
    if transcript.status != "done":
        assert talks.outcome.kind == "void"
        assert not accepted
    else:
        assert talks.outcome.kind == ("deal" if accepted else "no_deal")
        assert accepted or all(len(moves) == TURNS for moves in expected.moves.values())


def write_suite(folder: Path, dialogues: int, *, debrief: bool = False) -> Path:
    suite = folder / "faults.yaml"
    suite.write_text(SUITE.format(dialogues=dialogues, debrief=str(debrief).lower()))
    return suite


def run_suite(suite: Path, server: ChaosServer, *more: str) -> Result:
    """No request times out but those that the server keeps waiting, on however slow a machine."""
    words = ("run", suite, "--model", f"openai/m@{server.base_url}", "--timeout", str(NEVER))
    words += ("--no-report",)
    return track15(*words, *more, cwd=suite.parent, held=server.held)


def failing_server(folder: Path, plan: Plan) -> ChaosServer:
    return ChaosServer(good_answer, plan, held=Held(folder / "held"))


def only_run(cwd: Path) -> RunFolder:
    (run,) = (path.parent for path in cwd.glob("transcripts/*/run.json"))
    return RunFolder(run)


# Every fault alone


ALONE = ("--max-connections", "1", "--max-retries", "0")


def test_every_fault_alone(tmp_path: Path) -> None:
    """A dialogue for each fault, met by both seats for good after their first turn; after each a
    dialogue without, for three failures in a row end a run."""
    faults = sorted(Fault)
    suite = write_suite(tmp_path, 2 * len(faults))
    seeds = [way.talks.seed for way in make_plan(load_suite(str(suite)), Overrides()).ways()]
    fault_of = {
        tag: fault
        for seed, fault in zip(seeds[::2], faults, strict=True)
        for seat in SEATS
        for tag in tags_of(seed, seat)[1:]
    }
    with failing_server(tmp_path, lambda asked: fault_of.get(asked.seed or 0)) as server:
        done = run_suite(suite, server, *ALONE)
    done.fails(1, f"{len(UNANSWERED)} of {len(seeds)} dialogues are missing", "track15 run")
    assert f"{len(UNUSABLE)} void" in done.err
    transcripts = {t.spec.seed: t for t in only_run(tmp_path).transcripts()}
    assert set(transcripts) == set(seeds)
    for seed, fault in zip(seeds[::2], faults, strict=True):
        transcript = transcripts[seed]
        calls = calls_of(seed, server)
        expected = fate(calls, retries=0)
        assert transcript.status == expected.status == status_after(fault), fault
        assert_said_by_the_server(transcript, expected)
        void = transcript.void
        if fault in UNANSWERED:
            assert void is not None
            assert (void.kind, void.seat, void.repairs) == ("endpoint", expected.seat, ())
            assert SAID[fault] in void.detail
            assert len(void.detail) < 800
        elif fault in UNUSABLE:
            assert void is not None
            assert (void.kind, void.seat) == ("reply", expected.seat)
            assert len(void.repairs) == REPAIRS + 1, "a repair each, no retry"
            assert all(COMPLAINT[fault] in repair.error for repair in void.repairs), void.repairs
            assert len(void.detail) < 800
        assert all(len(group) == 1 for groups in calls.values() for group in groups)
    for seed in seeds[1::2]:
        assert transcripts[seed].status == "done"
        assert_said_by_the_server(transcripts[seed], fate(calls_of(seed, server), retries=0))
    record = (only_run(tmp_path).path / TRANSCRIPTS).stat().st_size
    assert record < 5_000_000, "what is far too long is not written down"


def status_after(fault: Fault) -> str:
    return "failed" if fault in UNANSWERED else "void" if fault in UNUSABLE else "done"


@pytest.mark.parametrize(
    "fault", [Fault.LIMITED, Fault.ERROR_502, Fault.STALL, Fault.RESET, Fault.TRUNCATED]
)
def test_a_server_that_fails_for_good_stops_the_run(tmp_path: Path, fault: Fault) -> None:
    well = 5  # a whole dialogue, and one turn of the second
    suite = write_suite(tmp_path, 5)
    with failing_server(tmp_path, always(fault, after=well)) as server:
        done = run_suite(suite, server, *ALONE)
    done.fails(1, "3 dialogues in a row could not be played", SAID[fault], "To resume, type:")
    assert done.out == ""
    assert done.err.count(SAID[fault]) == 1, "one message, not one for each dialogue"
    assert len(done.err) < 2000
    assert len(server.log) == well + 3, "one attempt each, and nothing after the third failure"
    transcripts = list(only_run(tmp_path).transcripts())
    assert [t.status for t in transcripts] == ["done", "failed", "failed", "failed"]
    for transcript in transcripts:
        expected = fate(calls_of(transcript.spec.seed, server), retries=0)
        assert transcript.status == expected.status
        assert_said_by_the_server(transcript, expected)


def test_a_model_that_fails_for_good_is_a_result(tmp_path: Path) -> None:
    """Nothing to put right and nothing to resume: the run is complete, with its voids counted. Only
    that they are more than --max-void allows is told by the exit code."""
    suite = write_suite(tmp_path, 4)
    with failing_server(tmp_path, always(Fault.CUT_OFF)) as server:
        done = run_suite(suite, server, *ALONE)
    assert done.code == 100, done.err
    assert "Too many dialogues are void: " in done.err
    assert "Many dialogues are void" not in done.out, "said by the answer, and once is enough"
    assert "Nothing can be said: all 4 dialogues are void." in done.out
    assert "4/4 dialogues, 4 void" in done.err
    assert "missing" not in done.err
    by_seat = re.findall(r"(\d+) voids? by seat [ou]", done.out.replace("\n", " "))
    assert sum(map(int, by_seat)) == 4, done.out
    assert len(server.log) == 4 * (REPAIRS + 1)
    run = only_run(tmp_path)
    for transcript in run.transcripts():
        assert transcript.status == "void"
        assert transcript.body.turns == ()
        told = [call.prompt[-1] for call in transcript.calls[1:]]
        texts = run.messages(told)
        for left, key in zip(range(REPAIRS, 0, -1), told, strict=True):
            tries = "once more" if left == 1 else f"up to {left} more times"
            assert f"You may try {tries}. If " in texts[key][1]


@pytest.mark.parametrize("fault", [Fault.ERROR_503, Fault.NO_MOVE])
def test_a_debrief_that_cannot_be_had_is_missing_and_the_talks_stand(
    tmp_path: Path, fault: Fault
) -> None:
    suite = write_suite(tmp_path, 1, debrief=True)
    with failing_server(tmp_path, always(fault, after=len(SEATS) * TURNS)) as server:
        done = run_suite(suite, server, *ALONE)
    assert done.code == 0, done.err
    (transcript,) = only_run(tmp_path).transcripts()
    assert transcript.status == "done"
    assert len(transcript.body.turns) == len(SEATS) * TURNS
    for seat in SEATS:
        debrief = transcript.body.debriefs[seat]
        assert debrief.problem
        assert (debrief.gave_more, debrief.margin, debrief.words) == (None, None, "")
        assert (debrief.reservations, debrief.top_issues) == ({}, {})


# All faults together


DIALOGUES = 500
RETRIES = 3
MIXED = (
    # The faults have nothing to do with the load: fewer requests at once would not help.
    *("--no-adaptive", "--max-connections", "120"),
    *("--max-retries", str(RETRIES)),
)
WEIGHTS = dict.fromkeys(sorted(set(Fault) - HUGE_FAULTS), 1.0) | dict.fromkeys(
    sorted(HUGE_FAULTS), 0.05
)
"""A huge reply is ten megabytes in the record: a few will do."""
CHAOS_SEED = 33
"""One with dialogues of every fate, but not three failed ones: those could come in a row."""


def test_500_dialogues_through_30_percent_faults(tmp_path: Path) -> None:
    suite = write_suite(tmp_path, DIALOGUES)
    plan = mixed(CHAOS_SEED, 0.3, WEIGHTS)
    with failing_server(tmp_path, plan) as server:
        done = run_suite(suite, server, *MIXED)
        assert "Traceback" not in done.err
        folder = only_run(tmp_path)
        transcripts = {t.id: t for t in folder.transcripts()}
        assert len(transcripts) == DIALOGUES
        fates = {
            key: fate(calls_of(t.spec.seed, server), RETRIES) for key, t in transcripts.items()
        }
        assert_the_plan_tests_something(server, fates)

        # Exactly the right ones are void or failed, and by the right seat.
        assert {k: t.status for k, t in transcripts.items()} == {
            k: f.status for k, f in fates.items()
        }
        for key, transcript in transcripts.items():
            void, expected = transcript.void, fates[key]
            assert_said_by_the_server(transcript, expected)
            if void is not None:
                assert expected.last is not None
                assert void.seat == expected.seat
                assert void.kind == ("reply" if expected.status == "void" else "endpoint")
                words = COMPLAINT if expected.status == "void" else SAID
                said = void.detail.replace(f" ({RETRIES + 1} attempts)", "")
                assert words[expected.last] in said

        # Every request is accounted for.
        sent = sum(
            len(group)
            for t in transcripts.values()
            for groups in calls_of(t.spec.seed, server).values()
            for group in groups
        )
        assert sent == len(server.log)
        for timing in folder.timings():
            attempts = sorted(call.attempts for call in timing.calls)
            assert attempts == sorted(fates[timing.id].attempts)

        # A breakdown is told, and mended by the same command once the server is.
        failed = {key for key, expected in fates.items() if expected.status == "failed"}
        void_count = sum(expected.status == "void" for expected in fates.values())
        done.fails(1, f"{len(failed)} of {DIALOGUES} dialogues are missing")
        assert f"{void_count} void" in done.err
        server.plan = lambda asked: None
        asked_before = len(server.log)
        again = run_suite(suite, server, *MIXED)
    assert again.code == 0, again.err
    assert f"{DIALOGUES - len(failed)} from before" in again.err
    complete = only_run(tmp_path)
    mended = {t.id: t for t in complete.transcripts()}
    assert list(mended) == sorted(mended, key=lambda key: complete.place(key).epoch)
    for key, transcript in mended.items():
        if key in failed:
            assert transcript.status == "done"
        else:
            assert transcript == transcripts[key], "what was finished is left alone"
    tags = {item.seed for item in server.log[asked_before:]}
    allowed = {
        tag for key in failed for seat in SEATS for tag in tags_of(transcripts[key].spec.seed, seat)
    }
    assert tags
    assert tags <= allowed, "only what had failed is asked again"


def assert_the_plan_tests_something(server: ChaosServer, fates: dict[str, Fate]) -> None:
    """Else this would pass without a fault."""
    counts = server.counts()
    assert set(counts) == {None, *Fault}, "every fault was met"
    share = 1 - counts[None] / len(server.log)
    assert 0.27 < share < 0.33
    by_status = {
        status: sum(f.status == status for f in fates.values())
        for status in ("done", "void", "failed")
    }
    assert by_status["void"] >= 5
    assert 1 <= by_status["failed"] <= 2
    assert {f.seat for f in fates.values() if f.status == "void"} == set(SEATS)
