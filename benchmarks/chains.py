"""Memory and time that a plan of very many chains takes, and a run of them that is resumed.

    python benchmarks/chains.py --chains 100000

A chain is talks, an article, readers asked before and after, and later talks; its arms share what
they have in common. The run folder is written by hand: lines that have the head of a real record,
the hashes of what it has read, and a body of ``--body`` bytes that nobody reads. All but the last
later talks are on record. The run is resumed by the same session as ever, which plays what is left.
Each step is a process of its own, so that peaks of memory are its own.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import IO, Any

from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import Plan, make_plan
from harness.orchestrator.session import Session
from harness.records.finished import record_hash
from harness.records.folder import PLAN, file_of
from harness.suite.suite import Suite

THEN: dict[str, Any] = {"article": "own", "reading": True, "later": {}}
ARMS: dict[str, Any] = {
    "chain": {"track": "1.5", "then": THEN},
    "no-article": {"track": "1.5", "then": {"reading": True, "later": {}}},
    "no-hand": {"track": "1.5", "then": {**THEN, "later": {"hand": False}}},
    "no-meeting": {"track": "1.5", "then": {"later": {"readers": False, "hand": False}}},
}


def plan_of(chains: int) -> Plan:
    """A plan of at least so many chains."""
    suite = Suite.model_validate(
        {
            "id": "chains",
            "title": "Very many chains",
            "question": "How much memory do they take?",
            "scenarios": ["supply"],
            "epochs": max(1, chains // len(ARMS)),
            "arms": ARMS,
        }
    )
    return make_plan(suite, Overrides())


def written(folder: Path, plan: Plan, body: int) -> None:
    """The run folder of a plan of which all but the last later talks were played."""
    with Session(plan, folder).opened():
        pass
    filling, stages = "x" * body, plan.stage_count
    hashes: dict[str, str] = {}
    with contextlib.ExitStack() as opened:
        files: dict[str, IO[bytes]] = {}
        for node in islice(plan.stages(), stages - 1):
            read = ",".join(
                f'"{name}":{{"id":"{key}","hash":"{hashes[key]}"}}'
                for name, key in node.inputs.items()
            )
            inputs = f'"inputs":{{{read}}},' if read else ""
            kind = node.spec.kind
            line = (
                f'{{"id":"{node.id}","schema_version":2,"status":"done","kind":"{kind}",'
                f'"spec":{{}},{inputs}"body":"{filling}"}}'
            ).encode()
            hashes[node.id] = record_hash(line)
            name = file_of(kind)
            if name not in files:
                files[name] = opened.enter_context((folder / name).open("wb"))
            files[name].write(line + b"\n")
    with (folder / PLAN).open("wb") as lines:
        for way in plan.ways():
            lines.write(way.episode.model_dump_json().encode() + b"\n")


def measured(step: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What a step found, with its own processor time and peak of memory."""
    spawned = multiprocessing.get_context("fork")
    there, here = spawned.Pipe()
    child = spawned.Process(target=_measure, args=(step, here))
    child.start()
    here.close()
    found: dict[str, Any] = there.recv()
    child.join()
    return found


def _measure(step: Callable[[], dict[str, Any]], out: Any) -> None:
    began = time.process_time()
    found = step()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    out.send({**found, "cpu_s": round(time.process_time() - began, 1), "peak_mb": round(peak)})


def planned(chains: int) -> dict[str, Any]:
    """Count the plan: every stage once."""
    plan = plan_of(chains)
    return {"chains": plan.dialogues, "stages": sum(1 for _ in plan.stages())}


def resumed(folder: Path, chains: int) -> dict[str, Any]:
    """Resume the run to its end."""
    session = Session(plan_of(chains), folder)
    with session.opened() as writer:
        asyncio.run(session.play(writer))
    return {"passed": session.progress.resumed, "finished": session.progress.finished}


def main() -> None:
    """Measure, and print what was measured as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--chains", type=int, default=100_000)
    parser.add_argument("--body", type=int, default=300, help="bytes of a record, at least")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "run"
        plan = measured(lambda: planned(options.chains))
        measured(lambda: written(folder, plan_of(options.chains), options.body) or {})
        print(
            json.dumps({"plan": plan, "resume": measured(lambda: resumed(folder, options.chains))})
        )


if __name__ == "__main__":
    sys.exit(main())
