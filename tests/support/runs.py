"""Small scripted plans and runs for tests."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.delegations.seating import seat_delegations
from harness.disputes.scenario import Scenario
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import Plan, make_plan
from harness.orchestrator.run import play_plan
from harness.records.finished import Finished, Played
from harness.records.run import RunInfo
from harness.records.transcript import StageRecord, Status, Timing
from harness.records.writer import RunWriter
from harness.stages.base import Bench, twins_of
from harness.suite.suite import Suite
from harness.workers.executor import LocalExecutor
from harness.workers.progress import Progress


def tiny_suite(scenario: Path | str, **changes: Any) -> Suite:
    """Two arms on one scenario, its two seat twins and two epochs: 8 dialogues."""
    return Suite.model_validate(
        {
            "schema": "track15/suite/1",
            "id": "tiny",
            "title": "Tiny",
            "question": "Does it lean?",
            "scenarios": [str(scenario)],
            "twins": ["none", "seats"],
            "epochs": 2,
            "protocol": {"rounds": 2, "turns": 4},
            "arms": {"one": {"track": "1"}, "half": {"track": "1.5"}},
            "contrasts": {"primary": {"name": "half", "treatment": "half", "control": "one"}},
            **changes,
        }
    )


def tiny_plan(scenario: Path | str, **changes: Any) -> Plan:
    return make_plan(tiny_suite(scenario, **changes), Overrides())


def run_info(plan: Plan) -> RunInfo:
    return RunInfo(
        version="test",
        created="2026-01-01T00:00:00+00:00",
        command="track15 run tiny",
        plan=plan.digest,
        root=plan.root,
        dialogues=plan.dialogues,
        suite=plan.suite,
        scenarios=plan.scenarios,
    )


def bench_of(scenarios: Mapping[str, Scenario], seating: Any, progress: Progress) -> Bench:
    """What plays talks with these delegations."""
    return Bench(scenario=twins_of(scenarios), seats=seating, on_call=progress.call)


def no_model(address: str) -> Any:
    raise AssertionError(f"a scripted run asked for {address}")


def finished(key: str, kind: str = "brief", status: Status = "done") -> Finished:
    """A stage of a kind of its own."""
    record = StageRecord(id=key, status=status, kind=kind, spec={"kind": kind}, body={"said": key})
    timing = Timing(id=key, started="2026-01-01T00:00:00", seconds=0.0)
    return Finished.of(Played(record, timing, {}))


def play(plan: Plan, folder: Path, *, workers: int = 4, limit: int | None = None) -> Progress:
    """Play a scripted plan into ``folder``; at most ``limit`` dialogues, as if then interrupted."""
    progress = Progress()

    def seating(spec: Any) -> Any:
        if limit is not None and progress.done >= limit:
            raise KeyboardInterrupt
        return seat_delegations(spec, no_model, None)

    with RunWriter(folder, run_info(plan)) as writer:
        executor = LocalExecutor(
            bench_of(plan.scenarios, seating, progress), progress, slots=workers
        )
        asyncio.run(play_plan(plan, writer, executor, progress))
    return progress
