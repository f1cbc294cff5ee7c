"""What track15 costs on top of its models: the whole harness against a fixed-latency mock server.

    python benchmarks/load.py --dialogues 200 --calls 12 --latency 0.05
    python benchmarks/load.py --workers 2
    python benchmarks/load.py --kind question

Starts ``benchmarks/mock_server.py`` unless ``--url`` names one, plays the dialogues - prompt,
client, parsing, protocol, record - scores them, and prints one JSON line. Start-up and one warm-up
dialogue, one for each worker, are not counted. CPU is user and system time of every process of the
harness; the mock server's is not in it. ``--profile FILE`` writes a cProfile of the measured part.

``--kind question`` measures stages of one call each: the tests' kind, which asks a model one
question about finished talks. The talks are played first and not counted, and as many arms as a
dialogue has calls ask about each of them, so that there are as many calls as otherwise. What is
measured is from the record of the talks to the record of the question; nothing is scored.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from peers.meter import cpu_seconds, peak_rss_mb

import harness
from harness.disputes.scenario import Scenario
from harness.evaluators.registry import builtin
from harness.evaluators.scoring import scored
from harness.kinds import load_kind
from harness.models.settings import PoolSettings
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import Plan, make_plan
from harness.orchestrator.run import play_plan
from harness.orchestrator.setup import setup_of
from harness.prompting.talks import Prompts
from harness.records.reader import RunFolder
from harness.records.run import RunInfo
from harness.records.spec import TALKS
from harness.suite.suite import Suite
from harness.workers import processes
from harness.workers.driver import RemoteExecutor
from harness.workers.executor import Executor, LocalExecutor
from harness.workers.garbage import rare_collections
from harness.workers.progress import Progress
from harness.workers.quotas import split
from harness.workers.replies import KeepingWriter, ReplyFiles
from harness.workers.resources import Resources, Setup

TESTS = Path(__file__).resolve().parents[1] / "tests"
SCENARIO = "ceasefire"
DEBRIEFS = 2
"""Calls of a dialogue after the talks: each seat is asked once."""
WORDS = (
    "We have studied your proposal with care and recognise the effort in it. We cannot take the "
    "timetable as it is written. We propose a phased approach, verified by monitors whom both "
    "sides name, and would consider the corridor question again once the first phase is certified. "
    "We would like to hear which of these elements you could support today."
)
THOUGHTS = "They will not move on the corridor before the monitors are settled. " * 4


def make(
    dialogues: int, calls: int, address: str, seed: int = 1, kind: str = TALKS, arms: int = 1
) -> Plan:
    """A plan of ``dialogues`` dialogues of ``calls`` model calls each, which ``arms`` arms share.
    Where ``kind`` is another one, each arm has a stage of it that follows the talks."""
    turns, odd = divmod(calls - DEBRIEFS, 2)
    if odd or turns < 1:
        raise SystemExit("--calls: an even number from 4 on")
    suite = Suite.model_validate(
        {
            "schema": "track15/suite/1",
            "id": "load",
            "title": "Load",
            "question": "What does the harness cost?",
            "scenarios": [SCENARIO],
            "epochs": dialogues,
            "seed": seed,
            "protocol": {"rounds": 1, "turns": turns},
            "arms": {f"arm-{number}": {"track": "1.5"} for number in range(arms)},
        }
    )
    models = {"official": address, "unofficial": address}
    plan = make_plan(suite, Overrides(models=models), Prompts().hashes())
    if kind == TALKS:
        return plan
    return replace(plan, later_kinds=(kind,), models={**plan.models, "judge": address})


def replies(scenario: Scenario, calls: int) -> list[dict[str, str]]:
    """What the mock server answers: each seat proposes at every turn, nobody accepts."""
    package = {issue.id: issue.option_ids()[0] for issue in scenario.issues}
    move = {
        "private_thoughts": THOUGHTS,
        "move": {"action": "propose", "package": package, "commitment": "personal"},
        "public_words": WORDS,
    }
    answers = [{"contains": '"name":"move"', "content": json.dumps(move)}]
    for seat in ("o", "u"):
        estimate = {"no_deal": 40, "top_issue": scenario.issues[0].id, "learned": WORDS}
        balance = {"gave_more": "equal", "margin": 0}
        answers_after = {"balance": balance, "terms": None, "others": {seat: estimate}}
        debrief = {**answers_after, "words": WORDS}
        marker = f'"others":{{"type":"object","properties":{{"{seat}":'
        answers.append({"contains": marker, "content": json.dumps(debrief)})
    answers.append({"contains": '"name":"question"', "content": json.dumps({"gave_more": "u"})})
    return answers


@contextlib.contextmanager
def mock_server(latency: float, answers: list[dict[str, str]]) -> Iterator[str]:
    """The mock server as a process of its own; its URL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    here = Path(__file__).parent
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "replies.json")
        file.write_text(json.dumps(answers))
        command = [sys.executable, str(here / "mock_server.py"), "--port", str(port)]
        command += ["--latency", str(latency), "--replies", str(file), "--max-seconds", "3600"]
        process = subprocess.Popen(command)  # noqa: S603 - our own script
        try:
            url = f"http://127.0.0.1:{port}"
            for _ in range(200):
                with contextlib.suppress(OSError):
                    stats(url)
                    break
                time.sleep(0.05)
            yield url
        finally:
            process.terminate()
            process.wait()


