"""``--workers``: the same run in several processes, whatever becomes of them."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.records.folder import RUN, TRANSCRIPTS
from harness.records.reader import RunFolder
from tests.support.command import PATIENCE, started, track15
from tests.support.forkserver import Running
from tests.support.mock_server import Answer, Body, MockServer
from tests.support.pids import children, gone
from tests.support.player import plays
from tests.support.runs import tiny_plan
from tests.support.waiting import until

SCRIPTED = ("run", "track-contrast", "--scenario", "neutral", "--scenario", "opening")
SCRIPTED += ("--epochs", "1", "--limit", "24", "--display", "none", "--no-report")
MODEL = ("run", "quickstart", "--scenario", "opening", "--turns", "3", "--rounds", "1")
MODEL += ("--no-report",)

DELEGATION = '''
"""A delegation that leaves traces, and may end the process that it is in."""

import os
import pathlib
import signal

from harness.bargaining.tactics import tactic_from
from harness.delegations.scripted import ScriptedDelegation

HERE = pathlib.Path(__file__).parent
print("a line on standard output that is no frame")


def make(seat, seed, settings):
    if seed:  # not the one that is made on trial, in the driver
        (HERE / f"pid-{os.getpid()}").touch()
        dead = len(list(HERE.glob("dead-*")))
        if dead < int(os.environ.get("DEATHS", "0")):
            (HERE / f"dead-{dead}-{os.getpid()}").touch()
            os.kill(os.getpid(), signal.SIGKILL)
    return ScriptedDelegation(seat, tactic_from("linear"))
'''


def the_run(log_dir: Path) -> Path:
    (run,) = (path.parent for path in log_dir.glob(f"*/{RUN}"))
    return run


def record(log_dir: Path) -> bytes:
    return (the_run(log_dir) / TRANSCRIPTS).read_bytes()


def test_the_same_bytes_in_one_process_and_in_three(tmp_path: Path) -> None:
    one = track15(*SCRIPTED, "--log-dir", "1", cwd=tmp_path)
    three = track15(*SCRIPTED, "--log-dir", "3", "--workers", "3", cwd=tmp_path)
    assert (one.code, three.code) == (0, 0), three.err
    assert record(tmp_path / "1") == record(tmp_path / "3")
    assert one.out == three.out
    again = track15(*SCRIPTED, "--log-dir", "3", "--workers", "2", cwd=tmp_path)
    assert again.out == three.out


def test_models_in_two_processes(tmp_path: Path) -> None:
    arguments = (*MODEL, "--display", "none", "--epochs", "2", "--max-connections", "5")
    with MockServer(plays, latency=0.01) as server:
        model = ("--model", f"openai/x@{server.base_url}")
        two = track15(*arguments, *model, "--workers", "2", "--log-dir", "2", cwd=tmp_path)
        most, asked = server.max_in_flight, len(server.bodies)
        one = track15(*arguments, *model, "--log-dir", "1", cwd=tmp_path)
        assert len(server.bodies) == 2 * asked
    assert (one.code, two.code) == (0, 0), two.err
    assert 1 < most <= 5, "never more at once than one process would send"
    assert record(tmp_path / "1") == record(tmp_path / "2")
    assert one.out == two.out
    messages = [RunFolder(the_run(tmp_path / name)).messages() for name in "12"]
    assert messages[0] == messages[1]


def test_no_more_workers_than_connections(tmp_path: Path) -> None:
    with MockServer(plays) as server:
        done = track15(
            *(*MODEL, "--limit", "4", "--max-connections", "2", "--workers", "7"),
            *("--model", f"openai/x@{server.base_url}"),
            cwd=tmp_path,
        )
        assert server.max_in_flight <= 2
    assert done.code == 0, done.err
    assert "2 of 7 workers" in done.err
    assert "4/4 dialogues" in done.err


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_token_limit_holds_over_all_processes(tmp_path: Path, workers: str) -> None:
    with MockServer(plays, latency=0.005) as server:
        arguments = (
            *(*MODEL, "--epochs", "3", "--max-connections", "4", "--workers", workers),
            *("--model", f"openai/x@{server.base_url}", "--log-dir", "runs", "--json"),
        )
        done = track15(*arguments, "--token-limit", "800", cwd=tmp_path)
        spent = sum("messages" in body for body in server.bodies) * 18
        assert done.code == 1
        assert "Stopped at --token-limit 800" in done.err
        assert 800 <= spent < 800 + 4 * 18
        rest = track15(*arguments, "--token-limit", "1000000", cwd=tmp_path)
    assert rest.code == 0, rest.err
    assert json.loads(rest.out)["missing"] == 0


# --- the user's own code -------------------------------------------------------------------------


@pytest.fixture
def traces(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(DELEGATION)
    return tmp_path


OWN = ("--delegation", "official=mine.py:make", "--delegation", "unofficial=mine.py:make")


def test_own_delegations_are_loaded_in_the_workers(traces: Path) -> None:
    one = track15(*SCRIPTED, *OWN, "--log-dir", "1", cwd=traces)
    assert one.code == 0, one.err
    for trace in traces.glob("pid-*"):
        trace.unlink()
    two = track15(*SCRIPTED, *OWN, "--log-dir", "2", "--workers", "2", cwd=traces)
    assert two.code == 0, two.err
    assert record(traces / "1") == record(traces / "2")
    assert len(list(traces.glob("pid-*"))) == 2
    assert two.out == one.out, "what it prints goes to standard error"


def test_workers_that_die_cost_no_dialogue(traces: Path) -> None:
    two = track15(*SCRIPTED, *OWN, "--log-dir", "2", "--workers", "2", cwd=traces, DEATHS="2")
    assert two.code == 0, two.err
    assert len(list(traces.glob("dead-*"))) == 2
    one = track15(*SCRIPTED, *OWN, "--log-dir", "1", cwd=traces)
    assert one.code == 0
    assert record(traces / "1") == record(traces / "2")


def test_workers_that_always_die_end_the_run_with_one_message(traces: Path) -> None:
    done = track15(*SCRIPTED, *OWN, "--workers", "2", cwd=traces, DEATHS="99")
    done.fails(1, "workers in a row", "SIGKILL", "fix:", "To resume, type:")
    assert done.err.count("track15:") == 1
    assert len(list(traces.glob("dead-*"))) <= 2 * 3
    again = track15(*SCRIPTED, *OWN, "--workers", "2", cwd=traces)
    assert again.code == 0, again.err


def test_what_stops_one_process_stops_two_alike(tmp_path: Path) -> None:
    """A template that fails only when it is rendered."""
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "turn.md.j2").write_text("{{ turn.step / 0 }}")
    with MockServer(plays) as server:
        arguments = (*MODEL, "--model", f"openai/x@{server.base_url}", "--prompts", "prompts")
        one = track15(*arguments, cwd=tmp_path)
        two = track15(*arguments, "--workers", "2", cwd=tmp_path)
    one.fails(2, "turn.md.j2")
    two.fails(2, "turn.md.j2")


# --- signals -------------------------------------------------------------------------------------


class Held:
    """A model that says nothing more once so many dialogues are on record: whatever the test does
    to the processes then, it does in the middle of the run, on however slow a machine."""

    def __init__(self, run: Path) -> None:
        self.after = 0
        self.let_go = False
        self._run = run

    def __call__(self, body: Body) -> Answer:
        end = time.monotonic() + PATIENCE
        while not self.let_go and finished(self._run) >= self.after and time.monotonic() < end:
            time.sleep(0.005)  # the server has no other thread: nobody is answered
        return plays(body)


def finished(log_dir: Path) -> int:
    """Dialogues on record."""
    return sum(p.read_bytes().count(b"\n") for p in log_dir.glob("*/" + TRANSCRIPTS))


class Run:
    """A run of two workers that wait for a model."""

    def __init__(self, process: Running, model: Held, folder: Path) -> None:
        self.process = process
        self.model = model
        self._folder = folder

    def wait_for(self, lines: int) -> list[int]:
        """Let it play until so many dialogues are finished and no further; the workers."""
        self.model.after = lines
        until(
            lambda: self.process.poll() is not None or finished(self._folder) >= lines,
            "it does not play",
        )
        return children(self.process.pid)

    def left(self) -> tuple[int, str]:
        self.model.let_go = True
        out, err = self.process.communicate(timeout=PATIENCE)
        code = self.process.wait()
        assert out == "" or code == 0
        return code, err


@contextlib.contextmanager
def playing(cwd: Path, *more: str) -> Iterator[tuple[Run, MockServer, tuple[str, ...]]]:
    """Such a run, the model's server, and the words that began it."""
    model = Held(cwd / "runs")
    with MockServer(model) as server:
        words = (*MODEL, "--workers", "2", "--max-connections", "2", "--log-dir", "runs")
        words += ("--model", f"openai/x@{server.base_url}", *more)
        try:
            with started(*words, cwd=cwd) as process:
                yield Run(process, model, cwd / "runs"), server, words
        finally:
            model.let_go = True  # else the server could not stop


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_no_worker_behind(tmp_path: Path, number: signal.Signals) -> None:
    with playing(tmp_path, "--epochs", "4") as (run, _, words):
        workers = run.wait_for(2)
        assert len(workers) == 2
        run.process.send_signal(number)
        code, err = run.left()
        assert gone(workers)
        assert code == 130, err
        assert "Traceback" not in err
        assert f"To resume, type: track15 {' '.join(words)}" in err
        kept = len(RunFolder(the_run(tmp_path / "runs")).index())
        assert kept >= 2
        resumed = track15(*words, cwd=tmp_path)
    assert resumed.code == 0, resumed.err
    assert f"{kept} from before" in resumed.err


