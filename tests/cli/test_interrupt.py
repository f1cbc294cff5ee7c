"""Interrupting a run that waits for a model: what is finished stays, what is missing is played."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.records.folder import RUN, TIMINGS, TRANSCRIPTS
from harness.records.reader import RunFolder
from tests.support.command import COMMAND, PATIENCE, Result, environment, started, track15
from tests.support.mock_server import Answer, MockServer, hang
from tests.support.player import plays

DIALOGUES = 4


class Stalling:
    """A model that plays, and says nothing more from the ``after``-th statement on."""

    def __init__(self) -> None:
        self.after: int | None = None
        self.asked = 0

    def __call__(self, body: dict[str, Any]) -> Answer:
        if "messages" not in body:
            return plays(body)
        self.asked += 1
        return hang() if self.after is not None and self.asked > self.after else plays(body)

    @property
    def stalls(self) -> bool:
        return self.after is not None and self.asked > self.after


@pytest.fixture
def model() -> Stalling:
    return Stalling()


@pytest.fixture
def server(model: Stalling) -> Iterator[MockServer]:
    with MockServer(model) as running:
        yield running


def arguments(server: MockServer, log_dir: str) -> tuple[str, ...]:
    return (
        *("run", "quickstart", "--scenario", "opening", "--no-report", "--limit", str(DIALOGUES)),
        *("--turns", "3", "--rounds", "1", "--max-connections", "1"),
        *("--model", f"openai/x@{server.base_url}", "--log-dir", log_dir),
    )


def interrupted(
    model: Stalling, words: tuple[str, ...], cwd: Path, number: signal.Signals
) -> Result:
    """The command, sent a signal once the model has stalled."""
    with started(*words, cwd=cwd) as process:
        end = time.monotonic() + PATIENCE
        while not model.stalls and process.poll() is None and time.monotonic() < end:
            time.sleep(0.01)
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
        code = process.wait()
    return Result(code, out, err)


def the_run(log_dir: Path) -> Path:
    (run,) = (path.parent for path in log_dir.glob(f"*/{RUN}"))
    return run


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_was_finished_is_kept_and_only_the_rest_is_played(
    tmp_path: Path, model: Stalling, server: MockServer, number: signal.Signals
) -> None:
    whole = track15(*arguments(server, "whole"), cwd=tmp_path)
    assert whole.code == 0, whole.err
    calls = model.asked

    answered = calls * 5 // 8  # in the middle of the third dialogue
    model.asked, model.after = 0, answered
    words = arguments(server, "parts")
    stopped = interrupted(model, words, tmp_path, number)
    assert stopped.code == 130, stopped.err
    assert stopped.out == ""
    assert "Traceback" not in stopped.err
    assert f"To resume, type: track15 {' '.join(words)}" in stopped.err
    run = the_run(tmp_path / "parts")
    kept = [transcript.id for transcript in RunFolder(run).transcripts()]
    assert len(kept) == 2
    assert f"2 of {DIALOGUES} dialogues finished and kept" in stopped.err

    model.asked, model.after = 0, None
    resumed = track15(*words, cwd=tmp_path)
    assert resumed.code == 0, resumed.err
    assert "2 from before" in resumed.err
    assert model.asked == calls - answered, "only the call in flight is asked again"
    reference = the_run(tmp_path / "whole")
    assert (run / TRANSCRIPTS).read_bytes() == (reference / TRANSCRIPTS).read_bytes()
    assert len((run / TIMINGS).read_bytes().splitlines()) == DIALOGUES
    assert resumed.out == whole.out


def test_a_run_interrupted_before_its_first_dialogue_starts_again(
    tmp_path: Path, model: Stalling, server: MockServer
) -> None:
    model.after = 0
    words = arguments(server, "runs")
    stopped = interrupted(model, words, tmp_path, signal.SIGINT)
    assert stopped.code == 130, stopped.err
    assert "Traceback" not in stopped.err
    model.after = None
    assert track15(*words, cwd=tmp_path).code == 0
    assert len(RunFolder(the_run(tmp_path / "runs")).index()) == DIALOGUES


def test_two_processes_do_not_play_one_run(
    tmp_path: Path, model: Stalling, server: MockServer
) -> None:
    model.after = 0
    words = arguments(server, "runs")
    first = subprocess.Popen(
        [*COMMAND, *words],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + PATIENCE
        while not model.stalls and first.poll() is None and time.monotonic() < end:
            time.sleep(0.01)
        second = track15(*words, cwd=tmp_path)
    finally:
        first.kill()
        first.wait()
    second.fails(1, "another process is playing this run", "fix:")
    model.after = None
    assert track15(*words, cwd=tmp_path).code == 0, "the lock went with its process"


_IN_A_CALLBACK = """
import asyncio, signal, sys
from harness.cli import main

signal.signal(signal.SIGTERM, main._interrupt)
if "ignored" in sys.argv:
    signal.signal(signal.SIGINT, signal.SIG_IGN)

def callback():
    signal.raise_signal(signal.SIGTERM)
    print("the callback was not torn apart")

async def run():
    asyncio.get_running_loop().call_soon(callback)
    await asyncio.sleep(60)

try:
    asyncio.run(run())
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.parametrize("ignored", [False, True])
def test_a_termination_cancels_the_run_and_tears_nothing_apart(ignored: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _IN_A_CALLBACK, *(["ignored"] if ignored else [])],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    said = done.stdout.splitlines()
    assert said[-1] == "interrupted"
    # With Ctrl-C ignored by the shell there is no handler of the loop to hand over to.
    assert ("the callback was not torn apart" in said) is not ignored
    assert "Traceback" not in done.stderr