def stats(url: str, query: str = "") -> dict[str, float]:
    with urllib.request.urlopen(f"{url}/stats{query}") as answer:  # noqa: S310 - loopback
        return dict(json.load(answer))


@contextlib.asynccontextmanager
async def executing(
    setup: Setup, resources: Resources, progress: Progress, workers: int, in_flight: int
) -> AsyncIterator[Executor]:
    """The executor that ``--workers`` asks for."""
    if workers == 1:
        yield LocalExecutor(resources.bench(progress.call), progress, slots=in_flight)
        return
    shares = split(setup.wire, setup.players, workers)
    setups = [setup.model_copy(update={"wire": share}) for share in shares]
    async with RemoteExecutor(setups, processes.connect, progress) as executor:
        yield executor


async def play(
    plan: Plan, warm: Plan, folder: Path, in_flight: int, workers: int, ready: Callable[[], None]
) -> Progress:
    """Play a plan as ``track15 run`` does.

    Args:
        warm: Played first, and not kept.
        ready: Called when all is warm.
    """
    info = RunInfo(
        version=harness.__version__,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        command="benchmarks/load.py",
        plan=plan.digest,
        dialogues=plan.dialogues,
        suite=plan.suite,
        scenarios=plan.scenarios,
        models=plan.models,
        templates=plan.templates,
    )
    progress = Progress()
    wire = PoolSettings(max_connections=in_flight, timeout=600)
    with KeepingWriter(folder, info) as writer:
        setup = setup_of(plan, wire, keeping=ReplyFiles(run=folder))
        async with (
            Resources(setup) as resources,
            executing(setup, resources, progress, workers, in_flight) as executor,
        ):
            await asyncio.gather(*(executor.play(way.talks) for way in warm.ways()))
            if plan.later_kinds:  # the talks are there already
                talks = {way.talks.id: way.talks for way in plan.ways()}
                for played in await asyncio.gather(*map(executor.play, talks.values())):
                    writer.append(played)
            progress.calls = 0
            ready()
            with rare_collections():
                await play_plan(plan, writer, executor, progress)
    return progress


def score(folder: Path) -> None:
    run = RunFolder(folder)
    with rare_collections():
        run.write_scores(scored(run, builtin()))


class Clock:
    """Time and CPU since :meth:`start`, and the profile."""

    def __init__(self, url: str, profile: Path | None) -> None:
        self._url = url
        self._file = profile
        self._profile = None

    def start(self) -> None:
        stats(self._url, "?reset=1")
        if self._file is not None:
            import cProfile

            self._profile = cProfile.Profile()
            self._profile.enable()
        self._cpu, self._wall = cpu_seconds() + workers_cpu(), time.perf_counter()

    def read(self) -> tuple[float, float]:
        """Seconds of the wall clock, and of CPU, of workers that have ended too."""
        return time.perf_counter() - self._wall, cpu_seconds() + workers_cpu() - self._cpu

    def stop(self) -> None:
        if self._profile is not None:
            self._profile.disable()
            self._profile.dump_stats(str(self._file))