def test_killing_the_driver_ends_its_workers(tmp_path: Path) -> None:
    with playing(tmp_path, "--epochs", "4") as (run, server, words):
        workers = run.wait_for(1)
        assert len(workers) == 2
        run.model.let_go = True
        run.process.kill()
        run.process.communicate()
        assert gone(workers)
        asked = len(server.bodies)
        time.sleep(0.1)
        assert len(server.bodies) == asked, "nobody goes on asking"
        assert track15(*words, cwd=tmp_path).code == 0


def test_killed_workers_cost_no_dialogue_and_repeat_none(tmp_path: Path) -> None:
    rng = random.Random(15)
    with playing(tmp_path, "--epochs", "6") as (run, server, _):
        killed = 0
        for lines in (1, 5, 9):
            workers = run.wait_for(lines)
            os.kill(rng.choice(workers), signal.SIGKILL)
            killed += 1
        code, err = run.left()
        whole = track15(
            *(*MODEL, "--epochs", "6", "--log-dir", "whole"),
            *("--model", f"openai/x@{server.base_url}"),
            cwd=tmp_path,
        )
    assert (code, whole.code) == (0, 0), err
    assert killed == 3
    ids = Counter(t.id for t in RunFolder(the_run(tmp_path / "runs")).transcripts())
    assert set(ids.values()) == {1}
    assert record(tmp_path / "runs") == record(tmp_path / "whole")


# --- flags ---------------------------------------------------------------------------------------


def test_flags_that_do_not_go_together(tmp_path: Path) -> None:
    track15(*SCRIPTED, "--replay", "x", "--workers", "2", cwd=tmp_path).fails(2, "--replay")
    track15(*SCRIPTED, "--workers", "0", cwd=tmp_path).fails(2, "--workers")


def test_a_plan_goes_to_another_process_as_it_is(tmp_path: Path) -> None:
    """The scenarios and specs that a worker reads are the driver's, to the last byte."""
    from harness.models.settings import PoolSettings
    from harness.orchestrator.setup import setup_of
    from harness.records.spec import TalksSpec
    from harness.workers.resources import Setup
    from tests.support.disputes import write

    plan = tiny_plan(write(tmp_path))
    setup = setup_of(plan, PoolSettings())
    again = Setup.model_validate_json(setup.model_dump_json(by_alias=True))
    assert again == setup
    assert [s.digest() for s in again.scenarios.values()] == [
        s.digest() for s in plan.scenarios.values()
    ]
    for spec in (way.talks for way in plan.ways()):
        text = spec.model_dump_json(by_alias=True)
        assert TalksSpec.model_validate_json(text).id == spec.id
