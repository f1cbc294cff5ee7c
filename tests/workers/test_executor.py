"""Playing in this process: what a stage reads is read back, noted by its hash, and counted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest

from harness import kinds
from harness.delegations.base import Answer, MadeCall
from harness.disputes.scenario import Scenario
from harness.errors import UsageError
from harness.records.finished import Played, record_hash
from harness.records.spec import StageSpec, TalksSpec
from harness.records.transcript import Call, StageRecord, Timing, Transcript, Usage
from harness.stages.base import Bench, Inputs, Kind, twins_of
from harness.suite.parts import Protocol
from harness.workers.executor import LocalExecutor
from harness.workers.progress import Progress
from tests.support.disputes import small
from tests.support.puppets import Puppet, passing, scripted
from tests.support.views import track

TOOK = Usage(prompt=10, completion=1)


class ReadingSpec(StageSpec):
    kind: Literal["reading"] = "reading"


class Reading(Kind[ReadingSpec]):
    """Says how many turns the talks have that it reads."""

    name = "reading"
    spec = ReadingSpec
    record = StageRecord

    async def play(self, spec: ReadingSpec, inputs: Inputs, bench: Bench) -> Played:
        talks = inputs["talks"]
        assert isinstance(talks, Transcript)
        record = StageRecord(
            id=spec.id, status="done", kind="reading", spec=spec, body=len(talks.body.turns)
        )
        return Played(record, Timing(id=spec.id, started="now", seconds=0.0), {})


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_KINDS", dict(kinds._KINDS))
    kinds.register(Reading())


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return small(tmp_path)


def executor_of(scenario: Scenario, progress: Progress, **seated: Any) -> LocalExecutor:
    seats = {"o": scripted([]), "u": scripted([]), **seated}
    return LocalExecutor(Bench(twins_of({"small": scenario}), lambda _: seats), progress, slots=3)


async def test_what_a_stage_has_read_is_noted(scenario: Scenario) -> None:
    spec = track(scenario, "1", protocol=Protocol(rounds=1, turns=2))
    executor = executor_of(scenario, Progress())
    talks = await executor.play(spec)
    line = talks.record
    turns = len(Transcript.model_validate_json(line).body.turns)
    assert (talks.id, talks.kind, turns) == (spec.id, "talks", 4)
    assert b'"inputs":{' not in line, "talks read nothing"

    reading = ReadingSpec(inputs={"talks": spec.id})
    read = await executor.play(reading, {"talks": line})
    record = StageRecord.model_validate_json(read.record)
    assert record.body == turns
    assert {name: (one.id, one.hash) for name, one in record.inputs.items()} == {
        "talks": (spec.id, record_hash(line))
    }


async def test_replies_that_could_not_be_used_are_counted(scenario: Scenario) -> None:
    call = Call(index=-1, seat="u", purpose="move", model="m", prompt=("h",), reply="", usage=TOOK)
    made = MadeCall(call, seconds=1.0, attempts=1)

    def answers(view: Any, complaint: str | None) -> Answer:
        if complaint is None:
            return Answer(problem="no JSON", calls=(made,))
        return Answer(move=passing(), calls=(made,))

    progress = Progress()
    executor = executor_of(scenario, progress, u=Puppet(answers))
    await executor.play(track(scenario, "1", protocol=Protocol(rounds=1, turns=2)))
    assert (progress.spending.repeated, progress.spending.repeated_tokens) == (2, 22)


async def test_a_kind_that_is_not_known_here_is_named(scenario: Scenario) -> None:
    with pytest.raises(UsageError, match="'dream'"):
        await executor_of(scenario, Progress()).play(StageSpec(kind="dream"))


async def test_nothing_has_to_be_ended(scenario: Scenario) -> None:
    async with executor_of(scenario, Progress()) as executor:
        assert executor.slots == 3


async def test_what_a_stage_does_to_a_record_changes_no_other_stages(scenario: Scenario) -> None:
    class Spoils(Reading):
        async def play(self, spec: ReadingSpec, inputs: Inputs, bench: Bench) -> Played:
            talks = inputs["talks"]
            assert isinstance(talks, Transcript)
            assert isinstance(talks.spec, TalksSpec)
            found = sorted(talks.spec.templates)
            talks.spec.templates["spoilt"] = "0" * 16
            played = await super().play(spec, inputs, bench)
            return replace(played, record=played.record.model_copy(update={"body": found}))

    executor = executor_of(scenario, Progress())
    spec = track(scenario, "1", protocol=Protocol(rounds=1, turns=2))
    line = (await executor.play(spec)).record
    kinds.register(Spoils())
    first, again = [await executor.play(ReadingSpec(), {"talks": line}) for _ in range(2)]
    assert StageRecord.model_validate_json(first.record).body == []
    assert again.record == first.record
