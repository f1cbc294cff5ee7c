"""Replies of workers that cannot reach the run's files: kept by the driver, and paid for once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.errors import RecordError
from harness.models.replies.journal import CALLS
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import Plan, make_plan
from harness.prompting.talks import Prompts
from harness.records.folder import TRANSCRIPTS
from harness.records.reader import RunFolder
from harness.records.spend import paid_calls
from harness.workers.driver import WorkerError
from harness.workers.messages import Frame
from harness.workers.progress import Progress
from harness.workers.proxies import KEEP
from harness.workers.replies import OpenReplies
from harness.workers.reply_service import ReplyService
from tests.support.bargainer import Bargainer
from tests.support.disputes import write
from tests.support.fleet import Fleet
from tests.support.mock_server import MockServer, error
from tests.support.player import plays
from tests.support.runs import tiny_suite

SLOTS = 2


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer(plays) as running:
        yield running


@pytest.fixture
def plan(tmp_path: Path, server: MockServer) -> Plan:
    address = f"openai/m@{server.base_url}"
    suite = tiny_suite(write(tmp_path), epochs=2, protocol={"rounds": 1, "turns": 3})
    models = {"official": address, "unofficial": address}
    return make_plan(suite, Overrides(models=models), Prompts().hashes())


def kept_calls(folder: Path) -> int:
    return sum(1 for _ in paid_calls(folder))


@pytest.mark.kind("S3")
@pytest.mark.kind("S11")
def test_what_workers_wait_for_and_what_was_refused_them_is_told(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(Progress, "wait", lambda _, what: said.append(what))
    with MockServer(Bargainer()) as server:
        server.queue(error(503, "Loading model"), error(400, "response_format: not supported"))
        address = f"openai/m@{server.base_url}"
        models = {"official": address, "unofficial": address}
        plan = make_plan(plan.suite, Overrides(models=models, limit=2), Prompts().hashes())
        progress = Fleet().run(plan, tmp_path / "run", workers=1, slots=1)
    assert progress.done == 2
    assert ("to load m" in said[0], said[-1]) == (True, "")
    assert list(progress.refusals) == [address]
    assert any("JSON schema was refused" in why for why in progress.refusals[address])


def test_a_lost_worker_costs_what_was_in_flight_and_nothing_else(
    plan: Plan, server: MockServer, tmp_path: Path
) -> None:
    """The first worker is gone with the fifth reply that it hands over."""
    handed: list[Frame] = []

    def fifth(frame: Frame) -> bool:
        handed.extend([frame] if frame.head.get("name") == KEEP else [])
        return frame.head.get("name") == KEEP and len(handed) == 5

    fleet = Fleet(last=fifth)
    progress = fleet.run(plan, tmp_path / "far", workers=2, slots=SLOTS)
    assert (progress.done, progress.failed) == (len(plan.ids), 0)
    assert len(fleet.wires) == 3, "another took its place"
    asked, counted = len(server.requests), kept_calls(tmp_path / "far")
    assert counted <= asked <= counted + SLOTS
    assert not (tmp_path / "far" / CALLS).exists(), "finished dialogues need no journal"

    Fleet().run(plan, tmp_path / "near", workers=1, slots=1)
    assert len(server.requests) == asked + counted
    one, other = (tmp_path / name / TRANSCRIPTS for name in ("far", "near"))
    assert one.read_bytes() == other.read_bytes()


def test_a_driver_that_dies_has_kept_what_its_workers_were_answered(
    plan: Plan, server: MockServer, tmp_path: Path
) -> None:
    class Dying(ReplyService):
        async def keep(self, value: object) -> None:
            await super().keep(value)
            if len(server.requests) >= 7:
                raise RecordError("no more")  # stops the run where it stands

    class Fleet2(Fleet):
        def reply_service(self, kept: OpenReplies) -> ReplyService:
            return Dying(kept)

    folder = tmp_path / "run"
    with pytest.raises(RecordError, match="no more"):
        Fleet2().run(plan, folder, workers=1, slots=1)
    asked = len(server.requests)
    assert kept_calls(folder) < asked, "a dialogue is not finished"
    assert Fleet().run(plan, folder, workers=1, slots=1).failed == 0
    assert len(server.requests) == kept_calls(folder), "not one was asked twice"


def test_a_cache_is_looked_up_and_filled_at_the_drivers(
    plan: Plan, server: MockServer, tmp_path: Path
) -> None:
    cache = tmp_path / "cache.sqlite"
    Fleet().run(plan, tmp_path / "one", workers=2, slots=SLOTS, cache=cache)
    asked = len(server.requests)
    assert asked == kept_calls(tmp_path / "one") > 0
    Fleet().run(plan, tmp_path / "two", workers=2, slots=SLOTS, cache=cache)
    assert len(server.requests) == asked
    one, two = (
        [t.body.turns for t in RunFolder(tmp_path / name).transcripts()] for name in ("one", "two")
    )
    assert one == two


def test_a_journal_that_cannot_be_written_stops_the_run(plan: Plan, tmp_path: Path) -> None:
    class Full(ReplyService):
        async def keep(self, value: object) -> None:
            raise RecordError("the disk is full", where="calls.sqlite", fix="make room")

    class Fleet2(Fleet):
        def reply_service(self, kept: OpenReplies) -> ReplyService:
            return Full(kept)

    fleet = Fleet2()
    with pytest.raises(RecordError, match="the disk is full"):
        fleet.run(plan, tmp_path / "run", workers=2, slots=SLOTS)
    assert all(wire.ended for wire in fleet.wires)


def test_a_store_that_cannot_be_read_stops_the_run(plan: Plan, tmp_path: Path) -> None:
    class Torn(ReplyService):
        async def find(self, key: str) -> str | None:
            raise RecordError("damaged", where="cache.sqlite", fix="delete the file")

    class Fleet2(Fleet):
        def reply_service(self, kept: OpenReplies) -> ReplyService:
            return Torn(kept)

    with pytest.raises(RecordError, match="damaged"):
        Fleet2().run(plan, tmp_path / "run", workers=1, slots=1, cache=tmp_path / "cache.sqlite")


def test_what_the_driver_did_not_expect_stops_the_run(plan: Plan, tmp_path: Path) -> None:
    """As a reply from a worker whose code is not the driver's: it waits for an answer."""

    class Strict(ReplyService):
        async def keep(self, value: object) -> None:
            raise ValueError("no such reply")

    class Fleet2(Fleet):
        def reply_service(self, kept: OpenReplies) -> ReplyService:
            return Strict(kept)

    with pytest.raises(WorkerError, match="no such reply"):
        Fleet2().run(plan, tmp_path / "run", workers=1, slots=1)
