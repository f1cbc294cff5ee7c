"""Another run is looked through without keeping more of it than where that stands which is wanted.

What is damaged in it is the matter of ``test_reuse.py``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import RecordError
from harness.orchestrator.another_run import AnotherRun
from harness.orchestrator.plan import Plan
from harness.records.folder import TRANSCRIPTS
from tests.support.disputes import write
from tests.support.runs import play, tiny_plan

SETTLED = ("done", "void")


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return tiny_plan(write(tmp_path))


@pytest.fixture
def run(tmp_path: Path, plan: Plan) -> Path:
    play(plan, tmp_path / "run")
    return tmp_path / "run"


def looked(run: Path, wanted: set[str]) -> AnotherRun:
    another = AnotherRun(run)
    for _ in another.look(wanted, [TRANSCRIPTS], SETTLED):
        pass
    return another


def records(run: Path) -> list[bytes]:
    return (run / TRANSCRIPTS).read_bytes().splitlines()


def test_only_what_is_wanted_is_kept(run: Path, plan: Plan) -> None:
    one, *others = plan.ids
    another = looked(run, {one, "0" * 16})
    assert len(another) == 1
    assert one in another
    assert not any(stage in another for stage in others)
    assert another.record(one).line in records(run)


def test_the_last_line_of_a_stage_counts(run: Path, plan: Plan) -> None:
    first, second, *_ = plan.ids
    lines = {stage: looked(run, {stage}).record(stage).line for stage in (first, second)}
    void = lines[first].replace(b'"status":"done"', b'"status":"void"')
    failed = lines[second].replace(b'"status":"done"', b'"status":"failed"')
    with (run / TRANSCRIPTS).open("ab") as file:
        file.write(void + b"\n" + failed + b"\n")
    another = looked(run, {first, second})
    assert another.record(first).line == void
    assert second not in another, "it is to be played again"


def test_a_run_that_is_put_in_order_meanwhile(run: Path, plan: Plan) -> None:
    another = looked(run, set(plan.ids))
    found = {stage: another.record(stage).line for stage in plan.ids}
    (run / TRANSCRIPTS).write_bytes(b"\n".join(reversed(records(run))) + b"\n")
    assert {stage: another.record(stage).line for stage in plan.ids} == found


def test_a_record_that_is_gone_meanwhile(run: Path, plan: Plan) -> None:
    another = looked(run, set(plan.ids))
    (run / TRANSCRIPTS).write_bytes(b"")
    with pytest.raises(RecordError, match=f"the record of {plan.ids[0]} is gone"):
        another.record(plan.ids[0])


def test_others_get_a_turn_while_a_long_run_is_looked_through(run: Path) -> None:
    lines = records(run)
    with (run / TRANSCRIPTS).open("wb") as file:
        file.writelines(line + b"\n" for line in lines * (1000 // len(lines)))
    turns = sum(1 for _ in AnotherRun(run).look(set(), [TRANSCRIPTS], SETTLED))
    assert turns == 2
