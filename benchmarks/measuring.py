"""What it takes to score and to report a run of very many dialogues.

    python benchmarks/measuring.py --dialogues 100000
    python benchmarks/measuring.py --dialogues 100000 --shape scripted

Plays ``--played`` dialogues: two arms, the disputes of the quickstart, and their twins with
exchanged chairs. They are of six calls each against ``benchmarks/mock_server.py`` or, with
``--shape scripted``, of scripts that ask no model and talk for as long as the quickstart lets them.
Then it writes the run of ``--dialogues`` that the same suite with more epochs means. Each dialogue
of it is one of those that were played, with the seed and the id of its own epoch; where models
played, with packages drawn at random. What it costs to read and to score is as it would be, and the
hours of play are saved. ``track15 score``, ``report`` and ``compare`` are then run as commands of
their own, one after the other. Printed is one JSON line: seconds on the clock, processor seconds of
all their processes, the most memory that all of them held at once, and of scoring and reporting
together the milliseconds a dialogue.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from load import WORDS, mock_server, play, replies

from harness.delegations.form import Form, debrief_schema
from harness.disputes.scenario import Scenario, Twin
from harness.files.jsonl import write_atomically
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import Plan, make_plan
from harness.orchestrator.session import Session
from harness.prompting.talks import Prompts
from harness.records.folder import MESSAGES, PLAN, TIMINGS, TRANSCRIPTS
from harness.records.reader import RunFolder
from harness.records.spec import TalksSpec
from harness.records.transcript import Timing, Transcript, Turn, changed
from harness.suite.suite import Suite

SCENARIOS: Final = ("ceasefire", "opening", "nuclear", "neutral")
CALLS: Final = 6
COMMANDS: Final = ("score", "report")
_Cell = tuple[str, Twin, str]


def planned(address: str | None, dialogues: int) -> Plan:
    """A plan of at least so many dialogues.

    Args:
        address: Of the model that plays; None for scripts.
        dialogues: How many.
    """
    rules = {} if address is None else {"protocol": {"rounds": 1, "turns": (CALLS - 2) // 2}}
    suite = Suite.model_validate(
        {
            "id": "measuring",
            "title": "Very many dialogues",
            "question": "What does it take to measure them?",
            "scenarios": list(SCENARIOS),
            "twins": ["none", "seats"],
            "epochs": 1,
            **rules,
            "arms": {"track-1": {"track": "1"}, "track-1.5": {"track": "1.5"}},
            "contrasts": {
                "primary": {
                    "name": "Track 1.5 against Track 1",
                    "measure": "settlement.skew",
                    "treatment": "track-1.5",
                    "control": "track-1",
                }
            },
        }
    )
    models = {} if address is None else {"official": address, "unofficial": address}
    epoch = make_plan(suite, Overrides(models=models), Prompts().hashes())
    epochs = -(-dialogues // epoch.dialogues)
    return replace(epoch, suite=suite.model_copy(update={"epochs": epochs}))


def answers(scenarios: Mapping[str, Scenario]) -> list[dict[str, str]]:
    """What the mock server answers, by dispute: a package, and what is asked afterwards."""
    found = []
    for scenario in scenarios.values():
        first = scenario.issues[0]
        options = json.dumps(first.option_ids(), separators=(",", ":"))
        marker = f'"package":{{"type":"object","properties":{{"{first.id}":{{"type":"string",'
        move = replies(scenario, CALLS)[0]["content"]
        found.append({"contains": f'{marker}"enum":{options}', "content": move})
        issues = {issue.id: issue.option_ids() for issue in scenario.issues}
        for seat, other in (("o", "u"), ("u", "o")):
            form = Form(issues, seat, (other,), offers=CALLS, may_consult=False, commitments=())
            asked = debrief_schema(form)["properties"]["others"]
            estimate = {"no_deal": 40, "top_issue": first.id, "learned": WORDS}
            said = {
                "balance": {"gave_more": other, "margin": 3},
                "terms": None,
                "others": {other: estimate},
                "words": WORDS,
            }
            marker = f'"others":{json.dumps(asked, separators=(",", ":"))}'
            found.append({"contains": marker, "content": json.dumps(said)})
    return found


def written(folder: Path, plan: Plan, played: Path) -> None:
    """The run folder of a plan whose dialogues are those of another run, each many times over."""
    run = RunFolder(played)
    known: dict[_Cell, list[Transcript]] = {}
    for transcript in run.transcripts():
        cell = (transcript.spec.scenario, transcript.spec.twin, run.place(transcript.id).arms[0])
        known.setdefault(cell, []).append(transcript)
    timings = {timing.id: timing for timing in run.timings()}
    with Session(plan, folder, prompts=Prompts()).opened():
        pass
    copies = [
        (way.talks, alike[way.episode.epoch % len(alike)])
        for way in plan.ways()
        if (alike := known[way.talks.scenario, way.talks.twin, way.episode.arm])
    ]
    write_atomically(folder / TRANSCRIPTS, (_line(_copy(run, *pair)) for pair in copies))
    write_atomically(folder / TIMINGS, (_line(_timed(timings, *pair)) for pair in copies))
    write_atomically(folder / PLAN, (_line(way.episode) for way in plan.ways()))
    write_atomically(folder / MESSAGES, iter([(played / MESSAGES).read_bytes()]))


def _line(record: Any) -> bytes:
    return bytes(record.model_dump_json().encode()) + b"\n"


def _timed(timings: Mapping[str, Timing], spec: TalksSpec, base: Transcript) -> Timing:
    return timings[base.id].model_copy(update={"id": spec.id})


def _copy(run: RunFolder, spec: TalksSpec, base: Transcript) -> Transcript:
    """A dialogue under another seed; where models played, with packages drawn by it."""
    if not base.calls:
        return base.model_copy(update={"id": spec.id, "spec": spec})
    scenario, draw = run.info.scenario(spec.scenario, spec.twin), random.Random(spec.seed)

    def drawn(turn: Turn) -> Turn:
        if turn.move is None or turn.move.package is None:
            return turn
        package = {issue.id: draw.choice(issue.option_ids()) for issue in scenario.issues}
        return changed(turn, move=changed(turn.move, package=package))

    body = base.body.model_copy(update={"turns": tuple(map(drawn, base.body.turns))})
    return base.model_copy(update={"id": spec.id, "spec": spec, "body": body})


def timed(command: str, run: Path) -> dict[str, object]:
    """A command on a run: seconds, processor seconds, and memory of all its processes."""
    began, cpu = time.perf_counter(), _children_cpu()
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-c", "from harness.cli.main import main; main()", command, str(run)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    most, over = [0.0], threading.Event()
    watching = threading.Thread(target=_watch, args=(process.pid, most, over))
    watching.start()
    code = process.wait()
    over.set()
    watching.join()
    if code:
        raise SystemExit(f"track15 {command} ended with {code}")
    return {
        f"{command}_s": round(time.perf_counter() - began, 1),
        f"{command}_cpu_s": round(_children_cpu() - cpu, 1),
        f"{command}_peak_mb": round(most[0]),
    }


def _children_cpu() -> float:
    times = os.times()
    return times.children_user + times.children_system


def _watch(pid: int, most: list[float], over: threading.Event) -> None:
    """Keep the largest sum of the resident memory of a process and its children; Linux alone."""
    while not over.wait(0.2):
        most[0] = max(most[0], sum(map(_resident_mb, _family(pid))))


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from _family(int(child))


def _resident_mb(pid: int) -> float:
    """Shared pages are counted in every process that has them, so a sum errs upwards."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    except (OSError, IndexError):
        return 0.0
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    """Measure, and print what was measured as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--dialogues", type=int, default=100_000)
    parser.add_argument("--played", type=int, default=320, help="dialogues that are really played")
    parser.add_argument("--keep", type=Path, help="leave the run folder here; it must not exist")
    parser.add_argument("--shape", choices=("model", "scripted"), default="model")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        run = options.keep or Path(scratch, "run")
        played = Path(scratch, "played")
        with contextlib.ExitStack() as opened:
            address = None
            if options.shape == "model":
                url = opened.enter_context(mock_server(0.0, answers(planned(None, 1).scenarios)))
                address = f"openai/mock@{url}/v1"
            short = planned(address, options.played)
            asyncio.run(play(short, planned(address, 1), played, 50, 1, _ready))
        plan = planned(address, options.dialogues)
        written(run, plan, played)
        size = round((run / TRANSCRIPTS).stat().st_size / 2**20)
        found = {"shape": options.shape, "dialogues": plan.dialogues, "transcripts_mb": size}
        for command in (*COMMANDS, "compare"):
            found |= timed(command, run)
    for kind, name in (("s", "ms_a_dialogue"), ("cpu_s", "cpu_ms_a_dialogue")):
        both = sum(float(str(found[f"{command}_{kind}"])) for command in COMMANDS)
        found[name] = round(1000 * both / plan.dialogues, 2)
    print(json.dumps(found))


def _ready() -> None:
    pass


if __name__ == "__main__":
    main()