def workers_cpu() -> float:
    """User and system seconds of this process's children that run; the mock server's apart."""
    ticks = 0
    for children in Path("/proc/self/task").glob("*/children"):  # Linux alone; else none
        for child in children.read_text().split():
            with contextlib.suppress(OSError):
                if b"mock_server" not in Path("/proc", child, "cmdline").read_bytes():
                    fields = Path("/proc", child, "stat").read_text().rpartition(")")[2].split()
                    ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(arguments: argparse.Namespace, url: str) -> dict[str, object]:
    address = f"openai/mock@{url}/v1"
    in_flight = arguments.in_flight or arguments.dialogues
    with tempfile.TemporaryDirectory() as folder:
        kind = arguments.kind
        arms = 1 if kind == TALKS else arguments.calls
        plan = make(arguments.dialogues, arguments.calls, address, kind=kind, arms=arms)
        warm = make(arguments.workers, arguments.calls, address, seed=2)
        clock = Clock(url, arguments.profile)
        run = Path(folder, "run")
        progress = asyncio.run(play(plan, warm, run, in_flight, arguments.workers, clock.start))
        wall, played = clock.read()
        if kind == TALKS:
            score(run)
        cpu = clock.read()[1]
        clock.stop()
        seen = stats(url)
    calls = arguments.dialogues * arguments.calls
    stages = arguments.dialogues if kind == TALKS else calls
    if (progress.done, progress.calls, seen["requests"]) != (stages, calls, calls):
        raise SystemExit(f"not what was asked for: {progress}, the server saw {seen['requests']}")
    ideal = arguments.calls * arguments.latency * -(-arguments.dialogues // in_flight)
    return {
        "peer": "track15" if kind == TALKS else f"track15_{kind}",
        "version": harness.__version__,
        "workers": arguments.workers,
        "dialogues": arguments.dialogues,
        "calls": arguments.calls,
        "latency": arguments.latency,
        "wall_s": round(wall, 3),
        "ideal_s": round(ideal, 3),
        "cpu_ms_per_call": round(cpu / calls * 1000, 3),
        "playing_ms_per_call": round(played / calls * 1000, 3),
        "dialogues_per_s": round(arguments.dialogues / wall, 1),
        "peak_rss_mb": round(peak_rss_mb()),
        "max_in_flight": seen["max_in_flight"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--url", help="of a mock server that is already running")
    parser.add_argument("--dialogues", type=int, default=200)
    parser.add_argument("--calls", type=int, default=12, help="model calls of a dialogue")
    parser.add_argument("--latency", type=float, default=0.05, help="seconds of each answer")
    parser.add_argument("--in-flight", type=int, default=0, help="dialogues at once; 0: all")
    parser.add_argument("--workers", type=int, default=1, help="processes to play in")
    parser.add_argument("--profile", type=Path, help="write a cProfile of the measured part")
    parser.add_argument("--kind", choices=(TALKS, "question"), default=TALKS)
    arguments = parser.parse_args()
    if arguments.kind != TALKS:
        if arguments.workers > 1:
            parser.error("--kind question: played in one process")
        sys.path.insert(0, str(TESTS.parent))  # the kind imports what stands beside it
        load_kind(f"{TESTS / 'support' / 'question.py'}:KIND")
    plan = make(1, arguments.calls, "scripted")
    answers = replies(next(iter(plan.scenarios.values())), arguments.calls)
    server = (
        contextlib.nullcontext(arguments.url)
        if arguments.url
        else mock_server(arguments.latency, answers)
    )
    with server as url:
        print(json.dumps(measure(arguments, url)))


if __name__ == "__main__":
    main()
