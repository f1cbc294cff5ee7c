"""Later real talks in a run: planned once for all arms that share them, resumed, and replayed."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from harness import kinds
from harness.files.jsonl import read_lines
from harness.influence.later import LaterKind
from harness.models.request import Request
from harness.orchestrator.plan import Plan
from harness.orchestrator.replay import Recording, ReplayWriter
from harness.orchestrator.run import play_plan
from harness.orchestrator.session import Session
from harness.records.later import LaterRecord, LaterSpec
from harness.records.reader import RunFolder
from harness.records.spec import StageSpec, TalksSpec
from harness.stages.base import Planning
from harness.suite.influence import Later, Then
from harness.workers.executor import LocalExecutor
from harness.workers.progress import Progress
from harness.workers.replies import OpenReplies, ReplyFiles
from tests.support.chats import FakeChat
from tests.support.disputes import write
from tests.support.later import ADDRESS, later, meeting, planned
from tests.support.runs import bench_of, play, run_info, tiny_plan


class Follows(LaterKind):
    """Later talks as a suite would plan them: after one arm with what it gave away, after the other
    with nothing."""

    def next_stages(
        self, arm: str, before: Mapping[str, StageSpec], planning: Planning
    ) -> Iterator[tuple[str, LaterSpec]]:
        known = dataclasses.replace(
            planning,
            then={
                "half": Then(later=Later(readers=False)),
                "one": Then(later=Later(readers=False, hand=False)),
            },
            later=_officials,
        )
        yield from super().next_stages(arm, before, known)


def _officials(talks: TalksSpec, _: str) -> TalksSpec:
    """Track 1 on the scenario, twin and seed of other talks."""
    presets = {seat.seat: seat for seat in planned("1").seats}
    seats = tuple(
        presets[seat.seat].model_copy(update={"principal": seat.principal}) for seat in talks.seats
    )
    return talks.model_copy(update={"seats": seats})


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    monkeypatch.setitem(kinds._KINDS, "later", Follows())
    return replace(tiny_plan(write(tmp_path), epochs=1), later_kinds=("later",))


def records(folder: Path) -> list[LaterRecord]:
    lines = [line for _, line in read_lines(folder / "later.jsonl")]
    return [LaterRecord.model_validate_json(line) for line in lines]


def test_it_is_played_after_what_it_reads_and_again_the_same(plan: Plan, tmp_path: Path) -> None:
    progress = play(plan, tmp_path / "run")
    found = records(tmp_path / "run")
    # Two twins; the arm with a hand, and the one without.
    assert (progress.done, len(found)) == (8, 4)
    learned = [record for record in found if record.spec.inputs]
    assert len(learned) == 2
    assert all(record.inputs["meeting"].id == record.spec.inputs["meeting"] for record in learned)
    assert play(plan, tmp_path / "run").done == 0, "nothing is left to play"
    assert records(tmp_path / "run") == found

    recording = Recording(RunFolder(tmp_path / "run"))
    again = Progress()
    bench = bench_of(plan.scenarios, lambda spec: recording.seats(spec, None), again)
    with ReplayWriter(tmp_path / "again", run_info(plan), recording) as writer:
        asyncio.run(play_plan(plan, writer, LocalExecutor(bench, again, slots=4), again))
    assert {record.id: record for record in records(tmp_path / "again")} == {
        record.id: record for record in found
    }


def test_it_stands_beside_the_talks_of_its_episode(plan: Plan, tmp_path: Path) -> None:
    session = Session(plan, tmp_path / "run")
    with session.opened() as writer:
        asyncio.run(session.play(writer))
    (line, *_) = (tmp_path / "run" / "plan.jsonl").read_text(encoding="utf-8").splitlines()
    assert set(json.loads(line)["stages"]) == {"talks", "later"}
    folder = RunFolder(tmp_path / "run")
    assert len(records(tmp_path / "run")) == 4
    assert len(list(folder.transcripts())) == 4, "they are no first talks"


def test_what_one_stage_was_answered_is_not_the_answer_of_another(tmp_path: Path) -> None:
    """Their talks are the same, and so is the first prompt of a seat that has learned nothing."""
    talks = planned(models=("u",), opener="u")
    held = meeting()
    one, two = (
        later({"meeting": held}, talks=talks, caution=caution).seated() for caution in (0.1, 0.9)
    )
    asked: list[Request] = []
    request = Request(({"role": "user", "content": "Speak."},), seed=1)

    async def ask(spec: TalksSpec, replies: OpenReplies) -> str:
        chat = FakeChat(lambda _: f"reply {len(asked)}", asked)
        return (await replies.chats(spec, lambda _: chat)(ADDRESS).complete(request)).text

    with ReplyFiles(run=tmp_path).open() as replies:
        first = asyncio.run(ask(one, replies))
        assert asyncio.run(ask(two, replies)) != first
    with ReplyFiles(run=tmp_path).open() as replies:
        assert asyncio.run(ask(one, replies)) == first, "it goes on with what it was answered"
    assert len(asked) == 2
