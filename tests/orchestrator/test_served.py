"""A sitting notes what is served, and one that resumes holds it against the record."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from harness.errors import RecordError
from harness.models.settings import PoolSettings
from harness.orchestrator.overrides import Overrides
from harness.orchestrator.plan import make_plan
from harness.orchestrator.replay import Recording
from harness.orchestrator.session import Session
from harness.prompting.talks import Prompts
from harness.records.reader import RunFolder
from harness.records.run import RunInfo
from harness.workers.backend import Backend
from harness.workers.progress import Progress
from tests.support.disputes import write
from tests.support.mock_server import MockServer, payload
from tests.support.player import plays
from tests.support.runs import tiny_suite


class Llama(MockServer):
    """llama.cpp, as far as it tells what it serves."""

    def __init__(self) -> None:
        super().__init__(plays)
        self.props: dict[str, Any] | None = {"model_ftype": "Q4_K - Medium", "build_info": "b1"}

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/v1/models":
            self.queue(payload({"data": [{"id": "m", "owned_by": "llamacpp"}]}))
        elif request.path == "/props":
            self.queue(payload(self.props, status=200 if self.props else 404))
        return await super()._handle(request)

    def taken(self) -> list[str]:
        """Paths that were asked for since the last time."""
        found = [request.path for request in self.requests]
        self.requests.clear()
        return found


@pytest.fixture
def server() -> Iterator[Llama]:
    with Llama() as running:
        yield running


def session(folder: Path, server: MockServer, *, epochs: int = 1, **more: Any) -> Session:
    suite = tiny_suite(
        write(folder),
        arms={"only": {"track": "1"}},
        contrasts=None,
        twins=["none"],
        epochs=epochs,
        protocol={"rounds": 1, "turns": 2, "debrief": False},
    )
    address = f"openai/m@{server.base_url}"
    models = {"official": address, "unofficial": address}
    plan = make_plan(suite, Overrides(models=models), Prompts().hashes())
    wire = PoolSettings(max_connections=4, max_retries=0)
    return Session(plan, folder / "run", wire=wire, prompts=Prompts(), **more)


def sit(sitting: Session) -> Progress:
    with sitting.opened() as writer:
        return asyncio.run(sitting.play(writer))


def info(folder: Path) -> RunInfo:
    return RunFolder(folder / "run").info


@pytest.mark.parametrize("backend", [Backend(), Backend(workers=2)], ids=["here", "workers"])
def test_what_is_served_and_what_replies_say_stands_in_the_record(
    tmp_path: Path, server: Llama, backend: Backend
) -> None:
    sit(session(tmp_path, server, backend=backend))
    document = json.loads((tmp_path / "run" / "run.json").read_text())
    (served,) = document["served"][f"openai/m@{server.base_url}"]
    assert served.pop("since") >= document["created"]
    assert {name: value for name, value in served.items() if value is not None} == {
        "model": "m",
        "quantization": "Q4_K - Medium",
        "server": "llama.cpp",
        "version": "b1",
        "replies": {"model": ["mock"]},
    }
    paths = server.taken()
    assert paths[:2] == ["/v1/models", "/props"]
    assert set(paths[2:]) == {"/v1/chat/completions"}


def test_another_model_is_refused_before_it_is_asked_anything(
    tmp_path: Path, server: Llama
) -> None:
    sit(session(tmp_path, server))
    before = info(tmp_path)
    server.taken()
    server.props = {"model_ftype": "Q8_0", "build_info": "b1"}
    with pytest.raises(RecordError, match="its quantisation was 'Q4_K - Medium' in the run and is"):
        sit(session(tmp_path, server, epochs=2))
    assert server.taken() == ["/v1/models", "/props"]
    assert info(tmp_path).served == before.served


def test_it_goes_on_where_that_is_allowed_and_the_record_says_so(
    tmp_path: Path, server: Llama
) -> None:
    sit(session(tmp_path, server))
    server.props = {"model_ftype": "Q8_0", "build_info": "b1"}
    progress = sit(session(tmp_path, server, epochs=2, allow_model_change=True))
    assert (progress.resumed, progress.done) == (1, 1)
    ((first, second),) = info(tmp_path).served.values()
    assert (first.quantization, second.quantization) == ("Q4_K - Medium", "Q8_0")
    assert first.since <= second.since
    sit(session(tmp_path, server, epochs=3))
    assert len(next(iter(info(tmp_path).served.values()))) == 2


@pytest.mark.parametrize("silent_first", [True, False])
def test_a_server_that_does_not_tell_is_gone_on_with(
    tmp_path: Path, server: Llama, silent_first: bool
) -> None:
    telling = server.props
    server.props = None if silent_first else telling
    sit(session(tmp_path, server))
    server.props = telling if silent_first else None
    progress = sit(session(tmp_path, server, epochs=2))
    assert progress.done == 1
    ((served,),) = info(tmp_path).served.values()
    assert (served.quantization, served.version) == ("Q4_K - Medium", "b1")


def test_a_complete_run_that_is_asked_again_asks_no_server(tmp_path: Path, server: Llama) -> None:
    sit(session(tmp_path, server))
    server.taken()
    server.props = {"model_ftype": "Q8_0"}
    progress = sit(session(tmp_path, server))
    assert (progress.resumed, server.taken()) == (1, [])


def test_a_replay_says_what_served_the_run_that_it_replays(tmp_path: Path, server: Llama) -> None:
    sit(session(tmp_path, server))
    server.taken()
    recording = Recording(RunFolder(tmp_path / "run"))
    again = session(tmp_path, server, recording=recording)
    again.folder = tmp_path / "again"
    sit(again)
    assert server.taken() == []
    assert RunFolder(tmp_path / "again").info.served == info(tmp_path).served
