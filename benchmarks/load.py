"""What track15 costs on top of its models: the whole harness against a fixed-latency mock server.

    python benchmarks/load.py --dialogues 200 --calls 12 --latency 0.05

Starts ``benchmarks/mock_server.py`` unless ``--url`` names one, plays the dialogues - prompt,
client, parsing, protocol, record - scores them, and prints one JSON line. Start-up and one warm-up
dialogue are not counted. CPU is user and system time of every process of the harness; the mock
server's is not in it. ``--profile FILE`` writes a cProfile of the measured part.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from peers.meter import cpu_seconds, peak_rss_mb

import harness
from harness.cli.measuring import scored
from harness.models.settings import PoolSettings
from harness.orchestrator.collecting import rare_collections
from harness.orchestrator.executor import LocalExecutor
from harness.orchestrator.keeping import Keeping, KeepingWriter
from harness.orchestrator.plan import Overrides, Plan, make_plan
from harness.orchestrator.players import Players, setup_of
from harness.orchestrator.run import play_plan
from harness.orchestrator.tally import Tally
from harness.prompting import Prompts
from harness.records.run import RunInfo
from harness.records.store import RunFolder
from harness.scenario import Scenario
from harness.suite import Suite

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


def make(dialogues: int, calls: int, address: str) -> Plan:
    """A plan of ``dialogues`` dialogues of ``calls`` model calls each."""
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
            "seed": 1,
            "protocol": {"rounds": 1, "turns": turns},
            "arms": {"track-1.5": {"track": "1.5"}},
        }
    )
    models = {"official": address, "unofficial": address}
    return make_plan(suite, Overrides(models=models), Prompts().hashes())


def replies(scenario: Scenario, calls: int) -> list[dict[str, str]]:
    """What the mock server answers: each seat proposes at every turn, nobody accepts."""
    package = {issue.id: issue.option_ids()[0] for issue in scenario.issues}
    move = {
        "private_thoughts": THOUGHTS,
        "move": {"action": "propose", "package": package, "commitment": "ad_referendum"},
        "public_words": WORDS,
    }
    answers = [{"contains": '"name":"move"', "content": json.dumps(move)}]
    for seat in ("o", "u"):
        estimate = {"no_deal": 40, "top_issue": scenario.issues[0].id}
        debrief = {"gave_more": "equal", "margin": 0, "others": {seat: estimate}, "words": WORDS}
        marker = f'"others":{{"type":"object","properties":{{"{seat}":'
        answers.append({"contains": marker, "content": json.dumps(debrief)})
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


async def play(plan: Plan, folder: Path, in_flight: int) -> Tally:
    """Play a plan as ``track15 run`` does."""
    info = RunInfo(
        version=harness.__version__,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        command="benchmarks/load.py",
        plan=plan.digest,
        dialogues=len(plan.ids),
        suite=plan.suite,
        scenarios=plan.scenarios,
        models=plan.models,
        templates=plan.templates,
    )
    tally = Tally()
    wire = PoolSettings(max_connections=in_flight, timeout=600)
    with KeepingWriter(folder, info) as writer:
        setup = setup_of(plan, wire, keeping=Keeping(run=folder))
        async with Players(setup) as players:
            executor = LocalExecutor(setup.scenarios, players.seats, tally, slots=in_flight)
            await play_plan(plan, writer, executor, tally)
    return tally


def score(folder: Path) -> None:
    run = RunFolder(folder)
    with rare_collections():
        run.write_scores(scored(run))


def measure(arguments: argparse.Namespace, url: str) -> dict[str, object]:
    address = f"openai/mock@{url}/v1"
    in_flight = arguments.in_flight or arguments.dialogues
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(make(1, arguments.calls, address), Path(folder, "warm"), 1))
        score(Path(folder, "warm"))
        plan = make(arguments.dialogues, arguments.calls, address)
        stats(url, "?reset=1")
        profile = None
        if arguments.profile:
            import cProfile

            profile = cProfile.Profile()
            profile.enable()
        cpu, clock = cpu_seconds(), time.perf_counter()
        tally = asyncio.run(play(plan, Path(folder, "run"), in_flight))
        wall, played = time.perf_counter() - clock, cpu_seconds() - cpu
        score(Path(folder, "run"))
        cpu = cpu_seconds() - cpu
        if profile is not None:
            profile.disable()
            profile.dump_stats(arguments.profile)
        seen = stats(url)
    calls = arguments.dialogues * arguments.calls
    if (tally.done, tally.calls, seen["requests"]) != (arguments.dialogues, calls, calls):
        raise SystemExit(f"not what was asked for: {tally}, the server saw {seen['requests']}")
    ideal = arguments.calls * arguments.latency * -(-arguments.dialogues // in_flight)
    return {
        "peer": "track15",
        "version": harness.__version__,
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
    parser.add_argument("--profile", type=Path, help="write a cProfile of the measured part")
    arguments = parser.parse_args()
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
