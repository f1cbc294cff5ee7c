"""Kills a run with SIGKILL at random points, resumes it, and counts what was lost or paid twice.

    python benchmarks/kill_resume.py --cycles 100

Plays a suite against a mock server on loopback through the real command line, kills the process
after a random number of requests, types the same command again, and so on; the last time it may
finish. From the server's own log it then holds that no call was paid twice but those in flight when
the process was killed (a dialogue asks one thing at a time, so a request is in flight until the
same dialogue sends its next), that no dialogue is lost and none stands twice, and that the record
is byte for byte that of a run that was never killed. Prints one JSON line; a broken promise is an
AssertionError.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.files.jsonl import read_lines
from harness.models.replies.journal import CALLS
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import make_plan
from harness.prompting.talks import Prompts
from harness.records.folder import TRANSCRIPTS
from harness.records.reader import RunFolder
from harness.seeds import derive
from harness.suite.loading import load_suite
from tests.support.command import begun, track15
from tests.support.forkserver import Forked
from tests.support.mock_server import Answer, Body, MockServer
from tests.support.player import plays

SUITE = """\
schema: track15/suite/1
id: killed
title: Killed
question: Is a call paid twice?
scenarios: [symmetric]
epochs: {dialogues}
protocol: {{rounds: 1, turns: 3}}
evaluators: [settlement]
arms:
  one: {{track: "1.5"}}
"""
LATENCY = 0.005
"""Seconds that the server takes to answer."""
CONNECTIONS = 4
MOST_REQUESTS = 24
"""Requests of one process before it is killed, at most."""
CALLS_OF_A_SEAT = 50
"""More than any seat makes in one dialogue."""
PATIENCE = 120.0


@dataclass
class Log:
    """What the server received: for each process, the sampling seeds of its requests in order.
    Each call of each dialogue has a seed of its own."""

    lives: list[list[int]] = field(default_factory=lambda: [[]])
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def __call__(self, body: Body) -> Answer:
        if "messages" in body:
            with self.arrived:
                self.lives[-1].append(body["seed"])
                self.arrived.notify_all()
        return plays(body)

    def wait(self, count: int, process: Forked) -> None:
        """Until ``count`` requests have come in this life, or the process is over."""
        end = time.monotonic() + PATIENCE
        with self.arrived:
            while len(self.lives[-1]) < count and process.poll() is None:
                assert time.monotonic() < end, "the command sends nothing"
                self.arrived.wait(0.05)


def kill_and_resume(folder: Path, cycles: int, seed: int) -> dict[str, Any]:
    """See the module's docstring.

    Args:
        folder: An empty folder to work in.
        cycles: How often the run is killed.
        seed: Of the points at which it is.

    Returns:
        What was counted.
    """
    rng = random.Random(seed)
    dialogues = cycles * MOST_REQUESTS // 8 + 4
    suite = folder / "killed.yaml"
    suite.write_text(SUITE.format(dialogues=dialogues))
    log = Log()
    with MockServer(log, latency=LATENCY) as server:
        words = ["run", str(suite), "--model", f"openai/m@{server.base_url}"]
        words += ["--max-connections", str(CONNECTIONS), "--max-retries", "0", "--display", "none"]
        for _ in range(cycles):
            process = begun(*words, cwd=folder)
            log.wait(rng.randint(1, MOST_REQUESTS), process)
            time.sleep(rng.uniform(0, 2 * LATENCY))  # not always right after a request
            assert process.poll() is None, "the run was over before it could be killed"
            process.kill()
            process.wait()
            time.sleep(2 * LATENCY)  # what had been sent is received, and logged, in its own life
            log.lives.append([])
        done = track15(*words, cwd=folder, timeout=PATIENCE)
        assert done.code == 0, done.err
        lives = [list(life) for life in log.lives]
        reference = track15(*words, "--log-dir", "reference", cwd=folder, timeout=PATIENCE)
        assert reference.code == 0, reference.err
        asked = len(log.lives[-1]) - len(lives[-1])
        address = f"openai/m@{server.base_url}"
    models = {"official": address, "unofficial": address}
    plan = make_plan(load_suite(str(suite)), Overrides(models=models), Prompts().hashes())
    dialogue_of = {
        derive(spec.seed, seat.seat, number) % 2**31: spec.id
        for spec in (way.talks for way in plan.ways())
        for seat in spec.seats
        for number in range(CALLS_OF_A_SEAT)
    }
    run = RunFolder(folder / "transcripts" / plan.name)
    other = folder / "reference" / plan.name
    lines = list(read_lines(run.path / TRANSCRIPTS))
    assert len(lines) == dialogues, "a dialogue is lost or stands twice"
    assert [transcript.id for transcript in run.transcripts()] == plan.ids
    assert (run.path / TRANSCRIPTS).read_bytes() == (other / TRANSCRIPTS).read_bytes()
    assert not (run.path / CALLS).exists(), "finished dialogues leave nothing behind"
    repeated = _repeated(lives, dialogue_of)
    sent = sum(len(life) for life in lives)
    assert sent == asked + repeated
    return {
        "cycles": cycles,
        "dialogues": dialogues,
        "calls": asked,
        "sent": sent,
        "repeated": repeated,
        "most_in_flight": cycles * CONNECTIONS,
    }


def _repeated(lives: list[list[int]], dialogue_of: dict[int, str]) -> int:
    """How many requests were sent again in a later life. Each must have been in flight when its
    process was killed: the last of its dialogue, and no more of them than connections."""
    again = 0
    for number, life in enumerate(lives):
        assert max(Counter(life).values(), default=1) == 1, "one process asks nothing twice"
        last = {dialogue_of[request]: request for request in life}
        later = {request for following in lives[number + 1 :] for request in following}
        twice = later & set(life)
        assert twice <= set(last.values()), "a call was repeated that had been answered"
        assert len(twice) <= CONNECTIONS, "more were repeated than can have been in flight"
        again += len(twice)
    return again


def main() -> None:
    """Run it and print what was counted."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--cycles", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        counted = kill_and_resume(Path(folder), options.cycles, options.seed)
    counted["seconds"] = round(time.perf_counter() - started, 1)
    print(json.dumps(counted))


if __name__ == "__main__":
    sys.exit(main())
